"""What fail_each.py plays: for each scene a start from the same place, a run
of one program, and what must be so after it, whatever failed in it.

A scene's judge() returns complaints as sentences; none is well. "gentle"
says that nothing was broken: a short read or an EINTR must change nothing.
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "promises"))

from fastcgi_client import Client, environment  # noqa: E402
from stage import TOP_BUILDDIR, Stage  # noqa: E402

HOOKS = "/api/zoho/webhooks/"
PATIENCE_S = 60  # whoever takes longer hangs

TABLES = """sync.inbox sync.work sync.seen sync.repeat sync.refusal sync.outcome
    sync.dead sync.spooled sync.fetch sync.conflict mirror.record mirror.version
    zoho.products""".split()


@dataclass
class Ran:
    status: int
    out: str
    err: str
    hung: bool = False


def sanitizer_says(text: str) -> list[str]:
    found = re.search(r".*(Sanitizer|runtime error|definitely lost: [1-9]|Invalid (read|write)).*", text)
    return ["a report: " + found.group(0).strip()] if found else []


class Scene:
    name = ""
    modes: tuple[str, ...] = ("fail", "stay", "short", "interrupt", "die")
    weight = 1  # a sample takes only so small a part
    skip = ""  # libraries that are not ours to answer for here
    conf = ""  # settings file of the scene

    def __init__(self, stage: Stage, fault: dict[str, str]):
        self.stage, self.fault = stage, fault
        self.conf = stage.conf

    # ---- for each run ----

    def reset(self) -> None:
        """The same place to start from."""

    def play(self, env: dict[str, str]) -> Ran:
        raise NotImplementedError

    def learn(self, ran: Ran) -> None:
        """Remember a run in which nothing failed."""

    def judge(self, ran: Ran, mode: str) -> list[str]:
        raise NotImplementedError

    def close(self) -> None:
        """After the last run."""

    # ---- what they share ----

    def clean(self) -> None:
        self.stage.sql("; ".join("delete from " + t for t in TABLES))
        shutil.rmtree(self.stage.spool, ignore_errors=True)
        os.mkdir(self.stage.spool)
        self.own(self.stage.spool)
        self.forget_log()

    def own(self, path: str) -> None:
        if self.stage.user is not None:
            os.chown(path, self.stage.user.pw_uid, self.stage.user.pw_gid)

    def forget_log(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.truncate(self.stage.dir + "/log", 0)

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            with open(self.stage.dir + "/log", encoding="utf-8", errors="replace") as f:
                return f.read()
        return ""

    def write(self, name: str, text: bytes) -> str:
        path = os.path.join(self.stage.dir, name)
        with open(path, "wb") as f:
            f.write(text)
        os.chmod(path, 0o600)
        self.own(path)
        return path

    def settings(self, name: str, **changed: str) -> str:
        """The stage's settings with some changed, as a file of its own."""
        with open(self.stage.conf, encoding="ascii") as f:
            lines = [line for line in f if line.split("=")[0] not in changed]
        lines += ["%s=%s\n" % pair for pair in changed.items()]
        return self.write(name, "".join(lines).encode())

    def spawn(self, program: str, *args: str, env: dict[str, str], **how) -> subprocess.Popen:
        if self.stage.user is not None:
            how.update(user=self.stage.user.pw_uid, group=self.stage.user.pw_gid, extra_groups=[])
        words = os.environ.get("FAULT_UNDER", "").split()
        return subprocess.Popen(
            [*words, self.stage.dir + "/bin/" + program, *args], cwd="/",
            env={**BARE, **env}, stderr=subprocess.PIPE, start_new_session=True, **how)

    @staticmethod
    def await_end(process: subprocess.Popen, given: bytes | None = None) -> tuple[bytes, bytes, bool]:
        """What it said, and whether it had to be killed, its children too."""
        try:
            out, err = process.communicate(given, timeout=PATIENCE_S)
            return out or b"", err, False
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            return out or b"", err, True

    def run(self, program: str, *args: str, env: dict[str, str] | None = None,
            given: bytes | None = None) -> Ran:
        process = self.spawn(program, *args, env=env or {}, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL if given is None else subprocess.PIPE)
        out, err, hung = self.await_end(process, given)
        return Ran(process.returncode, out.decode(errors="replace"),
                   err.decode(errors="replace"), hung)

    def faults(self, ran: Ran, mode: str) -> list[str]:
        """What no program may do, whatever failed."""
        said = sanitizer_says(ran.err + self.log())
        if ran.hung:
            said.append("it hung")
        elif ran.status < 0 and not (mode == "die" and ran.status == -9):
            said.append("it died of signal %d" % -ran.status)
        if mode != "die" and "died of signal" in self.log():
            said.append("a worker died of a signal")
        return said


