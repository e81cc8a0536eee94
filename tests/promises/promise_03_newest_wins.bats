#!/usr/bin/env bats
# Promise 3: the newest state wins, whatever the order of arrival. Older ones
# are conflicts, deletes are tombstones (F106-F109, F046).

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() { clean_tables; }

# remove ID [TIME]: body of a delete
remove() {
    printf '{"operation":"item.delete","data":{"item":{"item_id":"%s"%s}}}\n' \
        "$1" "${2:+,\"last_modified_time\":\"$2\"}"
}

restore() {
    printf '{"operation":"item.restore","data":%s}\n' "$(item "$@")"
}

# deliver: standard input, drained
deliver() {
    put products
    drain
}

# standing ID: "alive STOCK" or "deleted TIME"
standing() {
    query "select case when deleted_at is null then 'alive ' || (data ->> 'stock_on_hand')
                  else 'deleted ' || to_char(deleted_at at time zone 'UTC', 'HH24:MI') end
             from mirror.record where id = '$1'"
}

conflicts() {
    query "select coalesce(string_agg(reason, ' ' order by conflict_id), '') from sync.conflict"
}

@test "a stale update is a conflict with both sides, and the newer state stays (F106, F107)" {
    item 1 2026-01-01T11:00:00Z 11 | deliver
    item 1 2026-01-01T10:00:00Z 10 | deliver
    expect 'alive 11' "$(standing 1)"
    expect 'applied=1 stale=1' "$(outcomes)"
    expect 'books.items|1|older|10|11|10:00|11:00' "$(query "select module, zoho_id, conflict_type,
        incoming_payload ->> 'stock_on_hand', existing_payload ->> 'stock_on_hand',
        to_char(incoming_modified_time at time zone 'UTC', 'HH24:MI'),
        to_char(existing_modified_time at time zone 'UTC', 'HH24:MI')
        from sync.zoho_sync_conflicts")"
    expect 11 "$(query 'select stock_quantity from zoho.products')"
    expect 1 "$(zohosync status --json | jq .conflicts_24h)"
}

@test "an older state in the same batch, and in the same request, is a conflict too (F109)" {
    { item 1 2026-01-01T11:00:00Z 11; item 1 2026-01-01T10:00:00Z 10; } | deliver
    expect 'alive 11' "$(standing 1)"
    printf '[%s,%s]\n' "$(item 2 2026-01-01T11:00:00Z 11)" "$(item 2 2026-01-01T10:00:00Z 10)" | deliver
    expect 'alive 11' "$(standing 2)"
    expect 'older older' "$(conflicts)"
    expect '{"0": "applied", "1": "stale"}' "$(query 'select changes from sync.outcome order by seq desc limit 1')"
}

@test "of two states of one second the one that arrived last stands" {
    item 1 2026-01-01T10:00:00Z 1 | deliver
    item 1 2026-01-01T10:00:00Z 2 | deliver
    { item 1 2026-01-01T10:00:00Z 3; item 1 2026-01-01T10:00:00Z 4; } | deliver
    expect 'alive 4' "$(standing 1)"
    expect '' "$(conflicts)"
    expect 4 "$(query 'select version from mirror.record')"
}

@test "times are compared as instants, whatever their offset" {
    item 1 2026-01-01T12:00:00+0200 1 | deliver
    item 1 2026-01-01T10:30:00Z 2 | deliver
    item 1 2026-01-01T11:00:00+0100 3 | deliver
    expect 'alive 2' "$(standing 1)"
}

@test "an equal redelivery is a duplicate, also of an older state, and no conflict" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    item 1 2026-01-01T11:00:00Z 11 | deliver
    item 1 2026-01-01T11:00:00Z 11 | deliver
    item 1 2026-01-01T10:00:00Z 10 | deliver
    expect 'applied=2 duplicate=2' "$(outcomes)"
    expect '' "$(conflicts)"
    expect 2 "$(query 'select version from mirror.record')"
}

@test "a deleted record stays deleted when an older update comes late (F046)" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    item 1 2026-01-01T11:00:00Z 11 | deliver
    expect 'deleted 12:00' "$(standing 1)"
    expect 'deleted' "$(conflicts)"
    expect f "$(query 'select is_active from zoho.products')"
    expect t "$(query "select deleted_at = '2026-01-01T12:00:00Z' from zoho.products")"
}

