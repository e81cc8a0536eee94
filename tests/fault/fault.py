"""What a scenario is made of. README shows one in ten lines.

    @scenario(short={"kills": 60}, full={"kills": 10000}, split=("kills", 500))
    def kills(run):
        '''One sentence: what happens, and what must hold.'''

run.size       the numbers of the short or the full form
run.rng        random numbers; everything random comes from the seed
run.start()    stage, web server, load, drains and the sampler of promise 4
run.pause()    a random moment
run.strike()   write a fault into the log, and count it
run.note()     a figure for the table
run.expect()   what must be so; all of it is looked at, then the run fails
run.finish()   end the load, let the drains finish, ask every oracle
"""

import contextlib
import os
import random
import shutil
import time
import traceback

from load import Load
from oracle import Freed, Sampler, judge
from drains import Drains
from stage import Away, Failure, Skip, Stage, until

SCENARIOS = {}


class Scenario:
    def __init__(self, play, short, full, split):
        self.name, self.play = play.__name__, play
        self.says = play.__doc__.strip().splitlines()[0]
        self.short, self.full, self.split = short, full, split

    def parts(self, short, given):
        """Sizes of each part; "given" replaces numbers by name."""
        if short and self.short is None:
            return []
        size = dict(self.short if short else self.full)
        size.update({k: v for k, v in given.items() if k in size})
        if self.split is None:
            return [size]
        name, most = self.split
        whole, parts = size[name], []
        while whole > 0:
            parts.append(dict(size, **{name: min(whole, most)}))
            whole -= most
        return parts


def scenario(short, full, split=None):
    """Register one; short=None where it has no short form. split=(NAME, MOST):
    a run of its own for each MOST."""
    def register(play):
        SCENARIOS[play.__name__] = Scenario(play, short, full, split)
        return play
    return register


