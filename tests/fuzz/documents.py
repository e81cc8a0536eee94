"""JSON: RFC 8259, read with Python's own parser as json-c would hold it."""
import json
import random
import re
from typing import Iterator

from material import Case, Source, unhex


class NotJson(ValueError):
    pass


def no_constant(name: str) -> None:
    raise NotJson(name)


class Reading:
    """A document as Python reads it and json-c would hold it: numbers as
    their text; what json-c does otherwise is noted in "why"."""

    def __init__(self) -> None:
        self.why: set[str] = set()

    def integer(self, text: str) -> object:
        if text == "-0":
            self.why.add("minus zero")
        return ("number", text)

    def text(self, text: str) -> str:
        if not text.isascii() and re.search("[\ud800-\udfff]", text):
            self.why.add("surrogate")
            text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        return text

    def object(self, pairs: list[tuple[str, object]]) -> dict:
        if any("\0" in key for key, _ in pairs):
            self.why.add("nul in key")
        return {self.text(key.split("\0")[0]): value for key, value in pairs}

    def tidy(self, value: object, depth: int = 1) -> object:
        if depth > 64:
            self.why.add("depth")
            return None
        if isinstance(value, dict):
            return {k: self.tidy(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [self.tidy(v, depth + 1) for v in value]
        return self.text(value) if isinstance(value, str) else value

    def read(self, data: bytes) -> object:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        document = json.loads(
            text, parse_constant=no_constant, parse_int=self.integer,
            parse_float=lambda t: ("number", t), object_pairs_hook=self.object)
        if document is None:
            self.why.add("null")
        return self.tidy(document)


REFUSED = object()


def read_json(data: bytes) -> tuple[object, frozenset[str]]:
    reading = Reading()
    try:
        return reading.read(data), frozenset(reading.why)
    except RecursionError:
        return REFUSED, frozenset({"depth"})
    except ValueError:
        return REFUSED, frozenset()


def random_value(rng: random.Random, depth: int) -> object:
    act = rng.randrange(9 if depth > 0 else 7)
    if act == 7:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if act == 8:
        return {random_text(rng): random_value(rng, depth - 1)
                for _ in range(rng.randrange(4))}
    return (rng.randrange(-10 ** 6, 10 ** 6), rng.getrandbits(rng.randrange(1, 90)),
            rng.uniform(-1e9, 1e9), random_text(rng), True, None, "")[act]


def random_text(rng: random.Random) -> str:
    return "".join(rng.choice(("a", "Z", "0", " ", '"', "\\", "/", "\n", "\x7f",
                               "\0", "\u00eb", "\u20ac", "\U0001f600", "\ud800"))
                   for _ in range(rng.randrange(6)))


def json_data(source: Source) -> bytes:
    rng = source.rng
    act = rng.randrange(10)
    if act < 3:
        return source.mutated(source.sample())
    if act < 5:
        return source.soup(10)
    if act == 5 and rng.random() < 0.01:
        n = rng.randrange(60, 70)
        return b"[" * n + b"1" + b"]" * n
    value = random_value(rng, 5)
    ascii_only = rng.random() < 0.5
    text = json.dumps(value, ensure_ascii=ascii_only,
                      indent=rng.choice((None, None, 1)))
    data = text.encode("utf-8", "surrogatepass")
    return source.mutated(data) if act < 8 else data


def json_cases(source: Source) -> Iterator[Case]:
    while True:
        data = json_data(source)
        expected, why = read_json(data)
        yield Case((data,), expected, why)


def json_answer(words: list[str]) -> object:
    if words == ["refused"]:
        return REFUSED
    return read_json(unhex(words[1]))[0]


def json_explains(case: Case, got: object) -> bool:
    if got is REFUSED:
        return bool(case.why & {"null", "depth"})
    if "minus zero" in case.why:
        return zeros(case.expected) == got
    return False


def zeros(value: object) -> object:
    if isinstance(value, dict):
        return {k: zeros(v) for k, v in value.items()}
    if isinstance(value, list):
        return [zeros(v) for v in value]
    return ("number", "0") if value == ("number", "-0") else value
