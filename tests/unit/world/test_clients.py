import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import aiohttp
import httpx
import openai
import pytest
import requests
import urllib3

from chatsim.world.clock import DEFAULT_START, Clock
from chatsim.world.interception import CLIENTS, Interception
from chatsim.world.mocks import CallNotMocked, Mock, Mocks
from chatsim.world.outgoing import Answer
from chatsim.world.outside import Outside, body_bytes

URL = "https://pay.example/orders"
TIMEOUTS = (TimeoutError, httpx.TimeoutException, requests.Timeout, urllib3.exceptions.TimeoutError)


class Response:
    """What a test asks of a response, whatever the client."""

    def __init__(self, status, body, headers):
        self.status = status
        self.body = body
        self.headers = {name.lower(): value for name, value in headers.items()}


def by_httpx(method, url, body, timeout):
    found = httpx.request(method, url, content=body, timeout=timeout, headers={"X-Id": "7"})
    return Response(found.status_code, found.content, found.headers)


def by_httpx_async(method, url, body, timeout):
    async def call():
        async with httpx.AsyncClient(timeout=timeout) as client:
            found = await client.request(method, url, content=body, headers={"X-Id": "7"})
            return Response(found.status_code, found.content, found.headers)

    return asyncio.run(call())


def by_requests(method, url, body, timeout):
    found = requests.request(method, url, data=body, timeout=timeout, headers={"X-Id": "7"}, allow_redirects=False)
    return Response(found.status_code, found.content, found.headers)


def by_urllib3(method, url, body, timeout):
    with urllib3.PoolManager(retries=False) as pool:
        found = pool.request(method, url, body=body, timeout=timeout, headers={"X-Id": "7"})
        return Response(found.status, found.data, found.headers)


def by_aiohttp(method, url, body, timeout):
    async def call():
        limit = aiohttp.ClientTimeout(total=timeout)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.request(method, url, data=body, headers={"X-Id": "7"}, allow_redirects=False) as found,
        ):
            return Response(found.status, await found.read(), found.headers)

    return asyncio.run(call())


