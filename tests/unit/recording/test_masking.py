"""Secrets stay out of what is recorded, in whatever form they travel."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsim.jsondata import to_builtins
from chatsim.recording.masking import MASK, Masker, is_sensitive
from chatsim.secret_forms import base64_of, forms_of
from chatsim.trace import Callback, ChatState, File, Reply, Snapshot, Text, Turn

secrets = st.text(st.characters(codec="utf-8", exclude_characters="•"), min_size=6, max_size=30)
around = st.text(max_size=8)


def strings(value):
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in [key, *strings(item)]]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else [str(value)]


class TestForms:
    @settings(max_examples=200)
    @given(secrets, around, around)
    def test_nothing_leaks(self, secret, before, after):
        """In plain, JSON, JSON in JSON, URLs and base64, wherever it stands."""
        whole = before + secret + after
        forms = [
            whole,
            json.dumps({"x": whole}),
            json.dumps({"x": whole}, ensure_ascii=False),
            json.dumps({"x": json.dumps({"y": whole})}),
            f"https://x.example/?k={quote(whole)}",
            quote(whole, safe=""),
            quote_plus(whole),
            before + base64.b64encode(whole.encode()).decode() + after,
            base64.urlsafe_b64encode(whole.encode()).decode(),
        ]
        masker = Masker([secret])
        for form in forms:
            masked = masker.text(form)
            assert MASK in masked
            assert not any(known in masked for known in [*forms_of(secret), *base64_of(secret)])

    @settings(max_examples=100)
    @given(secrets, around)
    def test_nothing_leaks_from_a_turn(self, secret, before):
        text = before + secret
        turn = Turn(
            event=Callback(json.dumps({"a": text})),
            effects=(Reply(text, header=text, payload={"deep": [text, {text: 1}]}),),
            snapshot=Snapshot({"user": ChatState("s", {"x": {"y": [text]}})}),
        )
        masked = Masker({"KEY": [secret]}).masked(turn)
        assert type(masked) is Turn
        found = strings(to_builtins(masked))
        assert not any(form in one for one in found for form in [*forms_of(secret), *base64_of(secret)])

    def test_bytes(self):
        masker = Masker(["hunter22"])
        assert masker.masked(File(b"a hunter22 b")).data == f"a {MASK} b".encode()
        assert masker.masked(File(b"\xff hunter22")).data == b"\xff " + MASK.encode()

    def test_numbers(self):
        masked = Masker({"PIN_OF_ALL": 123456, "on": True}).masked({"a": 123456, "b": 5, "c": True, "d": 1.5})
        assert masked == {"a": MASK, "b": 5, "c": True, "d": 1.5}

    def test_short_values_are_no_secrets(self):
        assert Masker(["abc"]).text("abcdef") == "abcdef"

    def test_bytes_and_mappings_as_secrets(self):
        assert Masker([b"hunter22", {"a": {"b": "swordfish"}}]).text("hunter22 swordfish") == f"{MASK} {MASK}"


class TestKeys:
    @pytest.mark.parametrize(
        "key", ["password", "user-password", "API_KEY", "apiKey", "access token", "Authorization", "pin"]
    )
    def test_sensitive(self, key):
        assert is_sensitive(key)
        assert Masker().masked({key: "abc", "n": {key: 7, "none": {key: None}}}) == {
            key: MASK,
            "n": {key: MASK, "none": {key: None}},
        }

    @pytest.mark.parametrize("key", ["size", "author", "opinion", "state", "passenger"])
    def test_others(self, key):
        assert Masker().masked({key: "abc"}) == {key: "abc"}

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ('{"password": "a b", "x": 1}', '{"password": "•••", "x": 1}'),
            ("?token=abc&x=1", "?token=•••&x=1"),
            ("my password: secret!", "my password: •••"),
            ("Authorization: Bearer abcdefgh", "Authorization: •••"),
            ("bearer abcdefghij", "bearer •••"),
            ("https://ann:pw@x.example", "https://ann:•••@x.example"),
            ("said 'token': 'x y'.", "said 'token': '•••'."),
            ("key sk-abcdefghijklmnop1234", "key •••"),
            ("eyJhbGciOiJI.eyJzdWIiOiIx.abc", "•••"),
            ("AKIAABCDEFGHIJKLMNOP", "•••"),
            ("ghp_abcdefghijklmnopqrstuvwx", "•••"),
            ("12345678:abcdefghijklmnopqrstuvwxyz123456789", "•••"),
            ("nothing to see", "nothing to see"),
            ("{broken", "{broken"),
        ],
    )
    def test_texts(self, text, masked):
        assert Masker().text(text) == masked

    def test_patterns(self):
        assert Masker(patterns=[r"\b\d{4}-\d{4}\b"]).text("card 1234-5678") == f"card {MASK}"

    def test_what_is_learned_is_masked_elsewhere(self):
        masker = Masker()
        turn = {"vars": {"password": "hunter22"}, "form": '{"token": ["swordfish"]}', "bad": "{x"}
        masker.learn(turn)
        masker.learn(Text("x"))
        assert masker.text("hunter22, swordfish") == f"{MASK}, {MASK}"

    def test_what_is_learned_is_bounded(self):
        masker = Masker()
        for number in range(55):
            masker.learn({"token": f"secret-{number:05}"})
        assert masker.text("secret-00000") == "secret-00000"
        assert masker.text("secret-00054") == MASK
