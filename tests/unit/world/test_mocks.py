import threading

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chatsim.errors import SetupError
from chatsim.trace import Call
from chatsim.world.effects import note, noting
from chatsim.world.functions import FunctionMock
from chatsim.world.mocks import CallNotMocked, Mock, Mocks, yaml_line
from chatsim.world.outgoing import MISSING, Answer, Request
from chatsim.world.patterns import CallPattern, gaps

ITEMS = "https://stock.example/items"
names = st.text("abcxyz", min_size=1, max_size=3)
pairs = st.dictionaries(names, st.text("abc 7&=%", max_size=5), max_size=4)


def url_with(query):
    from urllib.parse import urlencode

    return f"{ITEMS}?{urlencode(query)}" if query else ITEMS


class TestAnswer:
    @pytest.mark.parametrize(
        ("answer", "content", "kind"),
        [
            (Answer(json={"ä": 1}), '{"ä": 1}'.encode(), "application/json"),
            (Answer(json=None), b"null", "application/json"),
            (Answer(text="hi"), b"hi", "text/plain; charset=utf-8"),
            (Answer(body=b"\xff"), b"\xff", None),
            (Answer(), b"", None),
            (Answer(json=1, headers={"content-type": "a/b"}), b"1", "a/b"),
        ],
    )
    def test_content(self, answer, content, kind):
        headers = {name.lower(): value for name, value in answer.header_list()}

        assert answer.content == content
        assert headers.get("content-type") == kind
        assert headers["content-length"] == str(len(content))

    def test_a_length_that_is_given_stays(self):
        assert Answer(text="hi", headers={"Content-Length": "9"}).header_list().count(("Content-Length", "9")) == 1

    def test_status_without_words(self):
        assert Answer(status=299).wire().startswith(b"HTTP/1.1 299 \r\n")

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"json": 1, "text": "a"}, "one body"),
            ({"text": "", "body": b""}, "one body"),
            ({"error": "conection"}, "Did you mean 'connection'"),
            ({"status": 99}, "from 200 to 599"),
            ({"status": 600}, "from 200 to 599"),
            ({"delay": -1}, "nothing comes before"),
        ],
    )
    def test_what_cannot_come(self, fields, message):
        with pytest.raises(SetupError, match=message):
            Answer(**fields)


class TestRequest:
    @pytest.mark.parametrize(
        ("body", "headers", "payload"),
        [
            (b"", {}, {}),
            (b'{"a": 1}', {}, {"json": {"a": 1}}),
            (b"hello", {}, {"text": "hello"}),
            (b"\xff\xfe\xfd", {}, {"bytes": b"\xff\xfe\xfd"}),
            (b"a=1&b=", {"Content-Type": "application/x-www-form-urlencoded"}, {"form": {"a": "1", "b": ""}}),
        ],
    )
    def test_payload(self, body, headers, payload):
        assert Request.of("post", ITEMS, headers, body).payload() == payload

    def test_no_json(self):
        assert Request("GET", ITEMS).json is MISSING
        assert repr(MISSING) == "MISSING"


class TestPattern:
    @given(pairs, st.randoms())
    def test_the_order_of_parameters_is_of_no_interest(self, query, order):
        shuffled = list(query.items())
        order.shuffle(shuffled)
        pattern = CallPattern.of(f"GET {url_with(query)}")

        assert pattern.covers(Request("GET", url_with(dict(shuffled))))

    @given(pairs, pairs)
    def test_what_is_not_named_is_not_asked(self, query, more):
        pattern = CallPattern.of(f"GET {url_with(query)}")

        assert pattern.covers(Request("GET", url_with({**more, **query})))

    @given(pairs.filter(bool), st.data())
    def test_what_is_named_is_asked(self, query, data):
        left_out = data.draw(st.sampled_from(sorted(query)))
        rest = {name: value for name, value in query.items() if name != left_out}

        assert CallPattern.of(f"GET {url_with(query)}").differences(Request("GET", url_with(rest))) == [
            f"query {left_out}"
        ]

    @pytest.mark.parametrize(
        ("written", "method", "url", "covered"),
        [
            ("GET https://a.example", "GET", "https://a.example/", True),
            ("GET https://a.example/", "GET", "https://a.example", True),
            ("GET https://a.example?x=1", "GET", "https://a.example/?x=1", True),
            ("GET https://a.example", "POST", "https://a.example", False),
            ("GET https://a.example/b", "GET", "https://a.example/bc", False),
            ("GET https://a.example/...", "GET", "https://a.example/b/c?d=1", True),
            ("GET https://...", "GET", "https://a.example/b", True),
            ("GET https://a.example/users/.../photo", "GET", "https://a.example/users/7/photo", True),
            ("GET https://a.example/a b", "GET", "https://a.example/a%20b", True),
            ("GET https://a.example/ä", "GET", "https://a.example/%C3%A4", True),
            ("GET https://a.example/i?size=...", "GET", "https://a.example/i?size=", True),
            ("GET https://a.example/i?size=...", "GET", "https://a.example/i", False),
            ("GET https://a.example/i?q=a%20b", "GET", "https://a.example/i?q=a+b", True),
            (r"GET /^https:..a\.example.items\?.*size=S/", "GET", "https://a.example/items?x=1&size=S", True),
            (r"GET /^http:/", "GET", "https://a.example/", False),
        ],
    )
    def test_urls(self, written, method, url, covered):
        assert CallPattern.of(written).covers(Request(method, url)) is covered

    def test_headers_and_json(self):
        pattern = CallPattern.of(f"POST {ITEMS}", headers={"X-Id": "7..."}, json=lambda body: body == {"a": 1})

        assert pattern.covers(Request.of("POST", ITEMS, {"x-id": "77"}, b'{"a": 1}'))
        assert pattern.differences(Request.of("POST", ITEMS, {"X-Id": "8"}, b"{}")) == ["header x-id", "json"]
        assert pattern.differences(Request.of("POST", ITEMS, {}, b"")) == ["header x-id", "json"]

    def test_texts_by_another_language(self):
        pattern = CallPattern.of(f"GET {ITEMS}?size=...", text=lambda written: written.__eq__)

        assert not pattern.covers(Request("GET", f"{ITEMS}?size=S"))

    @pytest.mark.parametrize("written", ["https://a.example", "get https://a.example", "GET", "GET ", ""])
    def test_no_call(self, written):
        with pytest.raises(SetupError, match="write a method and a URL"):
            CallPattern.of(written)

    @given(st.text(max_size=12))
    def test_gaps(self, text):
        """A text without dots covers itself alone; with a gap around it, everything that holds it."""
        if "..." not in text and not text.startswith("/"):
            assert gaps(text)(text)
            assert not gaps(text)(f"{text}x")
        assert gaps(f"...{text.replace('.', '')}...")(f"x{text.replace('.', '')}y")
        assert not gaps(text)(None)


