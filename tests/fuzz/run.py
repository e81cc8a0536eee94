#!/usr/bin/env python3
"""Run every harness under libFuzzer, and the whole receiver under AFL++.

    run.py SOURCE BUILD          BUILD holds libfuzzer/ and afl/, as make fuzz
                                 leaves them
    run.py --save SOURCE BUILD   put what was learnt into corpus/, minimised

Each starts from its saved corpus and ends after FUZZ_RUNS executions
(10000000) or FUZZ_SECONDS (0: no limit), whichever comes first; FUZZ_ONLY
names some ("json date", "cgi-afl"). A finding ends its harness; the input is
kept in BUILD/findings, and "tests/fuzz/replay NAME FILE" runs it again. The
harness "planted" fails on purpose: not finding it is the failure. Exit status
1 when something was found.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

sys.dont_write_bytecode = True
import corpus  # noqa: E402

# Longest input; small ones say the same and run faster.
LENGTHS = {"date": 64, "operation": 64, "log": 3000, "text": 256, "module": 256,
           "kind": 512, "signature": 1024, "form": 2100, "cgi": 4000,
           "change": 4000, "normalise": 4000}
LENGTH = 1024
PLANTED_SECONDS = 300
# A finding is run again with what a report needs; to walk up the stack at each
# allocation would make the receiver's harness three times slower.
SANITIZERS = {"ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0:"
                              "malloc_context_size=0",
              "UBSAN_OPTIONS": "abort_on_error=1:symbolize=0"}


class Result(NamedTuple):
    name: str
    runs: int
    rate: int
    coverage: int
    findings: list[pathlib.Path]
    broke: bool  # it ended, but not by a finding or its limit


class Rig:
    def __init__(self, source: pathlib.Path, build: pathlib.Path, scratch: str):
        self.source = source / "tests" / "fuzz"
        self.build = build
        self.findings = build / "findings"
        self.scratch = scratch
        self.runs = int(os.environ.get("FUZZ_RUNS", "10000000"))
        self.seconds = int(os.environ.get("FUZZ_SECONDS", "0"))
        self.findings.mkdir(exist_ok=True)

    def program(self, rig: str, name: str) -> pathlib.Path:
        return self.build / rig / "tests" / "fuzz" / f"fuzz_{name}"

    def names(self) -> list[str]:
        folder = self.build / "libfuzzer" / "tests" / "fuzz"
        found = sorted(p.name[5:] for p in folder.glob("fuzz_*") if not p.suffix)
        found += [f"{name}-afl" for name in ("cgi", "planted")
                  if self.program("afl", name).exists()]
        only = os.environ.get("FUZZ_ONLY", "").split()
        return [name for name in found if not only or name in only]

    def inputs(self, name: str) -> pathlib.Path:
        """The corpus at work: what was saved, and what later runs found."""
        folder = self.build / "work" / name
        if name == "planted":  # to be found, not to be known
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "x").write_bytes(b"x")
        else:
            corpus.unpack(self.source / "corpus" / f"{name}.txt", folder)
        return folder

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        return {**os.environ, "TMPDIR": self.scratch, **more}

    def limit(self, name: str) -> int:
        return PLANTED_SECONDS if name == "planted" else self.seconds

    # ---- libFuzzer ----

    def libfuzzer(self, name: str) -> Result:
        before = set(self.findings.iterdir())
        log = self.build / f"{name}.log"
        with log.open("wb") as out:
            code = subprocess.run(
                [self.program("libfuzzer", name), f"-runs={self.runs}",
                 f"-max_total_time={self.limit(name)}",
                 f"-max_len={LENGTHS.get(name, LENGTH)}", "-timeout=20",
                 "-malloc_limit_mb=64", "-print_final_stats=1",
                 f"-dict={self.source / 'fuzz.dict'}",
                 f"-artifact_prefix={self.findings}/{name}-", self.inputs(name)],
                stdout=out, stderr=out, env=self.environment({}), check=False
            ).returncode
        said = log.read_text(errors="replace")
        found = sorted(set(self.findings.iterdir()) - before)
        covered = re.findall(r"cov: (\d+)", said)
        return Result(name, number(said, r"executed_units:\s+(\d+)"),
                      number(said, r"average_exec_per_sec:\s+(\d+)"),
                      int(covered[-1]) if covered else 0, found,
                      code != 0 and not found)

    # ---- AFL++ ----

    def afl(self, name: str) -> Result:
        out = self.build / "afl-out" / name
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        limits = ["-E", str(self.runs)]
        if self.limit(name) > 0:
            limits += ["-V", str(self.limit(name))]
        more = {**SANITIZERS, "AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1",
                "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                "AFL_NO_AFFINITY": "1", "AFL_TRY_AFFINITY": "1",
                "AFL_BENCH_UNTIL_CRASH": "1"}
        with (self.build / f"{name}-afl.log").open("wb") as log:
            code = subprocess.run(
                ["afl-fuzz", "-i", self.inputs(name), "-o", out, "-m", "none",
                 "-t", "5000", "-x", self.source / "fuzz.dict", *limits, "--",
                 self.program("afl", name)],
                stdout=log, stderr=log, env=self.environment(more), check=False
            ).returncode
        stats = out / "default" / "fuzzer_stats"
        said = stats.read_text() if stats.exists() else ""
        found = self.keep(name, out / "default")
        runs = number(said, r"execs_done\s*:\s*(\d+)")
        return Result(f"{name}-afl", runs,
                      number(said, r"execs_per_sec\s*:\s*(\d+)"),
                      number(said, r"edges_found\s*:\s*(\d+)"), found,
                      not found and (code != 0 or runs == 0))

    def keep(self, name: str, out: pathlib.Path) -> list[pathlib.Path]:
        found = []
        for kind in ("crashes", "hangs"):
            for path in sorted((out / kind).glob("id:*")):
                kept = self.findings / f"{name}-afl-{kind}-{len(found)}"
                found.append(pathlib.Path(shutil.copy(path, kept)))
        return found

    def run(self, name: str) -> Result:
        if name.endswith("-afl"):
            return self.afl(name.removesuffix("-afl"))
        return self.libfuzzer(name)

    # ---- the corpus for the next time ----

    def merge(self, name: str, *more: str) -> pathlib.Path:
        least = self.build / "least" / name
        shutil.rmtree(least, ignore_errors=True)
        least.mkdir(parents=True)
        subprocess.run(
            [self.program("libfuzzer", name), "-merge=1", "-set_cover_merge=1",
             f"-max_len={corpus.LARGEST}", *more, least, self.inputs(name)],
            env=self.environment({}), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return least

    def save(self, name: str) -> int:
        """Inputs that differ in how often they go where, or if those are too
        many, only in where."""
        least = self.merge(name)
        if len(list(least.iterdir())) > corpus.MOST:
            least = self.merge(name, "-use_counters=0")
        return corpus.pack(least, self.source / "corpus" / f"{name}.txt")


def number(text: str, pattern: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def judge(result: Result) -> str:
    """What is wrong with it, or nothing."""
    if result.name.startswith("planted"):
        return "" if result.findings else "THE PLANTED OVERFLOW WAS NOT FOUND"
    if result.findings:
        return " ".join(path.name for path in result.findings[:5])
    return f"BROKE: see {result.name}.log" if result.broke else ""


def fuzz(rig: Rig) -> int:
    wrong = 0
    print(f"{'harness':<14} {'executions':>12} {'/s':>8} {'coverage':>9}  findings")
    for name in rig.names():
        result = rig.run(name)
        said = judge(result)
        wrong += said != ""
        found = "as planted" if name.startswith("planted") and not said else said or "0"
        print(f"{name:<14} {result.runs:>12,} {result.rate:>8,} "
              f"{result.coverage:>9,}  {found}", flush=True)
    print(f"{wrong} harnesses with findings"
          + (f"; inputs in {rig.findings}" if wrong else ""))
    return 1 if wrong else 0


def save(rig: Rig) -> int:
    for name in rig.names():
        if not name.endswith("-afl") and name != "planted":
            print(f"{name}: {rig.save(name)} inputs", flush=True)
    return 0


def main(argv: list[str]) -> int:
    paths = [pathlib.Path(a).resolve() for a in argv[1:] if a != "--save"]
    if len(paths) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="zf", dir=base) as scratch:
        rig = Rig(*paths, scratch)
        return save(rig) if "--save" in argv else fuzz(rig)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
