"""pytest hooks of chatsim."""
