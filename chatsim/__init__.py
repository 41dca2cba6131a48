"""chatsim: write conversations down, and let the machine hold your bot to them."""