class Run:
    """One scenario, or part of one, being played."""

    def __init__(self, name, seed, size, short, folder):
        self.name, self.seed, self.size, self.short = name, seed, size, short
        self.folder = folder
        self.rng = random.Random(seed)
        self.began = time.monotonic()
        self.notes, self.strikes, self.failures = {}, {}, []
        self.stage = self.load = self.drains = None
        self.sampler = self.freed = None
        self.log = open(os.path.join(folder, "faults.log"), "a", encoding="utf-8")

    # ---- what a scenario says ----

    def pause(self, least, most):
        time.sleep(self.rng.uniform(least, most))

    def pick(self, **weights):
        """pick(webhook=4, drain=1): one of the names, at random."""
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def strike(self, kind, detail=""):
        self.strikes[kind] = self.strikes.get(kind, 0) + 1
        self.say("%s %s" % (kind, detail))

    def say(self, text):
        self.log.write("%9.3f %s\n" % (time.monotonic() - self.began, text))
        self.log.flush()

    def note(self, **figures):
        self.notes.update(figures)

    def expect(self, want, got, what):
        if want != got:
            self.fail("%s: wanted %s, got %s" % (what, want, got))

    def at_most(self, limit, got, what):
        if got > limit:
            self.fail("%s: wanted at most %s, got %s" % (what, limit, got))

    def at_least(self, limit, got, what):
        if got < limit:
            self.fail("%s: wanted at least %s, got %s" % (what, limit, got))

    def fail(self, text):
        self.failures.append(text)
        self.say("FAILED " + text)

    # ---- the usual play ----

    def open(self, settings=(), **knobs):
        """A stage with the web server up. Real durability unless said
        otherwise: STAGE_FSYNC="off"."""
        knobs = {"STAGE_FSYNC": "on", "STAGE_PROCS": 2, **knobs}
        self.stage = Stage(self.strike, settings=("LOG_LEVEL=info", *settings), **knobs)
        self.stage.web()
        return self.stage

    def start(self, settings=(), knobs=None, drains=None, **load):
        """Everything at once. "load" as Load(), "drains" as Drains()."""
        self.open(settings, **(knobs or {}))
        self.sampler = Sampler(self.stage)
        self.freed = Freed(self.stage)
        self.drains = Drains(self.stage, self.seed, **(drains or {}))
        self.begin_load(**load)
        return self.stage

    def begin_load(self, **load):
        load = {"rate": 100 if self.short else 200, **load}
        self.load = Load(self.stage, os.path.join(self.folder, "ledger"), self.seed, **load)

    def all_done(self):
        """Nothing waits, neither in the queue nor in the spool. What was put
        back for later is due now."""
        self.stage.sql("update sync.work set not_before = now() where not_before > now()")
        return not self.stage.spooled() and self.stage.sql.number("select count(*) from sync.work") == 0

    def calm(self, seconds=600):
        """The load has ended and everything is up: wait until all is drained."""
        if self.load is not None:
            self.load.stop()
        until(60, self.stage.answers, "the web server answers")
        until(60, lambda: self.stage.sql("select 1"), "PostgreSQL answers")
        # A drain that died of a signal like SIGSEGV blames what it read: three
        # such deaths make a dead letter, which a person has tried again.
        for row in self.stage.sql("select dead_id from sync.dead where reason = 'crash' and resolved_at is null"):
            self.stage.zohosync("dead", "retry", row[0])
            self.note(crash_letters=self.notes.get("crash_letters", 0) + 1)
        until(seconds, self.all_done, "nothing waits any more", every=0.2)

    def finish(self, seconds=600, dead=0):
        """calm(), end all that runs, and ask the oracles."""
        self.calm(seconds)
        self.drains.stop()
        self.freed.stop()
        self.sampler.stop()
        self.judge(dead)

    def judge(self, dead=0):
        broken, counts = judge(self.stage, self.load.ledger)
        self.note(**counts)
        letters = broken.pop("dead letters")
        self.expect(dead, len(letters), "dead letters (%s)" % letters[:3])
        for check, rows in broken.items():
            self.expect(0, len(rows), "%s (%s)" % (check, rows[:3]))
        self.expect(0, len(os.listdir(self.stage.spool + "/bad"))
                    if os.path.isdir(self.stage.spool + "/bad") else 0, "set aside in the spool")
        self.expect(0, len(self.stage.sh("stage_reports || true")), "reports of sanitizers")
        if self.sampler is not None:
            self.note(samples=self.sampler.samples + self.sampler.commands,
                      samples_wrong=len(self.sampler.wrong))
            self.expect([], self.sampler.wrong[:3], "samples that do not add up")
        if self.drains is not None:
            odd = {k: v for k, v in self.drains.exits.items() if k not in (0, 75, -6, -9, -11, -15)}
            self.expect({}, odd, "exits of drains that mean something else")
        if self.freed is not None and self.freed.freed:
            self.note(kills_of_holders=len(self.freed.freed),
                      free_max_ms=round(1000 * max(self.freed.freed)),
                      done_max_ms=round(1000 * max(self.freed.done)))

    def close(self):
        for end in ("load", "drains", "freed", "sampler"):
            part = getattr(self, end)
            if part is not None:
                with contextlib.suppress(Failure, Away):
                    part.stop()
        if self.stage is not None:
            if self.failures:
                self.keep_logs()
            try:
                self.stage.close()
            except Failure as e:
                self.fail(str(e))
        self.log.close()


    def keep_logs(self):
        """What the programs said, for whoever looks into a failure."""
        for name in ("log", "drains.out", "zoho.out", "pg/log", "webhook.err", "lighttpd.err", "apache.err"):
            with contextlib.suppress(OSError):
                shutil.copy(os.path.join(self.stage.dir, name),
                            os.path.join(self.folder, name.replace("/", "-")))


def play(one, run):
    """Play it to its end whatever happens; Skip passes through."""
    try:
        one.play(run)
    except Skip:
        raise
    except Exception as e:  # what broke is the result
        run.say(traceback.format_exc())
        run.fail("%s: %s" % (type(e).__name__, e))
    finally:
        run.close()
