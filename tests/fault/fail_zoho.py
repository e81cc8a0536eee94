"""The programs that ask Zoho, as fail_each.py plays them, against the
simulator: fetch, fields, login and reconcile, the last with a drain at work beside it.

What a failed run leaves must be whole: a clean run after it, or the second
one, finds everything as it should be."""

import json
import os
import re
import signal
import stat
import subprocess
import time

from fail_scene import CRYPTO, PATIENCE_S, PHONE, Ran, Scene, gentle
from stage import Stage
from zoho import Zoho, ends_with

# What libcurl sets up besides itself; nothing here uses it.
OTHERS = ",libssh2,librtmp,libldap,liblber,libkrb5,libgssapi,libsasl2,libgnutls,libp11,libidn2,libpsl,libunistring"

FRESH = """delete from sync.spent; delete from sync.mark;
    update sync.token set sealed = null, expires_at = '-infinity', refused_until = '-infinity', last_error = ''"""

MINT_WINDOW_S = 601  # ten tokens in ten minutes are all there are
GRANTS_PER_USER = 15  # Zoho knows twenty; then it takes some away


class Asking(Scene):
    skip = CRYPTO + OTHERS
    weight = 2

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.zoho = self.open_zoho()
        self.conf = self.settings(self.name + ".conf", ZOHO_MODULES_TO_SYNC="Leads", **self.zoho.settings)

    def open_zoho(self) -> Zoho:
        return Zoho(self.stage, company=100, options=["--no-limits"])

    def forget(self) -> None:
        """As on the first day: no token, nothing spent, nobody refused."""
        self.stage.sql(FRESH)
        self.zoho.control("POST", "clock", {"advance": MINT_WINDOW_S})

    def ids(self, module: str) -> list[str]:
        lines = self.zoho.true_state(module).decode().splitlines()
        return [r["id"] for r in map(json.loads, lines) if not r["deleted"]]

    def wait_for_others(self) -> None:
        """Sessions that outlive their program for a moment."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.stage.sql.number(
                "select count(*) from pg_stat_activity where application_name ~ '%s'" % self.name):
            time.sleep(0.01)

    def silent(self, ran: Ran, mode: str) -> list[str]:
        """What all of them owe: a word on failure, none of it by chance."""
        said = self.faults(ran, mode)
        if ran.status > 0 and not (ran.err + self.log()).strip():
            said.append("exit status %d without a word" % ran.status)
        if ran.status in (64, 65):
            said.append("exit status %d, as if it were the user's fault: %s" % (ran.status, ran.err.strip()))
        if gentle(mode) and ran.status != 0:
            said.append("nothing was broken, but exit status %d: %s" % (ran.status, ran.err.strip()))
        return said

    def close(self) -> None:
        self.zoho.close()


def plain(record: dict) -> dict:
    """What is the same whichever way it was asked for."""
    return {k: v for k, v in record.items() if not k.startswith("$") and v not in (None, "", [], {})}


class Fetch(Asking):
    """Three of a module of the CRM, one of Books, and one that is no more."""

    name = "fetch"

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        leads, items = self.ids("crm.leads"), self.ids("books.items")
        self.wants = [("crm.leads", i) for i in leads[:3]] + [("books.items", items[0])]
        self.gone = ("books.items", items[0][:-3] + "999")
        self.wants.append(self.gone)

    def reset(self) -> None:
        self.wait_for_others()
        self.clean()
        self.forget()
        self.stage.sql("update sync.module set api_read_at = null")
        self.stage.sql("insert into sync.fetch (module, id, reason, seq) values " + ", ".join(
            "('%s', '%s', 'announced', 1)" % want for want in self.wants))

    def play(self, env: dict[str, str]) -> Ran:
        return self.run("fetch", "--once", "-c", self.conf, env=env)

    def came(self) -> dict[tuple[str, str], dict | None]:
        """What lies in the inbox; None for a delete."""
        found: dict[tuple[str, str], dict | None] = {}
        for module, operation, body in self.stage.sql(
                "select module, operation, convert_from(body, 'UTF8') from sync.inbox where origin = 'fetch'"):
            document = json.loads(body)
            records = document["data"] if "data" in document else [
                v for v in document.values() if isinstance(v, dict)]
            for record in records:
                name = record["id"] if module.startswith("crm.") else record["item_id"]
                found[(module, name)] = None if operation == "delete" else plain(record)
        return found

    def waiting(self) -> list[tuple[str, str]]:
        return [(m, i) for m, i in self.stage.sql("select module, id from sync.fetch")]

    def learn(self, ran: Ran) -> None:
        self.want = self.came()

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.silent(ran, mode)
        self.wait_for_others()
        said += self.lost()
        if ran.status == 0 and self.waiting():
            said.append("exit status 0, but it still wants %s" % self.waiting())
        if self.waiting():
            self.stage.sql("update sync.fetch set not_before = now()")
            self.forget()
            again = self.run("fetch", "--once", "-c", self.conf)
            if again.status != 0 or self.waiting():
                said.append("a clean run afterwards ends with %d and wants %s: %s" % (
                    again.status, self.waiting(), again.err.strip()))
            said += self.lost()
        return said

    def lost(self) -> list[str]:
        """Each record came as it is, or still waits."""
        came, waiting = self.came(), self.waiting()
        said = ["%s is lost" % want[0] for want in self.wants if want not in came and want not in waiting]
        for want, record in came.items():
            if record != self.want.get(want, record):
                said.append("a record came otherwise: %s" % [
                    (k, v) for k, v in (record or {}).items() if (self.want[want] or {}).get(k) != v][:3])
        rows = self.stage.sql.number("select count(*) from sync.inbox i full join sync.work w using (seq) "
                                     "where i.seq is null or w.seq is null")
        return said + (["inbox and queue differ"] if rows else [])


class Fields(Asking):
    """A module of people's own, with a subform, read for the first time."""

    name = "fields"

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.conf = self.settings("fields.conf", ZOHO_MODULES_TO_SYNC="Warranties", **self.zoho.settings)

    def reset(self) -> None:
        self.wait_for_others()
        self.forget()
        self.forget_log()
        for line in ("drop view if exists zoho.warranties, zoho.warranties_service_visits, "
                     "zoho.warranties_history cascade",
                     "delete from sync.view where module = 'crm.warranties'",
                     "delete from sync.field where module = 'crm.warranties'",
                     "update sync.module set api_fields = null, api_read_at = null, fields_read_at = null, "
                     "described_at = null where name = 'crm.warranties'"):
            self.stage.sql(line)

    def play(self, env: dict[str, str]) -> Ran:
        return self.run("fields", "-c", self.conf, env=env)

    def known(self) -> list[tuple]:
        """Fields, names to ask for, and columns."""
        return [tuple(row) for line in (
            "select name, kind, column_name, label, gone_at is null from sync.field "
            "where module = 'crm.warranties' order by name",
            "select label, viewable, deletable, computed, api_fields::text from sync.module where name = 'crm.warranties'",
            "select c.relname, a.attname, a.atttypid from pg_attribute a join pg_class c on c.oid = a.attrelid "
            "where c.relnamespace = 'zoho'::regnamespace and c.relname like 'warranties%' and a.attnum > 0 order by 1, 2",
        ) for row in self.stage.sql(line)]

    def learn(self, ran: Ran) -> None:
        self.want = self.known()

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.silent(ran, mode)
        self.wait_for_others()
        if ran.status == 0 and self.known() != self.want:
            said.append("exit status 0, but not all is known: %s" % (set(self.known()) ^ set(self.want)))
        if ran.status != 0:
            self.forget()
            again = self.run("fields", "-c", self.conf)
            if again.status != 0 or self.known() != self.want:
                said.append("after a clean run that ends with %d not all is known: %s %s" % (
                    again.status, set(self.known()) ^ set(self.want), again.err.strip()))
        return said


