#!/usr/bin/env bats
# Promise 1: what was answered 2xx is never lost, whatever is killed when
# (F036, F054, F403). A longer run: ROUNDS=200 SEED=1 bats this file.

load helper
load queue

setup_file() {
    export STAGE_PROCS=2
    stage
}
teardown_file() { stage_close; }
teardown() {
    rm -f "$STAGE/guard"
    kill_all drain KILL
    wait
}

# Cron's part: there is always a drain, or soon again.
keep_draining() {
    while [ -e "$STAGE/guard" ]; do
        zohosync drain --slot 2 --workers 2 || sleep 0.1
    done >/dev/null 2>&1
}

pg_crash() {
    stage_pg_stop immediate
    [ "$1" = 0 ] || sleep "0.$1"
    stage_pg_start
}

web_answers() {
    curl -fs -o /dev/null "$STAGE_URL/api/health"
}

@test "receivers, drains and PostgreSQL killed at random: every acknowledged event is in the mirror" {
    local seed=${SEED:-$RANDOM} round kinds=(webhook drain postgres) kind client
    echo "# SEED=$seed" >&3
    RANDOM=$seed
    : >"$STAGE/guard"
    keep_draining 3>&- &
    for client in a b c; do
        python3 "$TOP_SRCDIR/tests/promises/poster.py" "$STAGE_URL/api/zoho/webhooks/products" \
            "$STAGE_SECRET" "$client" "$STAGE/guard" "$STAGE/ledger.$client" 3>&- &
    done
    for round in $(seq "${ROUNDS:-12}"); do
        sleep "0.$((RANDOM % 9))"
        # Each kind has its turn in each three rounds, in a random order.
        [ $((round % 3)) -ne 1 ] || mapfile -t kinds < <(
            for kind in webhook drain postgres; do echo "$RANDOM $kind"; done | sort -n | cut -d ' ' -f 2)
        case ${kinds[round % 3]} in
        webhook) kill_all webhook KILL ;;
        drain) kill_all drain KILL ;;
        postgres) pg_crash $((RANDOM % 8)) ;;
        esac
    done
    until_true 30 web_answers
    sleep 1
    rm "$STAGE/guard"
    wait
    until_true 60 finish
    sort "$STAGE"/ledger.? >"$BATS_TEST_TMPDIR/acknowledged"
    query "select id from mirror.record where module = 'books.items'" | LC_ALL=C sort >"$BATS_TEST_TMPDIR/mirrored"
    LC_ALL=C sort -o "$BATS_TEST_TMPDIR/acknowledged" "$BATS_TEST_TMPDIR/acknowledged"
    echo "# $(wc -l <"$BATS_TEST_TMPDIR/acknowledged") acknowledged, $(wc -l <"$BATS_TEST_TMPDIR/mirrored") in the mirror" >&3
    [ "$(wc -l <"$BATS_TEST_TMPDIR/acknowledged")" -ge 50 ]
    expect '' "$(LC_ALL=C comm -23 "$BATS_TEST_TMPDIR/acknowledged" "$BATS_TEST_TMPDIR/mirrored" | head)" "lost with SEED=$seed"
    expect 0 "$(query 'select count(*) from mirror.record where version <> 1')" "applied twice with SEED=$seed"
    expect "$(query 'select count(*) from mirror.record')" "$(query 'select count(*) from zoho.products')"
    expect 0 "$(find "$STAGE/spool/bad" -type f 2>/dev/null | wc -l)"
    accounted
}

# What was put back waits for its time; this test does not.
finish() {
    due_now && drain && all_done
}

@test "what is in the queue when PostgreSQL is killed is applied afterwards" {
    clean_tables
    for i in $(seq 200); do item "q$i" 2026-01-01T00:00:00Z; done | put products
    pg_crash 0
    drain
    expect 200 "$(query 'select count(*) from zoho.products')"
    accounted
}
