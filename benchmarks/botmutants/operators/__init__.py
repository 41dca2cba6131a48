"""The twenty kinds of bug as operators on source: each module has those of one subject, and registers them."""

from benchmarks.botmutants.operators import conditions, memory, offers, outside, replies, ways

__all__ = ["conditions", "memory", "offers", "outside", "replies", "ways"]