ALL = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.notifications.ALL,ZohoBooks.fullaccess.all"


class Login(Asking):
    """A code becomes a refresh token in the settings: whole, or not at all."""

    name = "login"
    grants = 0

    def reset(self) -> None:
        self.wait_for_others()
        self.grants += 1
        if self.grants % GRANTS_PER_USER == 0:
            self.zoho.close()
            self.zoho = self.open_zoho()
        self.forget_log()
        self.forget()
        self.remove_beside()
        self.conf = self.settings("login.conf", **self.zoho.settings)
        with open(self.conf, encoding="ascii") as f:
            self.before = f.read()
        self.code = self.zoho.control("POST", "grants", {"scope": ALL, "code": True})["code"]

    def remove_beside(self) -> None:
        for name in os.listdir(self.stage.dir):
            if name.startswith("login.conf"):
                os.unlink(os.path.join(self.stage.dir, name))

    def play(self, env: dict[str, str]) -> Ran:
        return self.run("login", "-c", self.conf, env=env, given=self.code.encode() + b"\n")

    def learn(self, ran: Ran) -> None:
        """A token is random; so much is good for something."""
        self.good = ran.out.count("yes\n")

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.silent(ran, mode)
        with open(self.conf, encoding="ascii") as f:
            text = f.read()
        token = re.search(r"^ZOHO_REFRESH_TOKEN=(.*)$", text, re.M)
        old = self.zoho.settings["ZOHO_REFRESH_TOKEN"]
        if not token or text.replace(token.group(1), old) != self.before:
            said.append("the settings are not what they were: %r" % text[-300:])
        elif token.group(1) != old and not self.renews(token.group(1)):
            said.append("what stands in the settings is no token: %r" % token.group(1))
        elif ran.status == 0 and token.group(1) == old:
            said.append("exit status 0, but the token was not written")
        if ran.status == 0 and ran.out.count("yes\n") != self.good:
            said.append("exit status 0, but it says: %r" % ran.out[-300:])
        if stat.S_IMODE(os.stat(self.conf).st_mode) != 0o600:
            said.append("others may read the settings")
        if old in ran.err + self.log() + ran.out:
            said.append("a token is shown")
        return said

    def renews(self, token: str) -> bool:
        return re.fullmatch(r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}", token) is not None


