"""No secret leaves in any form."""

import base64
import json
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chatsim.masking import NOTHING, Masking
from chatsim.secret_forms import SHORTEST
from chatsim.trace import File, Reply, Snapshot, Text, Turn

SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST).filter(
    lambda text: len(text.strip()) >= SHORTEST and text == text.strip()
)


def masked(secret, text):
    return Masking({"KEY": secret}).text(text)


class TestText:
    @given(SECRETS, st.sampled_from([0, 1, 2, 3, 4]))
    @example('ä/ö ü?"x', 1)
    def test_no_form_of_a_secret_is_left(self, secret, before):
        assume("*" not in secret)
        raw = secret.encode()
        for form in (
            secret,
            quote(secret),
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret),
            json.dumps(secret, ensure_ascii=False),
            json.dumps(json.dumps(secret)),
            base64.b64encode(b"u" * before + raw).decode(),
            base64.urlsafe_b64encode(b"u" * before + raw + b"tail").decode(),
        ):
            assert "***KEY***" in masked(secret, f"before {form} after")

    @given(SECRETS, st.text(), st.text())
    def test_the_secret_itself_is_gone(self, secret, before, after):
        assume("*" not in secret)
        assume(secret not in "***KEY***")
        assert masked(secret, f"{before}|{secret}|{after}").count(secret) == 0 or secret in f"{before}{after}"

    def test_lower_case_percent_signs(self):
        assert masked("a/b/c/d", "a%2fb%2fc%2fd") == "***KEY***"

    def test_slashes_as_javascript_escapes_them(self):
        assert masked("a/b/c/d", r"a\/b\/c\/d") == "***KEY***"

    def test_short_values_stay(self):
        assert masked("short", "in short") == "in short"
        assert masked(True, "True, true") == "True, true"

    def test_numbers_count_as_they_are_written(self):
        assert masked(1234567, "pin 1234567") == "pin ***KEY***"

    def test_blanks_around_a_secret_are_no_part_of_it(self):
        assert masked("sk-12345\n", "key sk-12345.") == "key ***KEY***."

    def test_bytes_have_no_text_form_but_base64(self):
        assert masked(b"\xff\xfe\xfd\xfc\xfb\xfa", "//79/Pv6") == "***KEY***"

    def test_names_say_where_in_the_credentials(self):
        masking = Masking({"pay": {"keys": ["sk-12345", "sk-67890"]}})
        assert masking.text("sk-67890") == "***pay.keys[1]***"

    def test_a_secret_that_begins_with_another(self):
        masking = Masking({"SHORT": "sk-123", "LONG": "sk-12345"})
        assert masking.text("sk-12345 sk-1239") == "***LONG*** ***SHORT***9"

    def test_without_secrets_nothing_changes(self):
        assert NOTHING.text("sk-12345") == "sk-12345"
        assert NOTHING.bytes(b"sk-12345") == b"sk-12345"
        assert not NOTHING
        assert Masking({"A": "sk-12345"})


class Place(NamedTuple):
    file: str
    line: int


@dataclass(frozen=True)
class Holder:
    text: str
    place: Place


class TestData:
    @pytest.fixture
    def masking(self):
        return Masking({"KEY": "sk-12345"})

    def test_a_turn(self, masking):
        turn = Turn(
            event=File(b"a sk-12345 \xff", "sk-12345.txt"),
            effects=(Reply("key sk-12345", payload={"sk-12345": ["sk-12345", 1]}),),
            snapshot=Snapshot(),
        )
        assert masking.data(turn) == Turn(
            event=File(b"a ***KEY*** \xff", "***KEY***.txt"),
            effects=(Reply("key ***KEY***", payload={"***KEY***": ["***KEY***", 1]}),),
            snapshot=Snapshot(),
        )

    def test_dataclasses_and_named_tuples_keep_their_type(self, masking):
        assert masking.data(Holder("sk-12345", Place("sk-12345", 3))) == Holder("***KEY***", Place("***KEY***", 3))

    def test_classes_are_no_data(self, masking):
        assert masking.data(Holder) is Holder

    def test_without_secrets_it_is_the_same_object(self):
        turn = Turn(event=Text("hi"), snapshot=Snapshot())
        assert NOTHING.data(turn) is turn
