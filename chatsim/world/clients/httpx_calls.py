"""Calls by httpx, and by what is made of it (the openai client)."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
from httpx._transports import default as default_transport

from chatsim.world.hosts import port_of
from chatsim.world.outgoing import Answer, Request
from chatsim.world.outside import Course, Innermost
from chatsim.world.patches import Patches


def install(patches: Patches, door: Innermost) -> None:
    """Let the transports that reach the network ask *door*; transports of the bot's own do as ever."""
    handle_real = httpx.HTTPTransport.handle_request
    handle_async_real = httpx.AsyncHTTPTransport.handle_async_request

    def handle_request(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        outside = door.takes(request.url.host, port_of(request.url.scheme, request.url.port))
        if outside is None:
            return handle_real(self, request)
        request.read()
        return _response(request, *outside.answer(_asked(request), _timeout(request)))

    async def handle_async_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        outside = door.takes(request.url.host, port_of(request.url.scheme, request.url.port))
        if outside is None:
            return await handle_async_real(self, request)
        await request.aread()
        answer, course, seconds = outside.plan(_asked(request), _timeout(request))
        await asyncio.sleep(seconds)
        return _response(request, answer, course)

    _keep_tls_settings(patches)
    patches.set(httpx.HTTPTransport, "handle_request", handle_request)
    patches.set(httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request)


def _keep_tls_settings(patches: Patches) -> None:
    """Let clients that ask for the same TLS settings share them.

    Reading the certificates takes a tenth of a second, ``httpx.get`` does it in every call, and no call that is
    answered here needs them.
    """
    make = getattr(default_transport, "create_ssl_context", None)
    if make is None:  # a version of httpx that does it elsewhere
        return
    kept: dict[Any, Any] = {}

    def create_ssl_context(*args: Any, **options: Any) -> Any:
        files = [os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")]
        key = repr((args, sorted(options.items()), files))
        if key not in kept:
            kept[key] = make(*args, **options)
        return kept[key]

    patches.set(default_transport, "create_ssl_context", create_ssl_context)


def _asked(request: httpx.Request) -> Request:
    return Request.of(request.method, str(request.url), request.headers, request.content)


def _timeout(request: httpx.Request) -> float | None:
    timeouts: dict[str, Any] = request.extensions.get("timeout", {})
    found: float | None = timeouts.get("read")
    return found


def _response(request: httpx.Request, answer: Answer, course: Course) -> httpx.Response:
    match course:
        case "timeout":
            raise httpx.ReadTimeout("The read operation timed out", request=request)
        case "connection":
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
        case "reset":
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    return httpx.Response(
        answer.status,
        headers=answer.header_list(),
        stream=httpx.ByteStream(answer.sent(request.method)),
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason.encode()},
    )
