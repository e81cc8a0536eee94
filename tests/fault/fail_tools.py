"""The tools as fail_each.py plays them: exit status 0 only with the right
output."""

import hashlib
import os
import re
import subprocess

from fail_draining import PUT, spool_file
from fail_receiving import NOON, item
from fail_scene import CRYPTO, PATIENCE_S, Ran, Scene, gentle
from stage import Stage


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
        # What it could not look at it says so: null.
        out = out.replace('"spool_files":null', '"spool_files":1').replace('"spool_bad":null', '"spool_bad":0')
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
    skip = CRYPTO
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


def full_disk(stage: Stage) -> list[tuple[str, list[str]]]:
    """Tools whose output has nowhere to go must say so."""
    results = []
    DeadList(stage, {})  # so that there is something to say of dead letters
    for words in (["status", "--json"], ["status"], ["status", "--account"], ["dead", "list"],
                  ["dead", "list", "--json"], ["key", "create", "unseen"], ["key", "list"], ["migrate", "status"]):
        scene = Scene(stage, {})
        with open("/dev/full", "wb") as full:
            process = scene.spawn(*words, "-c", stage.conf, env={}, stdout=full, stdin=subprocess.DEVNULL)
            process.communicate(timeout=PATIENCE_S)
        results.append((" ".join(words), [] if process.returncode > 0 else [
            "exit status %d, though nobody could read what it said" % process.returncode]))
    return results
