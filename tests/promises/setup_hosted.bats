#!/usr/bin/env bats
# zohosync setup --no-database: on a host that gives one database and one login
# (promises 9, 10; F017, F018).

load helper
load queue
load install
load founding

setup_file() { founding_stage; }
teardown_file() { stage_close; }
setup() { founding_place; }

# host_gives NAME: a database and its login, as a panel would make them
host_gives() {
    ask postgres "create role $1 login password 'given-$1'" >/dev/null
    ask postgres "create database $1 owner $1" >/dev/null
    GIVEN="postgresql://$1:given-$1@127.0.0.1:$PGPORT/$1"
}

# hosted [options]
hosted() {
    stage_as env DATABASE_URL="$GIVEN" "$STAGE/bin/zohosync" setup --no-database -c "$ETC/hosted.conf" \
        --var-dir "$ETC/var" --url https://shop.example.com "$@"
}

@test "with a database of the host and one login everything works, and what is weaker is said" {
    local conf=$ETC/hosted.conf
    host_gives panel
    run_status 0 hosted --dry-run
    expect '' "$(stage_as find "$ETC" -mindepth 1)"
    run_status 0 hosted --show-secrets
    grep -q 'One login does everything here' "$OUT"
    expect 0 "$(grep -c given-panel "$OUT")"
    expect 600 "$(stage_as stat -c %a "$conf")"
    expect 202 "$(books "$conf" "$(printed_secret "$OUT")" 1)"
    expect 202 "$(cgi "$conf" /api/zoho/webhooks/Leads "$(lead_of 2)" HTTP_X_API_KEY="$(printed_key "$OUT")")"
    stage_as "$STAGE/bin/zohosync" drain --once -c "$conf"
    expect '1|2' "$(as "$GIVEN" 'select (select zoho_invoice_id from zoho.invoices), (select id from zoho.leads)')"
    stage_as "$STAGE/bin/zohosync" status --account -c "$conf" >/dev/null
    run_status 0 stage_as "$STAGE/bin/zohosync" dead -c "$conf"
    # again, without the URL; then down, and up both ways
    run_status 0 stage_as "$STAGE/bin/zohosync" setup -c "$conf" --var-dir "$ETC/var"
    grep -q 'nothing is missing' "$OUT"
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate --to 5 -c "$conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate -c "$conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" migrate --to 0 --force -c "$conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" setup -c "$conf" --var-dir "$ETC/var"
    expect panel "$(ask panel "select distinct nspowner::regrole from pg_namespace where nspname in ('sync', 'mirror', 'zoho')")"
}

@test "what else the host's database holds is left alone, unless it has our names" {
    host_gives crowded
    as "$GIVEN" 'create table wp_posts (id integer); insert into wp_posts values (7)'
    run_status 0 hosted
    expect 7 "$(as "$GIVEN" 'select id from wp_posts')"
    host_gives clash
    as "$GIVEN" 'create schema mirror; create table mirror.theirs (id integer)'
    stage_as rm "$ETC/hosted.conf"
    run_status 65 hosted
    grep -q 'holds something else: schema mirror' "$OUT"
}

@test "without a URL, or with one that names no database, --no-database says what it wants" {
    GIVEN=
    run_status 64 hosted
    grep -q DATABASE_URL "$OUT"
    GIVEN=postgresql://x@127.0.0.1
    run_status 64 hosted
    grep -q 'names no database' "$OUT"
    GIVEN='postgresql://nobody:given-none@127.0.0.1/nothing'
    run_status 75 hosted
    expect 0 "$(grep -c given-none "$OUT")"
}
