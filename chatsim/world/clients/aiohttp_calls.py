"""Calls by aiohttp.

They are taken where a connector would open a connection: it gets one whose other end is here.  Redirects, cookies,
timeouts and what the client does besides are aiohttp's own.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp import http_parser
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_proto import ResponseHandler

from chatsim.world.outgoing import Request
from chatsim.world.outside import Innermost, Outside
from chatsim.world.patches import Patches
from chatsim.world.virtual_loop import VirtualLoop


def install(patches: Patches, door: Innermost) -> None:
    """Let connectors that reach the network get connections to *door*."""
    connector: Any = aiohttp.TCPConnector
    create_real = connector._create_connection  # noqa: SLF001 - the method by which connectors differ

    async def create_connection(self: Any, req: Any, traces: Any, limits: aiohttp.ClientTimeout) -> ResponseHandler:
        outside = door.takes(req.url.host, req.url.port)
        if outside is None:
            found: ResponseHandler = await create_real(self, req, traces, limits)
            return found
        loop = asyncio.get_running_loop()
        handler = ResponseHandler(loop)
        handler.connection_made(_Line(loop, handler, req, outside, limits))
        # Not kept for a later request, which may come when nothing is mocked any more.
        handler.force_close()
        return handler

    patches.set(connector, "_create_connection", create_connection)


class _Line(asyncio.Transport):
    """A connection: what the client writes is read as a request, and answered."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, handler: ResponseHandler, req: Any, outside: Outside, timeout: Any
    ) -> None:
        super().__init__()
        self._loop = loop
        self._handler = handler
        self._req = req
        self._outside = outside
        self._timeout: float | None = timeout.sock_read or timeout.total
        self._closing = False
        self._parser = http_parser.HttpRequestParser(BaseProtocol(loop), loop, 2**16)
        self._payload: Any = None
        self._answered = False

    def write(self, data: Any) -> None:
        """Take a part of the request, and answer when it is whole."""
        messages, _, _ = self._parser.feed_data(bytes(data))
        for _, payload in messages:
            self._payload = payload
        if self._payload is not None and self._payload.is_eof() and not self._answered:
            self._answered = True
            self._answer(self._payload.read_nowait(-1) if self._payload.total_bytes else b"")

    def _answer(self, body: bytes) -> None:
        asked = Request.of(self._req.method, str(self._req.url), self._req.headers, body)
        try:
            answer, course, seconds = self._outside.plan(asked, self._timeout)
        except Exception as error:  # noqa: BLE001 - raised where the client awaits the answer
            self._handler.set_exception(error)
            return
        if not isinstance(self._loop, VirtualLoop):
            # A real loop would wait by the real clock.
            self._outside.clock.advance(seconds)
            self._loop.call_soon(self._deliver, course, answer.wire(asked.method))
        elif course != "timeout" or self._timeout is None:
            self._loop.call_later(seconds, self._deliver, course, answer.wire(asked.method))
        # Else nothing comes, and the client's own timers end it.

    def _deliver(self, course: str, wire: bytes) -> None:
        if self._closing:
            return
        match course:
            case "timeout":
                self._handler.set_exception(aiohttp.SocketTimeoutError("Timeout on reading data from socket"))
            case "connection":
                refused = ConnectionRefusedError(111, "Connect call failed")
                self._handler.set_exception(aiohttp.ClientConnectorError(self._req.connection_key, refused))
            case "reset":
                self._handler.connection_lost(ConnectionResetError(104, "Connection reset by peer"))
            case _:
                self._handler.data_received(wire)

    def is_closing(self) -> bool:
        """Say whether the client closed it."""
        return self._closing

    def close(self) -> None:
        """Close it."""
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._handler.connection_lost, None)

    def abort(self) -> None:
        """Close it at once."""
        self.close()

    def pause_reading(self) -> None:
        """Nothing: the answer has been read."""

    def resume_reading(self) -> None:
        """Nothing, as above."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing: what is written is taken at once."""
