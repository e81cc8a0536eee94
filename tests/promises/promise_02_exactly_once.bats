#!/usr/bin/env bats
# Promise 2: each change takes effect exactly once. Claim, apply and outcome
# are one transaction; a killed job's work is free at once (F048-F063, F069).

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
    until_true 20 none_left drain
    quicken
}

# bats test_tags=mount
@test "an event repeated inside the window is counted, not worked on (F045-F050)" {
    item 460000000000001 2026-01-01T10:00:00Z 7 >"$BATS_TEST_TMPDIR/body"
    for _ in 1 2 3 4 5; do
        expect 202 "$(post products "$BATS_TEST_TMPDIR/body")"
    done
    expect '1|4' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
    drain
    expect '1|7' "$(query 'select sync_version, stock_quantity from zoho.products')"
    accounted
}

@test "an event repeated after the window has one version, the others are duplicates (F048, F099)" {
    for _ in $(seq 50); do item 1 2026-01-01T10:00:00Z 7; done | put products
    drain
    expect 'applied=1 duplicate=49' "$(outcomes)"
    expect '1|1' "$(query 'select (select count(*) from mirror.version), (select version from mirror.record)')"
    expect 1 "$(query 'select sync_version from zoho.products')"
}

@test "versions count the accepted states, deletes included (F099)" {
    {
        item 1 2026-01-01T10:00:00Z 1
        item 1 2026-01-01T11:00:00Z 2
        item 1 2026-01-01T11:00:00Z 2
        item 1 2026-01-01T10:30:00Z 3
        echo '{"operation":"item.delete","data":{"item":{"item_id":"1","last_modified_time":"2026-01-01T12:00:00Z"}}}'
        item 1 2026-01-01T13:00:00Z 4
    } | put products
    drain
    expect '4' "$(query 'select version from mirror.record')"
    expect '1,2,3,4' "$(query "select string_agg(version::text, ',' order by version) from mirror.version")"
    expect 'update,update,delete,update' "$(query "select string_agg(operation, ',' order by version) from mirror.version")"
}

@test "an adjustment delivered three times moves the stock once (F007, F258)" {
    item 9 2026-01-01T00:00:00Z 100 | put products
    for _ in 1 2 3; do adjust a1 2026-01-02T00:00:00Z 9 -4; done | put stock
    drain
    expect 96 "$(query 'select stock_quantity from zoho.products')"
    expect 1 "$(query 'select count(*) from zoho.stock_adjustments')"
}

@test "drains killed in the middle of batches leave each change applied once" {
    local n=200
    item 9 2026-01-01T00:00:00Z 1000 | put products
    for i in $(seq "$n"); do
        for _ in 1 2 3; do adjust "a$i" 2026-01-02T00:00:00Z 9 1; done
    done | put stock
    slow_down 0.03
    for _ in $(seq 10); do
        DRAIN_BATCH=20 zohosync drain --slot 60 --workers 2 &
        until_true 20 in_batch
        kill_all drain KILL
        wait $! || true
    done
    # Some were finished on the way, and some were left: both are wanted.
    [ "$(query 'select count(*) from sync.work')" -gt 0 ]
    full_speed
    zohosync drain --slot 60 --workers 2 &
    until_true 30 all_done
    kill_all drain TERM
    wait $! || true
    expect "applied=$((n + 1)) duplicate=$((2 * n))" "$(outcomes)"
    expect "$((n + 1))" "$(query 'select count(*) from mirror.version')"
    expect 1 "$(query 'select max(version) from mirror.record')"
    expect "$((1000 + n))" "$(query 'select stock_quantity from zoho.products')"
    accounted
}

@test "a killed drain's work is free at once: no lease, no try counted (F083, F085)" {
    for i in $(seq 20); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 30
    zohosync drain --slot 60 &
    until_true 20 in_batch
    kill_all drain KILL
    wait $! || true
    full_speed
    zohosync drain --slot 60 &
    until_true 20 all_done
    kill_all drain TERM
    wait $! || true
    expect 'applied=20' "$(outcomes)"
    expect '0|0' "$(query 'select min(tries), max(tries) from sync.outcome')"
}

@test "the work of a killed worker is taken up by the same run (F085)" {
    local parent
    for i in $(seq 20); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 30
    zohosync drain --slot 60 &
    until_true 20 in_batch
    parent=$(pids_of drain | sort -n | head -n 1)
    for worker in $(pids_of drain | grep -vx "$parent"); do kill -KILL "$worker"; done
    full_speed
    until_true 20 all_done
    expect "$parent" "$(pids_of drain | grep -x "$parent")"
    kill_all drain TERM
    wait $! || true
    expect 'applied=20' "$(outcomes)"
}

@test "a drain told to end finishes its batch and leaves the rest (F083)" {
    for i in $(seq 60); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 0.02
    DRAIN_BATCH=20 zohosync drain --slot 60 &
    until_true 20 in_batch
    kill_all drain TERM
    wait $!
    accounted
    expect 0 "$(query 'select (count(*) % 20) from sync.outcome')"
    expect 0 "$(query "select count(*) from sync.outcome where outcome <> 'applied'")"
    expect t "$(query 'select count(*) between 20 and 40 from sync.outcome')"
    expect 60 "$(query 'select (select count(*) from sync.outcome) + (select count(*) from sync.work)')"
}

@test "two workers apply one record's changes in every order to the newest (F069)" {
    for i in $(seq 400); do
        item "$((i % 5))" "2026-01-01T$(printf '%02d:%02d:%02d' $((i * 7 % 24)) $((i * 11 % 60)) $((i * 13 % 60)))Z" "$i"
    done >"$BATS_TEST_TMPDIR/lines"
    put products <"$BATS_TEST_TMPDIR/lines"
    DRAIN_BATCH=7 drain --workers 2
    expect "$(jq -rs '[.[].item] | group_by(.item_id)[] | max_by(.last_modified_time)
                      | [.item_id, .stock_on_hand] | join("|")' "$BATS_TEST_TMPDIR/lines")" \
        "$(query 'select zoho_item_id, stock_quantity from zoho.products order by 1')"
    expect t "$(query 'select bool_and(n = version) from mirror.record r join
        (select module, id, count(*) as n from mirror.version group by 1, 2) v using (module, id)')"
    accounted
}

@test "a request goes from pending over processing to completed or failed (F055-F064)" {
    {
        item 1 2026-01-01T00:00:00Z
        item 2 2026-01-01T00:00:00Z
        echo '{"item":{"name":"without an id"}}'
    } | put products
    expect 'pending 3' "$(query "select status || ' ' || count(*) from sync.tds_sync_queue group by status")"
    break_products 2
    drain
    expect 'completed 1,failed 1,processing 1' "$(query "select string_agg(s, ',' order by s) from (
        select status || ' ' || count(*) as s from sync.tds_sync_queue group by status) q")"
    expect 't|t' "$(query "select retry_count = 1, error_message like '%not_for_sale%'
                             from sync.tds_sync_queue where status = 'processing'")"
    mend_products
    due_now
    drain
    expect 'completed 2,failed 1' "$(query "select string_agg(s, ',' order by s) from (
        select status || ' ' || count(*) as s from sync.tds_sync_queue group by status) q")"
}
