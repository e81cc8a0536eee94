"""Each call that can fail fails once (curl's way, R33).

  fail_each.py [--sample N] [--seed N] [--only SCENE[:MODE],...] [--at N]
               [--jobs N] [--list]

A scene is played once to count its calls, and then once for each of them,
which fails in that run (tests/fault/shim.c). No run may crash, hang, leak
where the build has sanitizers, or claim a success it did not have. With
--sample only so many of each scene and mode, of every kind of call; --at
plays one, and tells more. Output: TAP.

FAULT_UNDER="valgrind ..." runs the programs under something.
"""

import argparse
import collections
import mmap
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.util import Finalize

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from fail_calls import unknown_calls  # noqa: E402 (the path comes first)
from fail_draining import Drain  # noqa: E402
from fail_receiving import Cgi, CgiSpool, FastCgi  # noqa: E402
from fail_scene import Scene  # noqa: E402
from fail_tools import DeadList, KeyCreate, Migrate, Status, full_disk  # noqa: E402
from fail_zoho import Backfill, Fetch, Fields, Login, Reconcile, Verify, Watch  # noqa: E402
from stage import TOP_BUILDDIR, Stage  # noqa: E402
from zoho import WANTED, built  # noqa: E402

ZOHO = [Backfill, Fetch, Fields, Login, Reconcile, Verify, Watch]
SCENES = [Cgi, CgiSpool, FastCgi, Drain, Status, DeadList, KeyCreate, Migrate] + (ZOHO if built() else [])
TEXT_AT, CALLS_AT, CALLS_MAX = 24, 4096, 1 << 18
SOURCES = ("shim.c", "shim_calls.c", "shim_own.c")
SANITIZERS = "libasan,libubsan,libtsan,"  # never to be failed
SLICE = 60  # runs that one process takes at once


class Shim:
    """The page that is shared with the program (shim.c)."""

    def __init__(self, folder: str):
        self.library, self.path, self.leaks = folder + "/shim.so", folder + "/page", folder + "/leaks"
        with open(self.leaks, "w", encoding="ascii") as f:
            f.write("leak:dl_open\n")  # what the shim loads to tell the way
        with open(self.path, "wb") as f:
            f.truncate(CALLS_AT + CALLS_MAX)
        os.chmod(self.path, 0o666)
        with open(self.path, "r+b") as f:
            self.page = mmap.mmap(f.fileno(), 0)

    def aim(self, at: int) -> None:
        self.page[:TEXT_AT + 1] = struct.pack("=QQQx", 0, at, 0)

    def count(self) -> int:
        return struct.unpack_from("=Q", self.page, 0)[0]

    def met(self) -> bool:
        return struct.unpack_from("=Q", self.page, 16)[0] != 0

    def way(self) -> str:
        return self.page[TEXT_AT:CALLS_AT].split(b"\0")[0].decode(errors="replace")

    def kinds(self) -> bytes:
        return self.page[CALLS_AT:CALLS_AT + min(self.count(), CALLS_MAX)]

    def environment(self, mode: str, skip: str) -> dict[str, str]:
        # The sanitizers want to come first; they do not have to.
        return {"LD_PRELOAD": self.library, "FAULT_PAGE": self.path, "FAULT_MODE": mode,
                "FAULT_SKIP": SANITIZERS + skip, "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + self.leaks,
                "ASAN_OPTIONS": "verify_asan_link_order=0:allocator_may_return_null=1"}


def build_shim(folder: str) -> None:
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g", "-shared", "-fPIC",
                    "-o", folder + "/shim.so", *(HERE + "/" + name for name in SOURCES), "-ldl"], check=True)
    os.chmod(folder + "/shim.so", 0o755)


class Player:
    """What one process has: a stage, the shim, the scenes made so far."""

    here: "Player"

    def __init__(self) -> None:
        self.stage = Stage(settings=["LOG_LEVEL=info"])
        self.stage.sql("set jit = off")  # it takes longer than our questions
        build_shim(self.stage.dir)
        self.shim = Shim(self.stage.dir)
        self.scenes: dict[str, Scene] = {}

    def scene(self, kind: type) -> Scene:
        """Ready to be played; tables and spool belong to one at a time."""
        if kind.name not in self.scenes:
            for other in self.scenes.values():
                other.close()
            self.scenes = {kind.name: kind(self.stage, {"met": self.shim.met})}
            scene = self.scenes[kind.name]
            self.one(scene, "fail", 0, scene.learn)
        return self.scenes[kind.name]

    def close(self) -> None:
        for scene in self.scenes.values():
            scene.close()
        self.scenes = {}
        self.stage.close()

    def one(self, scene: Scene, mode: str, at: int, then=None) -> list[str]:
        self.shim.aim(at)
        scene.reset()
        ran = scene.play(self.shim.environment(mode, scene.skip))
        if then is not None:
            then(ran)
        return scene.judge(ran, mode if self.shim.met() else "none")