BARE = {k: v for k, v in os.environ.items()
        if k in ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")}


def gentle(mode: str) -> bool:
    return mode in ("none", "short", "interrupt")


# ---- receiving ----

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
    places = ["spool"]

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.conf = self.settings("away.conf", WEB_DATABASE_URL="postgresql:///zohosync?host=%s/nowhere" % stage.dir)


class FastCgi(Receiving):
    """A process that starts, answers a few and is told to end."""

    name = "fastcgi"
    want = [202, 202, 401, 202, 200, 202]

    def reset(self) -> None:
        self.clean()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)

    @property
    def socket(self) -> str:
        return self.stage.dir + "/fault.sock"

    def ask(self, env, body=b"") -> int:
        try:
            with Client(self.socket, self.patience) as c:
                return c.ask(env, body).status
        except OSError:
            return 0

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
        # With everything broken no answer is due.
        self.patience = 2 if env["FAULT_MODE"] == "stay" else 20
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


# ---- draining ----

STATE = """
select 'outcome', outcome, o.changes::text, encode(sha256(i.body), 'hex')
  from sync.outcome o join sync.inbox i using (seq)
union all select 'record', module, id || ' v' || version || coalesce(' deleted ' || deleted_at, ''),
       modified_time || data::text || coalesce(noted::text, '') from mirror.record
union all select 'version', module, id || ' ' || version, operation from mirror.version
union all select 'fetch', module, id, hits::text from sync.fetch
union all select 'conflict', module, id, reason || incoming_time from sync.conflict
union all select 'dead', reason, ord::text, event_type from sync.dead
union all select 'repeat', source, module, '' from sync.repeat
union all select 'product', zoho_item_id, name, stock_quantity::text from zoho.products
order by 1, 2, 3, 4
"""

PUT = """
with numbered as materialized (
    select nextval('sync.request_seq') as seq, n, route, query, decode(body, 'hex') as body
      from (values %s) v (n, route, query, body)
), seen as (
    insert into sync.seen (key) select sha256(body) from numbered
), kept as (
    insert into sync.inbox (seq, source, route, event_type, changes, query, content_type, body)
    select seq, 'books', route, 'test.put', 1, query, 'application/json', body from numbered
)
insert into sync.work (seq) select seq from numbered order by n
"""


def lead(name: str, at: str, **members) -> bytes:
    return json.dumps({"id": name, "Last_Name": "Example", "Modified_Time": at, **members}).encode()


def queue(token: str) -> list[tuple[str, str, bytes]]:
    """Route, query and body of one event of each kind."""
    notice = {"server_time": 1769850901234, "module": "Leads", "operation": "update", "token": token,
              "ids": ["5725767000000401001", "5725767000000401102"], "channel_id": "1000000068001"}
    return [
        ("products", "", item("1", NOON)),
        ("products", "", item("1", "2026-01-01T11:00:00Z")),  # stale
        ("products", "", item("1", NOON)),  # duplicate
        ("products", "", b"not JSON"),  # poison
        ("products", "", b'{"item":{"item_id":"2","name":"thin"}}'),
        ("products", "", b'{"event_type":"test","test":true}'),
        ("products", "operation=delete", item("3", NOON)),
        ("products", "", b"[" + item("4", NOON) + b"," + item("1", "2026-01-01T13:00:00Z", 7) + b"]"),
        ("notifications", "", json.dumps(notice).encode()),
        ("Leads", "", lead("5725767000000401002", NOON, Phone="01632 960 961", Annual_Revenue="much",
                           Company="Example", Email="ada@example.com", Lead_Source="Web Form")),
    ]


TODAY_US = int(time.time()) // 86400 * 86400 * 1000000  # so that no old partitions are made


