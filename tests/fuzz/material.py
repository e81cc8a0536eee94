"""What the cases of differential.py are made of: random bytes that look like
something, and what must be answered for them."""
import random
from typing import NamedTuple


class Case(NamedTuple):
    """What is asked, what must be answered, and by which explanations."""
    fields: tuple[bytes, ...]
    expected: object
    why: frozenset[str] = frozenset()


VECTORS = [
    b'{"invoice":{"invoice_id":"460000000012345","status":"paid",'
    b'"total":120.50}}',
    b"total=120.50&customer_name=Smith+%26+Sons",
    '{"contact":{"contact_id":"460000000012345","contact_name":"Zo\u00eb Ltd"}}'
    .encode(),
    b'{"contact":{"contact_id":"460000000012345",'
    b'"contact_name":"Zo\\u00eb Ltd"}}',
]
PIECES = [
    b"&", b"=", b"%", b"+", b"%26", b"%3D", b"%00", b"%C3%AB", b"%zz", b"%4",
    b"a", b"b", b"ab", b"A", b" ", b"\t", b"\n", b"\r\n", b"\x00", b"\xff",
    b"\xc3\xab", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xc0\x80",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"{", b"}", b"[", b"]", b":", b",",
    b'"', b"\\", b'\\"', b"\\u0000", b"\\ud83d", b"\\ude00", b"\\u00eb",
    b"\\n", b"\\/", b"\\x", b"0", b"-", b"-0", b"1", b"1.5", b"1e5", b"1E-5",
    b".", b"e", b"007", b"12345678901234567890", b"-9223372036854775809",
    b"1e400", b"NaN", b"Infinity", b"true", b"false", b"null", b"nul", b"'",
    b"//", b"/**/", b'""', b'"a"', b'{"a":1}', b"[]", b"[1,2]", b'{"a":',
    b"2026-01-31", b"T", b"09:15:00", b"Z", b"+05:30", b"-0800", b".123456",
]
SECRETS = [b"demoSecretToken2026", b"x", b"s" * 64, b"0123456789ab" * 8]
TYPES = [
    b"application/json", b"application/x-www-form-urlencoded",
    b"application/x-www-form-urlencoded; charset=UTF-8",
    b"application/x-www-form-urlencoded ;charset=x",
    b"Application/X-WWW-Form-URLencoded", b"text/plain", b"",
    b"application/x-www-form-urlencodedx", b"multipart/form-data; boundary=x",
]


class Source:
    """Random bytes that look like something."""

    def __init__(self, rng: random.Random, samples: list[bytes]):
        self.rng = rng
        self.samples = samples

    def soup(self, most: int) -> bytes:
        rng = self.rng
        return b"".join(rng.choice(PIECES) for _ in range(rng.randrange(most)))

    def mutated(self, data: bytes) -> bytes:
        rng, out = self.rng, bytearray(data)
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            at = rng.randrange(len(out) + 1)
            act = rng.randrange(5)
            if act == 0:
                out[at:at] = rng.choice(PIECES)
            elif act == 1:
                del out[at:at + rng.choice((1, 1, 3, 20))]
            elif act == 2 and at < len(out):
                out[at] = rng.randrange(256)
            elif act == 3:
                out[at:at] = out[at:at + rng.randrange(30)]
            elif act == 4 and at < len(out):
                out[at:at + 1] = rng.choice(PIECES)
        return bytes(out)

    def sample(self) -> bytes:
        return self.rng.choice(self.samples)


def without_nul(data: bytes) -> bytes:
    """What can stand in a line of a request."""
    return data.replace(b"\0", b"").replace(b"\n", b"")


def tohex(data: bytes) -> str:
    return data.hex() or "-"


def unhex(text: str) -> bytes:
    return b"" if text == "-" else bytes.fromhex(text)
