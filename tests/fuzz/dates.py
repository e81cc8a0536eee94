"""Dates: ISO 8601 as zoho-api.md rule 10 and date.h narrow it, on Python's own
calendar."""
import datetime
import random
import re
from typing import Iterator, Optional

from material import Case, Source

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
