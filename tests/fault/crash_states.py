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
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from fail_each import Shim, build_shim  # noqa: E402 (the path comes first)
from fail_receiving import HOOKS, CgiSpool, FastCgi, item  # noqa: E402
from fastcgi_client import Client, environment  # noqa: E402
from stage import TOP_BUILDDIR, Stage  # noqa: E402

BLOCK = 4096
DISK, OWN = 2, 16  # in Shim.kinds()


# ---- what was done ----

@dataclass
class Operation:
    kind: str
    name: str
    other: str
    data: bytes


def read_log(path: str) -> list[Operation]:
    with open(path, "rb") as f:
        text, at, done = f.read(), 0, []
    while at < len(text):
        line, _, _ = text[at:].partition(b"\n")
        kind, name, other, n = line.decode().split(" ")
        at += len(line) + 1
        done.append(Operation(kind, name, other, text[at:at + int(n)]))
        at += int(n) + 1
    return done


class Play:
    """The programs at work, recorded."""

    def __init__(self, stage: Stage, seed: int, events: int):
        self.stage, self.rng = stage, random.Random(seed)
        self.log, self.sent, self.acked = stage.dir + "/operations", {}, 0
        self.lock, self.snapshots = threading.Lock(), []
        self.library = stage.dir + "/record.so"
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g", "-shared", "-fPIC",
             "-I" + self.say("pg_config", "--includedir"), "-o", self.library, HERE + "/crash_record.c"], check=True)
        os.chmod(self.library, 0o755)
        build_shim(stage.dir)
        self.shim = Shim(stage.dir)
        self.receive_fastcgi(events)
        self.receive_cgi()
        self.drain()

    @staticmethod
    def say(*argv: str) -> str:
        return subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    def recorded(self, **more: str) -> dict[str, str]:
        return {"LD_PRELOAD": self.library, "CRASH_LOG": self.log, "CRASH_DIR": self.stage.spool, **more}

    def event(self) -> bytes:
        """An event of a size that fills part of a block, or several."""
        with self.lock:
            name = "event-%04d" % len(self.sent)
            body = item(name, "2026-01-01T12:00:00Z")
            body = body[:-2] + b', "description": "%s"}}' % (b"x" * self.rng.choice((0, 300, 5000, 14000)))
            self.sent[hashlib.sha256(body).hexdigest()] = name
        return body

    def snapshot(self) -> None:
        """The directory as it really is now, for a look at the model."""
        with open(self.log, "rb") as f:
            at = len(f.read())
        files = {}
        for folder, _, names in os.walk(self.stage.spool):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    files[os.path.relpath(path, self.stage.spool)] = f.read()
        self.snapshots.append((at, files))

    def receive_fastcgi(self, events: int) -> None:
        """Four clients at once, PostgreSQL away."""
        scene = FastCgi(self.stage, {})
        scene.conf = CgiSpool(self.stage, {}).conf
        scene.reset()
        shutil.rmtree(self.stage.spool)  # so that its making is recorded
        process = scene.spawn("webhook", "-c", scene.conf, "-s", scene.socket,
                              env=self.recorded(), stdout=subprocess.DEVNULL)
        assert scene.comes_up(process), "the receiver does not come up"

        def send(count: int) -> None:
            for _ in range(count):
                body = self.event()
                with Client(scene.socket) as c:
                    status = c.ask(environment("POST", HOOKS + "products", body,
                                               X_Zoho_Webhook_Signature=scene.sign(body)), body).status
                with self.lock:
                    self.acked += status == 202
        threads = [threading.Thread(target=send, args=(events // 4,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.terminate()
        _, said, hung = scene.await_end(process)
        assert not hung and process.returncode == 0, said
        self.snapshot()

    def receive_cgi(self) -> None:
        """A process for each request; in each another of the program's own
        calls to the disk fails or is cut short."""
        scene = CgiSpool(self.stage, {})
        for mode in ("fail", "short"):
            for at in self.disk_calls(scene, mode):
                self.shim.aim(at)
                body = self.event()
                env = {**self.shim.environment(mode, ""), **self.recorded(CRASH_CGI="1"), "ZOHOSYNC_CONF": scene.conf}
                env["LD_PRELOAD"] = self.shim.library + " " + self.library
                env.update((k.decode(), v.decode()) for k, v in environment(
                    "POST", HOOKS + "products", body, X_Zoho_Webhook_Signature=scene.sign(body)))
                ran = scene.run("webhook", given=body, env=env)
                self.acked += ran.out.startswith("Status: 202")
        self.snapshot()

    def disk_calls(self, scene: CgiSpool, mode: str) -> list[int]:
        """Their numbers, towards the end, where the spool is."""
        self.shim.aim(0)
        before = set(self.stage.spooled())
        scene.play(self.shim.environment(mode, ""))
        for name in set(self.stage.spooled()) - before:
            os.unlink(os.path.join(self.stage.spool, name))
        return [n + 1 for n, kind in enumerate(self.shim.kinds()) if kind == DISK | OWN][-16:]

    def drain(self) -> None:
        """What was spooled is loaded; one file that is none is set aside."""
        self.planted = "00000000000000000001-0000000000000000.req"
        scene = CgiSpool(self.stage, {})
        scene.write("spool/" + self.planted, b"no spool file")
        with open(self.log, "ab") as f:
            f.write(b"create %s - 0\n\nwrite %s - 13\nno spool file\nsync %s - 0\n\nsync . - 0\n\n" % (
                (self.planted.encode(),) * 3))
        scene.conf = self.stage.conf
        ran = scene.run("drain", "--once", "-c", self.stage.conf, env=self.recorded())
        assert ran.status == 0, ran.err
        self.snapshot()


# ---- the states a crash may leave ----

@dataclass
class File:
    synced: bytes = b""  # content that is on disk for sure
    later: bytes = b""  # written since

    def contents(self) -> list[bytes]:
        """What it may hold after a crash."""
        if not self.later:
            return [self.synced]
        n, zeros = len(self.later), b"\0" * len(self.later)
        cuts = {0, 1, n // 2, n - 1, n, *range(BLOCK, min(n, 3 * BLOCK + 1), BLOCK)}
        some = [self.later[:cut] for cut in sorted(cuts)]
        half = min(BLOCK, n // 2)
        some += [zeros, zeros[:half] + self.later[half:], self.later[:-half or n] + zeros[:half]]
        return [self.synced + part for part in dict.fromkeys(some)]


@dataclass
class Disk:
    """Everything that was done up to a moment."""

    files: list[File] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)  # by the name it was made with
    names: dict[str, int] = field(default_factory=dict)  # as the programs see it
    entries: dict[str, int] = field(default_factory=dict)  # that are on disk for sure
    pending: list[tuple[str | None, str | None, int]] = field(default_factory=list)  # from, to, file
    ins: dict[str, bytes] = field(default_factory=dict)
    outs: dict[str, bytes] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    loading: set[int] = field(default_factory=set)
    loaded: set[int] = field(default_factory=set)

    def change(self, entries: dict[str, int], step: tuple[str | None, str | None, int]) -> None:
        gone, here, number = step
        if gone is not None:
            entries.pop(gone, None)
        if here is not None:
            entries[here] = number

    def step(self, gone: str | None, here: str | None, number: int) -> None:
        self.pending.append((gone, here, number))
        self.change(self.names, self.pending[-1])

    def do(self, o: Operation) -> None:
        if o.kind == "create":
            self.files.append(File())
            self.opened[o.name] = len(self.files) - 1
            self.step(None, o.name, len(self.files) - 1)
        elif o.kind == "write":
            self.files[self.opened[o.name]].later += o.data
        elif o.kind == "rename":
            self.step(o.name, o.other, self.names[o.name])
        elif o.kind == "unlink":
            self.step(o.name, None, self.names[o.name])
        elif o.kind == "sync" and o.name == ".":
            for step in self.pending:
                self.change(self.entries, step)
            self.pending = []
        elif o.kind == "sync":
            file = self.files[self.opened[o.name]]
            file.synced, file.later = file.synced + file.later, b""
        elif o.kind == "open":
            self.loading.add(self.names[o.name])
        elif o.kind == "sql":
            self.do_sql(o.data)
        elif o.kind == "in":
            self.ins[o.name] = self.ins.get(o.name, b"") + o.data
        elif o.kind == "out":
            self.outs[o.name] = self.outs.get(o.name, b"") + o.data
            if re.search(rb"Status: 2\d\d", self.outs[o.name]):
                self.acked.update(m.decode() for m in re.findall(rb'"item_id": "(event-\d+)"', self.ins[o.name]))

    def do_sql(self, command: bytes) -> None:
        if command == b"commit":
            self.loaded |= self.loading
        if command in (b"begin", b"commit", b"rollback"):
            self.loading = set()

    def states(self, most: int, rng: random.Random):
        """Directories that a crash now may leave: {name: (file, content)}."""
        recent = self.pending[-12:]  # those before them are lost, here
        unsure = [n for n, file in enumerate(self.files) if file.later]
        contents = {n: self.files[n].contents() for n in unsure}
        total = math.prod([2 ** len(recent), *map(len, contents.values())])
        for number in draw(total, most, rng):
            number, kept = divmod(number, 2 ** len(recent))
            entries = dict(self.entries)
            for n, step in enumerate(recent):
                if kept >> n & 1:
                    self.change(entries, step)
            chosen = {}
            for n in unsure:
                number, place = divmod(number, len(contents[n]))
                chosen[n] = contents[n][place]
            yield {name: chosen.get(n, self.files[n].synced) for name, n in entries.items()}


def draw(total: int, most: int, rng: random.Random):
    """All numbers below "total", or so many of them."""
    if total <= most:
        return range(total)
    drawn: set[int] = set()
    while len(drawn) < most:
        drawn.add(rng.randrange(total))
    return drawn


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