class Watch(Asking):
    """Channels of three modules: one is unknown here, one has lived half of its life, one tells others."""

    name = "watch"
    weight = 4

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.conf = self.settings("watch.conf", ZOHO_MODULES_TO_SYNC="Leads,Contacts,Deals",
                                  WEBHOOK_URL="http://127.0.0.1:9/hooks", **self.zoho.settings)
        self.elsewhere = self.settings("elsewhere.conf", ZOHO_MODULES_TO_SYNC="Leads,Contacts,Deals",
                                       WEBHOOK_URL="http://127.0.0.1:9/elsewhere", **self.zoho.settings)

    def reset(self) -> None:
        self.wait_for_others()
        self.forget()
        first = self.run("watch", "-c", self.conf)
        assert first.status == 0, first
        self.run("watch", "renew", "crm.deals", "-c", self.elsewhere)
        self.stage.sql("delete from sync.channel where module = 'crm.leads'")
        self.stage.sql("update sync.channel set renewed_at = renewed_at - interval '9 days' where module = 'crm.contacts'")
        self.forget()
        self.forget_log()

    def play(self, env: dict[str, str]) -> Ran:
        return self.run("watch", "-c", self.conf, env=env)

    def wrong(self) -> list[str]:
        """What the rows say, and what a look at Zoho says."""
        alive = self.stage.sql.number("select count(*) from sync.channel where state = 'alive' and last_error = '' "
                                      "and granted_until = asked_until and notify_url like '%/hooks/%'")
        self.forget()
        look = self.run("watch", "--dry-run", "-c", self.conf)
        return ([] if alive == 3 else ["only %d channels are known to be well" % alive]) + (
            ["Zoho has others: " + (look.out + look.err).strip()] if look.status or look.out else [])

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.silent(ran, mode)
        self.wait_for_others()
        if ran.status == 0:
            return said + ["exit status 0, but " + line for line in self.wrong()]
        self.forget()
        again = self.run("watch", "-c", self.conf)
        if again.status != 0:
            return [*said, "a clean run afterwards ends with %d: %s" % (again.status, again.err.strip())]
        return said + ["after a clean run " + line for line in self.wrong()]


