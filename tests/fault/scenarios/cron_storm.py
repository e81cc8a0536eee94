"""What cron does when it is not itself: too many starts, too few, any
(promise 10, R19)."""

import json
import time

import store
from fault import scenario
from order_model import stamp
from stage import Failure, until

# Each record takes a moment, so that a run lasts while the others come.
SLOW = ["create function public.slow() returns trigger language plpgsql as"
        " $$begin perform pg_sleep(%s); return new; end$$",
        "create trigger slow before insert on mirror.record"
        " for each row execute function public.slow()"]


def leads(first, last, received=None):
    for n in range(first, last):
        body = json.dumps({"id": "lead%d" % n, "Last_Name": "Example",
                           "Modified_Time": stamp(1767225600 + n)})
        yield ("Leads", body, received) if received else ("Leads", body)


def slow_queue(run, requests, seconds):
    store.alone(run, STAGE_CONNECTIONS=120)
    store.put(run.stage, leads(0, requests), run.folder)
    for statement in SLOW:
        run.stage.sql(statement % seconds if "%" in statement else statement)


class Storm:
    """The same program started many times at once."""

    def __init__(self, run, times, *argv, **env):
        self.run = run
        self.started = {"storm %d" % n: run.stage.start(
            *(a.replace("{}", str(n)) for a in argv), PGAPPNAME="storm %d" % n, **env)
            for n in range(times)}
        self.processes = list(self.started.values())
        run.strike("started", "%d x %s" % (times, " ".join(argv)))
        self.ended = []

    def kill(self, name):
        pid = self.started[name].pid
        for each in [pid] + self.run.stage.children(pid):
            self.run.stage.signal(each)
        self.run.strike("killed", name)

    def alive(self):
        for process in [p for p in self.processes if p.poll() is not None]:
            self.processes.remove(process)
            self.ended.append((process.returncode, process.communicate()[0]))
        return len(self.processes)

    def down_to(self, number, seconds=120):
        until(seconds, lambda: self.alive() <= number, "%d or fewer are left" % number)

    def expect_exits(self, *allowed):
        odd = [e for e in self.ended if e[0] not in allowed]
        self.run.expect([], odd[:3], "exits other than %s" % (allowed,))


def summaries(run):
    """Requests that each ended drain says it has finished."""
    with open(run.stage.dir + "/log", encoding="utf-8") as f:
        return [int(line.split("requests=")[1].split()[0]) for line in f if " drained: " in line]


def busy(run):
    """Which of them are in a batch, one for each worker."""
    return [row[0] for row in run.stage.sql(
        "select application_name from pg_stat_activity where wait_event = 'PgSleep' and usename = 'job'")]


@scenario(short={"starts": 20}, full={"starts": 50})
def storm_once(run):
    """drain --once started many times at once: one works, the others leave with 0 while it works."""
    starts, total = run.size["starts"], 5 * run.size["starts"]
    slow_queue(run, total, 0.25)
    storm = Storm(run, starts, "drain", "--once", DRAIN_BATCH="10")
    began = time.monotonic()
    storm.down_to(1)
    run.note(left_after_s=round(time.monotonic() - began, 1))
    run.at_least(1, store.waiting(run.stage), "requests that wait when only one drain is left")
    storm.down_to(0, 300)
    storm.expect_exits(0)
    done = [n for n in summaries(run) if n > 0]
    run.expect([total], done, "requests of the drains that worked")
    run.note(**store.accounted(run))


@scenario(short={"starts": 12}, full={"starts": 50})
def storm_once_workers(run):
    """drain --once --workers 2 started many times at once: two workers, not two for each start."""
    starts, total = run.size["starts"], 5 * run.size["starts"]
    slow_queue(run, total, 0.25)
    storm = Storm(run, starts, "drain", "--once", "--workers", "2", DRAIN_BATCH="5")
    workers = 0
    while storm.alive():
        workers = max(workers, len(busy(run)))
    run.at_most(2, workers, "workers in a batch at once")
    storm.expect_exits(0)
    run.note(workers=workers, **store.accounted(run))


@scenario(short={"starts": 20}, full={"starts": 50})
def storm_slot(run):
    """Lingering drains started many times at once: one works, one waits to follow it, the others leave."""
    starts, total = run.size["starts"], 4 * run.size["starts"]
    slow_queue(run, total, 0.25)
    storm = Storm(run, starts, "drain", "--slot", "600", "--workers", "1", DRAIN_BATCH="4")
    storm.down_to(2)
    storm.expect_exits(0)
    run.at_least(1, store.waiting(run.stage), "requests that wait when two drains are left")
    first = until(30, lambda: busy(run), "one of them is in a batch")
    run.expect(1, len(first), "drains in a batch")
    storm.kill(first[0])
    until(60, lambda: set(busy(run)) - set(first), "the follower is in a batch")
    until(300, run.all_done, "nothing waits")
    for process in storm.processes:
        run.stage.signal(process.pid, "TERM")
    storm.down_to(0)
    storm.expect_exits(0, -9)
    run.note(**store.accounted(run))


