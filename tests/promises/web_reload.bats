#!/usr/bin/env bats
# bats file_tags=reload
# The web server and the receiver are reloaded, restarted and stopped under a
# steady stream of posts: whatever was answered 2xx is kept (promise 1).

load helper
load receiver

setup_file() { stage; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    rm -f "$STAGE/stop"
}
teardown() {
    touch "$STAGE/stop"
    wait
    [ ! -s "$BATS_TEST_TMPDIR/stopped" ] || xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped" 2>/dev/null || true
    OTHER_NAME=again other_web_stop
    other_web_stop
}

# A stream of leads until the file "stop" is there: the numbers that were
# answered 202 go to "accepted", all other answers to "others".
stream() {
    python3 - "$STAGE_PORT" "$STAGE_KEY" "$STAGE" "$1" 3>&- <<'END' &
import http.client, os, sys, time
port, key, stage, first = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
n = first
with open("%s/accepted.%d" % (stage, first), "w", 1) as accepted, \
        open("%s/others.%d" % (stage, first), "w", 1) as others:
    while not os.path.exists(stage + "/stop"):
        n += 1
        body = ('{"data":[{"id":"%d","Last_Name":"Example",'
                '"Modified_Time":"2026-01-31T09:15:00+01:00"}]}' % n)
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            c.request("POST", "/api/zoho/webhooks/Leads", body, {"X-API-Key": key})
            r = c.getresponse()
            r.read()
            print(n, r.status, file=accepted if r.status == 202 else others)
        except OSError as e:
            print(n, type(e).__name__, file=others)
        except http.client.HTTPException as e:
            print(n, type(e).__name__, file=others)
        time.sleep(0.005)
END
}

accepted() {
    cat "$STAGE"/accepted.* 2>/dev/null | wc -l
}

flows() {
    [ "$(accepted)" -ge "$1" ]
}

stream_start() {
    rm -f "$STAGE"/accepted.* "$STAGE"/others.*
    stream 1000000
    stream 2000000
    until_true 20 flows 20
}

# Some more are accepted: the stream goes on.
stream_goes_on() {
    until_true 30 flows $(($(accepted) + 20))
}

# Each number that was answered 202 is in the inbox or in the spool, and
# after a drain in the mirror, once.
expect_all_kept() {
    touch "$STAGE/stop"
    wait
    {
        query "select convert_from(body, 'UTF8')::jsonb #>> '{data,0,id}' from sync.inbox"
        find "$STAGE/spool" -name '[!.]*.req' -exec tail -n 1 {} + | grep -o '"id":"[0-9]*' | tr -dc '0-9\n'
    } | sort -u >"$STAGE/kept"
    expect '' "$(cat "$STAGE"/accepted.* | cut -d ' ' -f 1 | sort | comm -23 - "$STAGE/kept")" \
        'answered 202 and not kept' || return 1
    drain || return 1
    query 'select id from mirror.record' | sort >"$STAGE/applied"
    expect '' "$(cat "$STAGE"/accepted.* | cut -d ' ' -f 1 | sort | comm -23 - "$STAGE/applied")" \
        'answered 202 and not applied' || return 1
    expect '' "$(query 'select id from mirror.version group by 1 having count(*) > 1')" 'applied twice' || return 1
    accounted
}

receivers() {
    pgrep -f "^$STAGE/bin/webhook" || true
}

# The processes of the web server.
servers() {
    pgrep -f -- "^[^ ]*(lighttpd|apache2) -f $STAGE/(lighttpd|apache)\.conf" || true
}

# How often the web server has begun to serve.
beginnings() {
    cat "$STAGE/lighttpd.err" "$STAGE/apache.err" 2>/dev/null |
        grep -c 'server started\|resuming normal operations'
}

began_again() {
    [ "$(beginnings)" -gt "$1" ]
}

@test "a graceful reload of the web server loses nothing, however often it comes" {
    local before i
    stream_start
    for i in 1 2 3; do
        before=$(beginnings)
        stage_web_reload
        until_true 30 began_again "$before"
        stream_goes_on
    done
    expect_all_kept
    # while it reloads a sender may find the door closed, and no more
    expect '' "$(cat "$STAGE"/others.* | grep -v 'Refused\|Reset\|Disconnected\| 503')"
}

@test "SIGHUP to the web server, for a new log or a hasty restart, loses nothing" {
    local i
    stream_start
    for i in 1 2 3; do
        stage_web_signal HUP
        stream_goes_on
    done
    expect_all_kept
}

