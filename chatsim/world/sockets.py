"""Let no connection leave that nothing answers: whatever client the bot uses, nothing real is reached."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from chatsim.trace import Call
from chatsim.world.hosts import place_of
from chatsim.world.mocks import CallNotMocked
from chatsim.world.outside import Innermost, Outside
from chatsim.world.patches import Patches


def install(patches: Patches, door: Innermost) -> None:
    """Let the bot's sockets connect, and look names up, only for the hosts that *door* allows."""
    guard = _Guard(door)
    for name in ("connect", "connect_ex"):
        patches.set(socket.socket, name, guard.connecting(getattr(socket.socket, name), 0))
    patches.set(socket.socket, "sendto", guard.connecting(socket.socket.sendto, -1))
    patches.set(socket, "getaddrinfo", guard.looking_up(socket.getaddrinfo))
    patches.set(socket, "gethostbyname", guard.looking_up_by_name(socket.gethostbyname))


class _Guard:
    """Stands before the functions of `socket` that reach out, and notes the addresses of allowed names."""

    def __init__(self, door: Innermost) -> None:
        self.door = door

    def connecting(self, real: Callable[..., Any], index: int) -> Callable[..., Any]:
        """Return *real*, a method of a socket whose argument at *index* is an address, with a look at that before."""

        def checked(self_: socket.socket, *args: Any) -> Any:
            self.check_address(args[index])
            return real(self_, *args)

        return checked

    def looking_up(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return `socket.getaddrinfo` for allowed hosts."""

        def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name is not None:
                self.check_name(name, port)
            found = real(host, port, *args, **options)
            if name is not None:
                self.remember(name, [str(entry[4][0]) for entry in found])
            return found

        return getaddrinfo

    def looking_up_by_name(self, real: Callable[..., str]) -> Callable[..., str]:
        """Return `socket.gethostbyname` for allowed hosts."""

        def gethostbyname(hostname: str) -> str:
            self.check_name(hostname, None)
            address = real(hostname)
            self.remember(hostname, [address])
            return address

        return gethostbyname

    def remember(self, name: str, addresses: list[str]) -> None:
        """Take note of where a name leads, if it is the bot that asked."""
        outside = self.door.watching()
        if outside is not None:
            for address in addresses:
                outside.names.setdefault(address, set()).add(name)

    # ------------------------------------------------------------ checks

    def check_address(self, address: Any) -> None:
        """Refuse an address, of whatever family, that the bot may not reach."""
        if isinstance(address, tuple):
            self.check(address[0], address[1])
        else:
            self.check(os.fsdecode(address) if isinstance(address, str | bytes) else repr(address), None)

    def check_name(self, name: str, port: Any) -> None:
        """Refuse a name that may not be looked up; where the port is not known yet, any that is allowed will do."""
        outside = self.door.watching()
        if outside is not None and (isinstance(port, int) or not outside.knows(name)):
            self.check(name, port)

    def check(self, host: Any, port: Any) -> None:
        """Refuse a host that the bot may not reach, under none of the names that lead there."""
        outside = self.door.watching()
        if outside is None:
            return
        if not any(outside.allows(name, port) for name in (host, *outside.names.get(host, ()))):
            _refuse(outside, place_of(host, port))


def _refuse(outside: Outside, place: str) -> None:
    refused = CallNotMocked(
        f"{place} (a connection that is not made by httpx, requests, urllib3 2, aiohttp or urllib.request, which mocks answer)",
        "call package.module:function: {returns: ...}",
        place=place,
    )
    outside.mocks.uncovered.append(refused)
    outside.mocks.made(Call("CONNECT", place, {"error": "not mocked"}))
    raise refused
