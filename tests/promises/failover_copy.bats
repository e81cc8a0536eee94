#!/usr/bin/env bats
# A failover that ends at an empty or at an older copy of the database
# (reliability 2.2): nothing is answered 202 that is not kept, and receiver,
# drain and status say what is wrong. What an older copy lacks it cannot bring
# back; what is kept from then on takes effect once.

load helper
load queue
load receiver
load scale

setup_file() {
    stage none
    web_head heads
    export STAGE_URL=$HEAD_URL STAGE_PORT=${HEAD_URL##*:}
}

teardown_file() {
    web_head_stop heads
    web_head_stop plain
    stage_close
}

setup() {
    OUT=$BATS_TEST_TMPDIR/out
    clean_tables
    stage_as truncate -s 0 "$STAGE/log"
    within 30 health_is "$STAGE_URL" ok
}

teardown() {
    stream_stop
    kill_all drain KILL
    wait
    web_head_stop plain
    [ -z "$(server "select 1 from pg_database where datname = 'before'")" ] || swap before
}

server() {
    stage_as psql -X -q -At -v ON_ERROR_STOP=1 -d "host=$STAGE/pg dbname=postgres user=$STAGE_SUPER" -c "$1"
}

# swap NAME: that database stands in the place of the one there was, which is
# called "before" if it was the first
swap() {
    local was=before
    [ "$1" != before ] || was=other
    shut
    server "alter database zohosync rename to $was" >/dev/null
    server "alter database $1 rename to zohosync" >/dev/null
    server 'alter database zohosync allow_connections on' >/dev/null
    [ "$was" = before ] || server 'drop database other' >/dev/null
}

shut() {
    server 'alter database zohosync allow_connections off' >/dev/null
    server "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'zohosync'" >/dev/null
    within 30 nobody_in
}

# As it is now; to be swapped in later.
take_copy() {
    shut
    server 'create database older template zohosync' >/dev/null
    server 'alter database zohosync allow_connections on' >/dev/null
}

nobody_in() {
    [ "$(server "select count(*) from pg_stat_activity where datname = 'zohosync'")" = 0 ]
}

empty_copy() {
    server 'create database fresh' >/dev/null
    swap fresh
}

@test "at an empty copy events wait in the spool, and the log says that the tables are not there" {
    stream_start
    empty_copy
    stream_goes_on 40
    [ "$(spooled)" -gt 0 ]
    within 30 health_is "$STAGE_URL" degraded
    stream_stop
    expect '' "$(others)" 'answered anything but 202'
    grep ' warn: \| error: ' "$STAGE/log" | grep -q 'does not exist'
    grep ' warn: \| error: ' "$STAGE/log" | grep -q 'zohosync migrate'
}

@test "drain and status say at an empty copy what is missing, and end with 70" {
    empty_copy
    for command in 'drain --once' 'drain --slot 600' 'drain --dry-run' status 'status --account' 'dead list'; do
        # shellcheck disable=SC2086 # words
        run_status 70 zohosync $command
        grep -q 'zohosync migrate' "$OUT"
    done
}

@test "when an empty copy gets its tables all that waited is stored and applied, once" {
    empty_copy
    stream_start
    stream_goes_on 40
    zohosync migrate >/dev/null
    within 30 health_is "$STAGE_URL" ok
    stream_goes_on
    stream_stop
    expect '' "$(others)"
    [ "$(spooled)" -gt 0 ]
    expect_all_once
}

@test "without prepared statements an empty copy is spoken of as well" {
    web_head plain DATABASE_PREPARE=off
    empty_copy
    stage_as truncate -s 0 "$STAGE/log"
    stream_start --url "$HEAD_URL"
    stream_goes_on 40
    stream_stop
    expect '' "$(others)"
    [ "$(spooled)" -gt 0 ]
    grep ' warn: \| error: ' "$STAGE/log" | grep -q 'does not exist'
    zohosync migrate >/dev/null
    expect_all_once
}

@test "at an older copy receiver and drain go on, and what comes from then on takes effect once" {
    stream_start
    zohosync drain --slot 600 >/dev/null 2>&1 3>&- &
    stream_goes_on
    stream_stop
    within 60 finish
    take_copy
    stream_start --first 500000
    stream_goes_on 40
    swap older
    local from
    from=$(tail -n 1 "$STAGE/ledger" | cut -d ' ' -f 1)
    within 30 health_is "$STAGE_URL" ok
    stream_goes_on
    stream_stop
    kill_all drain TERM
    wait
    expect '' "$(others)"
    # 8 senders may have been under way
    expect_all_once $((from + 10))
}

@test "what an older copy does not remember is stored again when it is sent again, and applied once" {
    expect 202 "$(post_text Leads "$(lead 1)")"
    drain
    take_copy
    within 30 health_is "$STAGE_URL" ok
    expect 202 "$(post_text Leads "$(lead 2)")"
    drain
    swap older
    within 30 health_is "$STAGE_URL" ok
    expect 202 "$(post_text Leads "$(lead 2)")"
    expect accepted "$(says .status)"
    # A receiver that has not come back yet spools it: then the drain counts it.
    expect 202 "$(post_text Leads "$(lead 1)")"
    drain
    expect 1 "$(query 'select count(*) from sync.repeat')" 'repeats'
    expect '1|1 2|1' "$(query 'select id, count(*) from mirror.version group by 1 order by 1' | paste -sd ' ')"
    accounted
}
