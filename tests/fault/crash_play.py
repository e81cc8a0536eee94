"""What crash_states.py plays once: receivers and a drain at work, with what
they do to files and what they answer written down by crash_record.c."""

import hashlib
import os
import random
import shutil
import subprocess
import threading
from dataclasses import dataclass

from fail_each import Shim, build_shim
from fail_receiving import HOOKS, CgiSpool, FastCgi, item
from fastcgi_client import Client, environment
from stage import Stage

HERE = os.path.dirname(os.path.abspath(__file__))
DISK, OWN = 2, 16  # in Shim.kinds()


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
