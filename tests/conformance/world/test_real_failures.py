"""What clients raise for mocked failures is what they raise for the real ones."""

import asyncio
import socket
import struct
import threading
import urllib.error
import urllib.request

import aiohttp
import httpx
import pytest
import requests
import urllib3

from chatsim.world.clock import Clock
from chatsim.world.interception import Interception
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.outgoing import Answer
from chatsim.world.outside import Outside


def by_httpx(url):
    httpx.get(url, timeout=0.2)


def by_httpx_async(url):
    async def call():
        async with httpx.AsyncClient(timeout=0.2) as client:
            await client.get(url)

    asyncio.run(call())


def by_requests(url):
    requests.get(url, timeout=0.2)


def by_urllib3(url):
    urllib3.request("GET", url, timeout=0.2, retries=False)


def by_urllib3_with_retries(url):
    urllib3.request("GET", url, timeout=0.1, retries=1)


def by_aiohttp(url):
    async def call():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as session:
            await session.get(url)

    asyncio.run(call())


def by_aiohttp_reading(url):
    async def call():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_read=0.2)) as session:
            await session.get(url)

    asyncio.run(call())


def by_urllib(url):
    with urllib.request.urlopen(url, timeout=0.2):
        pass


CALLERS = [
    by_httpx,
    by_httpx_async,
    by_requests,
    by_urllib3,
    by_urllib3_with_retries,
    by_aiohttp,
    by_aiohttp_reading,
    by_urllib,
]


@pytest.fixture
def listening():
    """A socket that takes connections and does with them what *treat* does."""
    ends = []

    def listening(treat):
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(0.02)
        stop = threading.Event()

        def serve():
            kept = []
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                kept.append(connection)
                treat(connection)
            for connection in kept:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        ends.append((stop, thread, server))
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield listening
    for stop, thread, server in ends:
        stop.set()
        thread.join()
        server.close()


def keep_silent(connection):
    """Never answer."""


def break_the_line(connection):
    connection.settimeout(1)
    connection.recv(65536)
    # Closing with a linger of zero seconds sends a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/"


def raised(call, url):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what the test asks
        call(url)
    error = caught.value
    inner = getattr(error, "reason", None)
    return type(error), type(inner)


def raised_by_mock(call, url, answer):
    outside, clock = None, Clock()
    outside = Outside(Mocks([Mock.of("GET /^/", answer)]), clock)
    with Interception(outside), clock:
        outside.is_open = True
        return raised(call, url)


@pytest.mark.parametrize("call", CALLERS, ids=lambda call: call.__name__)
class TestSameErrors:
    def test_timeout(self, call, listening):
        url = listening(keep_silent)

        assert raised_by_mock(call, url, Answer(timeout=True)) == raised(call, url)

    def test_nobody_there(self, call):
        url = nobody_there()

        assert raised_by_mock(call, url, Answer(error="connection")) == raised(call, url)

    def test_reset(self, call, listening):
        url = listening(break_the_line)

        assert raised_by_mock(call, url, Answer(error="reset")) == raised(call, url)
