"""R46: sixty days of notification channels, with cron away for twelve hours
three times: no channel is away for a second. After eight days without cron all
of them are made anew, and what was missed is brought. The days pass by steps
of the wall clock, the same for Zoho, PostgreSQL and the jobs; what Zoho tells
comes in through the web server all the time."""

import store
from fault import scenario
from scenarios.clock import Clock, start_postgres
from stage import until
from zoho import Zoho

HOUR_S, DAY_H = 3600, 24
MODULES = {"crm.leads": "Leads", "crm.contacts": "Contacts", "crm.deals": "Deals"}
LIST = ",".join(MODULES)
AWAY = """select count(*) from sync.channel where state <> 'alive' or granted_until <= now()
    or lapsed_at is not null"""


class Hours:
    """The clock of everything, and what cron and the people in Zoho do."""

    def __init__(self, run):
        self.run = run
        self.stage = run.open(["ZOHO_MODULES_TO_SYNC=" + ",".join(MODULES.values())], STAGE_FSYNC="off")
        store.no_sanitizer(run)
        self.stage.set("WEBHOOK_URL=%s/api/zoho/webhooks" % self.stage.url)
        self.clock, self.passed, self.untold = Clock(run), 0, 0
        self.stage.sql.close()
        start_postgres(run, self.clock)
        self.zoho = Zoho(self.stage, company=run.size["records"])
        self.zoho.tell()
        self.zoho.lift_limits()
        self.job("watch")
        self.reconcile()

    def close(self):
        self.zoho.close()

    def job(self, *words):
        status, said = self.stage.zohosync(*words, **self.clock.env)
        self.run.expect(0, status, "exit status of %s in hour %d (%s)" % (
            words[0], self.passed // HOUR_S, said[-300:]))

    def reconcile(self):
        """With a drain beside it that applies what it brings."""
        drain = self.stage.start("drain", "--slot", "86400", out=-3, **self.clock.env)
        self.job("reconcile", "--due", "--modules", LIST)
        drain.terminate()
        drain.wait(timeout=60)

    def told(self):
        """An edit in Zoho: whether a channel told of it."""
        before = self.zoho.control("GET", "deliveries")["queued"]
        self.zoho.control("POST", "day", {"events": 1, "hours": 0, "seed": self.run.rng.randrange(10**6),
                                          "mix": {"edit": 1}, "modules": LIST})
        return self.zoho.control("GET", "deliveries")["queued"] > before

    def hour(self, cron):
        self.passed += HOUR_S
        self.zoho.control("POST", "clock", {"advance": HOUR_S})
        self.clock.set("+%d" % self.passed)
        if not self.told():
            self.untold += 1
        until(60, lambda: self.zoho.control("GET", "deliveries")["pending"] == 0, "all is delivered", every=0.01)
        if cron:
            self.job("drain", "--once")
            self.job("watch")

    def expect_equal(self, when):
        for module in MODULES:
            self.run.expect([], self.zoho.differences(module)[:3], "differences of %s %s" % (module, when))


def outages(run, hours):
    """The hours in which cron is away: twelve at a time, none two at once."""
    away, third = set(), hours // 3
    for n in range(3):
        first = n * third + run.rng.randrange(1, third - 12)
        away.update(range(first, first + 12))
        run.strike("cron_away", "from hour %d" % first)
    return away


@scenario(short={"days": 4, "records": 200}, full={"days": 60, "records": 2000})
def zoho_watch(run):
    """Sixty days of channels with cron away for twelve hours three times: 0 s without one; after eight days, no difference."""
    hours = Hours(run)
    away = outages(run, run.size["days"] * DAY_H)
    for n in range(run.size["days"] * DAY_H):
        hours.hour(n not in away)
        if n not in away and n % DAY_H == 0:
            hours.reconcile()
    run.expect(0, hours.untold, "edits that no channel told of")
    run.expect(0, hours.stage.sql.number(AWAY), "channels that were away")
    run.strike("cron_away", "for eight days")
    for _ in range(8 * DAY_H):
        hours.hour(False)
    run.at_least(24, hours.untold, "edits that no channel told of in eight days")
    hours.job("watch")
    run.expect(len(MODULES), hours.stage.sql.number(
        "select count(*) from sync.channel where state = 'alive' and lapsed_at < now()"), "channels made anew")
    hours.reconcile()
    hours.job("drain", "--once")
    hours.expect_equal("after the lapse")
    heard = hours.stage.sql.number("select count(*) from sync.inbox where source = 'notification'")
    run.at_least(run.size["days"] * DAY_H, heard, "notifications that came in")
    run.note(days=run.size["days"], heard=heard, untold_in_eight_days=hours.untold,
             crm_calls=hours.zoho.control("GET", "counters")["crm_calls"])
    hours.close()
