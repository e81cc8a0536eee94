"""Requests put into the queue without a web server: what sql/intake/store.sql
does for one of them, for many at once, so that a million are affordable; and
what must be so when they are drained.

  under_load(run, ...)  what run.start() does, on a stage that stands already
  wrap(stage, program, how)  from now on it is started after these words of sh
  alone(run)            a stage without web server and without fsync
  put(stage, requests)  (route, body), (route, body, when it was received) or
                        (route, body, when, content type), in the order in
                        which they are stored
  empty(stage)          begin anew on the same stage
  no_sanitizer(run)     skip where the programs are built with one
  drain(run, ...)       drain until nothing waits
  accounted(run)        received = finished + waiting, and each effect once
"""

import os
import time

from fault import Skip
from oracle import ACCOUNT, Freed, Sampler
from drains import Drains
from stage import Failure, Stage

LINE = """create temp table if not exists line
    (n serial, route text, body text, received_at timestamptz, type text)"""

# Only what load and store leave out: the dedupe.
PUT = """
with numbered as materialized (
    select nextval('sync.request_seq') as seq, route,
           coalesce(received_at, now()) as received_at, type, body
      from (select * from line order by n) l
), kept as (
    insert into sync.inbox (seq, received_at, source, route, event_type,
           changes, content_type, body)
    select seq, received_at, 'books', route, 'test.put', 1,
           coalesce(type, 'application/json'), decode(body, 'hex')
      from numbered
)
insert into sync.work (seq, received_at)
select seq, received_at from numbered"""

EFFECTS = """
select (select count(*) from mirror.version),
       (select coalesce(sum(version), 0) from mirror.record),
       (select count(*) from sync.outcome, jsonb_each_text(changes) where value = 'applied'),
       (select count(*) from sync.conflict),
       (select count(*) from sync.outcome, jsonb_each_text(changes) where value = 'stale')"""


def under_load(run, **load):
    run.sampler, run.freed = Sampler(run.stage), Freed(run.stage)
    run.drains = Drains(run.stage, run.seed)
    run.begin_load(**load)


def wrap(stage, program, how):
    """The receiver, or the front door of the jobs ("zohosync")."""
    real = "%s/bin/%s" % (stage.dir, program)
    path = real + ".wrapped"
    if program == "zohosync":
        # the tests start it by this name; which program it becomes keeps its own
        os.rename(real, real + ".real")
        path, real = real, real + ".real"
    with open(path, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\n%s exec %s \"$@\"\n" % (how, real))
    os.chmod(path, 0o755)
    if program == "webhook":
        stage.sh("stage_web_stop")
        stage.sh("sed -i 's#bin/webhook#bin/webhook.wrapped#' \"$STAGE/lighttpd.conf\"")
        stage.web()


def alone(run, settings=(), **knobs):
    run.stage = Stage(run.strike, settings=("LOG_LEVEL=info", *settings),
                      **{"STAGE_FSYNC": "off", **knobs})
    run.stage.sql("select sync.make_partitions(now() - interval '14 days')")
    return run.stage


def no_sanitizer(run):
    """It wants to be the first that is preloaded."""
    with open(run.stage.dir + "/bin/drain", "rb") as f:
        if b"__asan_init" in f.read():
            raise Skip("not under a sanitizer")


def put(stage, requests, folder):
    path = os.path.join(folder, "requests")
    with open(path, "w", encoding="ascii") as out:
        for route, body, *more in requests:
            data = body if isinstance(body, bytes) else body.encode()
            words = [route, data.hex()] + [word or "\\N" for word in more]
            out.write("\t".join(words + ["\\N"] * (4 - len(words))) + "\n")
    stage.sql("set client_min_messages = error")
    stage.sql(LINE)
    stage.sql("truncate line restart identity")
    stage.sql("\\copy line (route, body, received_at, type) from '%s'" % path)
    stage.sql(PUT)
    os.unlink(path)


def empty(stage):
    """As if nothing had been received."""
    stage.sql("""truncate sync.inbox, sync.work, sync.seen, sync.repeat, sync.outcome, sync.dead,
        sync.spooled, sync.fetch, sync.conflict, mirror.record, mirror.version, zoho.products""")


def waiting(stage):
    return stage.sql.number("select count(*) from sync.work")


def drain(run, *options, seconds=600, runs=20, **env):
    """Whole runs with --once until nothing waits; returns the seconds."""
    began = time.monotonic()
    for _ in range(runs):
        status, said = run.stage.zohosync("drain", "--once", *options, seconds=seconds, **env)
        run.expect(0, status, "the drain's exit status (%s)" % said)
        if run.all_done():
            return time.monotonic() - began
    raise Failure("%d requests wait after %d drains" % (waiting(run.stage), runs))


def accounted(run):
    sql = run.stage.sql
    received, finished, left = (int(n) for n in sql(ACCOUNT)[0])
    run.expect(received, finished + left, "received = finished + waiting")
    versions, numbered, applied, conflicts, stale = sql(EFFECTS)[0]
    run.expect(applied, versions, "versions of what was applied")
    run.expect(numbered, versions, "versions as the records count them")
    run.expect(stale, conflicts, "conflicts of what was stale")
    return {"requests": finished, "applied": applied, "stale": stale}