def by_urllib(method, url, body, timeout):
    request = urllib.request.Request(url, data=body, method=method, headers={"X-Id": "7"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as found:
            return Response(found.status, found.read(), found.headers)
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, error.read(), error.headers)


CALLERS = {
    "httpx": by_httpx,
    "httpx async": by_httpx_async,
    "requests": by_requests,
    "urllib3": by_urllib3,
    "aiohttp": by_aiohttp,
    "urllib": by_urllib,
}


@pytest.fixture(params=CALLERS.values(), ids=CALLERS)
def call(request):
    def call(method="POST", url=URL, body=b'{"size": "S"}', timeout=5):
        return request.param(method, url, body, timeout)

    return call


class Around:
    """A world in which only calls are mocked."""

    def __init__(self, *mocks, allow=()):
        self.clock = Clock()
        self.mocks = Mocks(mocks)
        self.outside = Outside(self.mocks, self.clock, allow)
        self.interception = Interception(self.outside)

    def __enter__(self):
        self.interception.__enter__()
        self.clock.__enter__()
        self.outside.is_open = True
        return self

    def __exit__(self, *error):
        self.outside.is_open = False
        self.clock.__exit__(*error)
        self.interception.__exit__(*error)


@pytest.fixture
def server():
    """A real server on this machine, which counts what reaches it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.count += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"real")

        def log_message(self, *args):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.count = 0
        server.url = f"http://127.0.0.1:{server.server_port}/orders"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestAnswered:
    def test_request_and_response(self, call):
        answer = Answer(json={"link": "pay.me/7"}, status=201, headers={"X-Answer": "yes"})
        with Around(Mock.of(f"POST {URL}", answer)) as world:
            found = call()

        assert (found.status, json.loads(found.body), found.headers["x-answer"]) == (201, {"link": "pay.me/7"}, "yes")
        assert found.headers["content-type"] == "application/json"
        (request,) = world.mocks.requests
        assert (request.method, request.url, request.body) == ("POST", URL, b'{"size": "S"}')
        assert request.headers["x-id"] == "7"
        assert world.clock.now == DEFAULT_START

    @pytest.mark.parametrize("status", [204, 301, 404, 503])
    def test_statuses(self, call, status):
        with Around(Mock.of(f"POST {URL}", Answer(status=status))):
            assert call().status == status

    def test_bytes(self, call):
        with Around(Mock.of(f"GET {URL}?page=...&size=S", Answer(body=bytes(range(256))))):
            assert call("GET", f"{URL}?size=S&page=2", None).body == bytes(range(256))

    def test_head(self, call):
        with Around(Mock.of(f"HEAD {URL}", Answer(text="not sent"))):
            found = call("HEAD", URL, None)

        assert (found.status, found.body, found.headers["content-length"]) == (200, b"", "8")

    @pytest.mark.parametrize("url", ["http://pay.example:8080/a?b=c", "http://127.0.0.1:9/", "https://[::1]/x"])
    def test_urls(self, call, url):
        with Around(Mock.of("POST /^/")) as world:
            call(url=url)

        assert world.mocks.calls[0].url == url

    def test_many_in_a_row(self, call):
        with Around(Mock.of(f"POST {URL}", *[Answer(text=str(number)) for number in range(5)])):
            assert [call().body for _ in range(6)] == [b"0", b"1", b"2", b"3", b"4", b"4"]


class TestDelay:
    def test_moves_the_clock(self, call):
        with Around(Mock.of(f"POST {URL}", Answer(delay=2.5))) as world:
            call()

        assert world.clock.now == DEFAULT_START + 2.5

    def test_longer_than_the_timeout(self, call):
        with Around(Mock.of(f"POST {URL}", Answer(delay=60))) as world, pytest.raises(TIMEOUTS):
            call(timeout=5)

        assert world.clock.now == DEFAULT_START + 5

    def test_calls_at_once_wait_at_once(self):
        async def both():
            async with httpx.AsyncClient() as one, aiohttp.ClientSession() as two:
                await asyncio.gather(one.post(URL), two.post(URL))

        with Around(Mock.of(f"POST {URL}", Answer(delay=3))) as world:
            asyncio.run(both())

        assert world.clock.now == DEFAULT_START + 3


class TestTimeout:
    def test_without_a_limit_of_the_client(self, call):
        """A client that would wait for ever is told at once: the bot cannot hang."""
        with Around(Mock.of(f"POST {URL}", Answer(timeout=True, delay=7))) as world, pytest.raises(TIMEOUTS):
            call(timeout=None)

        assert world.clock.now == DEFAULT_START + 7

    def test_default_of_the_standard_library(self):
        socket.setdefaulttimeout(9)
        try:
            with Around(Mock.of(f"GET {URL}", Answer(timeout=True))) as world, pytest.raises(TimeoutError):
                urllib.request.urlopen(URL)
        finally:
            socket.setdefaulttimeout(None)

        assert world.clock.now == DEFAULT_START + 9

    def test_on_a_real_loop(self):
        """On a loop that is not the world's, nothing is waited for."""

        async def call():
            async with aiohttp.ClientSession() as session:
                await session.post(URL)

        world = Around(Mock.of(f"POST {URL}", Answer(timeout=True)))
        loop = asyncio.new_event_loop()
        with world, pytest.raises(aiohttp.SocketTimeoutError):
            loop.run_until_complete(call())
        loop.close()


class TestUncovered:
    def test_raises_what_to_write(self, call):
        with Around(Mock.of(f"GET {URL}")) as world, pytest.raises(CallNotMocked, match="differs in method") as caught:
            call()

        assert caught.value.line == f"POST {URL}: {{json: {{}}}}"
        assert world.mocks.uncovered == [caught.value]

    def test_a_real_server_is_not_reached(self, call, server):
        with Around(), pytest.raises(CallNotMocked):
            call(url=server.url)

        assert server.count == 0


class TestAllowed:
    @pytest.mark.parametrize("what", ["127.0.0.1", "127.0.0.1:{}"])
    def test_is_reached(self, call, server, what):
        with Around(allow=[what.format(server.server_port)]):
            assert call(url=server.url).body == b"real"

    def test_by_name(self, server):
        with Around(allow=["localhost"]):
            assert requests.post(server.url.replace("127.0.0.1", "localhost"), timeout=5).text == "real"

    def test_by_any_name_of_this_machine(self, call, server):
        with Around(allow=[f"localhost:{server.server_port}"]):
            assert call(url=server.url).body == b"real"

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_the_port_that_no_url_names(self, call, scheme):
        """It goes its way, and finds that nobody listens there."""
        port = {"http": 80, "https": 443}[scheme]
        with Around(allow=[f"127.0.0.1:{port}"]), pytest.raises(Exception, match=r"(?i)connect|refused") as caught:
            call(url=f"{scheme}://127.0.0.1/")
        assert not isinstance(caught.value, CallNotMocked)

    def test_another_port_is_not(self, call, server):
        with Around(allow=["127.0.0.1:1"]), pytest.raises(CallNotMocked):
            call(url=server.url)


class TestAfterwards:
    def test_real_calls_again(self, call, server):
        before = _patched_places()
        with pytest.raises(CallNotMocked), Around():
            call(url=server.url)

        assert _patched_places() == before
        assert call(url=server.url).body == b"real"

    def test_a_session_that_goes_on(self, server):
        with requests.Session() as session:
            with Around(Mock.of("POST /^/", Answer(text="mocked"))):
                assert session.post(server.url, timeout=5).text == "mocked"
            assert session.post(server.url, timeout=5).text == "real"

    def test_an_aiohttp_session_that_goes_on(self, server):
        async def call():
            async with session.post(server.url) as response:
                return await response.text()

        loop = asyncio.new_event_loop()
        session = aiohttp.ClientSession(loop=loop)
        with Around(Mock.of("POST /^/", Answer(text="mocked"))):
            assert loop.run_until_complete(call()) == "mocked"
        assert loop.run_until_complete(call()) == "real"
        loop.run_until_complete(session.close())
        loop.close()

    def test_between_steps(self, call, server):
        """Entered, but with no bot being stepped: the harness calls as ever."""
        outside = Outside(Mocks(), Clock())
        with Interception(outside):
            assert call(url=server.url).body == b"real"

    def test_in_threads_of_the_harness(self, server):
        go, found = threading.Event(), []

        def harness():
            go.wait()
            found.append(requests.post(server.url, timeout=5).text)

        thread = threading.Thread(target=harness)
        thread.start()
        with Around():
            go.set()
            thread.join()

        assert found == ["real"]

    def test_when_the_bot_is_the_first_to_import_sockets(self):
        """In a process that has not needed them so far, they are guarded as soon as they are there."""
        code = (
            "import sys\nfrom chatsim.world.mocks import CallNotMocked\nfrom chatsim.world.world import World\n"
            "from chatsim.trace import Snapshot, Text, Turn\n"
            "class Bot:\n"
            "    def start(self):\n        return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        import socket\n        socket.create_connection(('127.0.0.1', 9))\n"
            "assert 'socket' not in sys.modules\n"
            "with World() as world:\n"
            "    try:\n        world.step(Bot(), Snapshot(), Text('hi'))\n"
            "    except CallNotMocked as error:\n        print(error.what)\n"
            "import socket\nprint(socket.socket.connect.__name__)\n"
        )
        # coverage.py, which begins with every process where a run is measured, needs sockets itself.
        unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured)
        assert done.stdout.startswith("127.0.0.1:9 (a connection")
        assert done.stdout.endswith("\nconnect\n")

    def test_when_a_client_cannot_be_patched(self, monkeypatch):
        """Nothing is left behind by half an entering."""
        before = socket.socket.connect
        monkeypatch.setitem(CLIENTS, "requests", "chatsim.world.clients.none_such")
        with pytest.raises(ModuleNotFoundError, match="none_such"), Around():
            pass

        assert socket.socket.connect is before


