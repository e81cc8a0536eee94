"""Random histories of records, and what must stand at their end.

  histories.py SEED COUNT SHUFFLES events|expected

A history is what happens to one item in Zoho: it is made, changed, deleted,
comes to life again; and to two stock adjustments of that item. Each is
delivered SHUFFLES times to records of their own, in a random order and with
some events repeated. "events" prints the bodies, "expected" a line a record:
id, living or the time of its delete, stock.

The expectation is computed from the set of events alone, never from their
order: the newest state counts; it stands unless a delete is as new or newer
and nobody restored the record since.
"""

import json
import random
import sys

ADJUSTMENTS = 2


def stamp(minute):
    return "2026-03-%02dT%02d:%02d:00Z" % (
        1 + minute // 1440, minute // 60 % 24, minute % 60)


def life(rng):
    """Events (act, minute, value); no two of them at the same minute."""
    minute, alive, events, value = rng.randrange(500), True, [], 0
    events.append(("create", minute, rng.randrange(100)))
    for _ in range(rng.randrange(1, 8)):
        minute += rng.randrange(1, 300)
        value = rng.randrange(100)
        if alive and rng.random() < 0.3:
            events.append(("delete", minute, 0))
            alive = False
        elif alive or rng.random() < 0.5:
            events.append(("update", minute, value))
            alive = True
    # A restore brings the last state back, with the time that state has.
    if not alive and rng.random() < 0.5:
        states = [e for e in events if e[0] != "delete"]
        events.append(("restore", states[-1][1], states[-1][2]))
    return events


def end(events):
    """(alive, minute of the state or of the delete, value)"""
    states = [e for e in events if e[0] != "delete"]
    deletes = [e[1] for e in events if e[0] == "delete"]
    newest = max(states, key=lambda e: e[1])
    restored = any(e[0] == "restore" for e in events)
    if not deletes or restored or newest[1] > max(deletes):
        return True, newest[1], newest[2]
    return False, max(deletes), None


def item_body(record, event):
    act, minute, value = event
    item = {"item_id": record, "name": record, "stock_on_hand": value,
            "last_modified_time": stamp(minute)}
    if act == "delete":
        item = {"item_id": record, "last_modified_time": stamp(minute)}
    return {"operation": "item." + act, "data": {"item": item}}


def adjustment_body(record, number, event):
    act, minute, value = event
    body = {"inventory_adjustment_id": "%s-%d" % (record, number),
            "last_modified_time": stamp(minute)}
    if act != "delete":
        body["line_items"] = [
            {"item_id": record, "quantity_adjusted": value - 50}]
    return {"operation": "inventoryadjustment." + act,
            "data": {"inventory_adjustment": body}}


def expected(record, item, adjustments):
    alive, minute, value = end(item)
    if not alive:
        return "%s|%s|" % (record, stamp(minute))
    for events in adjustments:
        living, at, moved = end(events)
        if living and at > minute:
            value += moved - 50
    return "%s|alive|%d" % (record, value)


def main():
    seed, count, shuffles = (int(a) for a in sys.argv[1:4])
    rng = random.Random(seed)
    bodies, lines = [], []
    for h in range(count):
        item = life(rng)
        adjustments = [life(rng) for _ in range(ADJUSTMENTS)]
        for s in range(shuffles):
            record = "h%03ds%d" % (h, s)
            own = [item_body(record, e) for e in item]
            for number, events in enumerate(adjustments):
                own += [adjustment_body(record, number, e) for e in events]
            own += rng.choices(own, k=len(own) // 2)
            rng.shuffle(own)
            bodies.append(own)
            lines.append(expected(record, item, adjustments))
    if sys.argv[4] == "expected":
        print("\n".join(sorted(lines)))
        return
    # One record's events stay in their order, records mix.
    while bodies:
        own = rng.choice(bodies)
        print(json.dumps(own.pop(0)))
        if not own:
            bodies.remove(own)


main()
