#!/usr/bin/env bats
# The commands a person types: the front door, the schema, the status, the
# keys, and what they say of wrong settings.

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() { OUT=$BATS_TEST_TMPDIR/out; }

# front ARGS: the front door without a settings file
front() {
    stage_as "$STAGE/bin/zohosync" "$@"
}

# elsewhere NAME: an empty database of its own for the schema
elsewhere() {
    stage_as psql -X -q -d "host=$STAGE/pg dbname=postgres" -c "create database $1" >/dev/null
    export OWNER_DATABASE_URL="postgresql:///$1?host=$STAGE/pg&user=$STAGE_SUPER"
}

# ask SQL: in that database
ask() {
    stage_as psql -X -q -At -d "$OWNER_DATABASE_URL" -c "$1"
}

schema_files() {
    find "$TOP_SRCDIR/sql/schema" -name '[0-9]*.sql' -printf '%f\n' | sed 's/[.]sql$//' | sort
}

@test "help names each command with a sentence" {
    run_status 0 front help
    for word in migrate drain status dead key; do
        grep -q "^  $word  *[a-z]" "$OUT"
    done
    run_status 0 front --help
    run_status 0 front -h
    expect "$(front help)" "$(front --help)"
}

@test "help of a command, and --help behind it, list its options" {
    for word in migrate drain status dead key; do
        expect "$(front help "$word")" "$(front "$word" --help)" "$word"
        front "$word" --help | grep -q -- '--config FILE'
        front "$word" --help | head -n 1 | grep -q "^usage: zohosync $word "
    done
    front drain --help | grep -q -- '--workers N'
}

@test "every program says its version" {
    expect 1 "$(front --version | grep -c '^zohosync [0-9]')"
    expect "$(front --version)" "$(front -V)"
    for word in migrate drain status dead key; do
        expect "$(front --version | cut -d ' ' -f 2)" "$(front "$word" --version | cut -d ' ' -f 2)" "$word"
    done
}

@test "an unknown command, option or word is a wrong use" {
    run_status 64 front
    run_status 64 front drian
    grep -q '"drian"' "$OUT"
    run_status 64 front help drian
    run_status 64 zohosync drain --onec
    run_status 64 zohosync drain now
    grep -q '"now"' "$OUT"
    run_status 64 zohosync migrate upwards
    run_status 64 zohosync key creat x
    run_status 64 zohosync key create
}

@test "the settings file may stand before or behind the command" {
    run_status 0 front -c "$STAGE_CONF" status
    run_status 0 front status -c "$STAGE_CONF"
    run_status 0 front --config "$STAGE_CONF" status --json
    run_status 0 front status --config="$STAGE_CONF" --json
    run_status 0 env ZOHOSYNC_CONF="$STAGE_CONF" "$STAGE/bin/zohosync" status
}

# bad_settings LINE: a good file with this line behind it
bad_settings() {
    grep -v SECRET "$STAGE_CONF" | grep -v TOKEN >"$BATS_TEST_TMPDIR/conf"
    printf '%s\n' "$1" >>"$BATS_TEST_TMPDIR/conf"
    chmod 644 "$BATS_TEST_TMPDIR/conf"
    chmod 755 "$BATS_TEST_TMPDIR"
    N=$(wc -l <"$BATS_TEST_TMPDIR/conf")
    run_status 78 "$STAGE/bin/zohosync" status -c "$BATS_TEST_TMPDIR/conf"
    grep -q "conf:$N: " "$OUT"
}

@test "a wrong line of the settings is named with its number" {
    bad_settings 'DATABASE_ULR=postgresql:///x'
    grep -q '"DATABASE_ULR"' "$OUT"
    bad_settings 'DRAIN_BATCH=many'
    grep -q '"many", not a whole number from 1 to 10000' "$OUT"
    bad_settings 'DRAIN_BATCH=0'
    bad_settings 'DATABASE_PREPARE=perhaps'
    grep -q 'not on or off' "$OUT"
    bad_settings 'just some words'
    grep -q 'KEY=value' "$OUT"
}

@test "comments, quotes, spaces and export are understood" {
    {
        cat "$STAGE_CONF"
        printf '# a comment\n\n  export DRAIN_BATCH = "7"  \nLOG_LEVEL='\''info'\''\n'
    } | stage_as tee "$STAGE/other.conf" >/dev/null
    stage_as chmod 600 "$STAGE/other.conf"
    run_status 0 front status -c "$STAGE/other.conf"
}

@test "an older name of a setting is understood (F352, F364)" {
    { cat "$STAGE_CONF"; echo REDIS_DEDUPE_TTL_SECONDS=60; echo SECRET_KEY=abc; } |
        stage_as tee "$STAGE/old.conf" >/dev/null
    stage_as chmod 600 "$STAGE/old.conf"
    run_status 0 front status -c "$STAGE/old.conf"
}

