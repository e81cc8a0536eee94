#!/usr/bin/env bats
# Promise 7: no run claims success it did not have. Exit codes mean what
# sysexits says, and the figures of a run add up (F342, F087).

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    OUT=$BATS_TEST_TMPDIR/out
}
teardown() {
    kill_all drain KILL
    until_true 20 none_left drain
    quicken
    mend_products
}

# What a run would change, in one line.
fingerprint() {
    query "select md5(string_agg(t::text, E'\n' order by t::text)) from (
        select w::text as t from sync.work w union all
        select o::text from sync.outcome o union all
        select d::text from sync.dead d union all
        select c::text from sync.conflict c union all
        select f::text from sync.fetch f union all
        select s::text from sync.seen s union all
        select r::text from mirror.record r union all
        select v::text from mirror.version v union all
        select m::text from sync.module m union all
        select p::text from zoho.products p) all_rows"
}

@test "0: the work is done, also where there was none" {
    run_status 0 drain
    item 1 2026-01-01T00:00:00Z | put products
    run_status 0 drain
    run_status 0 zohosync status
    run_status 0 zohosync status --account
    grep -q '^received 1 = finished 1 + waiting 0$' "$OUT"
}

@test "0: a record that went to the dead letters is told there, not by the exit code" {
    echo 'not JSON' | put products
    run_status 0 drain
    expect 1 "$(summary_of dead)"
}

@test "64: the command is used wrongly" {
    run_status 64 drain --workers 0
    grep -q 'workers takes a whole number from 1 to 16' "$OUT"
    run_status 64 drain --workers two
    run_status 64 drain --slot 0
    run_status 64 drain --until 25:00
    grep -q '"25:00"' "$OUT"
    run_status 64 drain --until soon
    run_status 64 drain --fast
    run_status 64 drain everything
    run_status 64 zohosync status --xml
}

@test "65: what was given is refused" {
    run_status 65 zohosync dead show 12345
    run_status 65 zohosync key revoke nobody
}

@test "70: something of ours is wrong: a role without its rights" {
    run_status 70 env DATABASE_URL="postgresql:///zohosync?host=$STAGE/pg&user=report" \
        "$STAGE/bin/drain" --once -c "$STAGE_CONF"
    grep -q 'permission denied' "$OUT"
}

@test "70: requests that are unaccounted for" {
    item 1 2026-01-01T00:00:00Z | put products
    query 'delete from sync.work' >/dev/null
    run_status 70 zohosync status --account
    grep -q 'DOES NOT ADD UP' "$OUT"
    grep -q '1 requests are unaccounted for' "$OUT"
}

@test "74: what a tool says cannot be written" {
    local got
    for words in status 'status --json' 'status --account' 'dead list' 'key list' 'migrate status'; do
        got=0
        # shellcheck disable=SC2086 # words
        zohosync $words >/dev/full 2>"$OUT" || got=$?
        expect 74 "$got" "$words: $(cat "$OUT")"
        grep -q 'No space left on device' "$OUT"
    done
}

@test "75: PostgreSQL is away, for every program that needs it" {
    stage_pg_stop fast
    run_status 75 drain
    grep -q 'could not talk to PostgreSQL' "$OUT"
    run_status 75 drain --dry-run
    run_status 75 zohosync status
    run_status 75 zohosync dead list
    run_status 75 zohosync migrate
    stage_pg_start
    run_status 0 drain
}

@test "75: PostgreSQL only reads, as a standby does, from the first word on" {
    item 1 2026-01-01T00:00:00Z | put products
    query 'alter role job set default_transaction_read_only = on' >/dev/null
    run_status 75 drain
    grep -q 'read-only transaction' "$OUT"
    query 'alter role job reset default_transaction_read_only' >/dev/null
    run_status 0 drain
    expect 1 "$(query 'select count(*) from mirror.record')"
}

@test "75: a file in the spool cannot be read: what is in the queue is done, the file stays" {
    local file=$STAGE/spool/00001795305600000000-0000000000000000.req
    item 1 2026-01-01T00:00:00Z | put products
    stage_as mkdir -p "$STAGE/spool"
    stage_as touch "$file"
    stage_as chmod 0 "$file"
    run_status 75 drain
    grep -q "could not open \"$file\": Permission denied" "$OUT"
    expect 1 "$(query 'select count(*) from mirror.record')"
    [ -e "$file" ]
    rm "$file"
    run_status 0 drain
}

@test "75: the settings cannot be read just now" {
    # its first byte cannot be read, as on a disk that fails
    for program in status drain key migrate; do
        run_status 75 stage_as "$STAGE/bin/zohosync" "$program" -c /proc/self/mem
        grep -q 'could not read "/proc/self/mem": Input/output error' "$OUT"
    done
}

@test "75: PostgreSQL went away in the middle of a run that should end" {
    for i in $(seq 5); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 60
    drain >"$OUT" 2>&1 &
    until_true 20 in_batch
    stage_pg_stop immediate
    got=0
    wait $! || got=$?
    stage_pg_start
    expect 75 "$got" "$(cat "$OUT")"
    expect 5 "$(query 'select count(*) from sync.work')"
}

@test "a run whose worker was killed does its work, or does not end with 0" {
    local parent worker got=0
    for i in $(seq 20); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 60
    drain >"$OUT" 2>&1 &
    until_true 20 in_batch
    parent=$(pids_of drain | sort -n | head -n 1)
    for worker in $(pids_of drain | grep -vx "$parent"); do kill -KILL "$worker"; done
    full_speed
    wait $! || got=$?
    [ "$got" -ne 0 ] || expect 0 "$(query 'select count(*) from sync.work')" "left, though it ended with 0"
}

