"""Inline code: steps that are written as text."""

from chatsim.sandbox.inline_code import compile_step

__all__ = ["compile_step"]
