"""Processes and servers killed under load."""

from fault import scenario


@scenario(short={"kills": 60}, full={"kills": 10000}, split=("kills", 1000))
def kills(run):
    """Receivers and drains get SIGKILL at random, and some other signals: 0 lost, 0 doubled, killed work is free at once."""
    stage = run.start(knobs={"STAGE_PROCS": 4}, drains={"period": 0.4, "slot": 2})
    left = run.size["kills"]
    while left > 0:
        run.pause(0, 0.2)
        left -= kill(run, stage)
    run.finish()
    free_soon(run)


@scenario(short={"stops": 3}, full={"stops": 300}, split=("stops", 50))
def pg_stops(run):
    """PostgreSQL is stopped at once and started again: 0 lost, 0 doubled."""
    stage = run.start()
    for _ in range(run.size["stops"]):
        run.pause(0.1, 2)
        crash(run, stage)
    run.finish()


@scenario(short={"rounds": 8}, full={"rounds": 900}, split=("rounds", 300))
def all_kinds(run):
    """Receivers, drains, PostgreSQL and the web server are killed at random, together."""
    stage = run.start(knobs={"STAGE_PROCS": 4}, drains={"period": 0.4, "slot": 2})
    deck = []
    for _ in range(run.size["rounds"]):
        run.pause(0, 0.8)
        if not deck:
            deck = ["process"] * 6 + ["postgres", "web"]
            run.rng.shuffle(deck)
        what = deck.pop()
        if what == "process":
            kill(run, stage)
        elif what == "postgres":
            crash(run, stage)
        else:
            run.strike("web_KILL")
            stage.web_restart("KILL")
    run.finish()
    free_soon(run)


def kill(run, stage):
    """One process, or a drain with its workers; how many died of SIGKILL."""
    what = run.pick(receiver=4, drain=2, run=3)
    if what == "run":
        return kill_run(run, stage)
    signal = run.pick(KILL=90, TERM=4, SEGV=2, STOP=4)
    pids = stage.pids("webhook" if what == "receiver" else "drain")
    if not pids:
        return 0
    pid = run.rng.choice(pids)
    if signal == "STOP":
        struck = stage.freeze(pid, run.rng.uniform(0.1, 2))
    else:
        struck = stage.signal(pid, signal)
    if struck:
        run.strike("%s_%s" % (what, signal), pid)
    return int(struck and signal == "KILL")


def kill_run(run, stage):
    """All of one run, so that what becomes of its work can be watched."""
    runs = run.drains.runs()
    if not runs:
        return 0
    pid, name, _ = run.rng.choice(runs)
    held = run.freed.hold(name)
    pids = [pid] + stage.children(pid)
    struck = sum(stage.signal(p) for p in pids)
    if struck:
        run.freed.watch(held)
        run.strike("run_KILL", "%s %s holding %d" % (name, pids, len(held[1])))
    return struck


def crash(run, stage):
    run.strike("pg_stop")
    stage.pg_stop("immediate")
    run.pause(0, 0.8)
    stage.pg_start()


def free_soon(run):
    """The figure is for the full form: a machine that is busy with other
    tests says nothing about it."""
    if run.freed.freed:
        run.at_most(30 if run.short else 1, max(run.freed.freed), "seconds until killed work was free")
        run.at_most(60, max(run.freed.done), "seconds until it was done")
