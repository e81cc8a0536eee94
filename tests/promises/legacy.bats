#!/usr/bin/env bats
# Rows of a legacy table become records until Zoho's own come (F157-F172).

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 400
    stage_psql >/dev/null <<'SQL'
create table public.old_deals (id integer primary key, zoho_id text, name text, amount numeric,
    closing date, owner text, phone text, updated_at timestamp);
insert into public.old_deals
select n, '99000000000' || lpad(n::text, 4, '0'), 'Example ' || n, n * 10.50, date '2025-01-01' + n % 300,
       case when n % 2 = 0 then 'sales@example.com' end, '01632 960960', timestamp '2025-02-01 12:00' + n * interval '1 minute'
  from generate_series(1, 260) n;
insert into public.old_deals (id, name) values (900, 'never sent'), (901, 'nor this');
grant select on public.old_deals to zohosync_job;
SQL
    stage_as tee "$STAGE/deals.map" >/dev/null <<'END'
# deals of the program before
module = crm.deals
table = public.old_deals
id = zoho_id
legacy_id = id
modified_time = updated_at
time_zone = Asia/Baghdad
source = old_deals
field.Deal_Name = name
field.Amount = amount
field.Closing_Date = closing
field.Owner.email = owner
END
    echo ZOHO_DEFAULT_OWNER_EMAIL=office@example.com | stage_as tee -a "$STAGE_CONF" >/dev/null
    export MAP=$STAGE/deals.map
}
teardown_file() {
    zoho_close
    stage_close
}
setup() { export OUT=$BATS_TEST_TMPDIR/out; }

legacy() { run_status "$1" zohosync backfill --legacy "${@:2}"; }
deal() { query "select $1 from mirror.record where module = 'crm.deals' and id = '99000000000$2'"; }

@test "--dry-run shows the first rows as they would be, and the counts; nothing is written (F163)" {
    legacy 0 "$MAP" --dry-run
    expect 3 "$(grep -c '^{' "$OUT")"
    expect 'Example 1|10.50|1|old_deals' "$(head -n 1 "$OUT" | jq -r '[.Deal_Name, .Amount, ._legacy_id, ._migration_source] | map(tostring) | join("|")' | sed 's/|10.5|/|10.50|/')"
    grep -q 'rows=262 without_id=2 ids=260 here=0 from_zoho=0' "$OUT"
    expect 0 "$(query 'select count(*) from mirror.record')"
}

@test "rows become records with version 0, where they came from and when (F162, F167-F169)" {
    legacy 0 "$MAP"
    expect '260|0|0' "$(query "select count(*), min(version), max(version) from mirror.record where origin = 'legacy'")"
    expect '7|old_deals|t' "$(deal "data ->> '_legacy_id', data ->> '_migration_source', (data ->> '_migrated_at')::timestamptz > now() - interval '1 hour'" 0007)"
    expect '2025-02-01 09:07:00+00' "$(deal modified_time 0007)"
    expect '0' "$(query "select sync_version from zoho.deals where id = '990000000000007'")"
    expect 'completed|260|260|260' "$(query "select state, expected, found, applied from sync.session where kind = 'backfill' order by session_id desc limit 1")"
    expect 3 "$(query "select count(*) from sync.inbox where origin = 'legacy'")" "a hundred a request (F164)"
}

@test "who has no owner gets the default one (F097, F170)" {
    expect 'office@example.com|sales@example.com' \
        "$(query "select (select owner_email from zoho.deals where id = '990000000000007'), (select owner_email from zoho.deals where id = '990000000000008')")"
}

@test "a second run writes nothing; a row that changed since is brought again, still version 0 (F171)" {
    legacy 0 "$MAP"
    expect 3 "$(query "select count(*) from sync.inbox where origin = 'legacy'")"
    query "update public.old_deals set name = 'Changed', updated_at = '2025-06-01' where id = 7" >/dev/null
    legacy 0 "$MAP" --batch-size 500
    expect 'Changed|0' "$(deal "data ->> 'Deal_Name', version" 0007)"
    expect 4 "$(query "select count(*) from sync.inbox where origin = 'legacy'")"
}

