"""What is left of the spool after a crash at any moment (R7).

  crash_states.py [--short] [--seed N] [--most N] [--events N] [--drains N]

Receivers and a drain are played once while crash_record.c writes down what
they do to files and what they answer. Then, for the moment after each of
these operations, every state a crash may leave is made: what was not synced
may be there, not there, torn, or there in parts; renames and removals that
were not synced with their directory may be missing, each on its own. In each
state the product's own reader (crash_states.c), and in some the drain itself,
must find all that was answered 202, each as it was sent, and nothing else.
Where a moment has more states than --most, so many are drawn. Output: TAP.
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from crash_disk import Disk, File, draw  # noqa: E402 (the path comes first)
from crash_play import Operation, Play, read_log  # noqa: E402
from fail_receiving import CgiSpool  # noqa: E402
from stage import TOP_BUILDDIR, Stage  # noqa: E402


# ---- what must be found in them ----

class Reader:
    """The product's own, on directories made of links to prepared files."""

    def __init__(self, folder: str):
        self.folder, self.pool, self.known, self.different = folder, {}, {}, 0
        os.mkdir(folder + "/pool")
        self.process = subprocess.Popen([TOP_BUILDDIR + "/tests/fault/crash_states"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def make(self, state: dict[str, bytes], place: str) -> None:
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place)
        for name, content in state.items():
            if content not in self.pool:
                self.pool[content] = "%s/pool/%d" % (self.folder, len(self.pool))
                with open(self.pool[content], "wb") as f:
                    f.write(content)
            path = os.path.join(place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.link(self.pool[content], path)

    def read(self, state: dict[str, bytes]) -> tuple[list[tuple[str, str]], list[str]]:
        """(name, checksum of the body) of the whole ones; names of the broken."""
        # Hidden names are never looked at, but they are made: that is tested.
        key = frozenset((name, hash(content)) for name, content in state.items())
        if key not in self.known:
            self.different += 1
            if len(self.known) > 2000:
                self.known.clear()
            self.make(state, self.folder + "/state")
            self.process.stdin.write(self.folder + "/state\n")
            self.process.stdin.flush()
            lines = list(iter(lambda: self.process.stdout.readline().split(), ["."]))
            if [] in lines:
                raise EOFError("the reader has ended")
            self.known[key] = ([(w[1], w[2]) for w in lines if w[0] == "whole"],
                               [w[1] for w in lines if w[0] == "broken"])
        return self.known[key]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def judge(disk: Disk, play: Play, whole: list[tuple[str, str]], broken: list[str]) -> list[str]:
    said = ["%s is found, which nobody sent" % name for name, body in whole if body not in play.sent]
    said += ["%s is found broken" % name for name in broken if name != play.planted]
    found = {play.sent[body] for _, body in whole if body in play.sent}
    loaded = {name for n in disk.loaded for name in events_of(disk.files[n], play)}
    said += ["%s was answered 202 and is lost" % name for name in sorted(disk.acked - found - loaded)]
    return said


def events_of(file: File, play: Play) -> list[str]:
    _, _, rest = file.synced.partition(b"\n")
    _, _, body = rest.partition(b"\n")
    name = play.sent.get(hashlib.sha256(body).hexdigest())
    return [name] if name else []


def with_the_drain(stage: Stage, play: Play, reader: Reader, state: dict[str, bytes]) -> list[str]:
    """The same by a drain with a real PostgreSQL."""
    scene = CgiSpool(stage, {})
    scene.clean()
    for name, content in state.items():
        if os.path.dirname(name):
            continue
        scene.write("spool/" + name, content)
    whole, broken = reader.read(state)
    ran = scene.run("drain", "--once", "-c", stage.conf)
    got = sorted(row[0] for row in stage.sql("select encode(sha256(body), 'hex') from sync.inbox"))
    aside = sorted(os.listdir(stage.spool + "/bad")) if os.path.isdir(stage.spool + "/bad") else []
    said = [] if ran.status == 0 else ["the drain fails: " + ran.err]
    if got != sorted({body for _, body in whole}) or aside != sorted(broken) or stage.spooled():
        said.append("the drain finds other things than its reader: %d of %d, aside %s, left %s" % (
            len(got), len(whole), aside, stage.spooled()))
    return said


# ---- all of it ----

def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--most", type=int, default=0, help="states of one moment")
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--drains", type=int, default=0, help="states that a drain is started in")
    given = parser.parse_args()
    given.most = given.most or (60 if given.short else 2500)
    given.events = given.events or (12 if given.short else 40)
    given.drains = given.drains or (2 if given.short else 40)
    return given


def main() -> int:
    given = options()
    print("# SEED=%d" % given.seed)
    stage = Stage(settings=["LOG_LEVEL=info"])
    folder = tempfile.mkdtemp(prefix="zs-crash.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        return look(stage, folder, given)
    finally:
        shutil.rmtree(folder)
        stage.close()


def look(stage: Stage, folder: str, given: argparse.Namespace) -> int:
    began, rng = time.monotonic(), random.Random(given.seed)
    play = Play(stage, given.seed, given.events)
    operations, reader = read_log(play.log), Reader(folder)
    disk, complaints, states, moments = Disk(), {}, 0, 0
    samples = []
    for number, operation in enumerate(operations):
        disk.do(operation)
        if operation.kind in ("in", "open"):
            continue
        moments += 1
        for state in disk.states(given.most, rng):
            states += 1
            said = judge(disk, play, *reader.read(state))
            for complaint in said:
                complaints.setdefault(complaint, "after operation %d, %s %s" % (
                    number, operation.kind, operation.name))
            if rng.randrange(200) == 0 and not disk.loaded:
                samples.append(state)
    drained = [s for state in rng.sample(samples, min(given.drains, len(samples)))
               for s in with_the_drain(stage, play, reader, state)]
    reader.end()
    return tell([
        (model_holds(play, operations), "the model sees what was really done"),
        ([] if len(disk.acked) == play.acked >= given.events else [
            "%d answers of 2xx seen by the record, %d by the clients" % (len(disk.acked), play.acked)],
            "every answer is in the record"),
        (["%s, %s" % pair for pair in sorted(complaints.items())],
            "after a crash at any moment all that was acknowledged is found, and nothing else"),
        (drained, "the drain loads from such a place all that is whole, and sets the rest aside"),
    ], ["%d operations, %d moments, %d states, %d directories looked at, %d drained, %d events acknowledged, %d s" % (
        len(operations), moments, states, reader.different, min(given.drains, len(samples)), play.acked,
        time.monotonic() - began)])


def model_holds(play: Play, operations: list[Operation]) -> list[str]:
    said = []
    for at, files in play.snapshots:
        disk, seen = Disk(), 0
        for o in operations:
            if seen >= at:
                break
            seen += len("%s %s %s %d\n" % (o.kind, o.name, o.other, len(o.data))) + len(o.data) + 1
            disk.do(o)
        model = {name: disk.files[n].synced + disk.files[n].later for name, n in disk.names.items()}
        said += ["%s: the directory and the record differ" % name for name in sorted(
            set(files) ^ set(model) | {n for n in set(files) & set(model) if files[n] != model[n]})]
    return said


def tell(tests: list[tuple[list[str], str]], notes: list[str]) -> int:
    print("1..%d" % len(tests))
    for number, (said, what) in enumerate(tests, 1):
        print("%s %d - %s" % ("not ok" if said else "ok", number, what))
        for line in said[:20]:
            print("# " + line)
    for line in notes:
        print("# " + line)
    return 1 if any(said for said, _ in tests) else 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