@scenario(short={"rounds": 4, "starts": 12}, full={"rounds": 60, "starts": 50})
def storm_kills(run):
    """Storms of drains of all kinds, some of them killed: each change takes effect once."""
    store.alone(run, STAGE_CONNECTIONS=120)
    total = 0
    for _ in range(run.size["rounds"]):
        more = run.rng.randrange(100, 2000)
        store.put(run.stage, leads(total, total + more), run.folder)
        total += more
        how = run.rng.choice((("--once",), ("--slot", "2"), ("--slot", "1", "--workers", "3"),
                              ("--once", "--workers", "2")))
        storm = Storm(run, run.rng.randrange(2, run.size["starts"] + 1), "drain", *how, DRAIN_BATCH="50")
        for _ in range(run.rng.randrange(6)):
            run.pause(0, 0.3)
            pids = run.stage.pids("drain")
            if pids and run.stage.signal(run.rng.choice(pids), run.pick(KILL=3, TERM=1)):
                run.strike("killed")
        storm.down_to(0, 300)
        # 75: more workers than PostgreSQL lets in
        storm.expect_exits(0, 75, -9, -15)
    seconds = store.drain(run)
    run.expect(total, run.stage.sql.number("select count(*) from mirror.record where version = 1"),
               "records with one version")
    run.note(last_drain_s=round(seconds, 1), **store.accounted(run))


@scenario(short={"starts": 8}, full={"starts": 50})
def storm_others(run):
    """Every other program started many times at once does its work once."""
    stage, starts = store.alone(run, STAGE_CONNECTIONS=120), run.size["starts"]
    files = stage.sql("select number, checksum from sync.migration order by 1")
    status, said = stage.zohosync("migrate", "--to", "0")
    run.expect(0, status, "migrate --to 0 (%s)" % said)
    everybody(run, starts, "migrate")
    run.expect(files, stage.sql("select number, checksum from sync.migration order by 1"), "schema files")
    everybody(run, starts, "migrate")
    store.put(stage, [("Leads", "not JSON")] * 3, run.folder)
    store.drain(run)
    everybody(run, starts, "status")
    everybody(run, starts, "dead", "list")
    letter = stage.sql.value("select min(dead_id) from sync.dead")
    storm = Storm(run, starts, "dead", "retry", letter)
    storm.down_to(0)
    run.note(retried=sum(e[0] == 0 for e in storm.ended))
    run.expect(1, store.waiting(stage), "requests that wait after one letter was retried by all")
    store.drain(run)
    keys = lines(stage.dir + "/keys")
    everybody(run, starts, "key", "create", "name{}")
    run.expect(keys + starts, lines(stage.dir + "/keys"), "keys")
    run.note(**store.accounted(run))


def everybody(run, starts, *argv):
    storm = Storm(run, starts, *argv)
    storm.down_to(0, 300)
    storm.expect_exits(0)


def lines(path):
    with open(path, encoding="ascii") as f:
        return sum(1 for line in f if line.strip() and not line.startswith("#"))


@scenario(short={"missed": 2000}, full={"missed": 200000})
def missed_starts(run):
    """No drain for six hours, then starts a second apart: what waited is caught up, in order, once."""
    stage, total = store.alone(run), run.size["missed"]
    hours_ago = stamp(int(time.time()) - 6 * 3600)
    store.put(stage, leads(0, total, hours_ago), run.folder)
    stage.sql("update sync.work set not_before = received_at")
    stage.sql("insert into sync.seen (key, seen_at) select sha256(n::text::bytea), now() - interval '6 hours'"
              " from generate_series(1, %d) n" % total)
    storms = []
    deadline = time.monotonic() + 600
    while not run.all_done():
        if time.monotonic() > deadline:
            raise Failure("%d wait after 600 s" % store.waiting(stage))
        storms.append(Storm(run, 1, "drain", "--slot", "3"))
        time.sleep(1)
    for storm in storms:
        storm.down_to(0)
        storm.expect_exits(0)
    run.expect(total, stage.sql.number("select count(*) from mirror.record where version = 1"),
               "records with one version")
    run.expect(0, stage.sql.number("select count(*) from sync.seen"), "dedupe keys of six hours ago")
    first_come = stage.sql.number(
        "select count(*) from (select finished_at < lag(finished_at) over (order by seq) as back"
        " from sync.outcome) o where back")
    run.expect(0, first_come, "requests that were finished before older ones")
    run.note(starts=len(storms), **store.accounted(run))


@scenario(short={"rounds": 4}, full={"rounds": 60})
def first_start(run):
    """The first drain that meets a module has several workers: nothing is put back for want of a partition."""
    stage, total, put_back = store.alone(run), 0, 0
    for _ in range(run.size["rounds"]):
        stage.sql("drop table if exists mirror.record_crm_leads; delete from sync.module where name = 'crm.leads'")
        store.put(stage, leads(total, total + 200), run.folder)
        total += 200
        stage.zohosync("drain", "--once", "--workers", "4", DRAIN_BATCH="20")
        put_back += store.waiting(stage)
        store.drain(run)
    run.expect(0, put_back, "requests that were put back")
    run.expect(total, stage.sql.number("select count(*) from sync.outcome where outcome = 'applied'"), "applied")
