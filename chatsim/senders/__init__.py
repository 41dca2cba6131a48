"""How a step speaks: to a terminal, to WhatsApp, to a list."""
