"""Forms and signatures, read with Python's own parser: the URL Standard's
application/x-www-form-urlencoded, and zoho-api.md 3.6 upon it."""
import hashlib
import hmac
import re
import urllib.parse
from typing import Iterator

from material import SECRETS, TYPES, VECTORS, Case, Source, unhex, without_nul


def pairs_of(data: bytes) -> list[tuple[bytes, bytes]]:
    text = data.decode("latin-1")
    return [(name.encode("latin-1"), value.encode("latin-1"))
            for name, value in urllib.parse.parse_qsl(
                text, keep_blank_values=True, encoding="latin-1")]


def form_cases(source: Source) -> Iterator[Case]:
    rng = source.rng
    while True:
        if rng.random() < 0.0005:
            data = b"&".join(b"a" for _ in range(rng.randrange(990, 1010)))
        elif rng.random() < 0.3:
            data = source.mutated(VECTORS[1])
        else:
            data = source.soup(20)
        pairs = pairs_of(data)
        yield Case((data,), pairs,
                   frozenset({"pairs"} if len(pairs) > 1000 else ()))


def form_answer(words: list[str]) -> object:
    if words == ["refused"]:
        return None
    return [tuple(unhex(half) for half in word.split("=")) for word in words[1:]]


# ---- signatures ----

def is_form(content_type: bytes, body: bytes) -> bool:
    """A form by its type, unless the body shows that it is JSON."""
    kind = re.match(rb"application/x-www-form-urlencoded(?=[; \t]|\Z)",
                    content_type, re.IGNORECASE)
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1]
    return kind is not None and start not in (b"{", b"[")


def text_to_sign(query: bytes, content_type: bytes, body: bytes) -> bytes:
    pairs = pairs_of(query)
    if is_form(content_type, body):
        pairs += pairs_of(body)
        body = b""
    return b"".join(n + v for n, v in sorted(pairs)) + body


def sign_cases(source: Source) -> Iterator[Case]:
    rng = source.rng
    while True:
        secret, content_type = rng.choice(SECRETS), rng.choice(TYPES)
        query = without_nul(source.soup(8))
        body = rng.choice((source.soup, lambda n: source.mutated(source.sample()),
                           lambda n: rng.choice(VECTORS)))(12)
        right = hmac.new(secret, text_to_sign(query, content_type, body),
                         hashlib.sha256).hexdigest().encode()
        shown, act = right, rng.randrange(8)
        if act == 0:
            shown = right.upper()
        elif act == 1:
            at = rng.randrange(64)
            shown = right[:at] + rng.choice((b"0", b"a", b"g", b"")) + right[at + 1:]
        elif act == 2:
            body = source.mutated(body)
        elif act == 3:
            query = without_nul(source.mutated(query))
        elif act == 4:
            parts = query.split(b"&")
            rng.shuffle(parts)
            query = b"&".join(parts)
        elif act == 5:
            content_type = rng.choice(TYPES)
        real = hmac.new(secret, text_to_sign(query, content_type, body),
                        hashlib.sha256).hexdigest().encode()
        yield Case((secret, query, content_type, body, shown),
                   shown.lower() == real)


def sign_answer(words: list[str]) -> object:
    return words == ["in"]
