#!/usr/bin/env bats
# Promise 9: the web role may insert requests and nothing else; people who
# read reports see zoho alone; secrets are in files that only their owner and
# group read (F161, F189, F394, F396).

load helper
load queue

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { OUT=$BATS_TEST_TMPDIR/out; }

# as ROLE SQL: run by that login; what it says goes to $OUT
as() {
    stage_as psql -X -q -At -v ON_ERROR_STOP=1 -d "host=$STAGE/pg dbname=zohosync user=$1" -c "$2" >"$OUT" 2>&1
}

# refused ROLE SQL: not for want of a table, but of the right
refused() {
    if as "$1" "$2"; then
        echo "$1 may: $2" >&2
        return 1
    fi
    grep -q 'permission denied\|must be owner\|must be superuser\|cannot delete from view' "$OUT" || {
        echo "$1, $2: $(cat "$OUT")" >&2
        return 1
    }
}

# tables [SCHEMAS [KINDS]]: every table and view of ours, or of these
tables() {
    query "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in (${1:-'sync', 'mirror', 'zoho'}) and c.relkind in (${2:-'r', 'p', 'v', 'm'})
              and not c.relispartition order by 1"
}

@test "each role may do what the table says, with each object, and nothing else" {
    grep -v '^#' "$TOP_SRCDIR/tests/promises/roles.tsv" >"$BATS_TEST_TMPDIR/want"
    stage_psql -F '	' -f "$TOP_SRCDIR/tests/promises/roles.sql" >"$BATS_TEST_TMPDIR/got"
    expect '' "$(diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got")" "wanted <, is >"
}

@test "the roles are groups: none can log in, is superuser or owns what it may not" {
    expect 'zohosync_admin|f|f|f|f|f
zohosync_job|f|f|f|f|f
zohosync_owner|f|f|f|f|f
zohosync_report|f|f|f|f|f
zohosync_web|f|f|f|f|f' "$(query "select rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls
        from pg_roles where rolname like 'zohosync%' order by 1")"
    expect '' "$(query "select m.roleid::regrole, m.member::regrole from pg_auth_members m
        where m.member::regrole::text like 'zohosync%'")" "no group is a member of another"
    expect zohosync_owner "$(query "select distinct relowner::regrole from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('sync', 'mirror', 'zoho')")"
}

@test "partitions are reached through their parents alone" {
    expect 0 "$(query "select count(*) from pg_class c, unnest(array['zohosync_web', 'zohosync_job',
        'zohosync_admin', 'zohosync_report']) as r
        where c.relispartition and c.relkind = 'r'
          and has_table_privilege(r, c.oid, 'select, insert, update, delete, truncate')")"
    [ "$(query 'select count(*) from pg_class where relispartition')" -gt 20 ]
}

@test "functions that act with their owner's rights have a fixed search path" {
    expect '' "$(query "select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('sync', 'mirror', 'zoho') and p.prosecdef
          and not coalesce(p.proconfig::text like '%search_path=pg_catalog, pg_temp%', false)")"
}

@test "the web role stores a request" {
    as web "with numbered as (select nextval('sync.request_seq') as seq), kept as (
                insert into sync.inbox (seq, source, route, event_type, changes, body)
                select seq, 'books', 'products', 'x', 0, 'x' from numbered), seen as (
                insert into sync.seen (key) values ('x') on conflict do nothing)
            insert into sync.work (seq) select seq from numbered"
    as web "insert into sync.refusal (source, event_type, route, hits)
            values ('books', 'signature_missing', 'x', 1)"
    expect '1|1|1' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.work),
        (select count(*) from sync.seen)')"
    expect 1 "$(query 'select count(*) from sync.refusal')"
}

@test "the web role reads no table, view or partition, not even what it wrote" {
    local table
    for table in $(tables) sync.inbox_"$(date -u +%Y%m%d)"; do
        refused web "select * from $table limit 1"
        refused web "select count(*) from $table"
        refused web "copy (select * from $table) to stdout"
    done
}

@test "the web role changes, empties, drops and makes nothing" {
    local table
    for table in $(tables "'sync', 'mirror', 'zoho'" "'r', 'p'"); do
        refused web "delete from $table"
        refused web "truncate $table"
        refused web "alter table $table add column x text"
        refused web "drop table $table"
    done
    refused web "update sync.work set tries = 0"
    refused web "insert into mirror.record (module) values ('x')"
    refused web "insert into sync.outcome (seq) values (1)"
    refused web "insert into sync.seen (key) values ('a') returning key"
    refused web "insert into sync.seen (key) values ('a') on conflict (key) do update set seen_at = now()"
    refused web 'create table sync.mine (x text)'
    refused web 'create table public.mine (x text)'
    refused web 'create temp table mine (x text)'
    refused web 'create schema mine'
    refused web 'create role mine'
}

