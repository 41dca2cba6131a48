"""Conversations written down: the model, how a file becomes one, how words match, and the fold over a session."""
