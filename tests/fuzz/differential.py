#!/usr/bin/env python3
"""What lib/ reads, against Python (reliability.md R30).

Signatures, dates, forms and JSON, random and mutated, are put to
tests/fuzz/answer and to readers written here from zoho-api.md, ISO 8601, the
URL Standard and RFC 8259, on Python's own parsers: none of them knows our
code. Where both must differ, EXPLAINED says why; any other difference is
shown with the case, and the exit status is 1.

    differential.py --answer PROGRAM [--cases N] [--seed N] [KIND...]

KIND is sign, date, form, json or record; all of them unless some are named.
"record" is normalised and then put to PostgreSQL as jsonb, for which PGHOST
and its like name a server; without --jsonb it is left out.
"""
import argparse
import datetime
import hashlib
import hmac
import json
import pathlib
import random
import re
import subprocess
import sys
import urllib.parse
from collections import Counter
from typing import Callable, Iterator, NamedTuple, Optional

BATCH = 10_000
SHOWN_MOST = 20

# What differs and why. A case is explained only by the words its kind's
# oracle returns for it; nothing else is let through.
EXPLAINED = {
    "null": "json_read() refuses a document that is just null: nothing here "
            "accepts one (json.h)",
    "depth": "json_read() refuses more than 64 levels (JSON_DEPTH_MAX), and "
             "json-c counts the value inside the last one",
    "surrogate": "json-c reads a lone surrogate as U+FFFD; Python keeps it, "
                 "which no UTF-8 can hold",
    "nul in key": "json-c cuts a key at its NUL, so keys may fall together",
    "minus zero": "json-c holds integers as numbers: -0 is written 0",
    "pairs": "form_read() refuses more than 1000 pairs (FORM_PAIRS_MAX)",
}


class Case(NamedTuple):
    """What is asked, what must be answered, and by which explanations."""
    fields: tuple[bytes, ...]
    expected: object
    why: frozenset[str] = frozenset()


# ---- material ----

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


# ---- forms: the URL Standard's application/x-www-form-urlencoded ----

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


# ---- signatures: zoho-api.md 3.6 ----

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


# ---- dates: ISO 8601 as zoho-api.md rule 10 and date.h narrow it ----

DATE = re.compile(
    rb"[ \t\r\n\f\v]*"
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    rb"(?:[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    rb"(?:(Z)|([+-])([0-9]{2}):?([0-9]{2})?)?)?"
    rb"[ \t\r\n\f\v]*\Z")
EPOCH = datetime.datetime(1970, 1, 1)
MICROSECOND = datetime.timedelta(microseconds=1)


def read_date(data: bytes) -> tuple[Optional[int], Optional[str]]:
    """Microseconds since 1970 and the date as it stands there."""
    found = DATE.match(data)
    if found is None:
        return None, None
    y, mo, d, h, mi, s, fraction, z, sign, off_h, off_m = found.groups()
    if off_h and off_m is None and data[found.end(10):found.end(10) + 1] == b":":
        return None, None
    try:
        local = datetime.datetime(int(y), int(mo), int(d), int(h or 0),
                                  int(mi or 0), int(s or 0),
                                  int((fraction or b"0")[:6].ljust(6, b"0")))
    except ValueError:
        return None, None
    day = local.strftime("%Y-%m-%d").rjust(10, "0")
    if h is None or (z is None and sign is None):
        return None, day
    minutes = int(off_m or 0)
    offset = datetime.timedelta(hours=int(off_h or 0), minutes=minutes)
    if minutes > 59 or offset > datetime.timedelta(hours=18):
        return None, None
    try:
        utc = local + offset if sign == b"-" else local - offset
    except OverflowError:
        return None, day
    return (utc - EPOCH) // MICROSECOND, day


