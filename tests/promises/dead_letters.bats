#!/usr/bin/env bats
# Dead letters: what could not be applied is shown, tried again or dropped,
# by a person (F062, F080-F082, F135).

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    OUT=$BATS_TEST_TMPDIR/out
    export RETRY_LIMIT=1
}
teardown() { mend_products; }

dead() {
    zohosync dead "$@"
}

# One dead letter of item 1, which a broken table did not take.
one_dead() {
    break_products 1
    item 1 2026-01-01T00:00:00Z | put products
    drain
    expect 'dead=1' "$(outcomes)"
    ID=$(query 'select dead_id from sync.dead')
}

# state: resolution and how often it was tried again
state() {
    query 'select resolution, retry_count, resolved_at is not null from sync.dead order by ord'
}

@test "without any, the list says so, and as JSON it is empty" {
    expect 'no dead letters' "$(dead list)"
    expect 'no dead letters' "$(dead)"
    expect '' "$(dead list --json)"
}

@test "the list names event, record, reason and error (F080)" {
    one_dead
    run_status 0 dead list
    grep -q "^ *$ID .* test.put " "$OUT"
    grep -q ' 1 .* value .*not_for_sale' "$OUT"
}

@test "the list as JSON has a document a line (F080, F135)" {
    one_dead
    item 1 2026-01-01T00:00:00Z | put products
    drain
    expect 2 "$(dead list --json | wc -l)"
    expect 'books.items 1 value 1 0 0' "$(dead list --json | head -n 1 |
        jq -r '[.module, .id, .reason, .tries, .retries, .change] | map(tostring) | join(" ")')"
    expect "$ID" "$(dead list --json | head -n 1 | jq .dead_id)"
    expect "$ID|0" "$(query 'select id, retry_count from sync.webhook_dead_letter_queue order by id limit 1')"
    expect t "$(query "select bool_and(failure_reason like 'value: %not_for_sale%' and payload -> 'item' ->> 'item_id' = '1')
        from sync.webhook_dead_letter_queue")"
}

@test "show gives the letter and the body as it was received" {
    one_dead
    run_status 0 dead show "$ID"
    expect "$(item 1 2026-01-01T00:00:00Z)" "$(tail -n 1 "$OUT")"
    grep -q '^reason  *value$' "$OUT"
    grep -q '^state  *waits for a person$' "$OUT"
    expect "$(item 1 2026-01-01T00:00:00Z)" "$(dead show "$ID" --json | jq -r .body)"
    expect 'products books waits for a person' "$(dead show "$ID" --json | jq -r '[.route, .source, .state] | join(" ")')"
}

@test "a retry after the cause is mended applies it and settles the letter (F062, F082)" {
    one_dead
    mend_products
    run_status 0 dead retry "$ID"
    expect 1 "$(query 'select count(*) from sync.work')"
    accounted
    drain
    expect 'applied=1' "$(outcomes)"
    expect 'applied|1|t' "$(state)"
    expect 1 "$(query 'select count(*) from zoho.products')"
    expect 'no dead letters' "$(dead list)"
    accounted
}

@test "a retry while the cause lasts is dead again, in the same letter" {
    one_dead
    dead retry "$ID"
    accounted
    drain
    expect '|1|f' "$(state)"
    expect 'dead=1' "$(outcomes)"
    expect 2 "$(query 'select tries from sync.dead')"
    accounted
}

@test "a retry that is put back once and then applied settles its letter" {
    one_dead
    dead retry "$ID"
    RETRY_LIMIT=5 drain
    expect 1 "$(query 'select tries from sync.work')"
    mend_products
    due_now
    RETRY_LIMIT=5 drain
    expect 'applied=1' "$(outcomes)"
    expect 'applied|1|t' "$(state)"
}

@test "a letter that waits in the queue already is not queued twice" {
    one_dead
    dead retry "$ID"
    run_status 65 dead retry "$ID"
    grep -q 'waits in the queue' "$OUT"
    expect '1|1' "$(query 'select (select count(*) from sync.work), (select retry_count from sync.dead)')"
    accounted
}

