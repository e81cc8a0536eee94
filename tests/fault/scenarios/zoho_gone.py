"""Deletes, restores, purges, conversions and merges that no webhook told of
(R11): the next reconcile reflects all of them."""

from fault import scenario
from zoho import CRM, MODULES, name_there
from zoho_mirror import Mirror

# A simulator that cannot merge leaves that share to the others.
MIX = {"delete": 40, "restore": 24, "purge": 12, "convert": 16, "merge": 8}


def lose(mirror, modules, cases, hours):
    """So many cases in these modules within these hours, without a word to us."""
    run, left = mirror.run, cases
    for _ in range(20):
        done = mirror.day(events=left, hours=hours, seed=run.rng.randrange(1, 10000), mix=MIX, lost=1.0,
                          modules=",".join(map(name_there, modules)))
        for kind in MIX:
            run.strikes[kind] = run.strikes.get(kind, 0) + done.get(kind, 0)
        left -= sum(done.values())
        hours = 0  # what found no record to strike is drawn again
        if left <= 0:
            return
    run.fail("%d cases found no record" % left)


@scenario(short={"cases": 40, "records": 600}, full={"cases": 10000, "records": 40000})
def zoho_gone(run):
    """Whatever goes and comes back in Zoho unheard of is reflected by one reconcile."""
    with Mirror(run, run.size["records"]) as mirror:
        # Of Books only a comparison of all tells what is gone: once a day.
        for name, modules, hours in (("hour", list(CRM), 1), ("day", MODULES, 24)):
            lose(mirror, modules, run.size["cases"] // 2, hours)
            if not run.short:
                run.note(**{name + "_differed": sum(map(len, mirror.differing().values()))})
            run.at_most(900, mirror.reconcile(name), "seconds of the run after the " + name)
            mirror.expect_equal("after the %s and one reconcile" % name)
        run.expect(0, mirror.stage.sql.number("select count(*) from sync.inbox where origin = 'webhook'"),
                   "webhooks that came after all")
        mirror.expect_accounted()
