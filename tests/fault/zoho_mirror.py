"""A company in the simulator and its mirror on a stage, for the scenarios that
compare the two.

with Mirror(run, records) as mirror:   web server, drain and Zoho, all equal
    mirror.day(events=..., mix=...)    a day of work, its webhooks drained
    mirror.reconcile("name")           one run: its status, time and memory
    mirror.expect_equal("when")        no difference in any module
"""

import json
import time

from drains import Drains
from stage import until
from zoho import CRM, MODULES, Zoho, must_be_built

ACCOUNTS = """select (select count(*) from sync.inbox), (select count(*) from sync.outcome),
    (select count(*) from sync.work)"""


def peak_mib(pid):
    """The most memory it has had resident so far; 0 where it is gone."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            return max((int(line.split()[1]) // 1024 for line in f if line.startswith("VmHWM:")), default=0)
    except OSError:
        return 0


class Mirror:
    def __init__(self, run, records):
        self.run, self.size = run, records
        self.stage = self.zoho = None

    def __enter__(self):
        run = self.run
        must_be_built()
        self.stage = run.open(["ZOHO_MODULES_TO_SYNC=" + ",".join(CRM.values())], STAGE_FSYNC="off")
        try:
            self.zoho = Zoho(self.stage, company=self.size, seed=run.rng.randrange(1, 10000),
                             options=["--variant", "all=worst"])
            self.zoho.tell()
            self.zoho.lift_limits()
            run.drains = Drains(self.stage, run.seed, period=30, slot=60, workers=(2,))
            self.reconcile("first")
            self.expect_equal("after the first run")
            self.zoho.announce_to_stage()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *why):
        self.close()

    # ---- programs ----

    def reconcile(self, name, *options):
        """One run as from cron; waits also until all it put is drained."""
        began, peak = time.monotonic(), 0
        process = self.stage.start("reconcile", "--until", "7200", *options)
        while process.poll() is None:
            peak = max(peak, peak_mib(process.pid))
            time.sleep(0.05)
        said = process.communicate()[0]
        seconds = round(time.monotonic() - began, 1)
        self.run.expect(0, process.returncode, "exit status of reconcile, the %s run (%s)" % (name, said[-500:]))
        self.settle()
        self.run.note(**{name + "_s": seconds, name + "_rss_mib": peak,
                         name + "_calls": self.calls()})
        return seconds

    def calls(self):
        """Of the newest session of each module."""
        return self.stage.sql.number("""select coalesce(sum(calls), 0) from (select distinct on (module) calls
            from sync.session where kind = 'reconcile' order by module, session_id desc) s""")

    def settle(self, seconds=1800):
        until(seconds, lambda: self.stage.sql.number("select count(*) from sync.work where not_before <= now()") == 0
              and not self.stage.spooled(), "the drain has nothing to do", every=0.2)

    # ---- Zoho ----

    def day(self, **how):
        """What was done, by kind; the webhooks of it are delivered, or lost."""
        done = self.zoho.control("POST", "day", how)["done"]
        until(1800, lambda: self.zoho.control("GET", "deliveries")["pending"] == 0, "all is delivered", every=0.5)
        self.settle()
        return done

    # ---- judging ----

    def differing(self):
        """{module: lines} of those that differ."""
        found = {module: self.zoho.differences(module) for module in MODULES}
        return {module: lines for module, lines in found.items() if lines}

    def records(self):
        modules = json.loads(self.zoho.read("company"))["modules"]
        return sum(m["records"] for m in modules.values())

    def expect_equal(self, when):
        for module, lines in self.differing().items():
            self.run.fail("%s %d lines differ in %s: %s" % (when, len(lines), module, lines[:3]))

    def expect_accounted(self):
        received, finished, left = map(int, self.stage.sql(ACCOUNTS)[0])
        self.run.expect(received, finished + left, "received = finished + waiting")

    def close(self):
        if self.zoho is not None:
            self.zoho.close()