@test "after ten retries a letter is exhausted (F081)" {
    one_dead
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        dead retry "$ID"
        drain
    done
    expect '|10|f' "$(state)"
    run_status 65 dead retry "$ID"
    grep -q 'tried again 10 times' "$OUT"
    expect 0 "$(query 'select count(*) from sync.work')"
    run_status 0 dead drop "$ID"
    accounted
}

@test "the table itself refuses an eleventh retry (F081)" {
    one_dead
    run_status 1 query 'update sync.dead set retry_count = 11'
    grep -q dead_retry_count_check "$OUT"
}

@test "a dropped letter is settled, and its request stays in the inbox" {
    one_dead
    run_status 0 dead drop "$ID"
    expect 'dropped|0|t' "$(state)"
    expect 'no dead letters' "$(dead list)"
    expect 1 "$(query 'select count(*) from sync.inbox')"
    run_status 65 dead drop "$ID"
    run_status 65 dead retry "$ID"
    grep -q 'settled already' "$OUT"
    expect dropped "$(dead show "$ID" --json | jq -r .state)"
    accounted
}

@test "one record of a request is tried again without its neighbours (F082)" {
    break_products 2
    printf '[%s,%s,%s]\n' "$(item 1 2026-01-01T00:00:00Z 1)" "$(item 2 2026-01-01T00:00:00Z 2)" \
        "$(item 3 2026-01-01T00:00:00Z 3)" | put products
    drain
    expect '{"0": "applied", "1": "dead", "2": "applied"}' "$(query 'select changes from sync.outcome')"
    # A newer state came meanwhile: a retry must not touch the neighbours.
    item 1 2026-01-02T00:00:00Z 10 | put products
    drain
    mend_products
    dead retry "$(query 'select dead_id from sync.dead')"
    accounted
    drain
    expect '{"0": "applied", "1": "applied", "2": "applied"}' "$(query 'select changes from sync.outcome order by seq limit 1')"
    expect '10 2 3' "$(query "select string_agg(stock_quantity::text, ' ' order by zoho_item_id) from zoho.products")"
    expect '' "$(query 'select * from sync.conflict')"
    expect 4 "$(query 'select count(*) from mirror.version')"
    accounted
}

@test "of two dead records of one request one can be retried and one dropped" {
    printf '[%s,{"item":{"name":"no id"}},%s]\n' "$(item 1 2026-01-01T00:00:00Z)" "$(item 2 2026-01-01T00:00:00Z)" |
        put products
    break_products 2
    drain
    expect '1|no_record
2|value' "$(query 'select ord, reason from sync.dead order by ord')"
    mend_products
    dead retry "$(query 'select dead_id from sync.dead where ord = 2')"
    drain
    expect '|0|f
applied|1|t' "$(state)"
    expect 'dead=1' "$(outcomes)"
    dead drop "$(query 'select dead_id from sync.dead where ord = 1')"
    expect 'no dead letters' "$(dead list)"
    accounted
}

@test "a request that was unreadable as a whole can be retried by a version that reads it" {
    echo 'not JSON at all' | put products
    drain
    expect '-1|unreadable' "$(query 'select ord, reason from sync.dead')"
    dead retry "$(query 'select dead_id from sync.dead')"
    # Stands for the newer version: the body reads now.
    query "update sync.inbox set body = convert_to('$(item 1 2026-01-01T00:00:00Z)', 'UTF8')" >/dev/null
    drain
    expect 'applied|1|t' "$(state)"
    accounted
}

@test "a letter whose request is gone says so" {
    one_dead
    query 'delete from sync.inbox' >/dev/null
    run_status 65 dead retry "$ID"
    grep -q 'no longer in the inbox' "$OUT"
}

@test "an id that is none, or belongs to nobody, is refused" {
    run_status 64 dead show
    run_status 64 dead show x
    run_status 64 dead retry -- -1
    run_status 64 dead bury 1
    run_status 65 dead show 999999
    run_status 65 dead retry 999999
    run_status 65 dead drop 999999
}
