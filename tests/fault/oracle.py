"""What must be so: the ledger against the database.

Sampler  promise 4 at every sample: received = finished + waiting
Freed    how soon the work of a killed drain is free, and done
judge()  promises 1 to 3 when all is drained
"""

import contextlib
import threading
import time

from load import BASE
from stage import TOP_SRCDIR, Away, SqlError

with open(TOP_SRCDIR + "/sql/admin/account.sql", encoding="ascii") as f:
    ACCOUNT = f.read()


class Sampler:
    """The published query again and again, also where PostgreSQL comes and
    goes, and now and then the command itself."""

    COMMAND_EVERY_S = 5

    def __init__(self, stage, every=0.1):
        self.stage, self.every = stage, every
        self.samples = self.commands = self.away = 0
        self.wrong = []
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _look(self, sql):
        received, finished, waiting = (int(v) for v in sql(ACCOUNT)[0])
        self.samples += 1
        if received != finished + waiting:
            self.wrong.append("received %d, finished %d, waiting %d" % (
                received, finished, waiting))

    def _command(self):
        status, said = self.stage.zohosync("status", "--account")
        if status == 0:
            self.commands += 1
        elif status != 75:
            self.wrong.append("status --account: %d %s" % (status, said))

    def _run(self):
        sql, command_at = self.stage.session(), 0
        while not self.done.is_set():
            began = time.monotonic()
            try:
                self._look(sql)
            except (Away, SqlError):
                self.away += 1
            if began >= command_at:
                self._command()
                command_at = time.monotonic() + self.COMMAND_EVERY_S
            # Counting a large queue must not be all that PostgreSQL does.
            self.done.wait(max(self.every, 4 * (time.monotonic() - began)))
        sql.close()

    def stop(self):
        self.done.set()
        self.thread.join()


HELD = """select w.seq from sync.work w
    join pg_locks l on l.locktype = 'transactionid' and l.granted
        and l.transactionid = w.xmax
    join pg_stat_activity a on a.pid = l.pid and a.application_name = '%s'"""


class Freed:
    """Before a drain of a known name is killed, hold(); after it, watch():
    how long its rows stay locked, and how long until they are done."""

    GIVE_UP_S = 120

    def __init__(self, stage):
        self.stage = stage
        self.sql = stage.session()
        self.freed, self.done = [], []
        self.threads = []

    def hold(self, name):
        try:
            return name, [row[0] for row in self.sql(HELD % name)]
        except Away:
            return name, []

    def watch(self, held):
        name, seqs = held
        if not seqs:
            return
        thread = threading.Thread(
            target=self._watch, args=(name, seqs, time.monotonic()))
        thread.start()
        self.threads = [t for t in self.threads if t.is_alive()] + [thread]

    def _watch(self, name, seqs, began):
        sql = self.stage.session()
        mine = " where w.seq in (%s)" % ",".join(seqs)
        with contextlib.suppress(Away):
            self.freed.append(self._until_none(sql, HELD % name + mine, began))
            self.done.append(self._until_none(
                sql, "select 1 from sync.work w" + mine + " limit 1", began))
        sql.close()

    def _until_none(self, sql, query, began):
        """Seconds since then when it finds nothing any more."""
        while sql(query) and time.monotonic() - began < self.GIVE_UP_S:
            time.sleep(0.005)
        return time.monotonic() - began

    def stop(self):
        for thread in self.threads:
            thread.join()
        self.sql.close()


# An event is in the history or among the conflicts, and the records stand
# where the newest of their events put them.
PREPARE = [
    "set client_min_messages = error",
    "drop table if exists ledger, sent, told",
    """create temp table ledger (state text, module text, id text, n integer,
       value integer, status integer, ms float8, at float8)""",
    "\\copy ledger from '%(ledger)s'",
    """create temp table sent as
       select module, id, n, min(value) as value, bool_or(state = 'acked') as acked,
              timestamptz '%(base)s' + n * interval '1 s' as time
         from ledger group by module, id, n""",
    "create unique index on sent (module, id, time)",
    """create temp table told as
       select module, id, time, count(*) filter (where version) as versions, count(*) as n
         from (select module, id, modified_time as time, true as version
                 from mirror.version
               union all
               select module, id, incoming_time, false from sync.conflict) t
        group by 1, 2, 3""",
    "create unique index on told (module, id, time)",
    "analyze sent", "analyze told",
]

