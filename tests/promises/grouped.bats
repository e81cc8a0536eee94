#!/usr/bin/env bats
# Commits are grouped across the requests of a process: many senders at once,
# two processes, and still each event on its own.

load helper

setup_file() {
    export STAGE_PROCS=2
    stage
}
teardown_file() { stage_close; }
setup() { clean_tables; }

# flood FIRST LAST STEP: post leads of these ids over 16 connections at once;
# prints how often each status came
flood() {
    python3 - "$STAGE_PORT" "$STAGE_KEY" "$@" <<'END'
import collections, http.client, sys, threading
port, key, first, last, step = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
ids = list(range(first, last, step))
said, lock = collections.Counter(), threading.Lock()

def run(mine):
    c = http.client.HTTPConnection("127.0.0.1", port)
    for i in mine:
        time = "yesterday" if i % 50 == 49 else "2026-01-31T09:15:00+01:00"
        c.request("POST", "/api/zoho/webhooks/Leads", '{"data":[{"id":"%d","Last_Name":"Example",'
                  '"Modified_Time":"%s"}]}' % (i, time), {"X-API-Key": key})
        r = c.getresponse()
        r.read()
        with lock:
            said[r.status] += 1

threads = [threading.Thread(target=run, args=(ids[n::16],)) for n in range(16)]
[t.start() for t in threads]
[t.join() for t in threads]
print(" ".join("%d:%d" % s for s in sorted(said.items())))
END
}

@test "events of many senders at once are each stored once" {
    expect '202:1000' "$(flood 1 1001 1)"
    expect '1000|1000' "$(query "select count(*), count(distinct convert_from(body, 'UTF8')) from sync.inbox")"
    drain
    expect 980 "$(query 'select count(*) from mirror.record')"
    accounted
}

# twins ROUNDS: in each round 16 events, each posted by two senders at once
twins() {
    python3 - "$STAGE_PORT" "$STAGE_KEY" "$1" <<'END'
import collections, http.client, random, sys, threading
port, key, rounds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
said, lock, together = collections.Counter(), threading.Lock(), threading.Barrier(32)

def run(n):
    c = http.client.HTTPConnection("127.0.0.1", port)
    c.connect()
    for r in range(rounds):
        body = ('{"data":[{"id":"%d","Last_Name":"Example","Modified_Time":"2026-01-31T09:15:00+01:00"}]}'
                % (1000 * r + 1 + n % 16))
        together.wait()
        c.request("POST", "/api/zoho/webhooks/Leads", body, {"X-API-Key": key})
        answer = c.getresponse()
        answer.read()
        with lock:
            said[answer.status] += 1

threads = [threading.Thread(target=run, args=(n,)) for n in random.sample(range(32), 32)]
[t.start() for t in threads]
[t.join() for t in threads]
print(" ".join("%d:%d" % s for s in sorted(said.items())))
END
}

@test "two processes that get the same events at once do not wait for each other in a circle" {
    expect '202:6400' "$(twins 200)"
    expect '3200|3200' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
    expect 0 "$(grep -c 'deadlock detected' "$STAGE/pg/log")"
    expect 0 "$(find "$STAGE/spool" -name '*.req' | wc -l)"
}

@test "one that PostgreSQL refuses fails alone, its group is stored (platform: a pipeline aborts as a whole)" {
    query "alter table sync.inbox add constraint shut check (body <> convert_to('{\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",\"Modified_Time\":\"2026-01-31T09:15:00+01:00\"}]}', 'UTF8')) not valid" >/dev/null
    expect '202:200' "$(flood 1 201 1)"
    query 'alter table sync.inbox drop constraint shut' >/dev/null
    expect '199' "$(query 'select count(*) from sync.inbox')"
    expect 1 "$(find "$STAGE/spool" -name '*.req' | wc -l)"
    drain
    expect '200' "$(query 'select count(*) from sync.inbox')"
    accounted
}