def start_player() -> None:
    Player.here = Player()
    Finalize(None, Player.here.close, exitpriority=1)


def count(kind: type, mode: str) -> tuple[bytes, list[str]]:
    """The calls of a run in which nothing fails, and what is wrong with it."""
    player = Player.here
    said = player.one(player.scene(kind), mode, 0)
    return player.shim.kinds(), said


def play(kind: type, mode: str, numbers: list[int]) -> list[tuple[int, str, list[str]]]:
    """(number, way to the call, complaints) of each run that met its call."""
    player, results = Player.here, []
    for n in numbers:
        scene = player.scene(kind)
        said = player.one(scene, mode, n)
        if player.shim.met() or said:
            results.append((n, player.shim.way(), said))
    return results


def pick(kinds: bytes, sample: int, rng: random.Random) -> list[int]:
    """Numbers of calls: all, or some of every kind of call."""
    numbers = list(range(1, len(kinds) + 1))
    if not sample or sample >= len(numbers):
        return numbers
    groups: dict[int, list[int]] = {}
    for n in rng.sample(numbers, len(numbers)):
        groups.setdefault(kinds[n - 1], []).append(n)
    chosen: list[int] = []
    while len(chosen) < sample:
        for key in sorted(groups):
            if groups[key] and len(chosen) < sample:
                chosen.append(groups[key].pop())
    return sorted(chosen)


def named(way: str) -> str:
    """The way with names of our functions in place of addresses."""
    def name(found: re.Match) -> str:
        program = os.path.join(TOP_BUILDDIR, "cgi" if found.group(1) == "webhook" else "jobs", found.group(1))
        said = subprocess.run(["addr2line", "-f", "-s", "-e", program, found.group(2)], check=False,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split("\n")
        return "%s %s" % (said[0], said[1]) if len(said) > 1 and said[0] != "??" else found.group(0)
    return re.sub(r"\b(webhook|backfill|drain|status|dead|key|migrate|fetch|fields|login|reconcile|verify|watch)\+(0x[0-9a-f]+)", name, way)


CRASH = r"died of|ended it with status -|a report: .*DEADLYSIGNAL"

# What libraries do to us when they get no memory; not ours to mend.
KNOWN = [
    (CRASH, r"/ crashed in( < libc\.so[^<]*)* < libcrypto", "OpenSSL 3.0 crashes while it sets itself up"),
    (CRASH + "|one failure cost", r"^(strdup|realloc) < libjson-c.*/ crashed in( < libc\.so[^<]*)* < libjson-c",
     "json-c 0.16 does not look at its copy of a name"),
    (CRASH, r"^strdup < libjson-c", "json-c 0.16 does not look at its copy of a name"),
    (r"a report: .*(LeakSanitizer|DEADLYSIGNAL)", r"^\w+ < libjson-c", "json-c 0.16 forgets a member that it cannot add"),
    (CRASH + "|one failure cost", r"/ crashed in( < libc\.so[^<]*)+< (shim\.so[^<]*< )?libpq",
     "glibc gives up in a look-up of names"),
    (r"as if it were the sender's fault", r"^read < read ", "the body could not be read: it broke off"),
    (r"", r"^\w+( < libc\.so[^<]*)* < lib(a|t|ub)san", "the sanitizer got no memory"),
]


def known(complaint: str, way: str) -> str:
    """Why it is not held against us, or nothing."""
    return next((why for what, where, why in KNOWN if re.search(what, complaint) and re.search(where, named(way))), "")


def shorter(way: str) -> str:
    """The first steps of the way to the call, and to the crash that came of it."""
    return " /".join(" < ".join(part.split(" < ")[:9]) for part in way.split(" /"))


def report(found: list[tuple[int, str, list[str]]]) -> list[str]:
    """Lines for a person: each complaint with the ways that led to it."""
    groups: dict[str, dict[str, list[int]]] = {}
    examples: dict[str, str] = {}
    for n, way, said in found:
        for complaint in said:
            kind = complaint.split(":")[0]
            examples.setdefault(kind, complaint)
            groups.setdefault(kind, {}).setdefault(shorter(way), []).append(n)
    lines = []
    for kind, ways in sorted(groups.items()):
        lines.append("%d runs: %s" % (sum(map(len, ways.values())), examples[kind].replace("\n", " / ")[:400]))
        for way, numbers in sorted(ways.items(), key=lambda pair: -len(pair[1]))[:6]:
            lines.append("  at %s%s: %s" % (", ".join(map(str, numbers[:4])), "..." if numbers[4:] else "", named(way)))
    return lines


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--only", default="")
    parser.add_argument("--at", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def wanted(only: str) -> list[tuple[type, str]]:
    every = [(kind, mode) for kind in SCENES for mode in kind.modes]
    words = [w for w in only.split(",") if w]
    return [(kind, mode) for kind, mode in every
            if not words or kind.name in words or "%s:%s" % (kind.name, mode) in words]


class Tap:
    def __init__(self, plan: int):
        self.number, self.failed = 0, 0
        print("1..%d" % plan)

    def test(self, good: bool, what: str, lines: list[str]) -> None:
        self.number += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.number, what))
        for line in lines:
            print("# " + line)
        sys.stdout.flush()


