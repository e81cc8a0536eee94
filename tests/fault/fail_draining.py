"""The drain as fail_each.py plays it: a mixed queue and a mixed spool."""

import hashlib
import json
import time

from fail_receiving import NOON, item
from fail_scene import CRYPTO, PATIENCE_S, PHONE, Ran, Scene, gentle

# What users see at the end. Where a request had to wait, those of the same
# record may have changed places: which of two equal ones is the duplicate, and
# how many states there were between, is not compared.
STATE = """
select 'record', module, id || coalesce(' deleted ' || deleted_at, ''),
       modified_time || data::text || coalesce(noted::text, '') from mirror.record
union all select 'fetch', module, id, '' from sync.fetch
union all select 'dead', d.reason, d.ord::text, encode(sha256(i.body), 'hex') from sync.dead d join sync.inbox i using (seq)
union all select 'ended', count(*)::text, '', '' from sync.outcome
union all select 'repeat', source, module, '' from sync.repeat
union all select 'product', zoho_item_id, name, stock_quantity::text from zoho.products
order by 1, 2, 3, 4
"""

PUT = """
with numbered as materialized (
    select nextval('sync.request_seq') as seq, n, route, query, decode(body, 'hex') as body
      from (values %s) v (n, route, query, body)
), seen as (
    insert into sync.seen (key) select sha256(body) from numbered
), kept as (
    insert into sync.inbox (seq, source, route, event_type, changes, query, content_type, body)
    select seq, 'books', route, 'test.put', 1, query, 'application/json', body from numbered
)
insert into sync.work (seq) select seq from numbered order by n
"""


def lead(name: str, at: str, **members) -> bytes:
    return json.dumps({"id": name, "Last_Name": "Example", "Modified_Time": at, **members}).encode()


def queue(token: str) -> list[tuple[str, str, bytes]]:
    """Route, query and body of one event of each kind."""
    notice = {"server_time": 1769850901234, "module": "Leads", "operation": "update", "token": token,
              "ids": ["5725767000000401001", "5725767000000401102"], "channel_id": "1000000068001"}
    return [
        ("products", "", item("1", NOON)),
        ("products", "", item("1", "2026-01-01T11:00:00Z")),  # stale
        ("products", "", item("1", NOON)),  # duplicate
        ("products", "", b"not JSON"),  # poison
        ("products", "", b'{"item":{"item_id":"2","name":"thin"}}'),
        ("products", "", b'{"event_type":"test","test":true}'),
        ("products", "operation=delete", item("3", NOON)),
        ("products", "", b"[" + item("4", NOON) + b"," + item("1", "2026-01-01T13:00:00Z", 7) + b"]"),
        ("notifications", "", json.dumps(notice).encode()),
        ("Leads", "", lead("5725767000000401002", NOON, Phone="01632 960 961", Annual_Revenue="much",
                           Company="Example", Email="ada@example.com", Lead_Source="Web Form")),
    ]


TODAY_US = int(time.time()) // 86400 * 86400 * 1000000  # so that no old partitions are made


def spool_file(number: int, route: str, body: bytes) -> tuple[str, bytes]:
    came = TODAY_US + number
    head = json.dumps({
        "key": hashlib.sha256(body).hexdigest(), "source": "books", "route": route, "module": "books.items",
        "operation": "update", "event_type": "test.put", "query": "", "content_type": "application/json",
        "headers": "", "remote": "192.0.2.1", "received_us": came, "changes": 1}).encode()
    whole = b"zohosync-spool-1 %s\n%s\n%s" % (
        hashlib.sha256(head + body).hexdigest().encode(), head, body)
    return "%020d-%016x.req" % (came, number), whole


class Drain(Scene):
    """A mixed queue and a mixed spool, drained with --once."""

    name = "drain"
    skip = CRYPTO + PHONE
    args = ["drain", "--once"]
    spooled = [item("5", NOON), item("1", "2026-01-01T14:00:00Z", 9), item("1", NOON), None]

    def reset(self) -> None:
        self.wait_for_others()
        self.clean()
        events = queue(self.stage.token)
        rows = ", ".join("(%d, '%s', '%s', '%s')" % (n, route, query, body.hex())
                         for n, (route, query, body) in enumerate(events) if n != 2)
        self.stage.sql(PUT % rows)
        self.stage.sql(PUT.replace("insert into sync.seen (key) select sha256(body) from numbered",
                                   "select 1") % "(1, 'products', '', '%s')" % events[2][2].hex())
        for n, body in enumerate(self.spooled):
            name, whole = spool_file(n, "products", body or b"torn")
            self.write("spool/" + name, whole if body else whole[:-2])

    def wait_for_others(self) -> None:
        """Workers that outlived their parent, and their sessions."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.stage.sql.number(
                "select count(*) from pg_stat_activity where usename = 'job'"):
            time.sleep(0.01)

    def play(self, env: dict[str, str]) -> Ran:
        return self.run(*self.args, "-c", self.conf, env=env)

    def state(self) -> list[list[str]]:
        return self.stage.sql(STATE)

    def learn(self, ran: Ran) -> None:
        self.want = self.state()

    def left(self) -> list[str]:
        """What is due and was not even tried."""
        rows = self.stage.sql("select seq from sync.work where not_before <= now() and tries = 0")
        return ["request " + r[0] for r in rows] + self.stage.spooled()

    def differences(self) -> str:
        got = self.state()
        here = [" ".join(r) for r in got if r not in self.want]
        gone = [" ".join(r) for r in self.want if r not in got]
        if sorted(got) == sorted(self.want):
            return ""
        return "lacks %s, has %s" % (gone[:2], here[:2]) if here or gone else "has something twice"

    def adds_up(self) -> list[str]:
        row = self.stage.sql("""select (select count(*) from sync.inbox), (select count(*) from sync.outcome),
            (select count(*) from sync.work)""")[0]
        received, finished, waiting = map(int, row)
        return [] if received == finished + waiting else [
            "received %d, finished %d, waiting %d" % (received, finished, waiting)]

    def judge(self, ran: Ran, mode: str) -> list[str]:
        said = self.faults(ran, mode)
        self.wait_for_others()
        said += self.adds_up()
        left = self.left()
        if ran.status == 0 and left:
            said.append("exit status 0, but left undone: %s" % left[:3])
        waits = self.stage.sql.number("select count(*) from sync.work")
        if gentle(mode) and (ran.status != 0 or waits):
            said.append("nothing was broken, but exit status %d, %d postponed" % (ran.status, waits))
        if not left and not waits and self.differences():
            said.append("it is done, but differs: %s" % self.differences())
        elif left or waits:
            self.stage.sql("update sync.work set not_before = now()")
            again = self.run(*self.args, "-c", self.conf)
            if again.status != 0:
                said.append("a clean run afterwards fails: " + again.err.strip())
            if self.left() or self.differences():
                said.append("after a clean run it differs: left %s; %s" % (self.left()[:3], self.differences()))
            said += self.adds_up()
        return said