class Reconcile(Asking):
    """A module of each service, with every kind of difference in it."""

    name = "reconcile"
    weight = 6
    skip = Asking.skip + PHONE
    modules = ("crm.leads", "books.items")
    args = ["reconcile", "--modules", ",".join(modules)]
    tables = ("mirror.record", "mirror.version", "zoho.products", "sync.module")
    alone = True  # it finds what is here and not in Zoho

    def __init__(self, stage: Stage, fault: dict[str, str]):
        super().__init__(stage, fault)
        self.drain = self.spawn("drain", "--slot", "36000", "--workers", "1", "-c", stage.conf, env={},
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        ends_with(stage, "drain", self.drain)
        self.clean()
        self.forget()
        self.stage.sql("update sync.module set changed_until = null, deleted_until = null, swept_at = null")
        self.truth = {m: self.zoho.true_state(m) for m in self.modules}
        first = self.run(*self.args, "-c", self.conf)
        self.settle()
        assert first.status == 0 and not self.differ(), (first, self.differ())
        self.tamper()
        for table in self.tables:
            stage.sql("create table saved_%s as table %s" % (table.replace(".", "_"), table))

    def tamper(self) -> None:
        """One of each is missing, older, deleted; one is here alone."""
        tell = ["update sync.module set changed_until = '2001-01-01', deleted_until = '2001-01-01', "
                "swept_at = '2001-01-01' where name in ('%s')" % "', '".join(self.modules)]
        for module in self.modules:
            missing, older, deleted = self.ids(module)[:3]
            for table in ("record", "version"):
                tell.append("delete from mirror.%s where id = '%s'" % (table, missing))
            tell.append("""update mirror.record set modified_time = '2001-01-01', alive_at = '2001-01-01',
                data = data || '{"City": "nowhere", "rate": 0}' where id = '%s'""" % older)
            tell.append("update mirror.record set deleted_at = now() - interval '1 day' where id = '%s'" % deleted)
            if self.alone:
                tell.append("""insert into mirror.record (module, id, modified_time, alive_at, seq, version, data, origin)
                select module, '%s', '2001-01-01', '2001-01-01', seq, 1, data, origin
                from mirror.record where id = '%s'""" % (older[:-3] + "999", older))
        for line in tell:
            self.stage.sql(line)

    def reset(self) -> None:
        self.wait_for_others()
        self.settle()
        self.clean()
        for table in self.tables[:3]:
            self.stage.sql("delete from %s; insert into %s table saved_%s" % (table, table, table.replace(".", "_")))
        self.stage.sql("""update sync.module m set changed_until = s.changed_until, deleted_until = s.deleted_until,
            swept_at = s.swept_at, api_read_at = null from saved_sync_module s where s.name = m.name""")
        self.forget()

    def settle(self) -> None:
        """Until the drain has nothing to do."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.stage.sql.number("select count(*) from sync.work"):
            time.sleep(0.01)

    def play(self, env: dict[str, str]) -> Ran:
        return self.run(*self.args, "-c", self.conf, env=env)

    def differ(self) -> list[str]:
        return [line for m in self.modules for line in self.zoho.differences(m, self.truth[m])]

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.silent(ran, mode)
        self.wait_for_others()
        self.settle()
        if ran.status == 0 and self.differ():
            said.append("exit status 0, but it differs: %s" % self.differ()[:3])
        if ran.status != 0:
            said += self.mended()
        if self.stage.sql.number("select count(*) from sync.inbox") != self.stage.sql.number(
                "select count(*) from sync.outcome"):
            said.append("received and finished differ")
        return said

    def mended(self) -> list[str]:
        """One clean run, or two: no difference, and no run that seems to live."""
        for turn in (1, 2):
            self.forget()
            self.stage.sql("update sync.fetch set not_before = now()")
            again = self.run(*self.args, "-c", self.conf)
            self.settle()
            if again.status != 0:
                return ["clean run %d afterwards ends with %d: %s" % (turn, again.status, again.err.strip())]
            if not self.differ():
                break
        said = ["after two clean runs it differs: %s" % self.differ()[:3]] if self.differ() else []
        if self.stage.sql.number("select count(*) from sync.session where state = 'running'"):
            said.append("a run that ended is said to be running")
        return said

    def close(self) -> None:
        self.drain.send_signal(signal.SIGTERM)
        self.drain.communicate(timeout=PATIENCE_S)
        os.unlink(self.stage.dir + "/zohorun/pid.drain")
        for table in self.tables:
            self.stage.sql("drop table if exists saved_%s" % table.replace(".", "_"))
        super().close()


class Backfill(Reconcile):
    """The same, loaded anew: what it puts it applies itself, in a thread."""

    name = "backfill"
    args = ["backfill", "--anew", "--modules", ",".join(Reconcile.modules)]
    alone = False


class Verify(Reconcile):
    """The same, proven and repaired."""

    name = "verify"
    args = ["verify", "--modules", ",".join(Reconcile.modules)]