@test "Zoho's own record replaces it, whatever its time, and is never replaced by it" {
    echo '{"id":"990000000000009","Deal_Name":"Of Zoho","Modified_Time":"2020-01-01T00:00:00Z"}' | put Deals
    zohosync drain --once >/dev/null
    expect 'Of Zoho|1|webhook' "$(deal "data ->> 'Deal_Name', version, origin" 0009)"
    query "update public.old_deals set updated_at = '2026-06-01' where id = 9" >/dev/null
    legacy 0 "$MAP"
    expect 'Of Zoho|1|webhook' "$(deal "data ->> 'Deal_Name', version, origin" 0009)"
    grep -q 'here=260 from_zoho=1' "$OUT"
}

@test "a backfill from Zoho replaces what it has, and the rest stays" {
    local id
    id=$(zoho_ids Deals 1)
    query "update public.old_deals set zoho_id = '$id' where id = 11" >/dev/null
    legacy 0 "$MAP"
    expect legacy "$(query "select origin from mirror.record where id = '$id'")"
    zohosync backfill --modules crm.deals >"$OUT" 2>&1 || true
    expect '1|f' "$(query "select version, data ? '_legacy_id' from mirror.record where id = '$id'")"
}

@test "what Zoho has deleted is deleted" {
    printf '{"operation":"Deals.delete","data":[{"id":"990000000000012","Modified_Time":"2024-01-01T00:00:00Z"}]}\n' | put Deals
    zohosync drain --once >/dev/null
    expect t "$(deal 'deleted_at is not null' 0012)"
    legacy 0 "$MAP"
    expect t "$(deal 'deleted_at is not null' 0012)"
}

@test "a mapping that is none is refused with its line and a cure" {
    local map=$STAGE/wrong.map
    wrong() { stage_as tee "$map" >/dev/null; }
    echo 'module = crm.nothing' | wrong
    legacy 65 "$map"
    grep -q 'line 1: no module in use is called "crm.nothing"' "$OUT"
    printf 'module = crm.deals\ntable\n' | wrong
    legacy 65 "$map"
    grep -q 'line 2: "table" is not of the form word = value' "$OUT"
    printf 'module = crm.deals\ntable = public.old_deals\nid = zoho_id\n' | wrong
    legacy 65 "$map"
    grep -q 'does not say "legacy_id"' "$OUT"
    sed 's/= name/= nam/' "$MAP" | wrong
    legacy 65 "$map" --dry-run
    grep -q 'has no column "nam"' "$OUT"
    sed 's/legacy_id = id/legacy_id = owner/' "$MAP" | wrong
    legacy 65 "$map"
    grep -q 'must be unique' "$OUT"
    sed 's/old_deals$/no_deals/' "$MAP" | wrong
    legacy 65 "$map"
    grep -q 'there is no table "public.no_deals"' "$OUT"
    query 'revoke select on public.old_deals from zohosync_job' >/dev/null
    legacy 65 "$MAP"
    grep -q 'grant select on public.old_deals to' "$OUT"
    query 'grant select on public.old_deals to zohosync_job' >/dev/null
}

@test "--archive-legacy renames the table, where that is allowed (F165)" {
    legacy 70 "$MAP" --archive-legacy
    grep -q "select sync.legacy_archive('public.old_deals')" "$OUT"
    query 'alter table public.old_deals owner to zohosync_job; grant create on schema public to zohosync_job' >/dev/null
    legacy 0 "$MAP" --archive-legacy
    grep -qE '^the table is old_deals_archived_[0-9]{8} now$' "$OUT"
    expect 't|t' "$(query "select to_regclass('public.old_deals') is null, count(*) = 262 from public.old_deals_archived_$(date -u +%Y%m%d)")"
}