@test "an update of the very second of the delete does not revive" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    item 1 2026-01-01T12:00:00Z 12 | deliver
    expect 'deleted 12:00' "$(standing 1)"
}

@test "a delete keeps the last document, and a delete that comes first has none" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    remove 2 2026-01-01T12:00:00Z | deliver
    expect '10' "$(query "select data ->> 'stock_on_hand' from mirror.record where id = '1'")"
    expect '{}|-infinity' "$(query "select data, modified_time from mirror.record where id = '2'")"
    item 2 2026-01-01T11:00:00Z 11 | deliver
    expect 'deleted 12:00' "$(standing 2)"
}

@test "a modification later than the delete is a true restore" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    item 1 2026-01-01T13:00:00Z 13 | deliver
    expect 'alive 13' "$(standing 1)"
    expect t "$(query 'select is_active and deleted_at is null from zoho.products')"
    remove 1 2026-01-01T12:00:00Z | deliver
    expect 'alive 13' "$(standing 1)"
}

@test "a restore brings the record back with the time it had" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    restore 1 2026-01-01T10:00:00Z 10 | deliver
    expect 'alive 10' "$(standing 1)"
    remove 1 2026-01-01T12:00:00Z | deliver
    expect 'alive 10' "$(standing 1)"
    expect 'outlived' "$(conflicts)"
}

@test "a restore that arrives before its delete wins as well" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    restore 1 2026-01-01T10:00:00Z 10 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    expect 'alive 10' "$(standing 1)"
}

@test "a restore of an older state than the deleted one does not count" {
    item 1 2026-01-01T11:00:00Z 11 | deliver
    remove 1 2026-01-01T12:00:00Z | deliver
    restore 1 2026-01-01T10:00:00Z 10 | deliver
    expect 'deleted 12:00' "$(standing 1)"
}

@test "a delete older than the record is a conflict" {
    item 1 2026-01-01T12:00:00Z 12 | deliver
    remove 1 2026-01-01T11:00:00Z | deliver
    expect 'alive 12' "$(standing 1)"
    expect outlived "$(conflicts)"
    expect 'applied=1 stale=1' "$(outcomes)"
}

@test "a delete without a time counts from when it was received" {
    item 1 2026-01-01T12:00:00Z 12 | deliver
    remove 1 | deliver
    expect f "$(query 'select deleted_at is null from mirror.record')"
    expect t "$(query 'select r.deleted_at = i.received_at from mirror.record r
        join sync.inbox i on i.seq = r.seq')"
}

@test "a delete without a time that the record outlived asks Zoho" {
    item 1 2099-01-01T12:00:00Z 12 | deliver
    remove 1 | deliver
    expect 'alive 12' "$(standing 1)"
    expect 'books.items|1|doubtful_delete' "$(query 'select module, id, reason from sync.fetch')"
    expect 'applied=1 fetched=1' "$(outcomes)"
}

@test "a change that only announces is never applied as data: it is fetched (F103)" {
    item 1 2026-01-01T10:00:00Z 10 | deliver
    echo '{"item":{"item_id":"1","name":"Renamed"}}' | deliver
    echo '{"item":{"item_id":"1","name":"Renamed"}}' | deliver
    expect 'Item 1' "$(query "select data ->> 'name' from mirror.record")"
    expect '1|announced|2' "$(query 'select id, reason, hits from sync.fetch')"
}

@test "two hundred random histories, shuffled and repeated, end in one state (F007, F258)" {
    local seed=${SEED:-$RANDOM}
    echo "# SEED=$seed" >&3
    python3 "$TOP_SRCDIR/tests/promises/histories.py" "$seed" 200 3 events |
        put products
    python3 "$TOP_SRCDIR/tests/promises/histories.py" "$seed" 200 3 expected \
        >"$BATS_TEST_TMPDIR/want"
    drain --workers 2
    query "select p.zoho_item_id,
                  coalesce(to_char(p.deleted_at at time zone 'UTC',
                      'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'alive'),
                  case when p.deleted_at is null then p.stock_quantity end
             from zoho.products p order by 1" >"$BATS_TEST_TMPDIR/got"
    expect 600 "$(wc -l <"$BATS_TEST_TMPDIR/want")"
    expect '' "$(diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got" | head)" "SEED=$seed"
    expect 0 "$(query "select count(*) from sync.outcome where outcome in ('dead', 'ignored', 'fetched')")"
    accounted
}