@test "a value of the environment comes before that of the file, and is checked too" {
    run_status 78 env DRAIN_BATCH=none "$STAGE/bin/zohosync" status -c "$STAGE_CONF"
    grep -q 'environment: DRAIN_BATCH' "$OUT"
}

@test "a settings file that is missing or has no database is a wrong setting" {
    run_status 78 front status -c "$STAGE/nowhere.conf"
    grep -q 'nowhere.conf' "$OUT"
    : | stage_as tee "$STAGE/empty.conf" >/dev/null
    run_status 78 front drain --once -c "$STAGE/empty.conf"
    grep -q 'DATABASE_URL is not set' "$OUT"
}

@test "migrate makes everything, says what, and lists the tables (F157, F159, F161)" {
    elsewhere fresh
    run_status 0 zohosync migrate
    for name in $(schema_files); do grep -q "^apply $name$" "$OUT"; done
    grep -q '^sync: .* inbox .* work' "$OUT"
    grep -q '^mirror: record version' "$OUT"
    grep -q '^zoho: .* invoices .* products' "$OUT"
    run_status 0 zohosync migrate
    expect 0 "$(grep -c ^apply "$OUT")"
    grep -q '^zoho: .* products' "$OUT"
}

@test "migrate status names each file with its state" {
    elsewhere state
    run_status 0 zohosync migrate status
    expect "$(schema_files)" "$(cut -d ' ' -f 1 "$OUT")"
    expect pending "$(awk '{ print $2 }' "$OUT" | sort -u)"
    zohosync migrate --to 3
    expect 'applied applied applied pending' "$(zohosync migrate status | awk '{ print $2 }' | head -n 4 | xargs)"
}

@test "a dry run of migrate changes nothing (F163)" {
    elsewhere dry
    run_status 0 zohosync migrate --dry-run
    grep -q '^would apply 0001_ground$' "$OUT"
    expect 0 "$(ask "select count(*) from pg_namespace where nspname in ('sync', 'mirror', 'zoho')")"
    zohosync migrate
    run_status 0 zohosync migrate --to 0 --dry-run
    grep -q '^would take back 0001_ground$' "$OUT"
    expect t "$(ask "select to_regclass('mirror.record') is not null")"
}

@test "migrate loses nothing that was received unless told to" {
    elsewhere received
    zohosync migrate >/dev/null
    run_status 0 zohosync migrate --to 0
    zohosync migrate >/dev/null
    ask "select nextval('sync.request_seq')" >/dev/null
    run_status 65 zohosync migrate --to 3
    grep -q -e '--force' "$OUT"
    expect t "$(ask "select to_regclass('zoho.products') is not null")"
    run_status 0 zohosync migrate --to 4
    run_status 0 zohosync migrate --to 0 --dry-run
    run_status 0 zohosync migrate --to 0 --force
    grep -q '^no tables$' "$OUT"
}

@test "the way down and up again can be gone step by step, twice (F158, F369)" {
    local n i
    elsewhere steps
    n=$(schema_files | wc -l)
    zohosync migrate >/dev/null
    for _ in 1 2; do
        for i in $(seq $((n - 1)) -1 0); do
            run_status 0 zohosync migrate --to "$i"
            expect 1 "$(grep -c '^take back' "$OUT")"
        done
        grep -q '^no tables$' "$OUT"
        expect 0 "$(ask "select count(*) from pg_namespace where nspname in ('sync', 'mirror', 'zoho')")"
        run_status 0 zohosync migrate --to 0
        for i in $(seq "$n"); do
            run_status 0 zohosync migrate --to "$i"
            expect 1 "$(grep -c '^apply' "$OUT")"
        done
    done
    run_status 64 zohosync migrate --to $((n + 1))
    run_status 64 zohosync migrate --to -1
}

@test "what stands after down and up equals what stood before (F158)" {
    elsewhere same
    dump() {
        stage_as pg_dump --schema-only -d "$OWNER_DATABASE_URL" | grep -v '^[\]'
    }
    zohosync migrate >/dev/null
    dump >"$BATS_TEST_TMPDIR/before"
    zohosync migrate --to 0 >/dev/null
    zohosync migrate >/dev/null
    dump >"$BATS_TEST_TMPDIR/after"
    expect '' "$(diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after" | head)"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/before")" -gt 1000 ]
}

@test "going down takes rows along, and the database works again after going up" {
    elsewhere rows
    zohosync migrate >/dev/null
    for _ in 1 2; do
        export DATABASE_URL=$OWNER_DATABASE_URL
        ask "with n as (select nextval('sync.request_seq') as seq), k as (
                insert into sync.inbox (seq, source, route, event_type, changes, body)
                select seq, 'books', 'products', 'x', 1,
                       convert_to('$(item 1 2026-01-01T00:00:00Z)', 'UTF8') from n)
             insert into sync.work (seq) select seq from n"
        run_status 0 zohosync drain --once
        expect 1 "$(ask 'select count(*) from zoho.products')"
        zohosync migrate --to 0 --force >/dev/null
        zohosync migrate >/dev/null
        expect 0 "$(ask 'select count(*) from zoho.products')"
    done
}

