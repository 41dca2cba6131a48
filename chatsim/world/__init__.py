"""The world around a bot while it is stepped: the clock, chance, and what it calls outside."""
