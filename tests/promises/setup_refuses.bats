#!/usr/bin/env bats
# zohosync setup refuses what cannot be right, says why, and leaves alone what
# is there (promises 7, 9; F017, F018).

load helper
load queue
load install
load founding

setup_file() { founding_stage; }
teardown_file() { stage_close; }
setup() { founding_place; }
teardown() { [ -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_start; }

@test "a name is a letter and up to 30 letters, digits and _, and nothing else" {
    local name
    for name in '' 1a _a A aB a-b 'a b' "a'b" 'a"b' 'a/b' '../a' a.b é "$(printf 'a%.0s' {1..32})"; do
        run_status 64 found_as --org "$name"
        grep -q 'is no name of an organisation' "$OUT"
    done
    run_status 0 found "$(printf 'a%.0s' {1..31})" --dry-run
}

@test "addresses and arguments that cannot be right are refused" {
    local url
    for url in shop.example.com ftp://shop.example.com https:// 'https://shop.example.com/a b' 'https://x/?a=b' 'https://x/#a'; do
        run_status 64 found bad --url "$url"
        grep -q -e '--url takes an address' "$OUT"
    done
    run_status 64 found_as -c "$ETC/x.conf" --database-url 'postgresql://x:secret-word@localhost/postgres'
    grep -q 'no password belongs into an argument' "$OUT"
    expect 0 "$(grep -c secret-word "$OUT")"
    run_status 64 found_as -c "$ETC/x.conf" --database-url "host=x password=secret-word"
    run_status 64 found bad more
    run_status 64 found bad --var-dir relative
    run_status 65 found bad --web-user nobody-of-that-name
    run_status 65 found bad --cron-user nobody-of-that-name
    run_status 65 found_as -c "$ETC/x.conf" --database-url 'http://x/'
}

@test "without the right to make databases and roles it says so, and makes nothing" {
    ask postgres "create role weak login password 'weak'" >/dev/null
    PGPASSWORD=weak run_status 70 found_as --org weak -c "$ETC/weak.conf" --database-url "postgresql://weak@127.0.0.1:$PGPORT/"
    grep -q '"weak" may not make databases and roles' "$OUT"
    grep -q -e '--no-database' "$OUT"
    expect '' "$(stage_as find "$ETC" -mindepth 1)"
}

@test "a login that may make databases and roles is enough" {
    ask postgres "create role maker login createdb createrole password 'maker'" >/dev/null
    PGPASSWORD=maker run_status 0 found_as --org by_maker -c "$ETC/m.conf" --database-url "postgresql://maker@127.0.0.1:$PGPORT/"
    expect 202 "$(books "$ETC/m.conf" "$(value "$ETC/m.conf" ZOHO_WEBHOOK_SECRET)" 1)"
}

@test "a database that holds something else is left alone" {
    ask postgres 'create database zohosync_theirs' >/dev/null
    ask zohosync_theirs 'create table accounts (id integer)' >/dev/null
    run_status 65 found theirs
    grep -q '"zohosync_theirs" holds something else: table or view public.accounts' "$OUT"
    ask zohosync_theirs 'drop table accounts; create schema zoho' >/dev/null
    run_status 65 found theirs
    grep -q 'holds something else: schema zoho' "$OUT"
    expect '' "$(stage_as find "$ETC" -mindepth 1)"
    ask zohosync_theirs 'drop schema zoho' >/dev/null
    run_status 0 found theirs
}

@test "settings that stand are kept, and those of another database are refused" {
    run_status 0 found stands
    run_status 65 found_as --org other -c "$ETC/stands.conf" --database-url "$(super)"
    grep -q 'is there, and not for the database "zohosync_other"' "$OUT"
    expect 0 "$(databases | grep -c zohosync_other)"
    echo 'NO_SUCH_SETTING=1' | stage_as tee -a "$ETC/stands.conf" >/dev/null
    run_status 78 found stands
    grep -q 'NO_SUCH_SETTING' "$OUT"
    run_status 65 found nothing --print
    grep -q "there is no \"$ETC/nothing.conf\" yet" "$OUT"
}

@test "where it may not write it says so before it makes a database" {
    stage_as chmod 500 "$ETC"
    run_status 70 found closed
    grep -q "could not write into \"$ETC\"" "$OUT"
    expect 0 "$(databases | grep -c zohosync_closed)"
    stage_as chmod 700 "$ETC"
}

@test "with PostgreSQL away it can be tried again (75)" {
    stage_pg_stop
    run_status 75 found away
    expect '' "$(stage_as find "$ETC" -mindepth 1)"
}

@test "settings in the environment do not lead it astray" {
    ZOHO_WEBHOOK_SECRET=of-the-environment DATABASE_URL=postgresql:///elsewhere run_status 0 found env --show-secrets
    expect 43 "$(printed_secret "$OUT" | tr -d '\n' | wc -c)"
    value "$ETC/env.conf" DATABASE_URL | grep -q '^postgresql:///zohosync_env?'
}
