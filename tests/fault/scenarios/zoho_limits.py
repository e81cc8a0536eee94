"""R42 to R44: thirty days in which all programs ask Zoho at once, and a person
at the command line beside them, with more to ask than the limits allow. The
days pass by steps of the wall clock, the same for Zoho, PostgreSQL and the
programs; what has passed since (the monotonic clock) goes on as it does."""

import contextlib
import os
import pty
import threading

import store
from fault import scenario
from scenarios.clock import Clock, start_postgres
from zoho import Zoho

DAY_S, HOUR_S, TOKEN_S = 86400, 3600, 55 * 60
# Less than a small company has, so that it never suffices.
CREDITS, BOOKS_DAY = 2500, 1000
SETTINGS = ("ZOHO_CRM_CREDITS=%d" % CREDITS, "ZOHO_BOOKS_CALLS=%d" % BOOKS_DAY, "ZOHO_CRM_CONCURRENCY=5",
            "ZOHO_BOOKS_CONCURRENCY=5", "ZOHO_MODULES_TO_SYNC=Leads,Contacts,Accounts,Deals,Products,Sales_Orders")
# What each half hour announces: more than a day of Books has calls.
ANNOUNCED = {"crm.leads": 5, "crm.sales_orders": 20, "books.invoices": 15, "books.items": 15}
PERSON = (("reconcile", "--sweep", "--modules", "crm.leads,books.contacts", "--until", "10"),
          ("reconcile", "--modules", "crm.deals", "--until", "10"), ("fetch", "--once"))


class Days:
    """The clock of everything, and who runs at its strokes."""

    def __init__(self, run):
        self.run, self.stage = run, run.stage
        self.clock = Clock(run)
        self.passed, self.began = 0, 0
        self.exits = {}

    def open(self, company):
        self.stage.sql.close()
        start_postgres(self.run, self.clock)
        self.zoho = Zoho(self.stage, company=company, options=("--edition", "free", "--plan", "free"))
        self.zoho.tell()
        self.stage.set(*SETTINGS)
        self.zoho.control("PUT", "limits", {"credits": CREDITS})
        self.ids = {}
        # the drain of each minute, and the fetcher it starts
        self.drain = self.stage.start("drain", "--slot", "86400", out=-3, **self.clock.env)

    def close(self):
        self.drain.terminate()
        self.drain.wait(timeout=60)
        self.zoho.close()

    def step(self, seconds):
        self.passed += seconds
        self.zoho.control("POST", "clock", {"advance": seconds})
        self.clock.set("+%d" % self.passed)

    def announce(self):
        for module, n in ANNOUNCED.items():
            if module not in self.ids:
                self.ids[module] = [r[0] for r in self.stage.sql(
                    "select id from mirror.record where module = '%s' and deleted_at is null" % module)]
            some = self.run.rng.sample(self.ids[module], min(n, len(self.ids[module])))
            if some:
                self.stage.sql("""insert into sync.fetch as f (module, id, reason, seq)
                    select '%s', unnest('{%s}'::text[]), 'announced', 1
                    on conflict (module, id) do update set hits = f.hits + 1""" % (module, ",".join(some)))

    def programs(self):
        """What cron starts at this stroke, and who sits at a terminal."""
        started = [("fetch", "--once"), ("reconcile", "--due", "--until", "10")]
        if self.run.rng.random() < 0.2:
            started.append(("reconcile", "--until", "10"))
        person = self.run.rng.choice(PERSON) if self.run.rng.random() < 0.3 else None
        return started, person

    def stroke(self):
        started, person = self.programs()
        processes = [self.stage.start(*words, out=-3, **self.clock.env) for words in started]
        if person:
            processes.append(self.at_terminal(person))
        for process in processes:
            status = process.wait(timeout=300)
            self.exits[status] = self.exits.get(status, 0) + 1

    def at_terminal(self, words):
        master, slave = pty.openpty()
        process = self.stage.start(*words, out=slave, **self.clock.env)
        os.close(slave)

        def read():
            with contextlib.suppress(OSError):
                while os.read(master, 65536):
                    pass
            os.close(master)
        threading.Thread(target=read, daemon=True).start()
        return process

    def live(self, hours):
        """Half hours mostly, and now and then a few seconds, in which a minute
        has more than one stroke."""
        end = self.passed + hours * HOUR_S
        while self.passed < end:
            self.zoho.control("POST", "day", {"events": self.run.rng.randrange(40), "hours": 0,
                                              "seed": self.run.rng.randrange(10**6)})
            self.announce()
            self.stroke()
            self.step(self.run.rng.choice((1800, 1800, 1800, 1800, 900, 45, 7)))


@scenario(short={"hours": 2, "records": 200}, full={"hours": 720, "records": 400}, split=("hours", 72))
def zoho_limits(run):
    """Days of all programs and a person at once, with more to ask than allowed: no limit of Zoho is passed (R42)."""
    store.alone(run)
    store.no_sanitizer(run)
    days = Days(run)
    days.open(run.size["records"])
    days.live(run.size["hours"])
    said = days.zoho.control("GET", "counters")
    run.expect({}, {k: v for k, v in said["overruns"].items() if v}, "limits passed")
    run.expect([], [s for s in days.exits if s not in (0, 75)], "exits that mean something else (%s)" % days.exits)
    run.at_most(days.passed // TOKEN_S + 2, said["tokens"], "access tokens in %d hours (R43)" % (days.passed // HOUR_S))
    run.note(hours=days.passed // HOUR_S, crm_calls=said["crm_calls"], credits=said["credits"],
             books_calls=said["books_calls"], tokens=said["tokens"], peak=said["peak"], runs=sum(days.exits.values()),
             cut_short=days.exits.get(75, 0))
    if days.passed > DAY_S:
        run.at_least(days.passed // DAY_S * BOOKS_DAY * 0.5, said["books_calls"], "calls to Books: what is allowed is used")
    days.close()
