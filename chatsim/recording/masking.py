"""Keep secrets out of what is recorded: known ones in every form in which they travel, and what looks like one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from chatsim.secret_forms import SHORTEST, base64_of, forms_of

MASK = "•••"
"""What stands in the place of a secret.  It is shorter than any, so that masking comes to an end."""

_MOST_LEARNED = 50
"""How many secrets that were met under sensitive keys are remembered; each costs time in every text."""
_sensitive = re.compile(
    r"passw(?:or)?d|passphrase|passcode|pwd|secret|token|apikey|accesskey|privatekey|signingkey|authorization|"
    r"credential|cookie|cvv|^auth$|^pin$|^otp$|^jwt$",
    re.IGNORECASE,
)
_separators = re.compile(r"[\s_.-]+")
_NAMES = (
    r"password|passwd|passphrase|passcode|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|"
    r"authorization|credentials?|cookie"
)
_VALUE = r"""\\*"[^"]*"|\\*'[^']*'|[^\s"'\\&,;}]+"""
_assigned = re.compile(
    rf"""([\w.-]*(?:{_NAMES})[\w.-]*\\*["']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?({_VALUE})""", re.IGNORECASE
)
_scheme = re.compile(r"\b(bearer|basic|token)(\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_user_info = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
_tokens = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"
    r"|\b[srp]k[-_][\w-]{16,}"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[a-z]-[\w-]{10,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bEAA[A-Za-z0-9]{20,}"
    r"|\b\d{8,10}:[\w-]{35}\b",
    re.DOTALL,
)


def is_sensitive(key: str) -> bool:
    """Say whether what stands under *key* is a secret by its name.

    >>> is_sensitive("API_KEY"), is_sensitive("userPassword"), is_sensitive("size")
    (True, True, False)
    """
    return _sensitive.search(_separators.sub("", key)) is not None


class Masker:
    """Puts `MASK` in the place of secrets.

    Args:
        secrets: Values that are secret, or mappings of such (credentials, ``os.environ``); what is shorter than
            `SHORTEST` characters is none.
        patterns: Regular expressions of further secrets.

    >>> Masker(["hunter22"]).masked({"said": "it is hunter22", "password": "x", "url": "?key=aHVudGVyMjI="})
    {'said': 'it is •••', 'password': '•••', 'url': '?key=•••'}
    """

    def __init__(
        self, secrets: Iterable[Any] | Mapping[str, Any] = (), patterns: Iterable[str | re.Pattern[str]] = ()
    ) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]
        self._secrets: dict[str, None] = {}
        self._learned: dict[str, tuple[str, ...]] = {}
        self._known: re.Pattern[str] | None = None
        self._known_bytes: re.Pattern[bytes] | None = None
        self.add(secrets)

    def add(self, secrets: Any) -> None:
        """Count what is in *secrets*, at any depth, among the secrets."""
        new = [text for text in _texts(secrets) if len(text) >= SHORTEST and text not in self._secrets]
        if new:
            self._secrets.update(dict.fromkeys(new))
            self._compile()

    def learn(self, value: Any) -> None:
        """Count what stands under sensitive keys in *value* among the secrets, of which the latest are remembered."""
        for text in _under_sensitive_keys(value):
            if len(text) >= SHORTEST and text not in self._learned:
                forms = {*forms_of(text), *base64_of(text)}
                self._learned[text] = tuple(sorted(forms, key=len, reverse=True))
        while len(self._learned) > _MOST_LEARNED:
            del self._learned[next(iter(self._learned))]

    def _compile(self) -> None:
        forms = sorted({form for secret in self._secrets for form in forms_of(secret)}, key=len, reverse=True)
        coded = sorted({form for secret in self._secrets for form in base64_of(secret)}, key=len, reverse=True)
        # The characters beside a base64 form hold bits of the secret as well.
        parts = [*map(re.escape, forms), *(rf"[\w+/-]{{0,2}}{re.escape(form)}[\w+/-]?={{0,2}}" for form in coded)]
        self._known = re.compile("|".join(parts))
        self._known_bytes = re.compile(b"|".join(part.encode("utf-8", "surrogatepass") for part in parts))

    def masked(self, value: Any) -> Any:
        """Return *value* (JSON data, chatsim's own data, bytes) with every secret in it masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, msgspec.Struct):
            changes = {name: self.masked(getattr(value, name)) for name in value.__struct_fields__ if name != "waits"}
            return msgspec.structs.replace(value, **changes)
        if isinstance(value, dict):
            return {self.text(key): MASK if _hides(key, item) else self.masked(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.masked(item) for item in value)
        return self._bytes(value) if isinstance(value, bytes) else self._number(value)

    def _number(self, value: Any) -> Any:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return MASK if number and self._known is not None and self._known.search(str(value)) else value

    def text(self, text: str) -> str:
        """Return *text* with every secret in it masked."""
        text = self._without_known(self._in_json(text))
        text = _tokens.sub(MASK, text)
        text = _scheme.sub(rf"\1\2{MASK}", text)
        text = _user_info.sub(rf"\1{MASK}", text)
        text = _assigned.sub(_hidden_value, text)
        for pattern in self._patterns:
            text = pattern.sub(MASK, text)
        return self._without_known(text)

    def _without_known(self, text: str) -> str:
        # What stood around a secret may be one together with what is left.
        before = None
        while text != before:
            before = text
            text = self._known.sub(MASK, text) if self._known is not None else text
            for forms in tuple(self._learned.values()):
                for form in forms:
                    if form in text:
                        text = text.replace(form, MASK)
        return text

    def _in_json(self, text: str) -> str:
        """Mask by its keys what is JSON itself: the body of a webhook call, a form."""
        if not text.lstrip().startswith(("{", "[")):
            return text
        try:
            data = json.loads(text)
            masked = self.masked(data)
        except (ValueError, RecursionError):
            return text
        return text if masked == data else json.dumps(masked, ensure_ascii=False)

    def _bytes(self, data: bytes) -> bytes:
        try:
            return self.text(data.decode()).encode()
        except UnicodeDecodeError:
            pass
        mask = MASK.encode()
        for forms in tuple(self._learned.values()):
            for form in forms:
                data = data.replace(form.encode("utf-8", "surrogatepass"), mask)
        while self._known_bytes is not None and self._known_bytes.search(data):
            data = self._known_bytes.sub(mask, data)
        return data


def _hides(key: Any, item: Any) -> bool:
    return isinstance(key, str) and is_sensitive(key) and item is not None and not isinstance(item, bool)


def _hidden_value(found: re.Match[str]) -> str:
    value = found.group(2)
    opening = re.match(r"""\\*["']""", value)
    closing = value[-1] if opening else ""
    slashes = "\\" if closing and value.endswith(f"\\{closing}") else ""
    return f"{found.group(1)}{opening.group() if opening else ''}{MASK}{slashes}{closing}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _under_sensitive_keys(value: Any) -> Iterator[str]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _under_sensitive_keys(getattr(value, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item) if _hides(key, item) else _under_sensitive_keys(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _under_sensitive_keys(item)
    elif isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            data = json.loads(value)
        except (ValueError, RecursionError):
            return
        yield from _under_sensitive_keys(data)
