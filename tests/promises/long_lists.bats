#!/usr/bin/env bats
# A CRM module with more records than its lists give, which are 100,000: the
# rest is queried, and nothing is taken for deleted because a list ended. Here
# lists end at 400.

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 3000
    zsim PUT limits '{"list_rows":400,"books_minute":0}' >/dev/null
    { echo ZOHO_MODULES_TO_SYNC=Leads,Contacts
      echo ZOHO_RATE_LIMIT=100000; } | stage_as tee -a "$STAGE_CONF" >/dev/null
    drain_lingers
}
teardown_file() {
    drain_ends
    zoho_close
    stage_close
}
setup() { export OUT=$BATS_TEST_TMPDIR/out; }

coql_calls() { counted '.endpoints["POST /crm/v8/coql"] // 0'; }
last_run() { query "select $1 from sync.session where module = 'crm.leads' order by session_id desc limit 1"; }

@test "all of a module that no list can show comes, by id" {
    run_status 0 zohosync reconcile --modules crm.leads
    expect '' "$(differences crm.leads)"
    # the last one of the list comes again
    expect t "$(last_run "state = 'completed' and found between expected and expected + 1 and expected = 450")"
    [ "$(coql_calls)" -ge 1 ]
}

@test "comparing all of it again finds nothing to do, and nobody is asked about what the list lacks" {
    run_status 0 zohosync reconcile --sweep --modules crm.leads
    expect 'completed|0' "$(last_run 'state, differing')"
}

@test "more changes than a list shows are queried by their time, the newest first" {
    local before
    zsim POST clock '{"advance":3600}' >/dev/null
    # many of them within the same second as another one
    zsim POST day '{"events":3000,"hours":1,"seed":3,"modules":"crm.leads","mix":{"edit":100}}' >/dev/null
    [ "$(differences crm.leads | cut -d ' ' -f 1 | sort -u | wc -l)" -ge 402 ]
    before=$(coql_calls)
    run_status 0 zohosync reconcile --modules crm.leads
    expect '' "$(differences crm.leads | head -n 5)"
    [ "$(coql_calls)" -gt "$before" ]
    expect completed "$(last_run state)"
}

@test "deletes and new records beyond the list's end are found" {
    local ids
    mapfile -t ids < <(zoho_ids Leads 2000)
    zsim POST act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"${ids[-1]}\"}" >/dev/null
    zsim POST act "{\"act\":\"purge\",\"module\":\"crm.leads\",\"id\":\"${ids[-2]}\"}" >/dev/null
    zsim POST act '{"act":"create","module":"crm.leads"}' >/dev/null
    run_status 0 zohosync reconcile --sweep --modules crm.leads
    expect '' "$(differences crm.leads | head -n 5)"
}

@test "where queries are not allowed the run is partial and deletes nothing" {
    local alive
    alive=$(query "select count(*) from mirror.record where deleted_at is null")
    zsim POST faults '{"match":"/crm/v8/coql","do":"200_error","times":-1}' >/dev/null
    run_status 75 zohosync reconcile --sweep --modules crm.leads
    zsim DELETE faults >/dev/null
    expect partial "$(last_run state)"
    expect "$alive" "$(query "select count(*) from mirror.record where deleted_at is null")"
    expect 0 "$(query 'select count(*) from sync.fetch')"
}
