"""A private stage (tests/stage.sh) and what can be done to it.

Stage    PostgreSQL, web server, receivers; signals, crashes, SQL, requests
Sql      a session of psql that lives as long as its server
"""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pwd
import select
import signal
import subprocess
import threading
import time
import uuid

TOP_SRCDIR = os.environ.get("TOP_SRCDIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOP_BUILDDIR = os.environ.get("TOP_BUILDDIR") or (
    os.getcwd() if os.path.exists("jobs/drain") else TOP_SRCDIR)


class Failure(Exception):
    """What was promised did not come true."""


class Skip(Exception):
    """This machine cannot play it; says why."""


class Away(Exception):
    """PostgreSQL cannot be asked just now."""


class SqlError(Exception):
    """PostgreSQL refused the statement."""


def until(seconds, condition, what, every=0.05):
    """Ask again and again; the first true answer, or a Failure."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(Away):
            answer = condition()
            if answer:
                return answer
        if time.monotonic() > deadline:
            raise Failure("after %d s still not so: %s" % (seconds, what))
        time.sleep(every)


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def stat_of(pid):
    """Its state (one letter), parent and group; [] where it is gone."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
            return f.read().rpartition(")")[2].split()[:3]
    except OSError:
        return []


def alive(pid):
    """Not gone, and not only waiting to be reaped."""
    return stat_of(pid)[:1] not in ([], ["Z"])


def group_of(pid):
    stat = stat_of(pid)
    return int(stat[2]) if stat and stat[0] != "Z" else None


class Coprocess:
    """A program that reads commands and says when each is done."""

    def __init__(self, argv, **how):
        # A pipe to read what has come, never more: no buffer of Python's.
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, **how)
        self.got = b""

    def alive(self):
        return self.process.poll() is None

    def ask(self, text, mark, seconds):
        """What it says up to the mark; EOFError where it ends before."""
        try:
            self.process.stdin.write(text.encode())
            self.process.stdin.flush()
        except OSError:
            pass
        deadline = time.monotonic() + seconds
        while mark not in self.got:
            left = deadline - time.monotonic()
            ready = select.select([self.process.stdout], [], [], max(left, 0))[0]
            part = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not part:
                said, self.got = self.got, b""
                self.end()
                raise EOFError(said.decode(errors="replace"))
            self.got += part
        said, self.got = self.got.split(mark, 1)
        return said.decode(errors="replace")

    def end(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Sql:
    """rows = sql("select ..."): a list of lists of text. One thread at once."""

    def __init__(self, conninfo):
        self.conninfo = conninfo
        self.psql = None
        self.lock = threading.Lock()

    def __call__(self, statement, seconds=120):
        with self.lock:
            if self.psql is None or not self.psql.alive():
                self.psql = Coprocess(
                    ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v",
                     "ON_ERROR_STOP=1", "-d", self.conninfo])
            mark = uuid.uuid4().hex
            try:
                said = self.psql.ask("%s\n;\n\\echo %s\n" % (
                    statement.rstrip().rstrip(";"), mark),
                    mark.encode() + b"\n", seconds)
            except EOFError as e:
                self.psql = None
                if "ERROR:" in str(e) and "57P" not in str(e):
                    raise SqlError(str(e).strip()) from None
                raise Away(str(e).strip()) from None
        return [line.split("\t") for line in said.splitlines()]

    def value(self, statement):
        return self(statement)[0][0]

    def number(self, statement):
        return int(self.value(statement))

    def close(self):
        with self.lock:
            if self.psql is not None:
                self.psql.end()
                self.psql = None


