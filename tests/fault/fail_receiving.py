"""The receiver as fail_each.py plays it: plain CGI, with PostgreSQL and
without, and a FastCGI process over a few requests."""

import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import time

from fail_scene import CRYPTO, Ran, Scene, gentle
from stage import TOP_SRCDIR, Stage

sys.path.insert(0, TOP_SRCDIR + "/tests/promises")

from fastcgi_client import Client, Pairs, environment  # noqa: E402 (the path comes first)

HOOKS = "/api/zoho/webhooks/"


def item(name: str, at: str, stock: int = 1) -> bytes:
    return json.dumps({"item": {"item_id": name, "name": "Item " + name, "stock_on_hand": stock,
                                "last_modified_time": at}}).encode()


NOON = "2026-01-01T12:00:00Z"


class Receiving(Scene):
    """What a 2xx means: the event is in the database, or in the spool."""

    def sign(self, body: bytes) -> str:
        return hmac.new(self.stage.secret.encode(), body, hashlib.sha256).hexdigest()

    def stored(self, body: bytes) -> int:
        return self.stage.sql.number(
            "select count(*) from sync.inbox i join sync.work using (seq) where i.body = '\\x%s'" % body.hex())

    def spooled(self, body: bytes) -> int:
        return sum(1 for name in self.stage.spooled()
                   if self.content(os.path.join(self.stage.spool, name)) == body)

    @staticmethod
    def content(path: str) -> bytes | None:
        """The body in a spool file, read by rules of our own; None where it
        is not whole."""
        with open(path, "rb") as f:
            first, _, rest = f.read().partition(b"\n")
        head, found, body = rest.partition(b"\n")
        words = first.split(b" ")
        if not found or len(words) != 2 or words[0] != b"zohosync-spool-1":
            return None
        return body if hashlib.sha256(head + body).hexdigest().encode() == words[1] else None

    def torn(self) -> list[str]:
        return ["a spool file is not whole" for name in self.stage.spooled()
                if self.content(os.path.join(self.stage.spool, name)) is None]


class Cgi(Receiving):
    name = "cgi-store"
    places = ["inbox"]

    def reset(self) -> None:
        self.clean()

    def play(self, env: dict[str, str]) -> Ran:
        self.body = item("1", NOON)
        request = environment("POST", HOOKS + "products", self.body,
                              X_Zoho_Webhook_Signature=self.sign(self.body))
        return self.run("webhook", given=self.body, env={
            **env, **{k.decode(): v.decode() for k, v in request}, "ZOHOSYNC_CONF": self.conf})

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode) + self.torn()
        found = re.match(r"Status: (\d+)", ran.out)
        answer = int(found.group(1)) if found else 0
        places = ["inbox"] * self.stored(self.body) + ["spool"] * self.spooled(self.body)
        if 200 <= answer <= 299 and not places:
            said.append("answered %d, kept nowhere" % answer)
        if 400 <= answer <= 499:
            said.append("answered %d, as if it were the sender's fault" % answer)
        if not answer and ran.status == 0:
            said.append("no answer, exit status 0")
        if gentle(mode) and (answer, places, ran.status) != (202, self.places, 0):
            said.append("nothing was broken, but answer %d, status %d, kept in %s" % (
                answer, ran.status, places))
        return said


class CgiSpool(Cgi):
    """PostgreSQL is away."""

    name = "cgi-spool"
    skip = CRYPTO
    places = ["spool"]

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.conf = self.settings("away.conf", WEB_DATABASE_URL="postgresql:///zohosync?host=%s/nowhere" % stage.dir)


class FastCgi(Receiving):
    """A process that starts, answers a few and is told to end."""

    name = "fastcgi"
    skip = CRYPTO
    want = [202, 202, 401, 202, 200, 202]

    def reset(self) -> None:
        self.clean()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)

    @property
    def socket(self) -> str:
        return self.stage.dir + "/fault.sock"

    def ask(self, env: Pairs, body: bytes = b"") -> int:
        status = 0
        with contextlib.suppress(OSError):
            if not self.dumb:
                with Client(self.socket, self.patience) as c:
                    status = c.ask(env, body).status
        # With everything broken no answer is due, nor waited for again.
        self.dumb = self.dumb or self.patience < 20 and not status
        return status

    def post(self, body: bytes, signed: bytes) -> int:
        return self.ask(environment("POST", HOOKS + "products", body,
                                    X_Zoho_Webhook_Signature=self.sign(signed)), body)

    def comes_up(self, process: subprocess.Popen) -> bool:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
                s.connect(self.socket)
                return True
            time.sleep(0.005)
        return False

    def play(self, env: dict[str, str]) -> Ran:
        self.events = [item(str(n), NOON) for n in range(3)]
        self.patience, self.dumb = (2 if env["FAULT_MODE"] == "stay" else 20), False
        process = self.spawn("webhook", "-c", self.conf, "-s", self.socket, env=env, stdout=subprocess.DEVNULL)
        self.up, self.answers = self.comes_up(process), []
        self.early = self.up and not self.fault_met()
        if self.up:
            a, b, c = self.events
            self.answers = [self.post(a, a), self.post(a, a), self.post(b, a), self.post(b, b),
                            self.ask(environment("GET", HOOKS + "health")), self.post(c, c)]
        self.ended_before = process.poll() is not None
        process.terminate()
        _, err, hung = self.await_end(process)
        return Ran(process.returncode, "", err.decode(errors="replace"), hung)

    def fault_met(self) -> bool:
        return self.fault["met"]()

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode) + self.torn()
        if not self.up:
            if ran.status == 0:
                said.append("it did not come up, exit status 0")
            if gentle(mode):
                said.append("nothing was broken, but it did not come up: " + ran.err.strip())
            return said
        a, b, c = self.events
        for event, answers in ((a, self.answers[:2]), (b, self.answers[3:4]), (c, self.answers[5:])):
            if 202 in answers and not self.stored(event) + self.spooled(event):
                said.append("answered 202, kept nowhere")
        for answer in self.answers:
            if 400 <= answer <= 499 and answer != 401:
                said.append("answered %d, as if it were the sender's fault" % answer)
        if self.answers[2] not in (401, 0) and self.answers[2] < 500:
            said.append("a forged one was answered %d" % self.answers[2])
        if 401 in self.answers[:2] + self.answers[3:]:
            said.append("a proven one was answered 401")
        if mode == "fail" and self.early and self.ended_before:
            said.append("one failure ended it with status %d: %s" % (ran.status, ran.err.strip()))
        differ = sum(got != want for got, want in zip(self.answers, self.want))
        if mode == "fail" and self.early and not self.ended_before and differ > 1:
            said.append("one failure cost %d requests" % differ)
        if gentle(mode) and (self.answers, ran.status) != (self.want, 0):
            said.append("nothing was broken, but answers %s, status %d" % (self.answers, ran.status))
        return said
