"""PostgreSQL out of reach for longer."""

import time

from fault import scenario
from stage import until


@scenario(short={"seconds": 5, "rate": 50}, full={"seconds": 600, "rate": 200})
def pg_away(run):
    """While PostgreSQL is away every request is answered 202; after its return all is there, in order."""
    # One worker: where several claim at once the newest state stands all the
    # same, but the order in which a record's changes were applied is chance.
    stage = run.start(clients=8, rate=run.size["rate"], late=0, twice=0, drains={"workers": (1,)})
    time.sleep(1)
    run.strike("pg_stop")
    stage.pg_stop("immediate")
    time.sleep(run.size["seconds"])
    run.at_least(run.size["seconds"] * run.size["rate"] // 2, len(stage.spooled()), "files in the spool")
    run.note(spool_files=len(stage.spooled()))
    back = time.monotonic()
    stage.pg_start()
    run.note(pg_start_s=round(time.monotonic() - back, 1))
    until(300, lambda: not stage.spooled(), "the spool is empty", every=0.5)
    run.note(spool_empty_s=round(time.monotonic() - back, 1))
    run.calm(300)
    run.note(all_there_s=round(time.monotonic() - back, 1))
    run.finish()
    answers(run)
    in_order(run, stage)


# Conflicts by the ways the older change and the newer one came.
OVERTAKEN = """select count(*) filter (where o.origin = 'spool' and n.origin = 'spool'), count(*)
    from sync.conflict c
    join mirror.version v on v.module = c.module and v.id = c.id and v.modified_time = c.standing_time
    join sync.inbox o on o.seq = c.seq
    join sync.inbox n on n.seq = v.seq"""


def in_order(run, stage):
    """Each client waits for its answer and every event is newer than the one
    before it of its record, so a change that came to the mirror after a later
    one is a conflict: the newest state stands all the same, but the history
    lacks what was overtaken."""
    inside, overtaken = (int(v) for v in stage.sql(OVERTAKEN)[0])
    run.expect(0, inside, "spooled changes that were overtaken by spooled ones")
    run.expect(0, overtaken - inside, "spooled changes that were overtaken by what came after the return")
    run.expect(run.notes["conflicts"], overtaken, "conflicts that are explained")


def answers(run):
    sends = run.load.entries()
    slow = sorted(s["ms"] for s in sends)
    run.note(p50_ms=slow[len(slow) // 2], p99_ms=slow[len(slow) * 99 // 100], max_ms=slow[-1])
    run.expect([], [s for s in sends if s["status"] != 202][:3], "answers other than 202")