@test "a restart of the web server loses nothing" {
    stream_start
    stage_web_restart
    stream_goes_on
    expect_all_kept
}

@test "a web server that is stopped when it is done with its requests loses nothing" {
    local how=INT
    [ ! -s "$STAGE/apache.pid" ] || how=WINCH
    stream_start
    stage_web_signal $how
    until_true 30 none_serves
    stage_web_stop
    stage_web_start
    stream_goes_on
    expect_all_kept
}

none_serves() {
    [ -z "$(servers)" ]
}

# Also those that were just being started.
all_killed() {
    servers | xargs -r kill -KILL 2>/dev/null || true
    none_serves
}

@test "a web server that is killed loses nothing that was answered" {
    stream_start
    until_true 20 all_killed
    # nobody was left to end its receivers
    receivers | xargs -r kill -KILL 2>/dev/null || true
    stage_web_stop
    stage_web_start
    stream_goes_on
    expect_all_kept
}

@test "a receiver that is killed loses nothing that was answered, and is started again" {
    local i
    stream_start
    for i in 1 2 3; do
        receivers | xargs -r kill -KILL 2>/dev/null || true
        stream_goes_on
    done
    expect_all_kept
}

@test "a receiver that is told to end (SIGTERM, SIGINT) loses nothing, and is started again" {
    local signal
    stream_start
    for signal in TERM INT USR1; do
        receivers | xargs -r kill -"$signal" 2>/dev/null || true
        stream_goes_on
    done
    expect_all_kept
}

@test "a restart of PostgreSQL under the stream loses nothing and refuses nobody" {
    local how
    stream_start
    for how in fast immediate; do
        stage_pg_stop $how
        stream_goes_on
        stage_pg_start
        stream_goes_on
    done
    expect_all_kept
    expect '' "$(cat "$STAGE"/others.*)" 'answered anything but 202'
}

@test "SIGTERM to the receiver finishes the requests in flight" {
    local i pids=()
    other_web STORE_TIMEOUT_MS=20000
    post_text Leads "$(lead 99)" >/dev/null
    { head -n 1 "$STAGE/pg/data/postmaster.pid"
      pgrep -P "$(head -n 1 "$STAGE/pg/data/postmaster.pid")"; } >"$BATS_TEST_TMPDIR/stopped"
    xargs kill -STOP <"$BATS_TEST_TMPDIR/stopped"
    for i in 1 2 3 4 5 6; do
        printf '%s' "$(lead $i)" >"$BATS_TEST_TMPDIR/body.$i"
        post Leads "$BATS_TEST_TMPDIR/body.$i" -o /dev/null 3>&- >"$BATS_TEST_TMPDIR/status.$i" &
        pids+=($!)
    done
    sleep 0.5
    expect '' "$(cat "$BATS_TEST_TMPDIR"/status.*)" 'none is answered yet'
    receivers | xargs -r kill -TERM 2>/dev/null || true
    sleep 0.5
    expect '' "$(cat "$BATS_TEST_TMPDIR"/status.*)" 'none is dropped'
    xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped"
    : >"$BATS_TEST_TMPDIR/stopped"
    wait "${pids[@]}"
    expect '202 202 202 202 202 202' "$(cat "$BATS_TEST_TMPDIR"/status.* | paste -sd ' ')"
    expect 7 "$(query 'select count(*) from sync.inbox')"
}

@test "a receiver that ends leaves no refusal uncounted (F042)" {
    other_web LOG_LEVEL=info
    expect 401 "$(ask POST /api/zoho/webhooks/invoices --data-binary '{}')"
    expect 401 "$(ask POST /api/zoho/webhooks/invoices --data-binary '{}')"
    other_web_stop
    counted() { [ "$(query 'select coalesce(sum(hits), 0) from sync.refusal')" = 2 ]; }
    until_true 10 counted
}

@test "the log is opened again on SIGHUP, and nothing is lost by it" {
    stream_start
    mv "$STAGE/log" "$STAGE/log.1"
    receivers | xargs -r kill -HUP 2>/dev/null || true
    stream_goes_on
    expect 413 "$(head -c 5000000 /dev/zero | curl -s -o /dev/null -w '%{http_code}' --data-binary @- \
        "$STAGE_URL/api/zoho/webhooks/Leads")"
    grep -q 'refused with 413' "$STAGE/log"
    expect_all_kept
    expect '' "$(cat "$STAGE"/others.*)"
}