def random_date(rng: random.Random) -> bytes:
    def part(usual: int, odd: tuple[int, ...]) -> int:
        return rng.choice(odd) if rng.random() < 0.1 else usual

    year = part(rng.randrange(1, 10000), (0, 1, 4, 100, 1900, 1970, 2000, 2028, 9999))
    month = part(rng.randrange(1, 13), (0, 2, 2, 2, 13))
    day = part(rng.randrange(1, 29), (0, 28, 29, 30, 31, 32))
    if rng.random() < 0.05:
        year, month = 100 * rng.randrange(1, 100), 2
        day = rng.randrange(28, 31)
    text = f"{year:04}-{month:02}-{day:02}"
    if rng.random() < 0.1:
        return text.encode()
    text += rng.choice("TTTTTTT t")
    text += "{:02}:{:02}:{:02}".format(part(rng.randrange(24), (0, 23, 24)),
                                       part(rng.randrange(60), (0, 59, 60)),
                                       part(rng.randrange(60), (0, 59, 60, 61)))
    if rng.random() < 0.3:
        text += "." + str(rng.randrange(10 ** rng.randrange(1, 9)))
    text += rng.choice(("Z", "Z", "+00:00", "-00:00", "+0530", "-08", "",
                        f"+{rng.randrange(20):02}:{rng.randrange(62):02}",
                        f"-{rng.randrange(20):02}{rng.randrange(62):02}"))
    return text.encode()


def date_cases(source: Source) -> Iterator[Case]:
    rng = source.rng
    while True:
        data = random_date(rng)
        if rng.random() < 0.2:
            data = source.mutated(data)
        if rng.random() < 0.05:
            data = rng.choice((b" ", b"\t\n", b"")) + data + rng.choice((b" ", b"\r\n"))
        data = data.replace(b"\0", b"")
        yield Case((data,), read_date(data))


def date_answer(words: list[str]) -> object:
    return (None if words[0] == "-" else int(words[0]),
            None if words[1] == "-" else words[1])


# ---- JSON: RFC 8259 ----

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


# ---- records: what normalise() makes must be jsonb ----

FIELDS = ["text", "id", "phone", "multiselect", "date", "datetime", "boolean",
          "number", "integer", "lookup", "owner", "json", "rows", "object",
          "Owner", "other"]
VALUES = [b"1e400", b"1e-400", b"1" * 401, b"0." + b"1" * 401, b'"\\u0000"',
          b'{"a\\u0000":"\\u0000"}', b'"2026-02-31"', b'"+7"', b'"1,250.00"',
          b'"-0"', b"-0", b"1E+308", b"1e0000000000000000001", b'"1e99999"',
          b'"' + b"9" * 200 + b'"', b'[{"number":"1e999","rows":[{"date":1}]}]',
          b'["a\\u0000",null,5]', b'{"id":"\\ud800"}', b'"[\\"\\\\u0000\\"]"']


def record_cases(source: Source) -> Iterator[Case]:
    rng = source.rng
    while True:
        if rng.random() < 0.2:
            data = source.mutated(source.sample())
        else:
            members = []
            for name in rng.sample(FIELDS, rng.randrange(1, 6)):
                value = rng.choice(VALUES)
                if rng.random() < 0.5:
                    value = json.dumps(random_value(rng, 3)).encode()
                members.append(b'"%s":%s' % (name.encode(), value))
            data = b"{" + b",".join(members) + b"}"
            if rng.random() < 0.2:
                data = source.mutated(data)
        yield Case((data,), None)


TRY_JSONB = """
create function pg_temp.is_jsonb(t bytea) returns bool language plpgsql as $$
begin
    perform convert_from(t, 'UTF8')::jsonb;
    return true;
exception when others then
    return false;
end $$;
create temp table made (n int, t bytea);
copy made from stdin;
%s\\.
select n from made where not pg_temp.is_jsonb(t);
"""


def not_jsonb(made: list[bytes]) -> list[int]:
    """The numbers of those that PostgreSQL refuses."""
    rows = "".join(f"{n}\t\\\\x{text.hex()}\n" for n, text in enumerate(made))
    done = subprocess.run(
        ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=TRY_JSONB % rows, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"psql: {done.stderr}")
    return [int(line) for line in done.stdout.split()]


# ---- the run ----

class Kind(NamedTuple):
    cases: Callable[[Source], Iterator[Case]]
    answer: Callable[[list[str]], object]


