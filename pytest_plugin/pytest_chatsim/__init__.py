"""The pytest plugin of chatsim."""
