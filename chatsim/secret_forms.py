r"""The forms in which a secret travels: as it is, in JSON, in URLs, and within base64.

Whoever masks secrets looks for all of them, because bots put their keys into bodies, addresses and headers.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""How many characters a value has that counts as a secret; shorter ones stand in ordinary words by chance."""


def forms_of(secret: str | bytes) -> Iterator[str]:
    r"""Yield *secret* in every form in which it travels as text, but base64; some come more than once.

    >>> list(dict.fromkeys(forms_of("a b/c+d")))
    ['a b/c+d', 'a b\\/c+d', 'a%20b%2Fc%2Bd', 'a%20b%2fc%2bd', 'a%20b/c%2Bd', 'a%20b/c%2bd', 'a+b%2Fc%2Bd', 'a+b%2fc%2bd']
    """
    if isinstance(secret, str):
        yield secret
        for ascii_only in (True, False):
            once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
            yield once
            yield once.replace("/", "\\/")
            for twice in (True, ascii_only):  # JSON within JSON
                yield json.dumps(once, ensure_ascii=twice)[1:-1]
    raw = raw_of(secret)
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)


def base64_of(secret: str | bytes) -> Iterator[str]:
    """Yield what of *secret* in base64 depends on nothing beside it, at each offset into a group of three bytes.

    The characters at both ends that hold bits of what stands before and after are left out.

    >>> list(base64_of("secret"))[0]
    'c2VjcmV0'
    """
    raw = raw_of(secret)
    for offset in range(3):
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * offset + raw).decode()[first:last]


def base64_alone(secret: str | bytes) -> Iterator[str]:
    """Yield *secret* in base64 where nothing else is encoded with it, without padding."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw_of(secret)).decode().rstrip("=")


def raw_of(secret: str | bytes) -> bytes:
    """Return the bytes of *secret*, which may hold what UTF-8 cannot."""
    return secret if isinstance(secret, bytes) else secret.encode("utf-8", "surrogatepass")
