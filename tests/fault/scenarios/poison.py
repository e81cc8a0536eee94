"""Requests that break what reads, normalises, stores or projects them
(promise 8, R8)."""

import base64
import json
import os
import random
import subprocess

import store
from fault import scenario
from stage import TOP_SRCDIR

TIME = "2026-01-31T09:15:00Z"
TRIES = 3

# A record with a member "trap" is one on which PostgreSQL fails.
TRAP = """
create function public.deep() returns integer language plpgsql as
    $$begin return public.deep() + 1; end$$;
create function public.trap() returns trigger language plpgsql as $$
begin
    if new.data ? 'trap_sql' then
        execute new.data ->> 'trap_sql';
    elsif new.data ? 'trap' then
        raise exception using errcode = new.data ->> 'trap',
            message = coalesce(new.data ->> 'says', 'trapped');
    end if;
    return new;
end$$;
create trigger trap before insert on mirror.record
    for each row execute function public.trap()"""

RESTS = """
select i.seq, coalesce(o.outcome, 'waiting')
       || coalesce((select ':' || string_agg(distinct d.reason, ',')
                      from sync.dead d where d.seq = i.seq), '')
       || coalesce((select '+noted' from mirror.record r
                     where r.seq = i.seq and r.noted is not null), ''),
       greatest(coalesce(o.tries, w.tries),
                (select max(d.tries) - 1 from sync.dead d where d.seq = i.seq)),
       (select count(*) from sync.dead d where d.seq = i.seq and d.last_error = '')
  from sync.inbox i left join sync.outcome o using (seq) left join sync.work w using (seq)
 order by i.seq"""


class Words:
    """What the column "body" of the tables may say, for one case. A body is a
    text or bytes, for the route Leads, or (body, route, ...)."""

    def __init__(self, number):
        self.id = "p%d" % number
        self.rng = random.Random(number)

    def record(self, id_field, time_field, members, time, given):
        text = json.dumps({id_field: self.id, **given, time_field: time})
        return text[:-1] + "," + members + "}" if members else text

    def crm(self, members, time=TIME, **given):
        return self.record("id", "Modified_Time", members, time, given)

    def books(self, entity, route, members, **given):
        return '{"%s":%s}' % (entity, self.record(
            entity + "_id", "last_modified_time", members, TIME, given)), route

    def lead(self, members, time=TIME):
        return self.crm(members, time, Last_Name="Example"), "Leads"

    def item(self, members, **given):
        return self.books("item", "products", members, name="Example", **given)

    def noise(self, size):
        return base64.b64encode(self.rng.randbytes(size)).decode()[:size]

    def all(self):
        return {
            "id": self.id, "rng": self.rng, "noise": self.noise,
            "form": lambda text: (text, "Leads", None, "application/x-www-form-urlencoded"),
            "notified": lambda text: (text, "notifications"),
            "lead": lambda *words: self.lead(*words)[0],
            "deal": lambda m: (self.crm(m, Deal_Name="Example"), "Deals"),
            "items": lambda text: (text, "products"),
            "item": lambda m: self.item(m)[0],
            "invoice": lambda m: self.books("invoice", "invoices", m),
            "stock": lambda m: self.books("inventory_adjustment", "stock", m),
            "pricebook": lambda m: self.books("pricebook", "prices", m, name="Example"),
            "contact": lambda m: self.books("contact", "customers", m, contact_name="Example"),
            "trap": lambda code, says="trapped": self.item("", trap=code, says=says),
            "trap_sql": lambda sql: self.item("", trap_sql=sql),
        }


def read(name):
    """[(kind, request, rests)] of a table; a request as store.put() takes it."""
    cases = []
    with open(os.path.join(TOP_SRCDIR, "tests/fault", name), encoding="ascii") as f:
        lines = [line.rstrip("\n").split("\t") for line in f
                 if line.strip() and not line.startswith("#")]
    for number, (kind, body, rests) in enumerate(lines):
        said = eval(body, Words(number).all())  # our own table
        body, *more = said if isinstance(said, tuple) else (said, "Leads")
        cases.append((kind, (more[0], body, *more[1:]), rests.split("|")))
    return cases


def neighbour(number):
    words = Words(number)
    words.id = "good%d" % number
    return (words.lead if number % 2 else words.item)("")[::-1]


def lay(run, cases):
    """Each case between two good ones, so that all share a batch."""
    requests = []
    for number, (_, request, _) in enumerate(cases):
        requests += [neighbour(number), request]
    store.put(run.stage, requests, run.folder)


def good_ones(run):
    return run.stage.sql.number("select count(*) from mirror.record where id like 'good%'")


def drain_some(run, most, seconds):
    """Whole runs until nothing waits; how many."""
    for n in range(1, most + 1):
        status, said = run.stage.zohosync(
            "drain", "--once", DRAIN_BATCH="10000", RETRY_LIMIT=str(TRIES), seconds=seconds)
        if status not in (0, 75):
            run.fail("drain %d ended with %d: %s" % (n, status, said.strip()[-300:]))
        if n == 1:
            run.note(neighbours_at_once=good_ones(run))
        if run.all_done():
            return n
    return most


def look(run, cases):
    """Each case rests where the table says, its neighbours are applied."""
    rests = run.stage.sql(RESTS)[1::2]
    for (kind, _, wanted), (_, got, tries, silent) in zip(cases, rests):
        if got not in wanted:
            run.fail("%s: wanted %s, got %s" % (kind, " or ".join(wanted), got))
        if tries and int(tries) >= TRIES:
            run.fail("%s: tried %d times" % (kind, int(tries) + 1))
        run.expect("0", silent, "%s: dead letters without a word" % kind)
    run.expect(len(cases), good_ones(run), "good neighbours applied")
    run.note(kinds=len(cases), **store.accounted(run))


@scenario(short={"kinds": 1}, full={"kinds": 13})
def poison_stubborn(run):
    """Poison that fails as if it would pass is set aside in the end, and does not hold its neighbours up."""
    store.alone(run)
    run.stage.sql(TRAP)
    cases = read("stubborn.tsv")
    for case in run.rng.sample(cases, min(len(cases), run.size["kinds"])):
        store.empty(run.stage)
        play(run, [case])


def play(run, cases, seconds=600):
    lay(run, cases)
    run.note(drains=drain_some(run, TRIES + 1, seconds))
    run.expect(len(cases), run.notes["neighbours_at_once"],
               "%s: neighbours applied by the first drain" % cases[0][0])
    look(run, cases)


@scenario(short={"each": 1}, full={"each": 1})
def poison(run):
    """Over a hundred kinds of poison in one batch: each rests as the table says, its neighbours are applied at once."""
    store.alone(run)
    play(run, read("poison.tsv"))


@scenario(short={"each": 1}, full={"each": 1})
def poison_refused(run):
    """Poison that PostgreSQL refuses each time is dead after its tries, its neighbours are applied at once."""
    store.alone(run)
    run.stage.sql(TRAP)
    play(run, read("refused.tsv"))


@scenario(short={"kinds": 2}, full={"kinds": 9})
def poison_slow(run):
    """No request keeps a drain busy for minutes."""
    store.alone(run)
    cases = read("slow.tsv")
    for case in run.rng.sample(cases, min(len(cases), run.size["kinds"])):
        store.empty(run.stage)
        try:
            play(run, [case], seconds=90)
        except subprocess.TimeoutExpired:
            run.fail("%s: a drain was at it for 90 seconds" % case[0])
            for pid in run.stage.pids("drain"):
                run.stage.signal(pid)