class Stage:
    """See the head of tests/stage.sh for the knobs (STAGE_...)."""

    def __init__(self, note=lambda kind, detail="": None, settings=(), **knobs):
        self.note = note
        self.lock = threading.RLock()
        self.later = []
        # The shell closes the stage also where this program is killed: its
        # standard input ends then.
        env = dict(os.environ, TOP_SRCDIR=TOP_SRCDIR, **{k: str(v) for k, v in knobs.items()})
        self.shell = Coprocess(
            ["sh", "-c", '. "$0"; while IFS= read -r line; do eval "$line"; '
             'done; stage_close', TOP_SRCDIR + "/tests/stage.sh"],
            env=env, cwd="/")
        try:
            self._open()
        except (Failure, Skip):
            self.shell.process.stdin.close()
            raise
        self.spool = self.dir + "/spool"
        self.url = self.port = None
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        self.conninfo = "host=%s/pg dbname=zohosync user=%s" % (
            self.dir, self.super)
        self.sql = Sql(self.conninfo)
        self.set(*settings)

    def _open(self):
        lacks = self.sh("stage_lacks").strip()
        if lacks:
            raise Skip(", ".join(lacks.splitlines()))
        self.sh("stage_open '%s'" % TOP_BUILDDIR)
        names = ["STAGE", "STAGE_CONF", "STAGE_SECRET", "STAGE_KEY",
                 "STAGE_SUPER", "STAGE_RAW_SECRET", "STAGE_TOKEN"]
        values = self.sh("printf '%s\\n' " + " ".join(
            '"$%s"' % n for n in names)).splitlines()
        (self.dir, self.conf, self.secret, self.key, self.super,
         self.raw_secret, self.token) = values

    def sh(self, command, seconds=180):
        """A line of shell in which stage.sh is loaded; what it says."""
        assert "\n" not in command
        mark = uuid.uuid4().hex
        with self.lock:
            try:
                said = self.shell.ask(
                    "{ %s; } </dev/null; echo %s $?\n" % (command, mark),
                    mark.encode() + b" ", seconds)
                status = self.shell.ask("", b"\n", seconds)
            except EOFError as e:
                raise Failure("the stage's shell has ended: %s" % e) from None
        if status.strip() != "0":
            raise Failure("%s: status %s: %s" % (command, status, said[-2000:]))
        return said

    def set(self, *lines):
        """Settings; before web()."""
        if lines:
            with open(self.conf, "a", encoding="ascii") as f:
                f.writelines(line + "\n" for line in lines)

    def session(self, user=None):
        """A session of psql of its own, for another thread or role."""
        return Sql(self.conninfo + (" user=" + user if user else ""))

    def close(self):
        for thread in self.later:
            thread.join()
        self.sql.close()
        if self.shell.alive():
            try:
                self.sh("stage_close")
            finally:
                self.shell.end()

    # ---- programs ----

    def start(self, *argv, out=subprocess.PIPE, **env):
        """Start one of our programs as the stage's user."""
        how = {}
        if self.user is not None:
            how = {"user": self.user.pw_uid, "group": self.user.pw_gid,
                   "extra_groups": []}
        return subprocess.Popen(
            [self.dir + "/bin/zohosync", *argv, "-c", self.conf],
            stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, text=True, cwd="/",
            env=dict(os.environ, **env), **how)

    def zohosync(self, *argv, seconds=300, **env):
        """Run it to its end: (exit status, what it said)."""
        process = self.start(*argv, **env)
        said = process.communicate(timeout=seconds)[0]
        return process.returncode, said

    def pids(self, program):
        """Living processes of this stage's program (webhook, drain)."""
        path, pids = "%s/bin/%s" % (self.dir, program), []
        for pid in processes():
            with contextlib.suppress(OSError):
                if os.readlink("/proc/%d/exe" % pid) == path:
                    pids.append(pid)
        return sorted(pids)

    def children(self, pid):
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
                return [int(word) for word in f.read().split()]
        except OSError:
            return []

    def pid_in(self, name):
        """The number in a pid file of the stage, or None."""
        try:
            with open(os.path.join(self.dir, name), encoding="ascii") as f:
                return int(f.readline())
        except (OSError, ValueError):
            return None

    def signal(self, pid, name="KILL"):
        """False where it is gone already."""
        try:
            os.kill(pid, getattr(signal, "SIG" + name))
        except ProcessLookupError:
            return False
        return True

    def freeze(self, pid, seconds):
        """SIGSTOP now, SIGCONT after some seconds."""
        if not self.signal(pid, "STOP"):
            return False

        def thaw():
            time.sleep(seconds)
            self.signal(pid, "CONT")
        thread = threading.Thread(target=thaw)
        thread.start()
        self.later = [t for t in self.later if t.is_alive()] + [thread]
        return True

    # ---- web server ----

    def web(self):
        """Start it; again where it was stopped, on the same port then."""
        self.sh("stage_web" if self.port is None else
                "stage_web_start && stage_web_ready")
        self.url = self.sh('printf %s "$STAGE_URL"')
        self.port = int(self.url.rsplit(":", 1)[1])

    def web_pid(self):
        return self.pid_in("apache.pid") or self.pid_in("lighttpd.pid")

    def web_restart(self, signal_name="KILL"):
        """By a signal that reloads (USR1, HUP), or stopped by one and started
        again; as a supervisor does, end first what a dead server leaves."""
        pid = self.web_pid()
        self.signal(pid, signal_name)
        if signal_name in ("USR1", "HUP"):
            return
        try:
            until(10, lambda: not alive(pid), "the web server ends")
        except Failure:  # it was in the middle of a reload, and forgot
            self.signal(pid, "KILL")
            until(10, lambda: not alive(pid), "the web server ends")
        self.sh("stage_web_stop")

        def left():
            return [p for p in processes() if group_of(p) == pid] + self.pids("webhook")
        for word in ("TERM", "KILL"):
            for one in left():
                self.signal(one, "CONT")
                self.signal(one, word)
            with contextlib.suppress(Failure):
                until(3, lambda: not left(), "what the web server started ends")
        self.web()

    # ---- PostgreSQL ----

    def pg_stop(self, mode="immediate"):
        self.sh("stage_pg_stop %s" % mode)

    def pg_start(self):
        self.sh("stage_pg_start")

    def pg_is_up(self):
        return self.pid_in("pg/data/postmaster.pid") is not None

    # ---- requests ----

    def post(self, route, body, headers=None, seconds=30):
        """One request, proven as the route wants; (status, answer as text)."""
        data = body if isinstance(body, bytes) else (
            body if isinstance(body, str) else json.dumps(body)).encode()
        head = {"Content-Type": "application/json"}
        if route[:1].isupper():
            head["X-API-Key"] = self.key
        elif route != "notifications":
            head["X-Zoho-Webhook-Signature"] = hmac.new(
                self.secret.encode(), data, hashlib.sha256).hexdigest()
        head.update(headers or {})
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            web.request("POST", "/api/zoho/webhooks/" + route, data, head)
            answer = web.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            web.close()

    def answers(self):
        """Whether the web server passes requests to a receiver."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", "/api/health")
            return web.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def spooled(self):
        """Names of the files that wait in the spool."""
        try:
            return sorted(n for n in os.listdir(self.spool)
                          if n.endswith(".req") and not n.startswith("."))
        except FileNotFoundError:
            return []
