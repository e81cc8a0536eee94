"""Random histories of records in Zoho, and what must stand at their end.

    requests, expected = make(seed, count, shuffles, base)

COUNT histories are made up: what happens to one record of any module, from
its creation over edits, deletes and restores, often several in one second.
Each is delivered SHUFFLES times, to records of their own, in a random order,
some events twice and some days late. BASE is the first second, since 1970.

A request is (route, body, when it was received), in the order in which they
are stored; many carry several records. What is expected is a line a record:
module, id, "alive" or the time of its delete, value; and for items, as module
"stock", the quantity that the projection must have computed.

The expectation comes from the set of events, never from their order, but for
one rule: of states of the same second, the one stored last stands.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import chain

DAY = 86400
ADJUSTMENTS = 2                 # of each item


@dataclass(frozen=True)
class Module:
    name: str
    route: str
    entity: str                 # how Books calls a record; of the CRM, a prefix
    id_field: str
    whole: dict                 # what makes its record a full one


def books(name: str, route: str, entity: str, /, **whole: object) -> Module:
    return Module("books." + name, route, entity, entity + "_id", whole)


def crm(resource: str, /, **whole: object) -> Module:
    return Module("crm." + resource.lower(), resource, resource, "id", whole)


ITEM = books("items", "products", "item", name="Example")
ADJUSTMENT = books("inventoryadjustments", "stock", "inventory_adjustment")
MODULES = [
    crm("Leads", Last_Name="Example"),
    crm("Deals", Deal_Name="Example"),
    crm("Contacts", Last_Name="Example"),
    crm("Accounts", Account_Name="Example"),
    books("contacts", "customers", "contact", contact_name="Example"),
    books("invoices", "invoices", "invoice", line_items=[]),
    books("bills", "bills", "bill", line_items=[]),
    books("creditnotes", "credit-notes", "creditnote", line_items=[]),
    books("pricebooks", "prices", "pricebook", name="Example"),
]


@dataclass(frozen=True)
class Event:
    act: str                    # create, update, delete or restore
    time: int | None            # as the body says it; None of some deletes
    value: int
    moment: int                 # when it happened
    latest: int                 # it is received before this


@dataclass
class Record:
    module: Module
    id: str
    events: list[Event]
    item: str = ""              # of an adjustment: what it moves
    arrived: list[tuple[Event, int, int]] = field(default_factory=list)


def stamp(second: int) -> str:
    return datetime.fromtimestamp(second, timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def is_bound(act: str, time: int | None) -> bool:
    """Only when it was received says when it was: so it is received before
    anything else happens to the record."""
    return act == "restore" or time is None


def life(rng: random.Random) -> list[Event]:
    """What happens to one record, often several things in one second."""
    now = rng.randrange(3 * DAY)
    steps = [("create", now, now, rng.randrange(1000))]
    for _ in range(rng.randrange(6)):
        last, draw = steps[-1], rng.random()
        states = [s for s in steps if s[0] != "delete"]
        gap = rng.choice((0, 0, 1, 60, rng.randrange(2, DAY)))
        # of two states of one second only Zoho knows which is restored
        alone = len({s[3] for s in states if s[2] == states[-1][2]}) == 1
        if last[0] == "delete" and draw < 0.4 and alone:
            act, time, value = "restore", states[-1][2], states[-1][3]
        elif last[0] == "delete" and draw < 0.5:
            break
        elif last[0] != "delete" and draw < 0.35:
            act, time, value = "delete", 0 if rng.random() < 0.7 else None, 0
        else:
            act, time, value = "update", 0, rng.randrange(1000)
        if (last[0] == "delete" or is_bound(act, time)
                or is_bound(last[0], last[2])):
            gap = max(gap, 5)
        now += gap
        steps.append((act, now, now if time == 0 else time, value))
    events = []
    for (act, moment, time, value), after in zip(steps, steps[1:] + [None]):
        latest = moment + 4 * DAY
        if is_bound(act, time):
            latest = min(moment + 4, after[1] - 1 if after else moment + 4)
        events.append(Event(act, time, value, moment, latest))
    return events


def body(record: Record, event: Event) -> dict:
    m = record.module
    is_crm = m.name.startswith("crm.")
    document: dict = {m.id_field: record.id}
    if event.time is not None:
        key = "Modified_Time" if is_crm else "last_modified_time"
        document[key] = stamp(event.time)
    if event.act != "delete":
        document.update(m.whole, example_value=event.value)
        if m is ITEM:
            document["stock_on_hand"] = event.value
        if record.item:
            document["line_items"] = [{"item_id": record.item,
                                       "quantity_adjusted": event.value - 500}]
    return {"operation": "%s.%s" % (m.entity, event.act),
            "data": [document] if is_crm else {m.entity: document}}


def end(record: Record) -> tuple[bool, int, int]:
    """Alive or not, the time of the state or of the delete, the value."""
    states, deletes, restores = [], [], []
    for event, received, seq in record.arrived:
        if event.act == "delete":
            deletes.append(received if event.time is None else event.time)
            continue
        states.append((event.time, seq, event.value))
        if event.act == "restore":
            restores.append((event.time, received))
    newest = max(states)
    gone = max(deletes, default=-1)
    lived = max((r for t, r in restores if t == newest[0]), default=newest[0])
    if max(lived, newest[0]) > gone:
        return True, newest[0], newest[2]
    return False, gone, 0


def deliveries(rng: random.Random, record: Record) -> list[tuple]:
    out = []
    for event in record.events:
        for _ in range(2 if rng.random() < 0.3 else 1):
            late = rng.random() < 0.1
            received = min(event.latest, event.moment
                           + rng.randrange(3 * DAY if late else 3))
            out.append((record, event, received))
    return out


def requests(rng: random.Random, stream: list[tuple]) -> list[list[tuple]]:
    """Most carry one event. The others carry some of one route and of records
    of their own; what is bound to when it was received goes alone."""
    out, open_ = [], {}
    for part in stream:
        record, event, _ = part
        route = record.module.route
        if is_bound(event.act, event.time) or rng.random() < 0.5:
            out.append([part])
            continue
        several = open_.setdefault(route, [])
        if any(p[0] is record for p in several):
            out.append(open_[route])
            several = open_[route] = []
        several.append(part)
        if len(several) >= rng.randrange(2, 20):
            out.append(open_.pop(route))
    return out + [several for several in open_.values() if several]


def invent(rng: random.Random, count: int, shuffles: int) -> list[Record]:
    records: list[Record] = []
    made = 0
    while made < count:
        is_item = count - made > ADJUSTMENTS and rng.random() < 0.1
        own = [(ITEM if is_item else rng.choice(MODULES), life(rng))]
        own += [(ADJUSTMENT, life(rng)) for _ in range(ADJUSTMENTS * is_item)]
        for s in range(shuffles):
            base = "h%ds%d" % (made, s)
            for n, (module, events) in enumerate(own):
                records.append(Record(module, base + ("-%d" % n if n else ""),
                                      events, base if n else ""))
        made += len(own)
    return records


def expected(records: list[Record]) -> list[str]:
    lines = []
    moves: dict[str, list[tuple[int, int]]] = {}
    for r in records:
        alive, at, value = end(r)
        lines.append("|".join((r.module.name, r.id,
                               "alive" if alive else stamp(at),
                               str(value) if alive else "")))
        if r.item and alive:
            moves.setdefault(r.item, []).append((at, value - 500))
    for r in records:
        if r.module is ITEM:
            alive, at, value = end(r)
            value += sum(q for t, q in moves.get(r.id, []) if t > at)
            if alive:
                lines.append("stock|%s||%d" % (r.id, value))
    return sorted(lines)


def make(seed: str, count: int, shuffles: int, base: int) -> tuple[list[tuple], list[str]]:
    rng = random.Random(seed)
    records = invent(rng, count, shuffles)
    for r in records:
        r.events = [Event(e.act, None if e.time is None else e.time + base,
                          e.value, e.moment + base, e.latest + base)
                    for e in r.events]
    stream = list(chain.from_iterable(deliveries(rng, r) for r in records))
    rng.shuffle(stream)
    out = []
    for seq, parts in enumerate(requests(rng, stream)):
        for record, event, received in parts:
            record.arrived.append((event, received, seq))
        bodies = [body(r, e) for r, e, _ in parts]
        out.append((parts[0][0].module.route,
                    json.dumps(bodies if len(bodies) > 1 else bodies[0]),
                    stamp(max(received for _, _, received in parts))))
    return out, expected(records)