@test "a lingering drain outlasts a restart of PostgreSQL and ends well" {
    zohosync drain --slot 600 >"$OUT" 2>&1 &
    until_true 20 listening
    stage_pg_stop immediate
    stage_pg_start
    item 1 2026-01-01T00:00:00Z | put products
    until_true 30 all_done
    kill_all drain TERM
    wait $!
    expect 'applied=1' "$(outcomes)"
}

listening() {
    [ "$(query "select count(*) from pg_stat_activity where application_name = 'zohosync drain'")" = 1 ]
}

@test "78: a setting is wrong or missing" {
    run_status 78 env DRAIN_BATCH=x "$STAGE/bin/drain" --once -c "$STAGE_CONF"
    run_status 78 env ZOHO_MODULES_TO_SYNC='Leads,De als/' "$STAGE/bin/drain" --once -c "$STAGE_CONF"
    run_status 78 env LOG_LEVEL=loud "$STAGE/bin/drain" --once -c "$STAGE_CONF"
    run_status 78 env LOG="$STAGE/nowhere/log" "$STAGE/bin/drain" --once -c "$STAGE_CONF"
    run_status 78 "$STAGE/bin/drain" --once -c "$STAGE/nowhere.conf"
    grep -v ^DATABASE_URL "$STAGE_CONF" | stage_as tee "$STAGE/half.conf" >/dev/null
    stage_as chmod 600 "$STAGE/half.conf"
    run_status 78 stage_as "$STAGE/bin/drain" --once -c "$STAGE/half.conf"
    grep -q 'DATABASE_URL is not set' "$OUT"
}

@test "the summary names each outcome, and they add up to the requests" {
    break_products 9
    {
        for i in $(seq 8); do item "$i" 2026-01-01T12:00:00Z; done
        item 1 2026-01-01T12:00:00Z
        item 2 2026-01-01T11:00:00Z
        echo '{"item":{"item_id":"3"}}'
        echo '{"event_type":"test"}'
        echo 'not JSON'
        item 9 2026-01-01T12:00:00Z
    } | put products
    drain
    expect 'requests=13 applied=8 stale=1 duplicate=1 ignored=1 fetched=1 dead=1 postponed=1 spool=0' \
        "$(last_summary | sed 's/ ms=.*//')"
    expect 13 "$(query 'select count(*) from sync.outcome')"
    expect 1 "$(query 'select count(*) from sync.work')"
}

@test "the summary adds up over several workers and batches" {
    for i in $(seq 300); do item "$i" 2026-01-01T12:00:00Z; done | put products
    DRAIN_BATCH=10 drain --workers 3
    expect 'requests=300 applied=300 stale=0 duplicate=0 ignored=0 fetched=0 dead=0 postponed=0 spool=0' \
        "$(last_summary | sed 's/ ms=.*//')"
}

@test "a change is counted by the run that made it, not by later tries of its request" {
    break_products 2
    printf '[%s,%s]\n' "$(item 1 2026-01-01T12:00:00Z)" "$(item 2 2026-01-01T12:00:00Z)" | put products
    drain
    expect 'requests=0 applied=1 postponed=1' "requests=$(summary_of requests) applied=$(summary_of applied) postponed=$(summary_of postponed)"
    mend_products
    due_now
    drain
    expect 'requests=1 applied=1 postponed=0' "requests=$(summary_of requests) applied=$(summary_of applied) postponed=$(summary_of postponed)"
}

@test "a batch that was rolled back is in no figure" {
    item 1 2026-01-01T12:00:00Z | put products
    query 'alter table sync.outcome add constraint shut check (seq < 0) not valid' >/dev/null
    [ "$(drain >"$OUT" 2>&1; echo $?)" -gt 0 ]
    query 'alter table sync.outcome drop constraint shut' >/dev/null
    expect '0 0' "$(summary_of requests) $(summary_of applied)"
    expect 1 "$(query 'select count(*) from sync.work')"
}

@test "a dry run says what a batch would do and changes nothing (F163)" {
    break_products 2
    {
        item 1 2026-01-01T12:00:00Z
        item 1 2026-01-01T11:00:00Z
        item 2 2026-01-01T11:00:00Z
        echo 'not JSON'
        echo '{"item":{"item_id":"3"}}'
    } | put products
    before=$(fingerprint)
    run_status 0 drain --dry-run
    grep -q '^would finish 4 requests, put back 1$' "$OUT"
    grep -q '^ *1 applied$' "$OUT"
    grep -q '^ *1 stale$' "$OUT"
    grep -q '^ *1 dead$' "$OUT"
    grep -q '^ *1 fetched$' "$OUT"
    grep -q '^ *1 retry$' "$OUT"
    expect "$before" "$(fingerprint)"
    drain
    [ "$before" != "$(fingerprint)" ]
    run_status 0 drain --dry-run
    expect 'nothing is due' "$(cat "$OUT")"
}

@test "a run on a terminal says its summary there, a run of cron says nothing" {
    item 1 2026-01-01T12:00:00Z | put products
    expect '' "$(drain 2>&1)"
    item 2 2026-01-01T12:00:00Z | put products
    script -qec "$(declare -f stage_as zohosync drain); STAGE=$STAGE STAGE_CONF=$STAGE_CONF; drain" /dev/null >"$OUT"
    grep -q '^requests=1 applied=1 ' "$OUT"
}
