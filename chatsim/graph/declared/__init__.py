"""Graphs that bots declare: read from their tables, or from their source."""