def _patched_places():
    return [
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
        urllib3.HTTPConnectionPool._make_request,
        aiohttp.TCPConnector._create_connection,
        urllib.request.AbstractHTTPHandler.do_open,
        socket.socket.connect,
        socket.socket.sendto,
        socket.getaddrinfo,
        socket.gethostbyname,
        list(sys.meta_path),
    ]


class TestClientsOwnBehaviour:
    def test_requests_retries(self):
        """Retries are urllib3's own, and wait by the clock."""
        retry = urllib3.Retry(3, status_forcelist=[503], backoff_factor=10)
        answers = [Answer(status=503), Answer(status=503), Answer(text="at last")]
        with Around(Mock.of(f"GET {URL}", *answers)) as world, requests.Session() as session:
            session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry))
            assert session.get(URL, timeout=5).text == "at last"

        assert len(world.mocks.calls) == 3
        assert world.clock.now == DEFAULT_START + 20

    @pytest.mark.parametrize("get", [requests.get, lambda url: httpx.get(url, follow_redirects=True)])
    def test_redirects_and_cookies(self, get):
        moved = Answer(status=302, headers={"Location": "/new", "Set-Cookie": "a=1"})
        with Around(Mock.of(f"GET {URL}", moved), Mock.of("GET https://pay.example/new", Answer(text="new"))) as world:
            found = get(URL)

        assert found.text == "new"
        assert found.history[0].cookies["a"] == "1"
        assert [call.url for call in world.mocks.calls] == [URL, "https://pay.example/new"]

    def test_urllib_redirects_and_errors(self):
        moved = Answer(status=302, headers={"Location": "/new"})
        gone = Mock.of("GET https://pay.example/new", Answer(status=404))
        with Around(Mock.of(f"GET {URL}", moved), gone), pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(URL)

    def test_tls_settings_are_read_once(self, monkeypatch):
        """What httpx reads certificates for takes a tenth of a second, and is the same in every call."""
        made = []
        real = ssl.create_default_context
        monkeypatch.setattr(ssl, "create_default_context", lambda **options: made.append(options) or real(**options))
        with Around(Mock.of(f"GET {URL}", Answer(text="a"))):
            assert [httpx.get(URL).text for _ in range(3)] == ["a"] * 3
            httpx.get(URL, verify=False)
            assert len(made) == 1
        httpx.Client().close()
        assert len(made) == 2

    def test_streams(self):
        with Around(Mock.of(f"GET {URL}", Answer(text="a\nb\n"))):
            assert list(requests.get(URL, stream=True, timeout=5).iter_lines()) == [b"a", b"b"]
            with httpx.stream("GET", URL) as response:
                assert list(response.iter_lines()) == ["a", "b"]

    def test_gzip(self):
        import gzip

        answer = Answer(body=gzip.compress(b"small"), headers={"Content-Encoding": "gzip"})
        with Around(Mock.of(f"GET {URL}", answer)):
            assert httpx.get(URL).text == requests.get(URL, timeout=5).text == "small"
            assert asyncio.run(_aiohttp_text()) == "small"

    def test_forms_and_uploads(self):
        with Around(Mock.of(f"POST {URL}")) as world:
            requests.post(URL, data={"a": "1"}, timeout=5)
            httpx.post(URL, data={"a": "1"})
            httpx.post(URL, files={"f": b"content"})
            requests.post(URL, data=iter([b"chunk", b"ed"]), timeout=5)
            asyncio.run(_aiohttp_upload())

        assert [call.payload.get("form") for call in world.mocks.calls[:2]] == [{"a": "1"}, {"a": "1"}]
        assert b"content" in world.mocks.requests[2].body
        assert [request.body for request in world.mocks.requests[3:]] == [b"chunked", b"chunked"]

    def test_through_a_proxy(self, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
        with Around(Mock.of(f"GET {URL}"), Mock.of("GET http://pay.example/x")) as world:
            for url in (URL, "http://pay.example/x"):
                requests.get(url, timeout=5)
                httpx.get(url)
                urllib.request.urlopen(url).close()

        assert [call.url for call in world.mocks.calls] == [URL] * 3 + ["http://pay.example/x"] * 3

    def test_openai(self):
        """The client retries by the clock, and reads the answer of the mock."""
        answer = {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello!"}}],
        }
        mock = Mock.of("POST https://api.openai.com/v1/chat/completions", Answer(status=429), Answer(json=answer))
        with Around(mock) as world:
            client = openai.OpenAI(api_key="test")
            found = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
            client.close()

        assert found.choices[0].message.content == "Hello!"
        assert world.mocks.calls[1].payload["json"]["messages"] == [{"role": "user", "content": "hi"}]
        assert world.clock.now > DEFAULT_START

    def test_transports_of_the_bots_own(self):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, text="own"))
        with Around(), httpx.Client(transport=transport) as client:
            assert client.get(URL).text == "own"

    def test_aiohttp_closed_before_the_answer(self):
        async def call():
            async with aiohttp.ClientSession() as session:
                task = asyncio.ensure_future(session.post(URL))
                await asyncio.sleep(1)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await asyncio.sleep(20)

        with Around(Mock.of(f"POST {URL}", Answer(delay=10))) as world:
            asyncio.run(call())

        assert world.clock.now == DEFAULT_START + 21


