"""Bots: one protocol, and one adapter for each kind of bot that chatsim can drive."""
