#!/usr/bin/env bats
# Two hosts on one PostgreSQL, each with a web head, a spool and a drain of its
# own (F069, F070): either may stop, die or be cut off, the other goes on.
# Two drains at once are tested in promise_10_anywhere; here is the whole path.

load helper
load queue
load receiver
load scale

# A host is a name, a settings file of its own, and nothing else: the name of
# the machine is set with a UTS namespace where that may be, else both bear
# one name and their drains take turns at one slot.
setup_file() {
    stage none
    for host in a b; do
        web_head "$host" "SPOOL_DIR=$STAGE/spool-$host" "LOG=$STAGE/log-$host"
        export "URL_$host=$HEAD_URL"
    done
    export STAGE_URL=$URL_a STAGE_PORT=${URL_a##*:}
}

teardown_file() {
    web_head_stop a
    web_head_stop b
    stage_close
}

setup() {
    OUT=$BATS_TEST_TMPDIR/out
    clean_tables
    rm -f "$STAGE"/spool-*/*.req
    : >"$STAGE/log-a"
    : >"$STAGE/log-b"
}

teardown() {
    stream_stop
    goes_on
    kill_all drain KILL
    wait
    quicken
    stage_as cp "$STAGE/a.keep" "$STAGE/a.conf" 2>/dev/null || true
    rm -f "$STAGE/a.keep"
}

own_name() {
    [ "$(id -u)" -eq 0 ] && unshare --uts true 2>/dev/null
}

# drain_on HOST [arguments]: one that lingers, in the background
drain_on() {
    local host=$1
    shift
    if own_name; then
        # shellcheck disable=SC2016 # for the shell inside
        DRAIN_BATCH=${BATCH:-20} unshare --uts sh -c 'hostname "$0" && exec "$@"' "zohosync-$host" \
            runuser -u postgres -- "$STAGE/bin/drain" --slot 600 -c "$STAGE/$host.conf" "$@" 3>&- &
    else
        DRAIN_BATCH=${BATCH:-20} stage_as "$STAGE/bin/drain" --slot 600 -c "$STAGE/$host.conf" "$@" 3>&- &
    fi
    STARTED="${STARTED:-} $!"
    within 40 is_draining "$host"
}

# The processes of a host's drain, by its settings.
drains_of() {
    local pid
    for pid in $(pids_of drain); do
        ! tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$STAGE/$1.conf" || echo "$pid"
    done
}

is_draining() {
    [ "$(drains_of "$1" | wc -l)" -ge 2 ] &&
        [ "$(query "select count(*) > 0 from pg_stat_activity where application_name = 'zohosync drain'")" = t ]
}

host_dies() {
    drains_of "$1" | xargs -r kill -KILL
}

# runuser stands still with what it started.
goes_on() {
    kill_all drain CONT
    # shellcheck disable=SC2086 # words
    [ -z "${STARTED:-}" ] || kill -CONT $STARTED 2>/dev/null || true
}

mirrored() { query 'select count(*) from mirror.record'; }
mirrored_is() { [ "$(mirrored)" = "$1" ]; }

# Both hosts' spools are emptied by their own drains, then all is applied.
finish() {
    due_now
    for host in a b; do
        stage_as "$STAGE/bin/drain" --once -c "$STAGE/$host.conf" >/dev/null 2>&1 || return 1
    done
    [ "$(query 'select count(*) from sync.work')" = 0 ] && [ "$(spooled)" = 0 ]
}

@test "two web heads and two drains share the work; both heads say they are well" {
    drain_on a
    drain_on b
    STREAM_RATE=150 stream_start --url "$URL_a" --url "$URL_b" --kind both
    within 30 health_is "$URL_a" ok
    within 30 health_is "$URL_b" ok
    stream_goes_on 200
    stream_stop
    expect '' "$(others)"
    within 40 finish
    expect_all_once
}

@test "one event sent to both heads is one event" {
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect accepted "$(says .status)"
    expect 202 "$(STAGE_URL=$URL_b post_text Leads "$(lead 1)")"
    expect repeat "$(says .status)"
    expect '1|1' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
}

@test "edits of one record through both heads and both drains end in the newest" {
    local i urls=("$URL_a" "$URL_b")
    BATCH=1 drain_on a
    BATCH=1 drain_on b
    for i in $(shuf -i 10-49 --random-source=<(yes)); do
        expect 202 "$(STAGE_URL=${urls[i % 2]} post_text Leads "$(lead 7 "Edit $i" "2026-01-31T09:$i:00+01:00")")"
    done
    within 40 all_done
    expect 'Edit 49' "$(query "select data ->> 'Last_Name' from mirror.record")"
    expect 40 "$(query 'select count(*) from sync.outcome')"
    accounted
}

@test "a host whose drain is killed in the middle of a batch: the other takes over at once" {
    for i in $(seq 60); do lead "$i"; echo; done | put Leads
    slow_down 0.5
    drain_on a
    within 40 in_batch
    BATCH=500 drain_on b
    # b has all that a has not: what is missing then is in a's hands
    host_dies a
    full_speed
    within 40 mirrored_is 60
    [ -z "$(drains_of a)" ]
    within 40 all_done
    expect applied=60 "$(outcomes)"
    expect 60 "$(query 'select count(*) from mirror.version')"
    accounted
}

@test "a host that stops in order leaves its work to the other" {
    drain_on a
    drain_on b
    STREAM_RATE=100 stream_start --url "$URL_a" --url "$URL_b"
    drains_of a | head -n 1 | xargs kill -TERM
    within 40 is_ended a
    stream_goes_on 50
    stream_stop
    within 40 nothing_waits
    expect_all_once
}

is_ended() { [ -z "$(drains_of "$1")" ]; }
nothing_waits() { [ "$(query 'select count(*) from sync.work')" = 0 ]; }

@test "a host that stands still keeps its batch, the other does the rest, and nothing is done twice" {
    own_name || skip 'hosts have one name here, and so one slot'
    for i in $(seq 60); do lead "$i"; echo; done | put Leads
    slow_down 0.5
    drain_on a
    within 40 in_batch
    drains_of a | xargs kill -STOP
    full_speed
    drain_on b
    within 40 mirrored_is 40
    expect 20 "$(query 'select count(*) from sync.work')" 'in the hands of the one that stands still'
    goes_on
    within 40 all_done
    expect 60 "$(query 'select count(*) from mirror.version')"
    accounted
}

@test "a host that is cut off from PostgreSQL spools, and its own drain brings it all when it is back" {
    stage_as cp "$STAGE/a.conf" "$STAGE/a.keep"
    web_head_stop a
    web_head a "SPOOL_DIR=$STAGE/spool-a" "LOG=$STAGE/log-a" \
        "WEB_DATABASE_URL=postgresql:///zohosync?host=$STAGE/cut&user=web"
    drain_on b
    STREAM_RATE=100 stream_start --url "$HEAD_URL" --url "$URL_b"
    stream_goes_on 60
    stream_stop
    expect '' "$(others)"
    expect 0 "$(find "$STAGE/spool-b" -name '*.req' | wc -l)"
    [ "$(find "$STAGE/spool-a" -name '[!.]*.req' | wc -l)" -ge 30 ]
    expect degraded "$(health_of "$HEAD_URL")"
    within 30 health_is "$URL_b" ok
    # b's drain does not see a's files; a's own does
    within 40 nothing_waits
    [ "$(find "$STAGE/spool-a" -name '[!.]*.req' | wc -l)" -ge 30 ]
    ln -s pg "$STAGE/cut"
    within 30 health_is "$HEAD_URL" ok
    own_name || drains_of b | xargs kill -TERM
    drain_on a
    within 40 all_done
    within 40 no_files
    rm "$STAGE/cut"
    expect_all_once
}

no_files() { [ "$(spooled)" = 0 ]; }
