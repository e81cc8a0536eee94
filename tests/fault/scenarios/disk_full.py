"""File systems that are full, read-only, gone or broken (R5-R7)."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess

import store
from fault import Skip, scenario
from small_disk import Small, own_mounts, sh
from stage import TOP_SRCDIR, Away, Failure, SqlError, until


def probe(run):
    """(status, Retry-After) of one more event."""
    run.probes += 1
    web = http.client.HTTPConnection("127.0.0.1", run.stage.port, timeout=30)
    try:
        web.request("POST", "/api/zoho/webhooks/Accounts", json.dumps(
            {"id": "probe%d" % run.probes, "Account_Name": "Example", "Modified_Time": "2026-01-01T00:00:00Z"}),
            {"X-API-Key": run.stage.key, "Content-Type": "application/json"})
        answer = web.getresponse()
        answer.read()
        if answer.status == 202:
            run.probes_kept.add("probe%d" % run.probes)
        return answer.status, answer.getheader("Retry-After")
    except (OSError, http.client.HTTPException):
        return 0, None
    finally:
        web.close()


def answers_with(run, status, what, seconds=60):
    """Until events are answered so; where it is 503, with Retry-After."""
    last = []

    def is_so():
        last[:] = probe(run)
        return last[0] == status
    try:
        until(seconds, is_so, what)
    except Failure as e:
        run.fail("%s; the last answer: %s" % (e, last))
    if last[0] == 503 and not last[1]:
        run.fail("%s: 503 without Retry-After" % what)


@contextlib.contextmanager
def broken_disks(run, mounts=True):
    """A stage; with mounts that nobody else sees, so that its directories can
    be put on small file systems."""
    if mounts:
        own_mounts()
    run.probes, run.probes_kept, run.small = 0, set(), []
    try:
        begin(run)
        yield
    finally:
        for part in (run.load, run.drains, run.sampler):
            if part is not None:
                part.stop()
        if run.small:
            with contextlib.suppress(Failure):
                run.stage.sh("stage_web_stop")
                run.stage.pg_stop()
        for small in run.small:
            small.close()


def begin(run):
    run.open(settings=("STORE_TIMEOUT_MS=1000",), STAGE_FSYNC="on")
    if not os.path.isdir(run.stage.spool):
        run.stage.sh("stage_as mkdir -m 770 '%s'" % run.stage.spool)


def spool_on(run, mib=8, inodes=512):
    small = Small(run, run.stage.spool, mib, inodes)
    run.small.append(small)
    run.note(spool_on=small.kind)
    return small


def database_on(run, mib):
    """Its data directory moves to a file system with so much room left."""
    stage, data = run.stage, run.stage.dir + "/pg/data"
    stage.pg_stop("fast")
    size = int(subprocess.run(["du", "-sm", data], text=True, stdout=subprocess.PIPE,
                              check=True).stdout.split()[0])
    os.rename(data, data + ".was")
    os.mkdir(data)
    small = Small(run, data, size + mib, 4000)
    run.small.append(small)
    sh("cp", "-a", data + ".was/.", data)
    os.chmod(data, 0o700)
    shutil.rmtree(data + ".was")
    stage.pg_start()
    run.note(database_on=small.kind)
    return small


def load(run):
    store.under_load(run, rate=60, timeout=60)
    answers_with(run, 202, "at the beginning")
    run.receivers = run.stage.pids("webhook")


def end(run):
    """All is mended: it works again by itself, and nothing acknowledged is lost."""
    answers_with(run, 202, "when all is mended")
    run.expect(run.receivers, run.stage.pids("webhook"), "receivers that were never restarted")
    run.finish(240)
    kept = {row[0] for row in run.stage.sql("select id from mirror.record where id like 'probe%'")}
    run.expect(set(), run.probes_kept - kept, "probes acknowledged and lost")
    with open(run.stage.dir + "/pg/log", encoding="utf-8", errors="replace") as f:
        run.note(panics=sum("PANIC:" in line for line in f))
    run.note(probes=run.probes, answered_503=sum(s["status"] == 503 for s in run.load.entries()))


def restart_postgres(run):
    """As its supervisor does: where it has ended for want of space, it is
    started again and again."""
    def is_up():
        try:
            run.stage.sql("select 1")
            return True
        except Away:
            pid = run.stage.pid_in("pg/data/postmaster.pid")
            if pid is None or not os.path.exists("/proc/%d" % pid):
                run.note(postgres_started=run.notes.get("postgres_started", 0) + 1)
                with contextlib.suppress(Failure):
                    run.stage.pg_start()
            return False
    until(120, is_up, "PostgreSQL is back", every=0.5)


@scenario(short={"rounds": 1}, full={"rounds": 25})
def spool_full(run):
    """PostgreSQL away, no room in the spool: 503, nothing acknowledged is lost, it mends by itself."""
    with broken_disks(run):
        small = spool_on(run)
        load(run)
        for _ in range(run.size["rounds"]):
            for way in run.rng.sample((full, no_inodes, read_only), 3):
                run.stage.pg_stop()
                answers_with(run, 202, "PostgreSQL away, room in the spool")
                mend = way(run, small)
                answers_with(run, 503, way.__name__)
                run.pause(0.2, 1)
                if run.rng.random() < 0.5:
                    run.stage.pg_start()
                    answers_with(run, 202, "%s, but PostgreSQL is back" % way.__name__)
                    run.stage.pg_stop()
                    answers_with(run, 503, "%s again" % way.__name__)
                mend()
                answers_with(run, 202, "room in the spool again")
                run.stage.pg_start()
                until(60, lambda: not run.stage.spooled(), "the spool is empty")
        end(run)


def full(_, small):
    small.fill()
    return small.clear


def no_inodes(_, small):
    small.fill_inodes()
    return small.clear


def read_only(run, small):
    # fails while a file is open for writing
    def try_it():
        with contextlib.suppress(Failure):
            small.remount("ro")
            return True
        return False
    until(30, try_it, "the spool is read-only")
    run.strike("read_only", small.path)
    return lambda: small.remount("rw")


@scenario(short={"rounds": 1}, full={"rounds": 30})
def spool_gone(run):
    """PostgreSQL away, the spool moved off, owned by another or no directory: 503, it mends by itself."""
    if os.getuid() != 0:
        raise Skip("needs root, to take the spool away from its user")
    with broken_disks(run, mounts=False):
        load(run)
        spool = run.stage.spool
        for _ in range(run.size["rounds"]):
            for way in run.rng.sample((moved, locked, no_directory), 3):
                run.stage.pg_stop()
                answers_with(run, 202, "PostgreSQL away")
                run.strike(way.__name__)
                mend = way(spool)
                for _ in range(5):
                    status, again = probe(run)
                    if status not in (202, 503) or (status == 503 and not again):
                        run.fail("%s: answered %s, Retry-After %s" % (way.__name__, status, again))
                    run.pause(0, 0.2)
                mend()
                answers_with(run, 202, "the spool is there again")
                run.stage.pg_start()
                until(60, lambda: not run.stage.spooled(), "the spool is empty")
        end(run)


def moved(spool):
    os.rename(spool, spool + ".off")

    def empty():
        """What came meanwhile into a new one counts as well."""
        if not os.path.isdir(spool):
            return True
        for name in os.listdir(spool):
            with contextlib.suppress(FileNotFoundError):
                os.rename(os.path.join(spool, name), os.path.join(spool + ".off", name))
        with contextlib.suppress(OSError):
            os.rmdir(spool)
        return False

    def back():
        until(30, empty, "the new spool is gone again")
        os.rename(spool + ".off", spool)
    return back


def locked(spool):
    owner = os.stat(spool)
    os.chown(spool, 0, 0)
    os.chmod(spool, 0o700)

    def back():
        os.chmod(spool, 0o770)
        os.chown(spool, owner.st_uid, owner.st_gid)
    return back


def no_directory(spool):
    os.rename(spool, spool + ".off")
    with open(spool, "wb"):
        pass

    def back():
        os.unlink(spool)
        os.rename(spool + ".off", spool)
    return back


# What is loaded meanwhile must fit as well, so no more rounds at once.
@scenario(short={"rounds": 1}, full={"rounds": 20}, split=("rounds", 5))
def database_full(run):
    """The database's disk is full, PostgreSQL may end: events go to the spool, all is there later."""
    with broken_disks(run):
        database = database_on(run, 200)
        load(run)
        for _ in range(run.size["rounds"]):
            database.fill()
            run.pause(0, 2)
            if run.rng.random() < 0.7:
                need_wal(run)
            answers_with(run, 202, "the database is full")
            database.clear()
            restart_postgres(run)
            answers_with(run, 202, "space in the database again")
        end(run)


