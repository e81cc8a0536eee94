#!/usr/bin/env python3
"""What lib/ reads, against Python (reliability.md R30).

Signatures, dates, forms and JSON, random and mutated, are put to
tests/fuzz/answer and to readers written from zoho-api.md, ISO 8601, the URL
Standard and RFC 8259, on Python's own parsers (forms.py, dates.py,
documents.py): none of them knows our code. Where both must differ, EXPLAINED
says why; any other difference is shown with the case, and the exit status
is 1.

    differential.py --answer PROGRAM [--cases N] [--seed N] [KIND...]

KIND is sign, date, form, json or record; all of them unless some are named.
"record" is normalised and then put to PostgreSQL as jsonb, for which PGHOST
and its like name a server; without --jsonb it is left out.
"""
import argparse
import pathlib
import random
import subprocess
import sys
from collections import Counter
from typing import Callable, Iterator, NamedTuple

sys.dont_write_bytecode = True
from dates import date_answer, date_cases  # noqa: E402
from documents import REFUSED, json_answer, json_cases, json_explains  # noqa: E402
from forms import form_answer, form_cases, sign_answer, sign_cases  # noqa: E402
from material import VECTORS, Case, Source, tohex, unhex  # noqa: E402
from records import not_jsonb, record_cases  # noqa: E402

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