def spool_file(number: int, route: str, body: bytes) -> tuple[str, bytes]:
    came = TODAY_US + number
    head = json.dumps({
        "key": hashlib.sha256(body).hexdigest(), "source": "books", "route": route, "module": "books.items",
        "operation": "update", "event_type": "test.put", "query": "", "content_type": "application/json",
        "headers": "", "remote": "192.0.2.1", "received_us": came, "changes": 1}).encode()
    whole = b"zohosync-spool-1 %s\n%s\n%s" % (
        hashlib.sha256(head + body).hexdigest().encode(), head, body)
    return "%020d-%016x.req" % (came, number), whole


class Drain(Scene):
    """A mixed queue and a mixed spool, drained with --once."""

    name = "drain"
    skip = "libphonenumber,libprotobuf,libicu,libstdc++"
    args = ["drain", "--once"]
    spooled = [item("5", NOON), item("1", "2026-01-01T14:00:00Z", 9), item("1", NOON), None]

    def reset(self) -> None:
        self.wait_for_others()
        self.clean()
        events = queue(self.stage.token)
        rows = ", ".join("(%d, '%s', '%s', '%s')" % (n, route, query, body.hex())
                         for n, (route, query, body) in enumerate(events) if n != 2)
        self.stage.sql(PUT % rows)
        self.stage.sql(PUT.replace("insert into sync.seen (key) select sha256(body) from numbered",
                                   "select 1") % "(1, 'products', '', '%s')" % events[2][2].hex())
        for n, body in enumerate(self.spooled):
            name, whole = spool_file(n, "products", body or b"torn")
            self.write("spool/" + name, whole if body else whole[:-2])

    def wait_for_others(self) -> None:
        """Workers that outlived their parent, and their sessions."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.stage.sql.number(
                "select count(*) from pg_stat_activity where usename = 'job'"):
            time.sleep(0.01)

    def play(self, env: dict[str, str]) -> Ran:
        return self.run(*self.args, "-c", self.conf, env=env)

    def state(self) -> list[list[str]]:
        return self.stage.sql(STATE)

    def learn(self, ran: Ran) -> None:
        self.want = self.state()

    def left(self) -> list[str]:
        """What is due and was not even tried."""
        rows = self.stage.sql("select seq from sync.work where not_before <= now() and tries = 0")
        return ["request " + r[0] for r in rows] + self.stage.spooled()

    def differences(self) -> str:
        got = self.state()
        here = [" ".join(r) for r in got if r not in self.want]
        gone = [" ".join(r) for r in self.want if r not in got]
        if sorted(got) == sorted(self.want):
            return ""
        return "lacks %s, has %s" % (gone[:2], here[:2]) if here or gone else "has something twice"

    def adds_up(self) -> list[str]:
        row = self.stage.sql("""select (select count(*) from sync.inbox), (select count(*) from sync.outcome),
            (select count(*) from sync.work)""")[0]
        received, finished, waiting = map(int, row)
        return [] if received == finished + waiting else [
            "received %d, finished %d, waiting %d" % (received, finished, waiting)]

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode)
        self.wait_for_others()
        said += self.adds_up()
        left = self.left()
        if ran.status == 0 and left:
            said.append("exit status 0, but left undone: %s" % left[:3])
        waits = self.stage.sql.number("select count(*) from sync.work")
        if gentle(mode) and (ran.status != 0 or waits):
            said.append("nothing was broken, but exit status %d, %d postponed" % (ran.status, waits))
        if not left and not waits and self.differences():
            said.append("it is done, but %s" % self.differences())
        elif left or waits:
            self.stage.sql("update sync.work set not_before = now()")
            again = self.run(*self.args, "-c", self.conf)
            if again.status != 0:
                said.append("a clean run afterwards fails: " + again.err.strip())
            if self.left() or self.differences():
                said.append("after a clean run: left %s; %s" % (self.left()[:3], self.differences()))
            said += self.adds_up()
        return said


# ---- tools ----

class Tool(Scene):
    """Exit status 0 only with the right output."""

    args: list[str] = []

    def reset(self) -> None:
        self.forget_log()

    def play(self, env: dict[str, str]) -> Ran:
        return self.run(*self.args, "-c", self.conf, env=env)

    def learn(self, ran: Ran) -> None:
        self.want = self.seen(ran.out)

    def seen(self, out: str) -> str:
        """The part of the output that does not change."""
        return out

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode)
        if ran.status == 0 and self.seen(ran.out) != self.want:
            said.append("exit status 0, but it says: %s" % difference(self.want, self.seen(ran.out)))
        if ran.status > 0 and not ran.err.strip():
            said.append("exit status %d without a word" % ran.status)
        if gentle(mode) and ran.status != 0:
            said.append("nothing was broken, but exit status %d: %s" % (ran.status, ran.err.strip()))
        return said


def difference(want: str, got: str) -> str:
    for a, b in zip(want.splitlines(), got.splitlines()):
        if a != b:
            return "%r in place of %r" % (b, a)
    return "%d lines in place of %d" % (len(got.splitlines()), len(want.splitlines()))


class Status(Tool):
    name = "status"
    args = ["status", "--json"]

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.clean()
        stage.sql(PUT % ", ".join("(%d, 'products', '', '%s')" % (n, item(str(n), NOON).hex()) for n in range(3)))
        self.write("spool/" + spool_file(1, "products", b"x")[0], spool_file(1, "products", b"x")[1])

    def seen(self, out: str) -> str:
        return re.sub(r'"(oldest|delay|finished|received)_\w+": *[\d.]+', "", out)


class DeadList(Tool):
    name = "dead"
    args = ["dead", "list", "--json"]

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.clean()
        stage.sql(PUT % ", ".join("(%d, 'products', '', '%s')" % (n, (b"bad %d" % n).hex()) for n in range(3)))
        self.run("drain", "--once", "-c", self.conf)


class KeyCreate(Tool):
    name = "key"

    def reset(self) -> None:
        self.forget_log()
        for name in os.listdir(self.stage.dir):
            if name.startswith("fault.keys"):
                os.unlink(os.path.join(self.stage.dir, name))
        self.conf = self.settings("keys.conf", API_KEY_FILE=self.stage.dir + "/fault.keys")
        self.run("key", "create", "old", "-c", self.conf)

    def play(self, env: dict[str, str]) -> Ran:
        return self.run("key", "create", "new", "-c", self.conf, env=env)

    def learn(self, ran: Ran) -> None:
        """A key is random."""

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode)
        listed = self.run("key", "list", "-c", self.conf)
        names = [line.split()[0] for line in listed.out.splitlines() if line.split()]
        key = re.search(r"zs_[0-9a-f]{64}", ran.out)
        if "old" not in names:
            said.append("the keys before are lost: " + (listed.out + listed.err).strip())
        if ran.status == 0 and not (key and "new" in names and self.opens(key.group(0))):
            said.append("exit status 0, but no key that opens")
        if ran.status > 0 and not ran.err.strip():
            said.append("exit status %d without a word" % ran.status)
        if gentle(mode) and ran.status != 0:
            said.append("nothing was broken, but exit status %d: %s" % (ran.status, ran.err.strip()))
        return said

    def opens(self, key: str) -> bool:
        with open(self.stage.dir + "/fault.keys", encoding="ascii") as f:
            return hashlib.sha256(key.encode()).hexdigest() in f.read()


class Migrate(Tool):
    """From nothing to the whole schema."""

    name = "migrate"
    weight = 3
    modes = ("fail", "short", "interrupt", "die")
    number = 0

    def reset(self) -> None:
        self.forget_log()
        self.drop()
        Migrate.number += 1
        self.database = "fault_%d" % Migrate.number
        self.stage.sql("create database %s" % self.database)
        self.conf = self.settings("migrate.conf", OWNER_DATABASE_URL="postgresql:///%s?host=%s/pg&user=%s" % (
            self.database, self.stage.dir, self.stage.super))
        self.args = ["migrate"]

    def drop(self) -> None:
        if getattr(self, "database", None):
            self.stage.sql("drop database if exists %s with (force)" % self.database)

    def catalog(self) -> str:
        """All of our schemas, without their comments."""
        ran = subprocess.run(
            ["psql", "-X", "-q", "-At", "-d", self.stage.conninfo.replace("dbname=zohosync", "dbname=" + self.database),
             "-c", """select n.nspname, c.relkind, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
                 from pg_class c join pg_namespace n on n.oid = relnamespace
                 left join pg_attribute a on attrelid = c.oid and attnum > 0
                where nspname in ('sync', 'mirror', 'zoho') order by 1, 2, 3, a.attnum""",
             "-c", """select proname, md5(prosrc) from pg_proc where pronamespace::regnamespace::text
                in ('sync', 'mirror', 'zoho') order by 1, 2"""],
            check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return ran.stdout

    def learn(self, ran: Ran) -> None:
        super().learn(ran)
        self.whole = self.catalog()

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = super().judge(ran, mode)
        if ran.status == 0 and self.catalog() != self.whole:
            said.append("exit status 0, but the schema is not whole")
        if ran.status != 0:
            again = self.run("migrate", "-c", self.conf)
            if again.status != 0 or self.catalog() != self.whole:
                said.append("a clean run afterwards does not finish it: " + again.err.strip())
        return said

    def close(self) -> None:
        self.drop()


SCENES = [Cgi, CgiSpool, FastCgi, Drain, Status, DeadList, KeyCreate, Migrate]


# ---- what needs no shim ----

def full_disk(stage: Stage) -> list[tuple[str, list[str]]]:
    """Tools whose output has nowhere to go must say so."""
    results = []
    for words in (["status", "--json"], ["status"], ["status", "--account"], ["dead", "list"],
                  ["dead", "list", "--json"], ["key", "create", "unseen"], ["key", "list"], ["migrate", "status"]):
        scene = Scene(stage, {})
        with open("/dev/full", "wb") as full:
            process = scene.spawn(*words, "-c", stage.conf, env={}, stdout=full, stdin=subprocess.DEVNULL)
            process.communicate(timeout=PATIENCE_S)
        results.append((" ".join(words), [] if process.returncode > 0 else [
            "exit status %d, though nobody could read what it said" % process.returncode]))
    return results


def unknown_calls() -> list[str]:
    """Calls of our programs that the shim does not stand before and that are
    not known to be harmless."""
    text = ""
    for name in ("shim_calls.c", "shim_own.c"):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding="ascii") as f:
            text += f.read()
    known = set(re.findall(r"^HOOK(?:_WHOLE)?\([^()]*?(\w+),\s*\(", text, re.M))
    known |= set(re.findall(r"^HOOK_MOVE\((\w+),", text, re.M)) | set(re.findall(r"^(\w+)\(", text, re.M))
    wanted = set()
    for name in ("cgi/webhook", "jobs/drain", "jobs/status", "jobs/dead", "jobs/key", "jobs/migrate"):
        said = subprocess.run(["nm", "-D", "--undefined-only", os.path.join(TOP_BUILDDIR, name)],
                              check=False, text=True, stdout=subprocess.PIPE).stdout
        wanted |= {line.split()[-1].split("@")[0] for line in said.splitlines()}
    return sorted(name for name in wanted - known - HARMLESS if not re.match(
        r"_|PQ|json_|EVP_|HMAC|SHA|CRYPTO_|OPENSSL_|ERR_|FCGX_|OSSL|BIO_|printbuf_|array_list|lh_", name))


HARMLESS = set("""
    abort exit free getenv getopt_long getpid getppid getuid geteuid getgid qsort bsearch stderr stdout optarg optind
    environ strlen strcmp strncmp strcasecmp strncasecmp strchr strrchr strstr strpbrk strspn strcspn strtol strtoll
    strtoul strtoull strtod strerror strsep strnlen strcpy stpcpy memchr memrchr memcpy memmove memcmp memset memmem
    snprintf vsnprintf sscanf puts putchar fputs fputc fprintf printf ferror feof fileno isatty umask dirname basename
    clock_gettime time gmtime_r localtime_r localtime timegm mktime strftime tzset openlog syslog closelog vsyslog
    signal sigaction sigemptyset sigfillset sigaddset sigdelset sigismember sigprocmask pthread_sigmask sigwait
    sigsuspend kill raise prctl closedir munmap sem_post sem_destroy secure_getenv rewind explicit_bzero
    dcgettext bindtextdomain setvbuf htonl ntohl htons ntohs freeaddrinfo gai_strerror
    pthread_join pthread_detach pthread_self pthread_attr_init pthread_attr_setstacksize pthread_attr_destroy
    pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock pthread_mutex_destroy pthread_cond_init
    pthread_cond_wait pthread_cond_timedwait pthread_cond_signal pthread_cond_broadcast pthread_cond_destroy
    pthread_condattr_init pthread_condattr_setclock pthread_condattr_destroy pthread_once execv execve execvp
    posix_fadvise sched_yield dirfd putc rand_r strptime strtok_r ungetc getc fgetc localeconv setlocale newlocale uselocale
""".split())