@scenario(short={"rounds": 1}, full={"rounds": 20}, split=("rounds", 5))
def disk_full(run):
    """Spool and database are full: 503 with Retry-After, nothing acknowledged is lost, it mends by itself."""
    with broken_disks(run):
        spool, database = spool_on(run), database_on(run, 200)
        load(run)
        for _ in range(run.size["rounds"]):
            fillers = [spool, database]
            run.rng.shuffle(fillers)
            fillers[0].fill()
            run.pause(0, 2)
            fillers[1].fill()
            need_wal(run)
            answers_with(run, 503, "both are full")
            run.pause(0.5, 2)
            run.rng.shuffle(fillers)
            for small in fillers:
                small.clear()
                run.pause(0, 1)
            restart_postgres(run)
            answers_with(run, 202, "space again")
        end(run)


def need_wal(run):
    """PostgreSQL writes into the WAL files that it has; after these it needs
    another one, and ends where it gets none."""
    with contextlib.suppress(Away, SqlError):
        for _ in range(10):
            run.stage.sql("select count(pg_logical_emit_message(false, 'fill', repeat('x', 1000000)))"
                          " from generate_series(1, 40)", seconds=60)
    run.strike("no_wal")


@scenario(short={"rounds": 3}, full={"rounds": 60})
def sync_fails(run):
    """fsync of spool files fails with EIO: 503, and nothing acknowledged is lost."""
    with broken_disks(run, mounts=False):
        store.no_sanitizer(run)
        stage, switch = run.stage, run.stage.dir + "/eio"
        library = stage.dir + "/eio.so"
        try:
            sh("cc", "-shared", "-fPIC", "-o", library, TOP_SRCDIR + "/tests/fault/eio.c", "-ldl")
        except FileNotFoundError:
            raise Skip("no compiler here") from None
        store.wrap(stage, "webhook", "LD_PRELOAD='%s' FAULT_EIO='%s'" % (library, switch))
        load(run)
        for _ in range(run.size["rounds"]):
            stage.pg_stop()
            answers_with(run, 202, "PostgreSQL away")
            with open(switch, "wb"):
                pass
            run.strike("eio")
            answers_with(run, 503, "fsync fails")
            run.pause(0, 0.5)
            os.unlink(switch)
            answers_with(run, 202, "fsync works again")
            stage.pg_start()
            until(60, lambda: not stage.spooled(), "the spool is empty")
        end(run)
