"""A day in Zoho of which webhooks are lost, doubled, reordered and corrupted
(R10). Its short form is tests/promises/lost_day.bats."""

from fault import scenario
from zoho_mirror import Mirror

FAULTS = {"lost": 0.05, "doubled": 0.02, "reordered": 0.01, "corrupted": 0.001}
MIX = {"create": 20, "edit": 60, "delete": 8, "restore": 4, "convert": 4, "purge": 1, "merge": 1}


@scenario(short=None, full={"days": 3, "records": 100000, "events": 20000}, split=("days", 1))
def zoho_day(run):
    """After a day with lost, doubled, reordered and corrupted webhooks one reconcile leaves no difference."""
    with Mirror(run, run.size["records"]) as mirror:
        done = mirror.day(events=run.size["events"], hours=24, seed=run.rng.randrange(1, 10000), mix=MIX, **FAULTS)
        deliveries = mirror.zoho.control("GET", "deliveries")
        for kind, rate in FAULTS.items():
            run.strikes[kind] = deliveries[kind]
            run.at_least(int(rate * deliveries["sent"] / 2), deliveries[kind], kind + " webhooks")
        before = mirror.differing()
        run.at_least(1, len(before), "modules that differ before the run")
        run.note(records=mirror.records(), done=sum(done.values()), sent=deliveries["sent"],
                 differed=sum(map(len, before.values())))
        mirror.reconcile("reconcile")
        mirror.expect_equal("after one reconcile")
        mirror.expect_accounted()
