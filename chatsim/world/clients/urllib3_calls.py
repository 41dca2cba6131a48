"""Calls by urllib3, and by what is made of it (requests).

They are taken where a pool has found a connection and would send: retries, redirects, timeouts and the errors that
come of them are urllib3's own.
"""

from __future__ import annotations

from http.client import HTTPResponse as StandardResponse
from typing import Any

from urllib3 import connectionpool, exceptions, response
from urllib3._collections import HTTPHeaderDict
from urllib3.util.timeout import Timeout

from chatsim.world.outgoing import Request
from chatsim.world.outside import Course, Innermost, body_bytes, http_response
from chatsim.world.patches import Patches

_DEFAULT_PORTS = {"http": 80, "https": 443}


def install(patches: Patches, door: Innermost) -> None:
    """Let pools ask *door*.  Those of urllib3 1 are left to the guard of sockets: they work in another way."""
    if not hasattr(response, "BaseHTTPResponse"):
        return
    pool_class: Any = connectionpool.HTTPConnectionPool
    secure_class: Any = connectionpool.HTTPSConnectionPool
    make_real, prepare_real = pool_class._make_request, secure_class._prepare_proxy  # noqa: SLF001 - see above

    def make_request(self: Any, conn: Any, method: str, url: str, **options: Any) -> Any:
        outside = door.takes(self.host, self.port)
        if outside is None:
            return make_real(self, conn, method, url, **options)
        timeout = _read_timeout(self, options.get("timeout"))
        asked = Request.of(method, _full_url(self, url), options["headers"], body_bytes(options["body"]))
        answer, course = outside.answer(asked, timeout)
        _fail(self, conn, url, course, timeout)
        return _response(self, http_response(answer, method), method, url, options)

    def prepare_proxy(self: Any, conn: Any) -> None:
        outside = door.takes(self.host, self.port)
        if outside is None:
            prepare_real(self, conn)

    patches.set(pool_class, "_make_request", make_request)
    patches.set(secure_class, "_prepare_proxy", prepare_proxy)


def _full_url(pool: Any, url: str) -> str:
    if "://" in url.partition("?")[0]:  # to a proxy, the whole URL goes over the line
        return url
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    port = "" if pool.port in (None, _DEFAULT_PORTS[pool.scheme]) else f":{pool.port}"
    return f"{pool.scheme}://{host}{port}{url}"


def _read_timeout(pool: Any, timeout: Any) -> float | None:
    found: Timeout = pool._get_timeout(timeout)  # noqa: SLF001 - as the original of make_request
    found.start_connect()
    return Timeout.resolve_default_timeout(found.read_timeout)


def _fail(pool: Any, conn: Any, url: str, course: Course, timeout: float | None) -> None:
    match course:
        case "timeout":
            raise exceptions.ReadTimeoutError(pool, url, f"Read timed out. (read timeout={timeout})")
        case "connection":
            raise exceptions.NewConnectionError(
                conn, "Failed to establish a new connection: [Errno 111] Connection refused"
            )
        case "reset":
            raise ConnectionResetError(104, "Connection reset by peer")


def _response(pool: Any, read: StandardResponse, method: str, url: str, options: dict[str, Any]) -> Any:
    found: Any = response.HTTPResponse(
        body=read,
        headers=HTTPHeaderDict(read.msg.items()),
        status=read.status,
        version=read.version,
        version_string="HTTP/1.1",
        reason=read.reason,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        enforce_content_length=options.get("enforce_content_length", True),
        original_response=read,
        request_method=method,
        request_url=url,
    )
    found.retries = options.get("retries")
    found._connection = options.get("response_conn")  # noqa: SLF001 - as the original of make_request
    found._pool = pool  # noqa: SLF001 - as above
    return found
