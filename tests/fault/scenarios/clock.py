"""Clocks that step, drift and are wrong (promises 1 to 4; time faults of
reliability.md 2.2). Time is faked by Debian's libfaketime; what has passed
since (the monotonic clock) goes on as it does in a real step."""

import contextlib
import glob
import os
import time

import store
from fault import Skip, scenario
from stage import until

# Wall clocks: steps beside the true time, and moments to start from.
STEPS = ["+1h", "-1h", "+1d", "-1d", "+1y", "-1y", "+30y", "+0 x1.2", "+0 x0.8"]
MOMENTS = {
    "year_end": "2026-12-31 23:59:57",
    "leap_second": "2016-12-31 23:59:57",
    "summer_begins": "2026-03-29 01:59:57",
    "summer_ends": "2026-10-25 02:59:57",
    "end_of_32_bits": "2038-01-19 03:14:05",
    "before_1970": "1969-12-31 23:59:56",
    "long_before_1970": "1931-07-01 12:00:00",
}


def sweep():
    """What killed programs leave of libfaketime in shared memory bars whoever
    gets their number next."""
    for path in glob.glob("/dev/shm/*faketime_*_*"):
        pid = path.rpartition("_")[2]
        if pid.isdigit() and not os.path.exists("/proc/" + pid):
            with contextlib.suppress(OSError):
                os.unlink(path)


class Clock:
    """The wall clock of some programs of a stage."""

    def __init__(self, run):
        libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not libraries:
            raise Skip("no libfaketime here")
        sweep()
        self.run, self.path = run, run.stage.dir + "/clock"
        self.env = {"LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": self.path,
                    "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                    "FAKETIME_DONT_RESET": "1", "TZ": "Europe/Berlin"}
        self.set("+0")

    def set(self, to):
        with open(self.path + ".new", "w", encoding="ascii") as f:
            f.write(to + "\n")
        os.chmod(self.path + ".new", 0o644)
        os.rename(self.path + ".new", self.path)

    def step(self, to):
        self.run.strike(to, MOMENTS.get(to, ""))
        self.set("@" + MOMENTS[to] if to in MOMENTS else to)

    def words(self):
        """For sh, before a command that shall have this clock."""
        return " ".join("%s='%s'" % kv for kv in self.env.items())


def steps(run):
    """As many of all kinds as wanted, in random order."""
    kinds = STEPS + list(MOMENTS)
    return [kind for n in range(0, run.size["steps"], len(kinds))
            for kind in run.rng.sample(kinds, min(len(kinds), run.size["steps"] - n))]


@scenario(short={"steps": 4}, full={"steps": 160})
def clock_of_programs(run):
    """The clock of receiver and drain steps, PostgreSQL comes and goes: 0 lost, the newest stands."""
    run.open()
    store.no_sanitizer(run)
    clock = Clock(run)
    store.wrap(run.stage, "webhook", clock.words())
    store.wrap(run.stage, "zohosync", clock.words())
    store.under_load(run, rate=60, timeout=60)
    for kind in steps(run):
        clock.step(kind)
        run.pause(0.3, 1.5)
        if run.rng.random() < 0.5:
            run.stage.pg_stop()
            run.pause(0.2, 1)
            clock.step(run.rng.choice(STEPS + list(MOMENTS)))
            run.pause(0.2, 1)
            run.stage.pg_start()
            until(60, lambda: not run.stage.spooled(), "the spool is empty")
    clock.set("+0")
    run.finish()


def start_postgres(run, clock):
    run.stage.pg_stop("fast")
    run.stage.sh("%s stage_pg_start" % clock.words())


@scenario(short={"steps": 2}, full={"steps": 40})
def clock_of_postgres(run):
    """PostgreSQL's wall clock steps by hours and days: 0 lost, 0 doubled, and nothing new waits for the clock."""
    run.open()
    store.no_sanitizer(run)
    clock = Clock(run)
    start_postgres(run, clock)
    store.under_load(run, rate=60, timeout=60)
    for _ in range(run.size["steps"]):
        clock.step(run.rng.choice(["+1h", "-1h", "+1d", "-1d", "+7d", "+0 x1.2"]))
        run.pause(1, 3)
    clock.set("+0")
    run.finish()


@scenario(short={"events": 20}, full={"events": 1000})
def clock_ahead(run):
    """PostgreSQL's clock was a year ahead for a while: what came then is applied at once, not in a year."""
    run.open()
    store.no_sanitizer(run)
    clock = Clock(run)
    start_postgres(run, clock)
    posted(run, "before", 202)
    clock.step("+1y")
    posted(run, "ahead", 202)
    in_spool = len(run.stage.spooled())
    status, said = run.stage.zohosync("drain", "--once")
    run.expect(0, status, "the drain a year ahead (%s)" % said)
    # the partitions of that year are there now
    posted(run, "then", 202)
    clock.step("+0")
    posted(run, "after", 202)
    for _ in range(3):
        status, said = run.stage.zohosync("drain", "--once")
        run.expect(0, status, "the drain at the right time (%s)" % said)
    left = run.stage.sql("select count(*), min(not_before - now()) from sync.work")[0]
    run.expect("0", left[0], "requests that wait (the first is due in %s)" % left[1])
    run.expect([], run.stage.spooled(), "the spool")
    run.expect(4 * run.size["events"], run.stage.sql.number("select count(*) from mirror.record"), "records")
    run.note(in_spool=in_spool, **store.accounted(run))


def posted(run, name, want):
    for n in range(run.size["events"]):
        status, answer = run.stage.post("Leads", {
            "id": "%s%d" % (name, n), "Last_Name": "Example", "Modified_Time": "2026-01-01T00:00:00Z"})
        if status != want:
            run.fail("%s%d: answered %d %s" % (name, n, status, answer))
            return


@scenario(short={"drains": 1}, full={"drains": 5})
def spool_of_all_times(run):
    """Spool files of every year that a clock may say are loaded, once, also by a small PostgreSQL."""
    stage = run.open(STAGE_CONNECTIONS=15)
    store.no_sanitizer(run)
    clock = Clock(run)
    store.wrap(stage, "webhook", clock.words())
    total = 0
    for _ in range(run.size["drains"]):
        stage.pg_stop()
        stage.sql.close()
        for year in (1901, 1931, 1969, 1970, 2000, 2025, 2026, 2027, 2038, 2100, 2200):
            clock.set("@%d-06-15 12:00:00" % year)
            total += 1
            status, answer = stage.post("Leads", {
                "id": "year%d-%d" % (year, total), "Last_Name": "Example",
                "Modified_Time": "2026-01-01T00:00:00Z"})
            run.expect(202, status, "year %d (%s)" % (year, answer))
        clock.set("+0")
        stage.pg_start()
        began = time.monotonic()
        status, said = stage.zohosync("drain", "--once", seconds=120)
        run.expect(0, status, "the drain's exit status (%s)" % said)
        run.note(drained_s=round(time.monotonic() - began, 1))
        run.expect([], stage.spooled(), "files left in the spool")
        run.expect(total, stage.sql.number("select count(*) from mirror.record"), "records")
    run.note(**store.accounted(run))
