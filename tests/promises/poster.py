"""Post signed items, one after the other, until a file is gone.

  poster.py URL SECRET NAME GUARD LEDGER

An id that was answered 2xx goes into the ledger, after the answer and never
before it.
"""

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request


def send(url, secret, body):
    request = urllib.request.Request(url, body, {
        "Content-Type": "application/json",
        "X-Zoho-Webhook-Signature":
            hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except OSError:
        return 0


def main():
    url, secret, name, guard, ledger = sys.argv[1:6]
    number = 0
    with open(ledger, "a") as acknowledged:
        while os.path.exists(guard):
            number += 1
            record = "%s-%d" % (name, number)
            body = json.dumps({"item": {
                "item_id": record, "name": record,
                "last_modified_time": "2026-01-01T00:00:00Z"}}).encode()
            if 200 <= send(url, secret, body) <= 299:
                acknowledged.write(record + "\n")
                acknowledged.flush()
            time.sleep(0.004)


main()
