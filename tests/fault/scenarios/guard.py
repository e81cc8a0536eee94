"""The oracles themselves: what they are there to see, they see."""

from fault import scenario
from oracle import judge

ONE = """(select %s from mirror.record where module = 'books.items'
    and id not like '%%stock' and version > 1 order by id limit 1)"""

# What goes wrong, the statement that makes it so, the checks that must fail.
TAMPERED = [
    ("a version is lost",
     "delete from mirror.version where (module, id, version) = " + ONE % "module, id, version",
     {"lost", "misnumbered", "outcomes that are no effect"}),
    ("a change took effect twice",
     """insert into mirror.version (module, id, version, modified_time, seq, operation, data)
        select module, id, version + 1, modified_time, seq, operation, data from mirror.version
        where (module, id, version) = """ + ONE % "module, id, version",
     {"doubled", "misnumbered", "outcomes that are no effect"}),
    ("an older state stands",
     """update mirror.record set modified_time = modified_time - interval '1 s'
        where (module, id) = """ + ONE % "module, id",
     {"not the newest", "another value", "tables unlike the mirror"}),
    ("a record holds another value",
     """update mirror.record set data = data || '{"stock_on_hand": -1}'
        where (module, id) = """ + ONE % "module, id",
     {"another value"}),
    ("a change nobody sent",
     """insert into mirror.version (module, id, version, modified_time, seq, operation)
        select module, id, 1, '2020-01-01', 1, 'update' from mirror.record
        where (module, id) = """ + ONE % "module, id",
     {"invented"}),
    ("stock moved once more",
     "update zoho.products set stock_quantity = stock_quantity + 1 where zoho_item_id like '%stock'",
     {"stock moved wrongly"}),
    ("a request vanished from the account",
     "delete from sync.outcome where seq = (select max(seq) from sync.outcome where outcome = 'applied')",
     {"unaccounted", "outcomes that are no effect"}),
    ("requests vanished without a trace",
     "delete from sync.inbox; delete from sync.repeat; delete from sync.outcome",
     {"acknowledged, neither received nor counted as a repeat", "outcomes that are no effect"}),
    ("a dead letter", """insert into sync.dead (seq, ord, received_at, event_type, reason, last_error, tries)
        values (1, 0, now(), 'test', 'value', 'none', 1)""",
     {"dead letters"}),
]


@scenario(short={"events": 200}, full={"events": 200})
def guard(run):
    """The oracles see what is lost, doubled, old, wrong or unaccounted, each kind by itself."""
    run.start(rate=400, clients=2, records=3, knobs={"STAGE_FSYNC": "off"})
    while len(run.load.entries()) < run.size["events"]:
        run.pause(0.1, 0.1)
    run.finish()
    for what, statement, seen in TAMPERED:
        run.strike("tampering", what)
        run.expect(seen, seen & failing(run, ["begin", statement]), "checks that see: " + what)
    with open(run.load.ledger, "a", encoding="ascii") as ledger:
        ledger.write("acked\tbooks.items\tnobody\t1\t1\t202\t1.0\t1.0\n")
    run.strike("tampering", "ledger")
    seen = {"lost", "not the newest"}
    run.expect(seen, seen & failing(run), "checks that see: an event never came")


def failing(run, first=()):
    """The checks that fail after these statements, which are rolled back."""
    broken, _ = judge(run.stage, run.load.ledger, first)
    return {check for check, rows in broken.items() if rows}
