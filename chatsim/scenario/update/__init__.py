"""Rewrite the expectations of a scenario file that fail with what the bot said."""
