"""By what a bot could know a delivery again."""

import pytest

from chatsim.delivery.ids import ids_in, ids_of, is_id_name, with_other_id, words_in
from chatsim.trace import Callback, Text


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "id",
            "ID",
            "order_id",
            "orderId",
            "order",
            "ref",
            "payment-ref",
            "event_id",
            "messageId",
            "invoice_no",
            "txn",
        ],
    )
    def test_id(self, name):
        assert is_id_name(name)

    @pytest.mark.parametrize(
        "name", ["status", "amount", "paid", "ordered", "news", "identity", "keyboard", "notes", ""]
    )
    def test_no_id(self, name):
        assert not is_id_name(name)


class TestIds:
    @pytest.mark.parametrize(
        "body", ["", "paid", "7", "[1]", '{"status": "ok"}', "[" * 100_000, '{"id": ""}', '{"id": true}', '{"id": 1.5}']
    )
    def test_none(self, body):
        assert ids_of(Callback(body)) == ()

    def test_only_webhooks_have_some(self):
        assert ids_of(Text('{"id": 7}')) == ()

    def test_at_most_three_levels_deep(self):
        deep = {"id": 1, "a": {"id": 2, "b": {"id": 3, "c": {"id": 4}}}}
        assert [value for _, value in ids_in(deep)] == [1, 2, 3]

    def test_another_id_leaves_the_rest(self):
        event = Callback('{"data":{"order":"r-1"},"id":7}', chat="ann")
        assert with_other_id(event, ("data", "order")) == Callback('{"data":{"order":"r-1-other"},"id":7}', chat="ann")
        assert with_other_id(event, ("id",)).body == '{"data":{"order":"r-1"},"id":8000007}'


class TestWords:
    def test_all_that_stands_in_the_code(self):
        def read(report, default="unread"):
            if report["kind"] in ("paid", "sent"):
                return [lambda: report["inner"]]
            return default

        class Bot:
            @staticmethod
            def static(x):
                return x["static"]

            @classmethod
            def of(cls, x):
                return x["class"]

            @property
            def prop(self):
                return self.x["prop"]

            class Inner:
                def method(self):
                    return "too deep"

        read.__module__ = Bot.__module__ = "a_bot"
        elsewhere = pytest.raises
        words = words_in([{"__name__": "a_bot", "read": read, "Bot": Bot, "raises": elsewhere, "N": 7}])
        assert words >= {"kind", "paid", "sent", "inner", "static", "class", "prop"}
        assert not words & {"expected_exception", "too deep"}