KINDS = {
    "sign": Kind(sign_cases, sign_answer),
    "date": Kind(date_cases, date_answer),
    "form": Kind(form_cases, form_answer),
    "json": Kind(json_cases, json_answer),
    "record": Kind(record_cases, lambda words: words),
}


def tohex(data: bytes) -> str:
    return data.hex() or "-"


def unhex(text: str) -> bytes:
    return b"" if text == "-" else bytes.fromhex(text)


def explains(kind: str, case: Case, got: object) -> bool:
    """Whether the case may be answered so, though Python reads it otherwise."""
    if kind == "form":
        return got is None and "pairs" in case.why
    return kind == "json" and json_explains(case, got)


def ask(program: str, kind: str, cases: list[Case]) -> list[list[str]]:
    lines = "".join(" ".join([kind, *map(tohex, c.fields)]) + "\n" for c in cases)
    done = subprocess.run([program], input=lines, capture_output=True,
                          text=True, check=False)
    answers = [line.split(" ") for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(cases):
        at = min(len(answers), len(cases) - 1)
        raise SystemExit(
            f"{kind}: {program} ended with {done.returncode} at\n"
            f"  {kind} {' '.join(map(tohex, cases[at].fields))}\n{done.stderr}")
    return answers


def judge(kind: str, cases: list[Case], answers: list[list[str]],
          tally: Counter) -> list[str]:
    """The differences nobody explained."""
    wrong = []
    if kind == "record":
        made = [(c, unhex(w[1])) for c, w in zip(cases, answers) if w[0] == "ok"]
        tally["taken"] += len(made)
        refused = not_jsonb([text for _, text in made]) if made else []
        return [f"{made[n][0].fields[0]!r} made {made[n][1]!r}, no jsonb"
                for n in refused]
    for case, words in zip(cases, answers):
        got = KINDS[kind].answer(words)
        taken = got not in (None, False, (None, None)) and got is not REFUSED
        tally["taken"] += taken
        tally.update(case.why)
        if got is case.expected or got == case.expected:
            continue
        if explains(kind, case, got):
            continue
        want = "refused" if case.expected is REFUSED else repr(case.expected)
        have = "refused" if got is REFUSED else repr(got)
        wrong.append(f"{' '.join(map(repr, case.fields))}: Python {want}, we {have}")
    return wrong


def run(kind: str, program: str, count: int, seed: int, samples: list[bytes]) -> int:
    source = Source(random.Random(f"{seed} {kind}"), samples)
    cases = KINDS[kind].cases(source)
    tally: Counter = Counter()
    wrong: list[str] = []
    for start in range(0, count, BATCH):
        batch = [next(cases) for _ in range(min(BATCH, count - start))]
        wrong += judge(kind, batch, ask(program, kind, batch), tally)
    noted = ", ".join(f"{name} {tally[name]}" for name in EXPLAINED if tally[name])
    print(f"{kind}: {count} cases, {tally['taken']} taken, "
          f"{len(wrong)} unexplained differences"
          + (f" (explained where they differ: {noted})" if noted else ""), flush=True)
    for line in wrong[:SHOWN_MOST]:
        print("   ", line[:1000])
    return len(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--answer", required=True, help="tests/fuzz/answer")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jsonb", action="store_true",
                        help="put records to the PostgreSQL of PGHOST")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    args = parser.parse_args()
    kinds = args.kinds or [k for k in KINDS if k != "record" or args.jsonb]
    if set(kinds) - set(KINDS):
        parser.error("a KIND is one of " + ", ".join(KINDS))
    seed = args.seed if args.seed is not None else random.SystemRandom().getrandbits(32)
    payloads = pathlib.Path(__file__).resolve().parent.parent / "payloads"
    samples = VECTORS + [p.read_bytes() for p in sorted(payloads.iterdir())
                         if p.suffix in (".json", ".form") and p.stat().st_size < 4096]
    print(f"seed {seed}", flush=True)
    return 1 if sum(run(k, args.answer, args.cases, seed, samples)
                    for k in kinds) else 0


if __name__ == "__main__":
    sys.exit(main())
