"""Calls by the standard library's `urllib.request`."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from typing import Any
from urllib import request
from urllib.error import URLError
from urllib.parse import urlsplit

from chatsim.world.hosts import port_of
from chatsim.world.outgoing import Request
from chatsim.world.outside import Course, Innermost, body_bytes, http_response
from chatsim.world.patches import Patches


def install(patches: Patches, door: Innermost) -> None:
    """Let the handlers of ``http`` and ``https`` ask *door*; redirects and errors are handled as ever."""
    handler: Any = request.AbstractHTTPHandler
    open_real = handler.do_open

    def do_open(self: Any, http_class: Any, req: request.Request, **options: Any) -> HTTPResponse:
        # With a proxy the host of the request is the proxy's, and its selector the whole URL.
        url = req.full_url
        parts = urlsplit(url)
        outside = door.takes(parts.hostname, port_of(parts.scheme, parts.port))
        if outside is None:
            response: HTTPResponse = open_real(self, http_class, req, **options)
            return response
        method = req.get_method()
        headers = {**req.headers, **req.unredirected_hdrs}
        answer, course = outside.answer(Request.of(method, url, headers, body_bytes(req.data)), _timeout(req))
        _fail(course)
        response = http_response(answer, method)
        response.url = url
        response.msg = response.reason  # type: ignore[assignment]  # as the original does
        return response

    patches.set(handler, "do_open", do_open)


def _timeout(req: request.Request) -> float | None:
    timeout = req.timeout
    return timeout if isinstance(timeout, int | float) else socket.getdefaulttimeout()


def _fail(course: Course) -> None:
    match course:
        case "timeout":
            raise TimeoutError("The read operation timed out")
        case "connection":
            raise URLError(ConnectionRefusedError(111, "Connection refused"))
        case "reset":
            raise ConnectionResetError(104, "Connection reset by peer")