def main() -> int:
    given = options()
    todo = wanted(given.only)
    if given.list:
        print("\n".join("%s:%s" % (kind.name, mode) for kind, mode in todo))
        return 0
    if given.at:
        return one_run(todo, given.at)
    print("# SEED=%d" % given.seed)
    tap = Tap(len(todo) + (0 if given.only else 2 if built() else 3))
    if not given.only:
        if not built():
            tap.test(True, "fetch, fields, login and reconcile # SKIP " + WANTED, [])
        unknown = unknown_calls()
        tap.test(not unknown, "the shim knows every call that can fail", unknown)
    with ProcessPoolExecutor(given.jobs, initializer=start_player) as pool:
        play_all(pool, todo, given, tap)
        if not given.only:
            results = pool.submit(full_disks).result()
            tap.test(not any(said for _, said in results), "a tool whose output cannot be written says so",
                     ["%s: %s" % (what, s) for what, said in results for s in said])
    return 1 if tap.failed else 0


def play_all(pool: ProcessPoolExecutor, todo: list[tuple[type, str]], given: argparse.Namespace, tap: Tap) -> None:
    for kind, mode in todo:
        began = time.monotonic()
        kinds, said = pool.submit(count, kind, mode).result()
        numbers = pick(kinds, -(-given.sample // kind.weight), random.Random("%d %s %s" % (given.seed, kind.name, mode)))
        slices = [numbers[i:i + SLICE] for i in range(0, len(numbers), SLICE)]
        if given.sample:
            slices = [numbers[i::given.jobs] for i in range(given.jobs)]
        found = [(0, "where nothing fails", said)] if said else []
        met, excused = 0, collections.Counter()
        for done in as_completed([pool.submit(play, kind, mode, part) for part in slices]):
            met += sum(1 for _, way, _ in done.result() if way)
            for n, way, said in done.result():
                reasons = [known(s, way) for s in said]
                excused.update(r for r in reasons if r)
                left = [s for s, r in zip(said, reasons) if not r]
                found += [(n, way, left)] if left else []
        lines = report(found) + ["known, %d runs: %s" % (n, why) for why, n in sorted(excused.items())]
        lines.append("%d calls, %d failed once, %d s" % (len(kinds), met, time.monotonic() - began))
        tap.test(not found and bool(kinds), "%s: whatever call meets \"%s\", nothing is lost or claimed" % (
            kind.name, mode), lines)


def full_disks():
    return full_disk(Player.here.stage)


def one_run(todo: list[tuple[type, str]], at: int) -> int:
    start_player()
    player = Player.here
    try:
        for kind, mode in todo:
            scene = player.scene(kind)
            said = player.one(scene, mode, at)
            print("%s:%s at %d: %s" % (kind.name, mode, at, named(player.shim.way())))
            print("".join("  %s\n" % s for s in said) or "  well\n", end="")
            print(scene.log(), end="")
    finally:
        player.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
