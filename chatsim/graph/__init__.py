"""Graphs of bots: what they declare, what was seen of them, and how both are written and drawn."""
