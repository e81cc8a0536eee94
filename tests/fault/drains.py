"""Drains as cron starts them, run over run."""

import random
import threading
import time

from stage import until


class Drains:
    """What cron does: every "period" seconds a drain is started that lingers
    "slot" seconds, so that each waits beside the one before it."""

    def __init__(self, stage, seed, period=2.0, slot=4, workers=(1, 2)):
        self.stage, self.period, self.slot = stage, period, slot
        self.workers = workers
        self.rng = random.Random(seed)
        self.exits = {}
        self.running = {}  # process: (name, workers)
        self.number = 0
        self.out = open(stage.dir + "/drains.out", "a", encoding="ascii")
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._cron)
        self.thread.start()

    def _start_one(self):
        self.number += 1
        name = "drain run %d" % self.number
        workers = self.rng.choice(self.workers)
        process = self.stage.start(
            "drain", "--slot", str(self.slot), "--workers", str(workers),
            out=self.out, PGAPPNAME=name)
        with self.lock:
            self.running[process] = (name, workers)

    def _reap(self):
        with self.lock:
            ended = [p for p in self.running if p.poll() is not None]
            for process in ended:
                del self.running[process]
        for process in ended:
            self.exits[process.returncode] = self.exits.get(
                process.returncode, 0) + 1

    def _cron(self):
        next_at = time.monotonic()
        while not self.done.is_set():
            self._reap()
            if time.monotonic() >= next_at:
                self._start_one()
                next_at += self.period
            self.done.wait(0.05)

    def runs(self):
        """[(pid, name, workers)] of those that live."""
        with self.lock:
            return [(p.pid, name, workers)
                    for p, (name, workers) in self.running.items()
                    if p.poll() is None]

    def stop(self):
        """As at the end of their slot: none is left behind."""
        self.done.set()
        self.thread.join()
        for pid in self.stage.pids("drain"):
            self.stage.signal(pid, "CONT")
            self.stage.signal(pid, "TERM")
        until(60, self._gone, "the drains end after SIGTERM")
        self.out.close()

    def _gone(self):
        self._reap()
        return not self.running and not self.stage.pids("drain")
