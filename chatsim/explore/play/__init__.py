"""Letters, played in the bot's world: what arrives, what is answered, and how long a turn may take."""
