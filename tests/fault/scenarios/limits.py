"""Limits of a process reached under load: memory, stack, open files, file
size, processes (as shared hosting sets them)."""

import contextlib
import json
import os
import threading
import time

import store
from fault import scenario
from order_model import stamp
from stage import Failure, until

KIB, MIB = 1024, 1024 * 1024


def status_of(pid, word):
    """Bytes, of a line of /proc/PID/status in kB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        for line in f:
            if line.startswith(word + ":"):
                return int(line.split()[1]) * KIB
    return 0


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


# By the names of prlimit(1): how low each goes. What the process has already
# is not taken away.
LIMITS = {
    "as": lambda run, pid: status_of(pid, "VmSize") + run.rng.choice((0, 64 * KIB, MIB, 4 * MIB, 16 * MIB)),
    "nofile": lambda run, pid: max(3, descriptors(pid) + run.rng.choice((-2, 0, 1, 3))),
    "fsize": lambda run, pid: run.rng.choice((0, 100, 4 * KIB, 64 * KIB)),
    "stack": lambda run, pid: status_of(pid, "VmStk") + run.rng.choice((0, 16 * KIB, 128 * KIB)),
    "nproc": lambda run, pid: run.rng.choice((0, 1)),
}


class Lowered:
    """One limit of one process, for a while. The user of the stage sets it,
    because root need not be allowed to in a container."""

    def __init__(self, run, program, pid, name, to=None):
        self.run, self.pid, self.name = run, pid, name
        try:
            self.was = self.prlimit("--%s -o SOFT --noheadings --raw" % name).strip()
            to = LIMITS[name](run, pid) if to is None else to
            self.prlimit("--%s=%d:" % (name, to))
            run.strike("%s_%s" % (program, name), "%d to %d" % (pid, to))
        except (OSError, Failure) as e:
            self.was = None
            if os.path.exists("/proc/%d/exe" % pid):
                run.say("%s of %s not lowered: %s" % (name, program, e))

    def prlimit(self, words):
        return self.run.stage.sh("stage_as prlimit --pid %d %s" % (self.pid, words))

    def lift(self):
        if self.was is not None:
            with contextlib.suppress(Failure):
                self.prlimit("--%s=%s:" % (self.name, self.was))


class Heavy(threading.Thread):
    """Large bodies on connections of their own, so that limits are met."""

    def __init__(self, run, number):
        super().__init__(daemon=True)
        self.run_, self.number = run, number
        self.done = threading.Event()
        self.kept, self.answers, self.refused = set(), {}, []

    def run(self):
        n = 0
        while not self.done.is_set():
            n += 1
            name = "heavy%d-%d" % (self.number, n)
            body = json.dumps({"id": name, "Account_Name": "Example", "Modified_Time": stamp(1767225600),
                               "Description": "x" * (16 * KIB << (n % 8))})
            status, answer = self.run_.stage.post("Accounts", body)
            self.answers[status] = self.answers.get(status, 0) + 1
            if status == 202:
                self.kept.add(name)
            if 400 <= status <= 499:
                self.refused.append((name, len(body), status, answer))
            self.done.wait(0.05)


class Heavies:
    """Some of them, and what became of theirs."""

    def __init__(self, run, number):
        self.run = run
        self.all = [Heavy(run, n) for n in range(number)]
        for each in self.all:
            each.start()

    def stop(self):
        for each in self.all:
            each.done.set()
        for each in self.all:
            each.join()

    def judge(self):
        kept = set().union(*(each.kept for each in self.all))
        there = {row[0] for row in self.run.stage.sql("select id from mirror.record where id like 'heavy%'")}
        self.run.expect([], sorted(kept - there)[:3], "large events acknowledged and lost")
        # what is short here is not the sender's fault
        self.run.expect([], sum((each.refused for each in self.all), []), "large events refused with 4xx")
        answers = {}
        for each in self.all:
            for status, times in each.answers.items():
                answers[status] = answers.get(status, 0) + times
        self.run.note(large=answers)


@scenario(short={"limits": 12}, full={"limits": 1200}, split=("limits", 60))
def limits(run):
    """Memory, stack, files, file size, processes run out under load: nothing acknowledged is lost."""
    run.open(settings=("WEBHOOK_BODY_MAX=4194304",), STAGE_PROCS=3)
    store.no_sanitizer(run)
    store.under_load(run, rate=60, clients=8, timeout=60)
    heavies = Heavies(run, 4)
    left = run.size["limits"]
    while left > 0:
        program = run.pick(webhook=3, drain=2)
        pids = run.stage.pids(program)
        if not pids:
            time.sleep(0.05)
            continue
        lowered = Lowered(run, program, run.rng.choice(pids), run.rng.choice(list(LIMITS)))
        left -= 1
        is_away = run.rng.random() < 0.3
        if is_away:
            run.stage.pg_stop()
        run.pause(0.2, 1.5)
        lowered.lift()
        if is_away:
            run.stage.pg_start()
    heavies.stop()
    run.at_least(run.size["limits"] // 2, sum(run.strikes.values()), "limits that were lowered")
    until(60, lambda: run.stage.post("Accounts", {
        "id": "last", "Account_Name": "Example", "Modified_Time": stamp(1767225600)})[0] == 202,
        "events are answered 202 again")
    run.finish()
    heavies.judge()


@scenario(short={"rounds": 2}, full={"rounds": 50})
def file_size(run):
    """No receiver may write a byte to a file, PostgreSQL is away: 503 with Retry-After, and 202 again when it may."""
    stage = run.open(settings=("LOG=syslog",), STAGE_PROCS=2)
    receivers, kept = stage.pids("webhook"), 0
    for _ in range(run.size["rounds"]):
        stage.pg_stop()
        kept += post_some(run, 5, 202)
        lowered = [Lowered(run, "webhook", pid, "fsize", to=0) for pid in receivers]
        post_some(run, 5, 503)
        for each in lowered:
            each.lift()
        kept += post_some(run, 5, 202)
        stage.pg_start()
        run.expect(receivers, stage.pids("webhook"), "receivers that were never restarted")
        receivers = stage.pids("webhook")
    store.drain(run)
    run.expect(kept, stage.sql.number("select count(*) from mirror.record where id like 'some%'"),
               "events that were acknowledged")
    run.note(**store.accounted(run))


def post_some(run, number, want):
    """How many were answered 202; all should be answered alike."""
    answers = []
    for n in range(number):
        run.sent = getattr(run, "sent", 0) + 1
        answers.append(run.stage.post("Accounts", {
            "id": "some%d" % run.sent, "Account_Name": "Example", "Modified_Time": stamp(1767225600)})[0])
    run.expect([want] * number, answers, "answers")
    return answers.count(202)


@scenario(short={"seconds": 3}, full={"seconds": 60})
def limits_from_the_start(run):
    """Receivers started with 256 KiB of stack, 64 files and 192 MiB work, or say 503; nothing acknowledged is lost."""
    run.open()
    store.no_sanitizer(run)
    store.wrap(run.stage, "webhook", "ulimit -S -s 256; ulimit -S -n 64; ulimit -S -v 196608;")
    for pid in run.stage.pids("webhook"):
        with open("/proc/%d/limits" % pid, encoding="ascii") as f:
            soft = [line.split()[3] for line in f if line.startswith("Max stack size")]
        run.expect(["262144"], soft, "the receiver's stack")
    store.under_load(run, rate=60, clients=8, timeout=60)
    heavies = Heavies(run, 8)
    time.sleep(run.size["seconds"])
    run.strike("pg_stop")
    run.stage.pg_stop()
    time.sleep(run.size["seconds"])
    run.stage.pg_start()
    heavies.stop()
    run.finish()
    heavies.judge()
