"""Post items at a steady rate, whatever the answers take, and say how long
they took: p50, p95, p99 and max in milliseconds.

  pace.py [--rate N] [--seconds N] [--senders N] [--ledger FILE] URL KEY

With --ledger each line holds an id and the moment it was sent, in seconds
since 1970. A moment that was missed is counted from when it was due.
"""

import argparse
import http.client
import json
import sys
import threading
import time


def percentile(sorted_values: list[float], percent: float) -> float:
    return sorted_values[min(len(sorted_values) - 1,
                             int(len(sorted_values) * percent / 100))]


class Sender(threading.Thread):
    """One of several that share the rate; its moments lie between theirs."""

    def __init__(self, args: argparse.Namespace, number: int, start: float):
        super().__init__(daemon=True)
        self.args, self.number, self.start_at = args, number, start
        self.took: list[float] = []
        self.sent: list[tuple[str, float]] = []
        self.refused = 0

    def run(self) -> None:
        args = self.args
        host = args.url.split("//")[1]
        connection = http.client.HTTPConnection(host, timeout=30)
        step = args.senders / args.rate
        due = self.start_at + self.number / args.rate
        count = 0
        while due < self.start_at + args.seconds:
            time.sleep(max(0.0, due - time.time()))
            count += 1
            record = f"p{self.number}x{count}x{int(self.start_at)}"
            body = json.dumps({"item": {
                "item_id": record, "name": record, "rate": 12.50,
                "last_modified_time": "2026-01-01T00:00:00Z"}})
            connection.request("POST", "/api/zoho/webhooks/products", body, {
                "X-API-Key": args.key, "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 202:
                self.sent.append((record, due))
            else:
                self.refused += 1
            self.took.append(time.time() - due)
            due += step


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--ledger")
    parser.add_argument("url")
    parser.add_argument("key")
    args = parser.parse_args()
    start = time.time() + 0.2
    senders = [Sender(args, n, start) for n in range(args.senders)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    took = sorted(t * 1000 for sender in senders for t in sender.took)
    for percent in (50, 95, 99):
        print(f"p{percent} {percentile(took, percent):.2f}")
    print(f"max {took[-1]:.2f}")
    if args.ledger:
        with open(args.ledger, "w", encoding="ascii") as ledger:
            for sender in senders:
                for record, sent in sender.sent:
                    ledger.write(f"{record}\t{sent:.6f}\n")
    refused = sum(sender.refused for sender in senders)
    if refused:
        sys.exit(f"{refused} were not accepted")


main()