async def _aiohttp_text():
    async with aiohttp.ClientSession() as session, session.get(URL) as response:
        return await response.text()


async def _aiohttp_upload():
    async def chunks():
        yield b"chunk"
        yield b"ed"

    async with aiohttp.ClientSession() as session, session.post(URL, data=chunks()) as response:
        await response.read()


class TestLateImport:
    CODE = """
import sys
from chatsim.world.world import World
from chatsim.world.mocks import Mock, Mocks
from chatsim.world.outgoing import Answer
from chatsim.trace import Reply, Snapshot, Text, Turn

assert not {"requests", "httpx", "urllib3", "aiohttp"} & set(sys.modules)

class Bot:
    def start(self):
        return Snapshot()
    def step(self, snapshot, event):
        import %(client)s
        text = %(call)s
        return Turn(event=event, effects=(Reply(text),), snapshot=snapshot)

with World(Mocks([Mock.of("GET https://a.example", Answer(text="mocked"))])) as world:
    bot = Bot()
    print(world.step(bot, world.start(bot), Text("hi")).replies[0].text)
import %(client)s
spec = sys.modules["%(client)s"].__spec__
print(type(spec.loader).__module__.partition(".")[0])
"""

    @pytest.mark.parametrize(
        ("client", "call"),
        [
            ("requests", "requests.get('https://a.example').text"),
            ("httpx", "httpx.get('https://a.example').text"),
            ("urllib3", "urllib3.request('GET', 'https://a.example').data.decode()"),
            ("urllib.request", "urllib.request.urlopen('https://a.example').read().decode()"),
        ],
    )
    def test_a_client_imported_in_a_handler(self, client, call):
        code = self.CODE % {"client": client, "call": call}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

        assert done.stderr == ""
        assert done.stdout.splitlines()[0] == "mocked"
        assert "chatsim" not in done.stdout