class TestSequence:
    @given(st.lists(st.integers(200, 299), min_size=1, max_size=4), st.integers(1, 8))
    def test_the_last_one_stays(self, statuses, calls):
        mocks = Mocks([Mock.of(f"GET {ITEMS}", *[Answer(status=status) for status in statuses])])
        found = [mocks.answer(Request("GET", ITEMS)).status for _ in range(calls)]

        assert found == [*statuses, *[statuses[-1]] * calls][:calls]

    def test_a_mock_without_answers(self):
        assert Mock.of(f"GET {ITEMS}").answers == (Answer(),)
        with pytest.raises(SetupError, match="no answer"):
            Mock("GET x", CallPattern.of(f"GET {ITEMS}"), ())


class TestWhichMock:
    def status(self, mocks, request):
        return Mocks(mocks).answer(request).status

    def test_the_one_that_asks_for_more(self):
        mocks = [Mock.of(f"GET {ITEMS}", Answer(status=201)), Mock.of(f"GET {ITEMS}?size=S", Answer(status=202))]

        assert self.status(mocks, Request("GET", f"{ITEMS}?size=S")) == 202
        assert self.status(mocks, Request("GET", f"{ITEMS}?size=L")) == 201

    def test_the_exact_url_before_a_gap(self):
        mocks = [Mock.of("GET https://...", Answer(status=201)), Mock.of(f"GET {ITEMS}", Answer(status=202))]

        assert self.status(mocks, Request("GET", ITEMS)) == 202

    def test_the_first_of_two_alike(self):
        mocks = [Mock.of(f"GET {ITEMS}", Answer(status=201)), Mock.of(f"GET {ITEMS}", Answer(status=202))]

        assert self.status(mocks, Request("GET", ITEMS)) == 201


class TestCalls:
    def test_in_order_with_what_came(self):
        mocks = Mocks(
            [
                Mock.of(f"GET {ITEMS}", Answer(status=503), Answer(timeout=True), Answer(error="reset")),
                Mock.of(f"POST {ITEMS}"),
            ]
        )
        effects = []
        with noting(effects):
            for method in ("GET", "POST", "GET", "GET"):
                mocks.answer(Request(method, ITEMS))

        assert (
            effects
            == mocks.calls
            == [
                Call("GET", ITEMS, {"status": 503}),
                Call("POST", ITEMS, {"status": 200}),
                Call("GET", ITEMS, {"error": "timeout"}),
                Call("GET", ITEMS, {"error": "reset"}),
            ]
        )
        assert [request.method for request in mocks.requests] == ["GET", "POST", "GET", "GET"]

    def test_noted_in_the_innermost(self):
        outer, inner = [], []
        call = Call("GET", ITEMS)
        with noting(outer):
            note(call)
            with noting(inner):
                note(call)
        note(call)

        assert (outer, inner) == ([call], [call])


