#!/usr/bin/env bats
# Promise 4: everything is accounted for, at any instant: received is applied,
# stale, duplicate, ignored, fetched, dead or waiting (F033, F042, F060).

load helper
load queue

setup_file() { stage; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    OUT=$BATS_TEST_TMPDIR/out
}
teardown() {
    kill_all drain KILL
    mend_products
}

@test "each outcome has its name, and each request ends in one (F033)" {
    {
        item 1 2026-01-01T12:00:00Z
        item 1 2026-01-01T12:00:00Z
        item 1 2026-01-01T11:00:00Z
        echo '{"item":{"item_id":"2","name":"Thin"}}'
        echo '{"event_type":"test"}'
        echo 'not JSON'
    } | put products
    drain
    expect 'applied=1 dead=1 duplicate=1 fetched=1 ignored=1 stale=1' "$(outcomes)"
    expect 'error 1,ignored 3,success 2' "$(query "select string_agg(s, ',' order by s) from (
        select status || ' ' || count(*) as s from sync.webhook_logs group by status) l")"
    run_status 0 zohosync status --account
    expect 'received 6 = finished 6 + waiting 0' "$(cat "$OUT")"
}

@test "a request of several records has the gravest of their outcomes" {
    item 1 2026-01-01T12:00:00Z | put products
    drain
    printf '[%s,%s,{"item":{"item_id":"3"}}]\n' "$(item 1 2026-01-01T12:00:00Z)" "$(item 2 2026-01-01T12:00:00Z)" | put products
    printf '[%s,{"item":{"name":"no id"}}]\n' "$(item 2 2026-01-01T12:00:00Z)" | put products
    drain
    expect 'applied|{"0": "applied"}
applied|{"0": "duplicate", "1": "applied", "2": "fetched"}
dead|{"0": "duplicate", "1": "dead"}' "$(query 'select outcome, changes from sync.outcome order by seq')"
    accounted
}

@test "no outcome can have another name" {
    run_status 1 query "insert into sync.outcome (seq, received_at, outcome, changes, event_type, tries)
        values (1, now(), 'lost', '{}', 'x', 0)"
    grep -q outcome_check "$OUT"
}

# sample N FILE: ask again and again, for as long as FILE is there; count what
# was no "adds up" and no "PostgreSQL is away"
sample() {
    local got
    while [ -e "$1" ]; do
        got=0
        zohosync status --account >/dev/null 2>&1 || got=$?
        echo "$got" >>"$2"
        sleep 0.05
    done
}

# The stream: what each answer was is kept in a tally.
tell() {
    echo "$1 $(jq -r .status "$ANSWER" 2>/dev/null || echo none)" >>"$TALLY"
}

stream() {
    local i
    for i in $(seq "$1" "$2"); do
        tell "$(post_text products "$(item "$i" 2026-01-01T12:00:00Z)")"
        case $((i % 5)) in
        0) tell "$(post_text products "$(item "$i" 2026-01-01T12:00:00Z)")" ;;
        1) tell "$(post_text products "{\"item\":{\"name\":\"no id $i\"}}")" ;;
        2) tell "$(post_text products "not JSON $i")" ;;
        3) tell "$(post_text products "$(item "$i" 2026-01-01T11:00:00Z)")" ;;
        4) tell "$(post_text products "$(item "$i" 2026-01-01T13:00:00Z)" -H 'X-Zoho-Webhook-Signature: 00')" ;;
        esac
    done
}

tally() {
    grep -c "$1" "$TALLY" || true
}

# bats test_tags=mount
@test "the account holds at every sample, under poison, repeats, refusals, retries and spool" {
    export TALLY=$BATS_TEST_TMPDIR/tally
    local samples=$BATS_TEST_TMPDIR/samples on=$BATS_TEST_TMPDIR/on
    : >"$on"
    break_products 7
    sample "$on" "$samples" 3>&- &
    sampler=$!
    RETRY_LIMIT=2 RETRY_BASE_SECONDS=1 RETRY_MAX_SECONDS=1 zohosync drain --slot 600 --workers 2 3>&- &
    stream 1 25
    stage_pg_stop fast
    stream 26 35
    stage_pg_start
    stream 36 50
    zohosync dead retry "$(query 'select min(dead_id) from sync.dead where resolved_at is null')"
    until_true 30 all_done
    rm "$on"
    wait "$sampler"
    kill_all drain TERM
    expect '' "$(sort "$samples" | uniq | grep -vx '0\|75')" "a sample did not add up"
    [ "$(grep -cx 0 "$samples")" -ge 10 ]
    expect 0 "$(tally '^5\|^000')" "every request was answered"
    # A repeat is known by the receiver, or by the drain where it came spooled.
    expect "$(tally '^202 \|^400 ')|10" "$(query 'select (select count(*) from sync.inbox)
        + (select count(*) from sync.repeat), (select count(*) from sync.repeat)')"
    expect "$(query 'select count(*) from sync.inbox')" "$(query 'select count(*) from sync.outcome')"
    refused=$(tally '^401')
    # As plain CGI it has no memory: the two while PostgreSQL was away are lost.
    case ${STAGE_MOUNT:-} in cgi | apache-cgi) refused=$((refused - 2)) ;; esac
    until_true 20 refused_are "$refused" || true
    expect "$refused" "$(query 'select coalesce(sum(hits), 0) from sync.refusal')" "refusals"
    expect t "$(query "select count(*) > 0 from sync.inbox where origin = 'spool'")"
    expect 7 "$(query "select id from sync.dead where reason = 'value'")"
}

refused_are() {
    [ "$(query 'select coalesce(sum(hits), 0) from sync.refusal')" = "$1" ]
}