VALUE = """coalesce(r.data ->> 'stock_on_hand', r.data ->> 'Description')"""

CHECKS = {
    # Promise 1
    "lost": """select s.module, s.id, s.n from sent s where s.acked and not exists (
        select from told t where t.module = s.module and t.id = s.id and t.time = s.time)""",
    "invented": """select t.module, t.id, t.time from told t
        where t.module in (select module from sent) and not exists (
        select from sent s where t.module = s.module and t.id = s.id and t.time = s.time)""",
    # Promise 2
    "doubled": "select module, id, time from told where versions > 1",
    "misnumbered": """select r.module, r.id, r.version from mirror.record r
        left join (select module, id, count(*) as n, max(version) as last
                     from mirror.version group by 1, 2) v using (module, id)
        where (r.version, r.version) is distinct from (v.n, v.last)""",
    # (every event of the load is a request with one change)
    "outcomes that are no effect": """select (select count(*) from sync.outcome where outcome = 'applied'),
        (select count(*) from mirror.version)
        where (select count(*) from sync.outcome where outcome = 'applied')
           <> (select count(*) from mirror.version)""",
    "stock moved wrongly": """select p.zoho_item_id, p.stock_quantity, 1000000 + a.moved
        from zoho.products p join (
             select split_part(s.id, '-', 1) || '-stock' as item, sum(s.value) as moved
               from sent s join mirror.record r on r.module = s.module and r.id = s.id
              where s.module = 'books.inventoryadjustments' group by 1) a on a.item = p.zoho_item_id
        where p.stock_quantity <> 1000000 + a.moved""",
    # Promise 3
    "not the newest": """select s.module, s.id, max(s.n) filter (where s.acked) as acked, r.modified_time
        from sent s left join mirror.record r on r.module = s.module and r.id = s.id
        group by s.module, s.id, r.modified_time
        having max(s.time) filter (where s.acked) > coalesce(r.modified_time, '-infinity')""",
    "another value": "select r.module, r.id, r.modified_time, " + VALUE + ", s.value" """
        from mirror.record r join sent s on s.module = r.module and s.id = r.id and s.time = r.modified_time
        where s.module <> 'books.inventoryadjustments' and """ + VALUE + " is distinct from s.value::text",
    "tables unlike the mirror": """select r.id, p.modified_time, r.modified_time from mirror.record r
        left join zoho.products p on p.zoho_item_id = r.id
        where r.module = 'books.items' and p.modified_time is distinct from r.modified_time""",
    # Promise 4
    "unaccounted": """select received, finished, waiting from (
        """ + ACCOUNT.strip().rstrip(";") + ") a where received <> finished + waiting",
    "acknowledged, neither received nor counted as a repeat": """select acked, kept from
        (select count(*) as acked from ledger where state = 'acked') l,
        (select (select count(*) from sync.inbox) + (select count(*) from sync.repeat) as kept) k
        where acked > kept""",
    "dead letters": "select seq, reason, last_error from sync.dead where resolved_at is null",
}


def judge(stage, ledger, first=()):
    """{check: rows that break it}, and counts. All is drained. What is said
    "first" to the session is rolled back if it began a transaction."""
    sql = stage.session()
    for statement in first:
        sql(statement)
    for statement in PREPARE:
        sql(statement % {"ledger": ledger, "base": BASE} if "%" in statement else statement)
    broken = {name: sql(query) for name, query in CHECKS.items()}
    counts = dict(zip(
        ("sends", "acked", "unknown", "events", "versions", "conflicts", "repeats", "spooled"),
        (int(v) for v in sql("""select (select count(*) from ledger),
            (select count(*) from ledger where state = 'acked'),
            (select count(*) from ledger where state <> 'acked'),
            (select count(*) from sent), (select count(*) from mirror.version),
            (select count(*) from sync.conflict), (select count(*) from sync.repeat),
            (select count(*) from sync.inbox where origin = 'spool')""")[0])))
    sql.close()
    return broken, counts