class TestSockets:
    @pytest.mark.parametrize(
        "reach",
        [
            lambda: socket.create_connection(("10.0.0.1", 6379)),
            lambda: socket.getaddrinfo("redis.example", 6379),
            lambda: socket.getaddrinfo(b"redis.example", 6379),
            lambda: socket.gethostbyname("redis.example"),
            lambda: _udp("sendto", b"x", ("10.0.0.1", 1)),
            lambda: _udp("connect_ex", ("10.0.0.1", 1)),
            lambda: _unix("/run/none.sock"),
            lambda: _unix(b"/run/none.sock"),
            lambda: asyncio.run(asyncio.open_connection("10.0.0.1", 6379)),
        ],
    )
    def test_nothing_is_reached(self, reach):
        with Around() as world, pytest.raises(CallNotMocked, match="a connection that is not made by"):
            reach()

        assert world.mocks.calls[0].method == "CONNECT"

    def test_listening_is_no_call(self):
        with Around():
            found = socket.getaddrinfo(None, 0)
        assert found

    def test_one_port_of_a_name(self, server):
        """Its address is found under the name, and no other port of it is reached."""
        with Around(allow=[f"localhost:{server.server_port}"]) as world:
            socket.create_connection(("localhost", server.server_port), timeout=5).close()
            address = socket.gethostbyname("localhost")
            socket.create_connection((address, server.server_port), timeout=5).close()
            with pytest.raises(CallNotMocked) as caught:
                socket.create_connection((address, 1), timeout=5)

        assert caught.value.place == "127.0.0.1:1"
        assert [call.url for call in world.mocks.calls] == ["127.0.0.1:1"]

    def test_a_path(self, tmp_path):
        path = str(tmp_path / "s")
        with socket.socket(socket.AF_UNIX) as listening, Around(allow=[path]):
            listening.bind(path)
            listening.listen()
            _unix(path)
            _unix(path.encode())

    def test_gethostbyname_of_an_allowed_host(self):
        with Around(allow=["localhost"]):
            assert socket.gethostbyname("localhost") == "127.0.0.1"


def _udp(method, *args):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        getattr(udp, method)(*args)


def _unix(path):
    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(path)


class TestBody:
    @pytest.mark.parametrize("body", ["ab", b"ab", bytearray(b"ab"), [b"a", "b"], iter([b"a", b"b"])])
    def test_of_every_shape(self, body):
        assert body_bytes(body) == b"ab"

    def test_of_a_file(self, tmp_path):
        path = tmp_path / "a"
        path.write_bytes(b"ab")
        with path.open("rb") as file:
            assert body_bytes(file) == b"ab"
        assert body_bytes(None) == b""