@test "a schema file that was changed after it was applied stops migrate" {
    elsewhere changed
    zohosync migrate >/dev/null
    ask "update sync.migration set checksum = repeat('0', 64) where number = 2"
    run_status 70 zohosync migrate
    grep -q '0002_receiving is not the file that was applied' "$OUT"
    expect changed "$(zohosync migrate status | awk '$1 == "0002_receiving" { print $2 }')"
}

@test "a database of a newer version is left alone" {
    elsewhere newer
    zohosync migrate >/dev/null
    ask "insert into sync.migration (number, name, checksum) values (999, '0999_tomorrow', 'x')"
    run_status 70 zohosync migrate
    grep -q '"0999_tomorrow"' "$OUT"
    run_status 70 zohosync migrate --to 0
    expect t "$(ask "select to_regclass('mirror.record') is not null")"
}

@test "two migrations at once do the work once" {
    elsewhere twins
    zohosync migrate >"$BATS_TEST_TMPDIR/one" &
    zohosync migrate >"$BATS_TEST_TMPDIR/two"
    wait $!
    expect "$(schema_files)" "$(cat "$BATS_TEST_TMPDIR"/one "$BATS_TEST_TMPDIR"/two | sed -n 's/^apply //p' | sort)"
}

@test "status counts what waits, is due, was tried, is dead and is to be fetched (F060, F276, F298)" {
    clean_tables
    break_products 3
    {
        item 1 2026-01-01T00:00:00Z
        item 1 2026-01-01T00:00:00Z
        item 3 2026-01-01T00:00:00Z
        echo '{"item":{"name":"no id"}}'
        echo '{"item":{"item_id":"4"}}'
    } | put products
    drain
    item 5 2026-01-01T00:00:00Z | put products
    zohosync status --json >"$OUT"
    expect '{"waiting":2,"due":1,"retrying":1,"dead":1,"to_fetch":1,"received_24h":6}' \
        "$(jq -c '{waiting, due, retrying, dead, to_fetch, received_24h}' "$OUT")"
    expect '{"applied":1,"dead":1,"duplicate":1,"fetched":1}' "$(jq -cS .outcomes_24h "$OUT")"
    expect 4 "$(jq .finished_last_hour "$OUT")"
    expect t "$(query "select last_change > now() - interval '1 hour' from sync.module where name = 'books.items'")"
    mend_products
}

@test "status as text has the figures of the document, and a line a module (F278)" {
    zohosync status >"$OUT"
    grep -q '^waiting  *[0-9]' "$OUT"
    grep -q '^dead letters  *[0-9]' "$OUT"
    for name in crm.leads crm.deals crm.contacts crm.accounts books.items books.contacts \
        books.inventoryadjustments books.pricebooks books.invoices books.bills books.creditnotes; do
        grep -q "^$name " "$OUT"
        expect "$name" "$(zohosync status --json | jq -r --arg n "$name" '.modules[] | select(.module == $n).module')"
    done
}

@test "status counts the files in the spool" {
    stage_as mkdir -p "$STAGE/spool"
    stage_as touch "$STAGE/spool/00000000000000000001-1-1.req"
    expect 1 "$(zohosync status --json | jq .spool_files)"
    stage_as rm "$STAGE/spool/00000000000000000001-1-1.req"
    expect 0 "$(zohosync status --json | jq .spool_files)"
}

@test "a key is shown once, kept as a hash, listed and revoked (F041)" {
    run_status 0 zohosync key create web-form
    expect 1 "$(grep -c '^X-API-Key: zs_[0-9a-f]\{64\}$' "$OUT")"
    key=$(sed -n 's/^X-API-Key: //p' "$OUT")
    expect 0 "$(stage_as grep -c "$key" "$STAGE/keys")"
    expect 600 "$(stat -c %a "$STAGE/keys")"
    run_status 0 zohosync key list
    grep -q '^web-form  *webhook .* never' "$OUT"
    expect 0 "$(grep -c "$key" "$OUT")"
    run_status 65 zohosync key create web-form
    run_status 0 zohosync key revoke web-form
    expect 0 "$(zohosync key list | grep -c web-form)"
    run_status 65 zohosync key revoke web-form
}

@test "a key may expire, and what it opens must be known" {
    run_status 0 zohosync key create short --days 30
    zohosync key list | grep -q "^short .*$(date -u -d '+30 days' +%Y-%m-%d)"
    run_status 64 zohosync key create other --days 0
    run_status 65 zohosync key create other --scope everything
    run_status 65 zohosync key create 'a b'
    expect 0 "$(zohosync key list | grep -c '^other\|^a b')"
}
