#!/usr/bin/env bats
# The proof of equality: whatever differs is found, field by field, whatever
# its time of change says, repaired through the one path, and nothing else is
# touched (R12).

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 1500
    zsim PUT limits '{"books_minute":0,"books_day":0,"credits":0}' >/dev/null
    { echo ZOHO_MODULES_TO_SYNC=Leads,Contacts,Accounts,Deals,Site_Surveys,Warranties
      echo ZOHO_RATE_LIMIT=100000; echo ZOHO_BOOKS_CALLS=10000000; echo ZOHO_CRM_CREDITS=10000000; } |
        stage_as tee -a "$STAGE_CONF" >/dev/null
    zohosync backfill --modules crm.leads,crm.contacts,crm.deals,crm.site_surveys,crm.warranties,books.items,books.invoices >/dev/null 2>&1
}
teardown_file() {
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
}

verify() { run_status 0 zohosync verify "$@"; }
proof() { query "select $1 from sync.session where kind = 'verify' order by session_id desc limit 1"; }
writes() { query 'select (select count(*) from mirror.version), (select sum(version) from mirror.record)'; }

@test "where all is equal it says so, and writes nothing" {
    local before module
    before=$(writes)
    verify --modules crm.leads,crm.contacts,crm.deals,crm.site_surveys,crm.warranties,books.items
    expect "$before" "$(writes)"
    expect 6 "$(grep -c 'completed equal=[1-9].* differing=0 repaired=0 failed=0' "$OUT")" "$(cat "$OUT")"
    expect t "$(proof "state = 'completed' and message ~ '^[0-9]+ records equal at 20[0-9T:-]*Z, 0 repaired, [0-9]+ credits'")"
}

@test "the last proof of each module stands in the status" {
    zohosync status | grep -qE '^crm.leads +completed: [0-9]+ records equal at 20'
    expect 'completed' "$(zohosync status --json | jq -r '.proofs[] | select(.module == "crm.leads") | .state')"
}

# One wrong field of one record, chosen by chance among all of a module that
# lists can show; the time of change stays.
@test "one wrong field among all is found and repaired, in every trial (R12)" {
    local i module
    SEED=${SEED:-$RANDOM}
    echo "# SEED=$SEED" >&3
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        module=$(printf 'crm.leads crm.contacts crm.site_surveys crm.deals' | tr ' ' '\n' | sed -n "$((i % 4 + 1))p")
        query "with chosen as (
                   select r.id, m.key from mirror.record r, jsonb_object_keys(r.data) m (key)
                    where r.module = '$module' and r.deleted_at is null
                      and m.key <> all (array['id', 'Modified_Time']) and m.key not like '\$%'
                      and m.key in (select unnest(api_fields || coalesce(api_texts, '{}')) from sync.module where name = '$module')
                    order by md5(r.id || m.key || '$SEED.$i') limit 1)
               update mirror.record r set data = jsonb_set(r.data, array[c.key], '\"wrong\"')
                 from chosen c where r.module = '$module' and r.id = c.id" >/dev/null
        [ -n "$(differences "$module")" ]
        verify --modules "$module"
        expect '' "$(differences "$module")" "trial $i in $module"
        expect '1' "$(proof applied)" "trial $i in $module"
    done
}

@test "a missing record, and one that Zoho no longer has, are repaired" {
    local id
    id=$(query "select id from mirror.record where module = 'crm.contacts' order by id limit 1")
    query "delete from mirror.record where module = 'crm.contacts' and id = '$id';
           delete from mirror.version where module = 'crm.contacts' and id = '$id';
           insert into mirror.record (module, id, modified_time, alive_at, seq, version, data, origin)
           values ('crm.contacts', '123456789', '2026-01-01', '2026-01-01', 0, 1, '{\"id\":\"123456789\"}', 'webhook')" >/dev/null
    verify --modules crm.contacts
    expect '' "$(differences crm.contacts)"
    expect t "$(query "select deleted_at is not null from mirror.record where module = 'crm.contacts' and id = '123456789'")"
    expect 2 "$(proof applied)"
}

@test "what only the read of one record shows is looked at in a sample, or in all" {
    query "update mirror.record set data = jsonb_set(data, '{line_items,0,rate}', '999999')
            where module = 'books.invoices' and id = (select min(id) from mirror.record where module = 'books.invoices')" >/dev/null
    verify --modules books.invoices --full
    expect '' "$(differences books.invoices)"
    expect 1 "$(proof applied)"
    verify --modules books.invoices --sample 5
    expect '0|t' "$(proof 'applied, calls < 20')"
}

@test "--dry-run says what differs and repairs nothing" {
    query "update mirror.record set data = jsonb_set(data, '{City}', '\"Nowhere\"')
            where module = 'crm.leads' and id = (select min(id) from mirror.record where module = 'crm.leads' and data ? 'City')" >/dev/null
    verify --modules crm.leads --dry-run
    grep -q 'differing=1 repaired=0' "$OUT"
    expect Nowhere "$(query "select data ->> 'City' from mirror.record where module = 'crm.leads' and data ->> 'City' = 'Nowhere'")"
    verify --modules crm.leads
    grep -q 'repaired=1' "$OUT"
}

@test "a list that ends too early proves nothing (R74)" {
    zsim POST faults '{"match":"/crm/v8/Contacts","method":"GET","do":"short","times":-1,"after":1}' >/dev/null
    run_status 75 zohosync verify --modules crm.contacts
    expect partial "$(proof state)"
    grep -q 'Zoho counts [0-9]* records and lists [0-9]*' "$OUT"
    zsim DELETE faults >/dev/null
    verify --modules crm.contacts
}