class TestUnused:
    def test_in_order_without_optional_ones(self):
        mocks = Mocks(
            [
                Mock.of("GET https://a.example"),
                Mock.of("GET https://b.example", optional=True),
                FunctionMock("shop.prices:fetch"),
                Mock.of("GET https://c.example"),
            ]
        )
        mocks.answer(Request("GET", "https://c.example"))

        assert [mock.written for mock in mocks.unused()] == ["GET https://a.example", "call: shop.prices:fetch"]

    def test_of_a_fork(self):
        """Each branch goes on from where it forked, and is judged alone."""
        mocks = Mocks([Mock.of(f"GET {ITEMS}", Answer(status=201), Answer(status=202)), Mock.of(f"POST {ITEMS}")])
        mocks.answer(Request("GET", ITEMS))
        one, two = mocks.fork(), mocks.fork()

        assert one.answer(Request("GET", ITEMS)).status == two.answer(Request("GET", ITEMS)).status == 202
        one.answer(Request("POST", ITEMS))
        assert one.unused() == []
        assert [mock.written for mock in two.unused()] == [f"POST {ITEMS}"]
        assert (len(mocks.calls), len(one.calls), len(two.calls)) == (1, 3, 2)

    def test_counts_in_threads(self):
        mocks = Mocks([Mock.of(f"GET {ITEMS}", *[Answer(status=200 + number) for number in range(80)])])
        found = []

        def work():
            found.extend(mocks.answer(Request("GET", ITEMS)).status for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(found) == list(range(200, 280))


class TestUncovered:
    def refused(self, mocks, request):
        with pytest.raises(CallNotMocked) as caught:
            mocks.answer(request)
        assert mocks.uncovered[-1] is caught.value
        return caught.value

    def test_says_the_line_to_paste(self):
        mocks = Mocks()
        error = self.refused(mocks, Request("POST", ITEMS, body=b'{"size": "S"}'))

        assert str(error) == (
            f"the bot called POST {ITEMS}, and no mock covers it. Paste below `mock:`\n  POST {ITEMS}: {{json: {{}}}}"
        )
        assert mocks.calls == [Call("POST", ITEMS, {"json": {"size": "S"}, "error": "not mocked"})]

    @pytest.mark.parametrize(
        ("written", "asked", "differs"),
        [
            (f"POST {ITEMS}", {}, "differs in method"),
            (f"GET {ITEMS}?size=S", {}, "differs in query size"),
            (f"GET {ITEMS}s", {}, "differs in url"),
            (f"GET {ITEMS}?a=1", {"json": lambda _: False}, "differs in query a and json"),
            (f"POST {ITEMS}s", {}, None),
        ],
    )
    def test_names_the_nearest(self, written, asked, differs):
        error = self.refused(Mocks([Mock.of(written, **asked)]), Request("GET", ITEMS))

        assert (f"; the nearest, {written!r}, {differs}." if differs else "no mock covers it.") in str(error)

    def test_of_several_the_most_alike(self):
        mocks = Mocks([Mock.of("GET https://pay.example/orders"), Mock.of(f"GET {ITEMS}s")])

        assert f"the nearest, 'GET {ITEMS}s'" in str(self.refused(mocks, Request("GET", ITEMS)))

    @given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20), st.sampled_from(["GET", "POST"]))
    def test_the_line_is_yaml_that_covers_the_call(self, rest, method):
        """What one pastes is a mapping with one key, which covers the call that was missing."""
        request = Request(method, f"https://a.example/{rest}")
        ((key, answer),) = yaml.safe_load(yaml_line(request)).items()

        assert answer == {"json": {}}
        if "..." not in rest and not {"?", "#"} & set(rest):
            assert CallPattern.of(key.replace("$$", "$")).covers(request)


class TestTakingBack:
    def test_last_calls_were_not_made(self):
        """A sequence of answers goes on from where it was, also where another mock, or none, was asked."""
        stock = Mock.of(f"GET {ITEMS}", Answer(json=1), Answer(json=2))
        function = FunctionMock("stock:left")
        mocks = Mocks([stock, function])
        asked = Request("GET", ITEMS)
        assert mocks.answer(asked).json == 1
        before = (list(mocks.calls), list(mocks.requests))
        assert mocks.answer(asked).json == 2
        mocks.result(function, (), {})
        with pytest.raises(CallNotMocked):
            mocks.answer(Request("GET", "https://else.example"))
        mocks.take_back(3)
        assert (mocks.calls, mocks.requests) == before
        assert (mocks.uses(stock), mocks.uses(function)) == (1, 0)
        assert mocks.answer(asked).json == 2

    def test_in_a_fork(self):
        mocks = Mocks([Mock.of(f"GET {ITEMS}", Answer(json=1), Answer(json=2))])
        mocks.answer(Request("GET", ITEMS))
        twin = mocks.fork()
        twin.take_back(1)
        assert (len(twin.calls), len(mocks.calls)) == (0, 1)
        assert twin.answer(Request("GET", ITEMS)).json == 1

    def test_none(self):
        mocks = Mocks([Mock.of(f"GET {ITEMS}")])
        mocks.answer(Request("GET", ITEMS))
        mocks.take_back(0)
        assert len(mocks.calls) == 1
