"""The load: clients that post signed events over kept-alive connections.

  load.py JSON      run as a program, until standard input ends

Each client is one after the other and has records of its own, so the order
of a record's events is known. What became of each goes into the ledger after
the answer and never before it, a line each:

  state module id n value status ms at

"acked" was answered 2xx; anything else is "unknown": the event may have been
stored or not, and as with Zoho nobody sends it again. An event's modified
time is BASE and n seconds; "value" is what the record then holds, for an
adjustment how much it moves the stock of the client's item "stock". Some
events come late, after a newer one, and some come twice.
"""

import hashlib
import hmac
import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import time

BASE = "2026-01-01T00:00:00Z"


def stamp(n):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1767225600 + n))


def item(record, n, value):
    return "products", {"item": {
        "item_id": record, "name": record, "stock_on_hand": value,
        "last_modified_time": stamp(n)}}


def lead(record, n, value):
    return "Leads", {"operation": "Leads.edit", "source": "web", "data": [{
        "id": record, "Last_Name": "Example", "Description": str(value),
        "Modified_Time": stamp(n)}]}


def adjustment(record, n, value):
    return "stock", {"inventory_adjustment": {
        "inventory_adjustment_id": record, "last_modified_time": stamp(n),
        "line_items": [{"item_id": record.split("-")[0] + "-stock",
                        "quantity_adjusted": value}]}}


MAKERS = {"books.items": item, "crm.leads": lead,
          "books.inventoryadjustments": adjustment}


class Client(threading.Thread):
    def __init__(self, spec, number, ledger, stop):
        super().__init__(daemon=True)
        self.spec, self.ledger, self.stop = spec, ledger, stop
        self.name_ = "%s%d" % (spec["name"], number)
        self.rng = random.Random("%s %s" % (spec["seed"], self.name_))
        self.web = None
        self.newest = {}  # (module, record): n
        self.late = []    # events held back
        self.adjustments = 0

    def send(self, event):
        """The answer's status, 0 for none."""
        module, record, n, value = event
        route, body = MAKERS[module](record, n, value)
        data = json.dumps(body).encode()
        head = {"Content-Type": "application/json"}
        if module.startswith("crm."):
            head["X-API-Key"] = self.spec["key"]
        else:
            head["X-Zoho-Webhook-Signature"] = hmac.new(
                self.spec["secret"].encode(), data, hashlib.sha256).hexdigest()
        try:
            if self.web is None:
                self.web = http.client.HTTPConnection(
                    "127.0.0.1", self.spec["port"],
                    timeout=self.spec["timeout"])
                self.web.connect()
                self.web.sock.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.web.request("POST", "/api/zoho/webhooks/" + route, data, head)
            answer = self.web.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            if self.web is not None:
                self.web.close()
            self.web = None
            return 0

    def post(self, event):
        at = time.time()
        status = self.send(event)
        ms = (time.time() - at) * 1000
        state = "acked" if 200 <= status <= 299 else "unknown"
        self.ledger.write("%s\t%s\t%s\t%d\t%d\t%d\t%.1f\t%.3f\n" % (
            state, *event, status, ms, at))
        if status == 0:
            time.sleep(0.02)
        return status

    def next_event(self):
        rng = self.rng
        if self.late and rng.random() < 0.1:
            return self.late.pop(0)
        draw = rng.random()
        if draw < self.spec["adjustments"]:
            self.adjustments += 1
            return ("books.inventoryadjustments",
                    "%s-a%d" % (self.name_, self.adjustments),
                    100 + self.adjustments, rng.randrange(-9, 10))
        module = "crm.leads" if draw > 0.7 else "books.items"
        record = "%s-%d" % (self.name_, rng.randrange(self.spec["records"]))
        n = self.newest.get((module, record), 0) + 1
        self.newest[module, record] = n
        return module, record, n, rng.randrange(1000000)

    def choose(self):
        event = self.next_event()
        if self.rng.random() < self.spec["late"] and not self.late:
            self.late.append(event)
            return self.choose()
        return event

    def run(self):
        spec = self.spec
        if spec["adjustments"] > 0:
            first = ("books.items", self.name_ + "-stock", 1, 1000000)
            while not self.stop.is_set() and self.post(first) // 100 != 2:
                time.sleep(0.05)
        gap = spec["clients"] / spec["rate"] if spec["rate"] else 0
        due = time.monotonic() + self.rng.random() * gap
        while not self.stop.is_set():
            event = self.choose()
            for _ in range(2 if self.rng.random() < spec["twice"] else 1):
                if gap:
                    # What could not be sent in time is not caught up later
                    # than a second.
                    due = max(due + gap, time.monotonic() - 1)
                    self.stop.wait(due - time.monotonic())
                self.post(event)


def main():
    spec = json.loads(sys.argv[1])
    stop = threading.Event()
    with open(spec["ledger"], "a", buffering=1, encoding="ascii") as ledger:
        clients = [Client(spec, i, ledger, stop)
                   for i in range(spec["clients"])]
        for client in clients:
            client.start()
        sys.stdin.read()
        stop.set()
        for client in clients:
            client.join()


class Load:
    """The program above, beside the scenario.

    rate         events a second of all clients; 0 is flat out
    records      of each client and module: fewer means more edits of each
    adjustments  share of stock adjustments, late: of events held back,
    twice: of events sent twice
    """

    def __init__(self, stage, ledger, seed, name="c", clients=4, rate=200,
                 records=20, adjustments=0.05, late=0.05, twice=0.03,
                 timeout=30):
        self.ledger = ledger
        self.process = subprocess.Popen(
            [sys.executable, __file__, json.dumps({
                "port": stage.port, "secret": stage.secret, "key": stage.key,
                "ledger": ledger, "seed": seed, "name": name,
                "clients": clients, "rate": rate, "records": records,
                "adjustments": adjustments, "late": late, "twice": twice,
                "timeout": timeout})],
            stdin=subprocess.PIPE, start_new_session=True)

    def stop(self):
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()

    def entries(self):
        """All sends so far, each a dict."""
        names = ("state", "module", "id", "n", "value", "status", "ms", "at")
        kinds = (str, str, str, int, int, int, float, float)
        with open(self.ledger, "a+", encoding="ascii") as f:
            f.seek(0)
            return [dict(zip(names, (k(v) for k, v in zip(
                kinds, line.rstrip("\n").split("\t"))))) for line in f
                if line.endswith("\n")]


if __name__ == "__main__":
    main()
