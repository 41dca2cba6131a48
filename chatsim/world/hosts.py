"""Hosts that a bot reaches for real: ``host``, or ``host:port`` for one port of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

LOCAL = ("localhost", "127.0.0.1", "::1")
"""The names of this machine; who allows one of them allows all."""

_PLAIN = re.compile(r"[\w.-]+(?::[0-9]+)?")
_PORTS = {"http": 80, "https": 443}


def is_allowed(allowed: Collection[str], host: str | None, port: int | None = None) -> bool:
    """Say whether *port* of *host* is among *allowed*; without a port, whether all of it is.

    >>> is_allowed({"localhost:8080"}, "127.0.0.1", 8080), is_allowed({"localhost:8080"}, "localhost", 9090)
    (True, False)
    """
    return any(name in allowed or f"{name}:{port}" in allowed for name in _names(host))


def is_partly_allowed(allowed: Collection[str], host: str | None) -> bool:
    """Say whether *host*, or any port of it, is among *allowed*: its name may be looked up."""
    return any(place == name or place.startswith(f"{name}:") for place in allowed for name in _names(host))


def local_place(url: str) -> str:
    """Return the ``host:port`` of *url* where that is on this machine, else nothing.

    >>> local_place("http://127.0.0.1:8080/orders"), local_place("https://pay.example/")
    ('127.0.0.1:8080', '')
    """
    parts = urlsplit(url)
    port = port_of(parts.scheme, parts.port)
    return place_of(parts.hostname, port) if parts.hostname in LOCAL else ""


def place_of(host: str, port: int | None) -> str:
    """Return *host* and *port* as one writes them; without a port, *host* alone.

    >>> place_of("::1", 8080)
    '[::1]:8080'
    """
    if port is None:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def allow_line(*places: str) -> str:
    """Return what lets *places* through, as a scenario says it.

    >>> allow_line("localhost:8080", "[::1]:8080")
    "allow: [localhost:8080, '[::1]:8080']"
    """
    return f"allow: [{', '.join(place if _PLAIN.fullmatch(place) else repr(place) for place in places)}]"


def port_of(scheme: str, port: int | None) -> int | None:
    """Return *port*, or what stands for none in URLs of this *scheme*."""
    return _PORTS.get(scheme) if port is None else port


def _names(host: str | None) -> tuple[str, ...]:
    return LOCAL if host in LOCAL else (host or "",)