@test "the web role calls none of our functions that act, and takes no other role" {
    refused web 'select sync.make_partitions()'
    refused web "select sync.add_module('crm.x', 'crm', 'X', 1)"
    refused web "select sync.make_view('crm.leads')"
    refused web "select setval('sync.request_seq', 1)"
    refused web "select pg_read_file('/etc/hostname')"
    for role in owner job admin report; do
        refused web "set role zohosync_$role"
        refused report "set role zohosync_$role" || [ "$role" = report ]
    done
    refused job 'set role zohosync_owner'
    refused admin 'set role zohosync_owner'
}

@test "a reader of reports sees schema zoho, and only reads it" {
    local table
    for table in $(tables "'zoho'"); do
        as report "select * from $table limit 1" || { cat "$OUT"; false; }
        refused report "delete from $table"
    done
    for table in $(tables "'sync', 'mirror'"); do
        refused report "select * from $table limit 1"
    done
    refused report 'create temp table mine (x text)'
    refused report "update zoho.products set price = 0"
    refused report "insert into zoho.products (zoho_item_id) values ('x')"
}

@test "the views of a reader give rows, though he may not look into the mirror" {
    clean_tables
    lead 1 2026-01-01T10:00:00Z '"Annual_Revenue":"120.50","Created_Time":"2026-01-01T00:00:00Z","Email_Opt_Out":true' | put Leads
    drain
    as report "select last_name, annual_revenue, email_opt_out from zoho.leads"
    expect 'Example|120.50|t' "$(cat "$OUT")"
    as report "select data_payload ->> 'Last_Name' from zoho.zoho_leads"
    expect Example "$(cat "$OUT")"
}

@test "the job role neither drops nor empties, and keeps the inbox as it was received" {
    refused job 'truncate sync.work'
    refused job 'delete from sync.inbox'
    refused job "update sync.inbox set body = ''"
    refused job 'delete from mirror.record'
    refused job 'delete from mirror.version'
    refused job "update mirror.version set data = null"
    refused job 'delete from sync.outcome'
    refused job 'drop table sync.work'
    refused job 'create table sync.mine (x text)'
    refused job "update sync.module set name = 'x'"
    refused job 'delete from sync.dead'
}

@test "the administrator settles dead letters and writes no data" {
    refused admin "update sync.dead set last_error = ''"
    refused admin 'delete from sync.dead'
    refused admin "update mirror.record set data = '{}'"
    refused admin "insert into sync.inbox (seq) values (1)"
    refused admin 'delete from sync.work'
    refused admin "update zoho.products set price = 0"
    as admin "update sync.dead set resolved_at = now() where false"
}

@test "a settings file with secrets that others may read is refused by every program" {
    local word
    stage_as cp "$STAGE_CONF" "$STAGE/open.conf"
    for mode in 604 644 602 601; do
        stage_as chmod "$mode" "$STAGE/open.conf"
        for word in 'drain --once' status 'dead list' 'key list' 'migrate status'; do
            # shellcheck disable=SC2086
            run_status 78 stage_as "$STAGE/bin/zohosync" $word -c "$STAGE/open.conf"
            grep -q 'others may read it' "$OUT"
        done
        # Started for one request it can only answer, and lets nobody in.
        run_status 0 stage_as env REQUEST_METHOD=GET ZOHOSYNC_CONF="$STAGE/open.conf" "$STAGE/bin/webhook" </dev/null
        grep -q '^Status: 503' "$OUT"
        grep -q 'others may read it' "$OUT"
    done
    stage_as chmod 640 "$STAGE/open.conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" status -c "$STAGE/open.conf"
}

@test "a key file that others may read is refused" {
    stage_as chmod 644 "$STAGE/keys"
    run_status 70 zohosync key list
    grep -q keys "$OUT"
    stage_as chmod 600 "$STAGE/keys"
    run_status 0 zohosync key list
}

# bats test_tags=mount
@test "no secret is in logs, answers or the database" {
    clean_tables
    item 1 2026-01-01T10:00:00Z >"$BATS_TEST_TMPDIR/body"
    post products "$BATS_TEST_TMPDIR/body" >/dev/null
    lead 1 2026-01-01T10:00:00Z >"$BATS_TEST_TMPDIR/body"
    post Leads "$BATS_TEST_TMPDIR/body" >/dev/null
    drain
    expect 2 "$(query 'select count(*) from sync.inbox')"
    for secret in "$STAGE_SECRET" "$STAGE_RAW_SECRET" "$STAGE_TOKEN" "$STAGE_KEY"; do
        expect '' "$(stage_as grep -l "$secret" "$STAGE/log" "$STAGE"/*.err "$STAGE/keys" "$ANSWER" "$STAGE/pg/log" || true)"
        expect 0 "$(query "select count(*) from sync.inbox where headers like '%$secret%' or query like '%$secret%'")"
    done
}

# bats test_tags=mount
@test "the log and the spool are closed to others" {
    [ -s "$STAGE/log" ]
    [ -d "$STAGE/spool" ]
    expect 0 "$(find "$STAGE/log" "$STAGE/spool" "$STAGE/keys" -perm /007 2>/dev/null | wc -l)"
}
