"""Read from a bot's code what it might be looking for in its input."""
