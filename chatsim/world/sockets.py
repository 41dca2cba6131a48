"""Let no connection leave that nothing answers: whatever client the bot uses, nothing real is reached."""

from __future__ import annotations

import socket
from typing import Any

from chatsim.trace import Call
from chatsim.world.mocks import CallNotMocked
from chatsim.world.outside import Outside
from chatsim.world.patches import Patches


def install(patches: Patches, outside: Outside) -> None:
    """Let the bot's sockets connect, and look names up, only for the hosts that *outside* allows."""
    allowed_addresses: set[str] = set()

    def check(host: Any, port: Any) -> None:
        if outside.watches() and not outside.allows(host, port) and host not in allowed_addresses:
            _refuse(outside, host if port is None else f"{host}:{port}")

    def check_address(address: Any) -> None:
        if isinstance(address, tuple):
            check(address[0], address[1])
        else:
            check(address if isinstance(address, str) else repr(address), None)

    for name in ("connect", "connect_ex"):
        patches.set(socket.socket, name, _checked_address(getattr(socket.socket, name), check_address, 0))
    patches.set(socket.socket, "sendto", _checked_address(socket.socket.sendto, check_address, -1))

    look_up_real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text is not None:
            check(text, port)
        found = look_up_real(host, port, *args, **options)
        if outside.watches():
            allowed_addresses.update(str(entry[4][0]) for entry in found)
        return found

    patches.set(socket, "getaddrinfo", getaddrinfo)
    by_name_real = socket.gethostbyname

    def gethostbyname(hostname: str) -> str:
        check(hostname, None)
        return by_name_real(hostname)

    patches.set(socket, "gethostbyname", gethostbyname)


def _checked_address(real: Any, check: Any, index: int) -> Any:
    def checked(self: socket.socket, *args: Any) -> Any:
        check(args[index])
        return real(self, *args)

    return checked


def _refuse(outside: Outside, place: str) -> None:
    refused = CallNotMocked(
        f"{place} (a connection that is not made by httpx, requests, urllib3 2, aiohttp or urllib.request, which mocks answer)",
        "call package.module:function: {returns: ...}",
    )
    outside.mocks.uncovered.append(refused)
    outside.mocks.made(Call("CONNECT", place, {"error": "not mocked"}))
    raise refused
