"""Post events at a rate until a file is gone, and write down every answer.

  stream.py --url BASE... --key KEY --secret SECRET --rate N --first N
            --guard FILE --ledger FILE [--kind lead|item|both] [--senders N]

Event n is a record of its own, so one effect is one version of one record.
Events take turns at the addresses; every tenth is sent again at once, which
must change nothing. A line of the ledger is "ID STATUS MS", written after the
answer and never before it; a sender that got none writes 000.
"""

import argparse
import hashlib
import hmac
import http.client
import itertools
import os
import threading
import time
import urllib.parse

TIMEOUT_S = 60


def lead(number: int) -> tuple[str, bytes]:
    return "/api/zoho/webhooks/Leads", (
        '{"data":[{"id":"%d","Last_Name":"Example",'
        '"Modified_Time":"2026-01-31T09:15:00+01:00"}]}' % number).encode()


def item(number: int) -> tuple[str, bytes]:
    return "/api/zoho/webhooks/products", (
        '{"item":{"item_id":"%d","name":"Item %d","stock_on_hand":1,'
        '"last_modified_time":"2026-01-31T09:15:00+0100"}}'
        % (number, number)).encode()


def make(kind: str, number: int) -> tuple[str, bytes]:
    if kind == "item" or (kind == "both" and number % 2 == 0):
        return item(number)
    return lead(number)


class Sender(threading.Thread):
    """One connection to each address; sends what falls due."""

    def __init__(self, options: argparse.Namespace, turns: "Turns", ledger):
        super().__init__()
        self.options, self.turns, self.ledger = options, turns, ledger
        self.open: dict[str, http.client.HTTPConnection] = {}

    def run(self) -> None:
        while os.path.exists(self.options.guard):
            number = self.turns.next()
            for _ in range(2 if number % 10 == 0 else 1):
                self.send(number)

    def send(self, number: int) -> None:
        url = self.options.url[number % len(self.options.url)]
        path, body = make(self.options.kind, number)
        began = time.monotonic()
        status = self.ask(url, path, body)
        self.ledger.write("%d %03d %d\n" % (
            number, status, (time.monotonic() - began) * 1000))

    def ask(self, url: str, path: str, body: bytes) -> int:
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": self.options.key,
            "X-Zoho-Webhook-Signature": hmac.new(
                self.options.secret.encode(), body, hashlib.sha256).hexdigest()}
        if path.endswith("products"):
            del headers["X-API-Key"]
        try:
            if url not in self.open:
                self.open[url] = http.client.HTTPConnection(
                    urllib.parse.urlsplit(url).netloc, timeout=TIMEOUT_S)
            self.open[url].request("POST", path, body, headers)
            answer = self.open[url].getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.open.pop(url).close()
            return 0


class Turns:
    """Numbers, each when it is due. Nobody catches up after a delay: the
    next events are simply later."""

    def __init__(self, first: int, rate: float):
        self.numbers = itertools.count(first)
        self.step = 1 / rate
        self.due = time.monotonic()
        self.lock = threading.Lock()

    def next(self) -> int:
        with self.lock:
            self.due = max(self.due + self.step, time.monotonic())
            due, number = self.due, next(self.numbers)
        time.sleep(max(0.0, due - time.monotonic()))
        return number


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("--url", action="append", required=True)
    p.add_argument("--key", required=True)
    p.add_argument("--secret", required=True)
    p.add_argument("--rate", type=float, default=50)
    p.add_argument("--first", type=int, default=1000)
    p.add_argument("--senders", type=int, default=8)
    p.add_argument("--kind", default="lead", choices=("lead", "item", "both"))
    p.add_argument("--guard", required=True)
    p.add_argument("--ledger", required=True)
    options = p.parse_args()
    turns = Turns(options.first, options.rate)
    with open(options.ledger, "a", 1) as ledger:
        senders = [Sender(options, turns, ledger)
                   for _ in range(options.senders)]
        for s in senders:
            s.start()
        for s in senders:
            s.join()


main()
