"""Read `allow`: the hosts that a bot reaches for real, where everything else is answered by mocks alone."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationInfo

from chatsim.scenario.readers import Placed, describe, leaf, noting, scalar, wrong
from chatsim.scenario.words import BrokenText

_EXAMPLE = "write allow: [localhost:8080]"
_MOST_PORT = 65535
_place = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w-]+(?:\.[\w-]+)*))(?::([0-9]{1,5}))?")


def read_hosts(node: yaml.Node, info: ValidationInfo) -> Placed[tuple[str, ...]]:
    """Read a list of hosts, or one alone: ``host``, ``host:port``, ``[::1]:port``, or the path of a socket."""
    if isinstance(node, yaml.MappingNode):
        wrong(node, f"must be a list of hosts, and this is {describe(node)}", _EXAMPLE)
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    read = noting(lambda item, _: _host(item), lambda _: "")
    return Placed(tuple(dict.fromkeys(read(item, info) for item in items)), node)


def _host(node: yaml.Node) -> str:
    text = scalar(node, "a host")
    try:
        return host_of(text)
    except BrokenText as error:
        wrong(node, error.what, error.cure)


def host_of(text: str) -> str:
    """Return the host that *text* names, as the world knows it; raise `BrokenText` for what is none.

    >>> host_of("[::1]:8080")
    '::1:8080'
    """
    if text.startswith("/"):
        return text
    found = _place.fullmatch(text)
    if found is None:
        raise BrokenText(f"{text!r} is no host", _cure(text))
    address, name, port = found.groups()
    if port is not None and not 0 < int(port) <= _MOST_PORT:
        raise BrokenText(f"there is no port {port}", f"ports go from 1 to {_MOST_PORT}")
    return (address or name) + ("" if port is None else f":{port}")


def _cure(text: str) -> str:
    """Say how to write what was meant: most often that is within a URL."""
    try:
        place = urlsplit(text).netloc.rpartition("@")[2]
    except ValueError:
        place = ""
    return f"write {place}" if _place.fullmatch(place) else _EXAMPLE


Hosts = Annotated[Placed[tuple[str, ...]], leaf(read_hosts)]
