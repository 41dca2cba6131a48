"""Lay a graph out in layers: ranks by the order of the conversation, few crossings, coordinates, routes.

In Python, because pictures must come out the same everywhere and without ``dot``: see `chatsim.graph.layout.layered`.
"""
