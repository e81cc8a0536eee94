#!/usr/bin/env bats
# Promise 6: Zoho's limits are never exceeded. What was only announced is asked
# of a simulated Zoho that counts each call and each limit that is passed.

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open
}
teardown_file() {
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    clean_tables
    zsim DELETE faults >/dev/null
}

# As on the first day. Not in setup: ten tokens in ten minutes are all there are.
no_token() {
    query "update sync.token set sealed = null, expires_at = '-infinity', refused_until = '-infinity'" >/dev/null
}

@test "what a notification announces stands in the mirror, as Zoho has it" {
    local ids
    mapfile -t ids < <(zoho_ids Leads 3)
    printf '{"module":"Leads","operation":"update","ids":["%s","%s","%s"],"server_time":1769850901000}\n' "${ids[@]}" | put notifications
    drain
    expect "fetch|3" "$(query "select min(origin), count(*) from mirror.record where module = 'crm.leads'")"
    expect "$(zoho_get "/crm/v8/Leads/${ids[0]}" | jq -r '.data[0].Last_Name')" \
        "$(query "select data ->> 'Last_Name' from mirror.record where id = '${ids[0]}'")"
    expect 0 "$(query 'select count(*) from sync.fetch')"
    expect 'applied=1 fetched=1' "$(outcomes)"
    accounted
}

@test "fetch by itself knows the modules before any drain has run" {
    query 'delete from sync.session; delete from sync.module' >/dev/null
    announce crm.leads "$(zoho_ids Leads 1)"
    zohosync fetch --once
    expect 0 "$(query 'select count(*) from sync.fetch')"
    expect 1 "$(query "select count(*) from sync.inbox where origin = 'fetch'")"
}

@test "fifty records of the CRM come in one call where it can give them so" {
    local ids before
    mapfile -t ids < <(zoho_ids Accounts 40)
    announce crm.accounts "${ids[@]}"
    before=$(counted .crm_calls)
    drain
    expect "${#ids[@]}" "$(query "select count(*) from mirror.record where module = 'crm.accounts'")"
    [ $(($(counted .crm_calls) - before)) -le 10 ]
}

@test "documents of Books come with their lines" {
    local ids
    mapfile -t ids < <(zoho_ids invoices 5)
    announce books.invoices "${ids[@]}"
    drain
    expect 5 "$(query 'select count(*) from zoho.invoices')"
    [ "$(query 'select count(*) from zoho.invoice_line_items')" -ge 5 ]
}

@test "a record that Zoho no longer has becomes a tombstone" {
    local id
    id=$(zoho_ids Deals 1)
    announce crm.deals "$id"
    drain
    curl -s -X DELETE -H "Authorization: Zoho-oauthtoken $ZOHO_TOKEN" "$ZOHO/crm/v8/Deals/$id" >/dev/null
    announce crm.deals "$id"
    drain
    expect t "$(query "select deleted_at is not null from mirror.record where id = '$id'")"
    accounted
}

@test "while Zoho fails the record waits, with the reason, and comes later" {
    local id
    id=$(zoho_ids Contacts 1)
    announce crm.contacts "$id"
    zsim POST faults '[{"match":"/crm/v8/Contacts","times":100,"do":"503"}]' >/dev/null
    run_status 75 zohosync fetch --once
    grep -q '1 records did not come' "$OUT"
    expect '1|t|t' "$(query "select tries, not_before > now(), last_error like '%status 503%' from sync.fetch")"
    zsim DELETE faults >/dev/null
    query 'update sync.fetch set not_before = now()' >/dev/null
    drain
    expect 1 "$(query "select count(*) from mirror.record where id = '$id'")"
}

@test "one module that fails does not stop the others (promise 8)" {
    announce crm.leads "$(zoho_ids Leads 1)"
    announce books.items "$(zoho_ids items 1)"
    zsim POST faults '[{"match":"/crm/v8","times":1000,"do":"500"}]' >/dev/null
    run_status 75 zohosync fetch --once
    zsim DELETE faults >/dev/null
    expect 'books.items' "$(query 'select module from sync.inbox')"
    expect 'crm.leads' "$(query 'select module from sync.fetch')"
}

@test "a token that Zoho no longer takes is renewed once, and the call goes on" {
    local before
    announce crm.leads "$(zoho_ids Leads 1)"
    zsim POST faults '[{"match":"/crm/v8/Leads","times":1,"do":"invalid_token"}]' >/dev/null
    before=$(counted .tokens)
    zohosync fetch --once
    expect 0 "$(query 'select count(*) from sync.fetch')"
    expect 1 $(($(counted .tokens) - before)) "one in its place"
}

@test "twenty programs at once ask for one token (R43)" {
    local before pids=()
    no_token
    announce crm.leads "$(zoho_ids Leads 1)"
    before=$(counted .tokens)
    for _ in $(seq 20); do
        stage_as "$STAGE/bin/fetch" --once -c "$STAGE_CONF" 3>&- &
        pids+=("$!")
    done
    wait "${pids[@]}"
    expect 1 $(($(counted .tokens) - before))
    expect 0 "$(query 'select count(*) from sync.fetch')"
}

@test "a refresh token that was revoked wants a person, and is not asked again and again" {
    local before
    no_token
    announce crm.leads "$(zoho_ids Leads 1)"
    sed 's/^ZOHO_REFRESH_TOKEN=.*/ZOHO_REFRESH_TOKEN=1000.revoked/' "$STAGE_CONF" | stage_as tee "$STAGE/revoked.conf" >/dev/null
    stage_as chmod 600 "$STAGE/revoked.conf"
    before=$(asked_for_tokens)
    for _ in 1 2 3; do
        query 'update sync.fetch set not_before = now()' >/dev/null
        run_status 75 stage_as "$STAGE/bin/fetch" --once -c "$STAGE/revoked.conf"
    done
    expect t "$(query "select last_error like '%invalid_code%' from sync.fetch")"
    [ $(($(asked_for_tokens) - before)) -le 1 ]
    grep -q invalid_code "$STAGE/log"
}

@test "the token is stored where only the jobs read it, and not as it is" {
    no_token
    announce crm.leads "$(zoho_ids Leads 1)"
    zohosync fetch --once
    expect 0 "$(query "select count(*) from sync.token where position('1000.'::bytea in sealed) > 0")"
    expect 1 "$(query "select count(*) from sync.token where sealed is not null")"
    run psql -X -At -d "postgresql:///zohosync?host=$STAGE/pg&user=admin" -c 'select * from sync.token'
    [ "$status" -ne 0 ]
    expect 0 "$(grep -c '1000\.[0-9a-f]\{16\}' "$STAGE/log")" "nor in the log"
}

@test "nothing of all this passed a limit of Zoho's (R42)" {
    expect 0 "$(counted '[.overruns[]] | add')" "$(counted .overruns)"
}
