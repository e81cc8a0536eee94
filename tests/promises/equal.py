#!/usr/bin/env python3
"""Differences between what a simulated Zoho has and what is mirrored, one a
line: equal.py TRUE MIRRORED, files of lines {"id":..., "record":{...}}, the
record null where it is deleted. The same value may be written in two ways: times in two zones, numbers as texts,
nothing as null or an empty text, a phone number with or without blanks. A
record without a time of change has the time it was asked in its place."""

import json
import re
import sys
from datetime import datetime, timezone
from decimal import Decimal

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$")
NUMBER = re.compile(r"-?\d+(\.\d+)?$")


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if plain(v) not in (None, [], {})}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    if TIME.match(text):
        text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text.replace("Z", "+00:00"))
        return datetime.fromisoformat(text).astimezone(timezone.utc).isoformat()
    if NUMBER.match(text):
        return str(Decimal(text).normalize())
    if re.match(r"\+?[\d ()/.-]{7,}$", text):
        return re.sub(r"[ ()/.-]", "", text)
    return text.strip() or None


def read(name):
    with open(name, encoding="utf-8") as f:
        rows = [json.loads(line, parse_float=Decimal) for line in f]
    return {r["id"]: plain(r["record"]) for r in rows if r["record"] is not None}


def main():
    true, here = read(sys.argv[1]), read(sys.argv[2])
    for key in sorted(true.keys() - here.keys()):
        print(key, "is missing")
    for key in sorted(here.keys() - true.keys()):
        print(key, "should not be")
    for key in sorted(true.keys() & here.keys()):
        for field in sorted(true[key].keys() | here[key].keys()):
            if field.startswith("$") or field == "Modified_Time" and field not in true[key]:
                continue
            if true[key].get(field) != here[key].get(field):
                print(key, field, "is", json.dumps(true[key].get(field))[:80],
                      "here", json.dumps(here[key].get(field))[:80])


main()
