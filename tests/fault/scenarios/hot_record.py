"""Everything at once to one record."""

import json

import store
from fault import scenario
from order_model import stamp

BASE = 1700000000


def lead(record, time, value):
    return "Leads", json.dumps({"id": record, "Last_Name": "Example", "example_value": value,
                                "Modified_Time": stamp(time)})


def edits(run, records, seconds, turn):
    """(record, time, value), one in ten twice. Each comes up to "turn" places
    before or after its turn."""
    made = [("hot%d" % run.rng.randrange(records), BASE + n * seconds // run.size["edits"],
             run.rng.randrange(1000)) for n in range(run.size["edits"])]
    made = [(n + run.rng.uniform(-turn, turn), edit) for n, edit in enumerate(made)]
    made += [(n + run.rng.uniform(0, turn), edit) for n, edit in run.rng.sample(made, len(made) // 10)]
    return [edit for _, edit in sorted(made)]


def play(run, made):
    """Drained by four workers in small batches, so that they meet."""
    stage = store.alone(run)
    newest = {}
    for seq, (record, time, value) in enumerate(made):
        newest[record] = max(newest.get(record, (0, 0, 0)), (time, seq, value))
    store.put(stage, (lead(*edit) for edit in made), run.folder)
    seconds = store.drain(run, "--workers", "4", DRAIN_BATCH=str(run.size["batch"]))
    stands = {row[0]: int(row[1]) for row in stage.sql(
        "select id, data ->> 'example_value' from mirror.record")}
    wrong = ["%s: %s, not %d" % (r, stands.get(r), value)
             for r, (_, _, value) in sorted(newest.items()) if stands.get(r) != value]
    run.expect([], wrong[:5], "%d records do not stand at their newest state" % len(wrong))
    run.note(drained_s=round(seconds, 1), **store.accounted(run))


@scenario(short={"edits": 600, "batch": 7}, full={"edits": 10000, "batch": 20})
def hot_record(run):
    """Four workers on one record's shuffled edits: the newest stands, each version counts once."""
    play(run, edits(run, 1, 100000, run.size["edits"]))


@scenario(short={"edits": 600, "batch": 7}, full={"edits": 10000, "batch": 20})
def hot_records(run):
    """Four workers on ten records' edits, of which many come nearly in turn."""
    play(run, edits(run, 10, 100000, 200))


@scenario(short={"edits": 1200, "batch": 7}, full={"edits": 20000, "batch": 7})
def hot_second(run):
    """Four workers on edits of one second, many alike: of each record the one stored last stands."""
    made = edits(run, run.size["edits"] // 12, 1, run.size["edits"])
    play(run, [(record, time, value % 3) for record, time, value in made])
