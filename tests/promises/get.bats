#!/usr/bin/env bats
# Records as Zoho has them, for a person or a script: from here where they are
# fresh, else from Zoho (F219, F220, F239 to F243).

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 300
    echo ZOHO_MODULES_TO_SYNC=Leads,Sales_Orders | stage_as tee -a "$STAGE_CONF" >/dev/null
}
teardown_file() {
    zoho_close
    stage_close
}
setup() { export OUT=$BATS_TEST_TMPDIR/out; }

# As run_status of the queue, but what it prints apart from what it complains of.
get() {
    local want=$1 code=0
    shift
    stage_as "$STAGE/bin/zohosync" get -c "$STAGE_CONF" "$@" >"$OUT" 2>"$OUT.err" || code=$?
    expect "$want" "$code" "$(cat "$OUT.err")"
}
calls() { counted '.crm_calls + .books_calls'; }
edit() { zsim POST act "{\"act\":\"edit\",\"module\":\"$1\",\"id\":\"$2\",\"set\":$3}" >/dev/null; }

@test "a record nobody has heard of here comes from Zoho, whole, and is mirrored" {
    local id
    id=$(zoho_ids Sales_Orders 1)
    get 0 crm.sales_orders "$id"
    expect "$id 1" "$(jq -r '"\(.id) \([.Ordered_Items[]] | length > 0 | if . then 1 else 0 end)"' "$OUT")"
    drain --once
    expect 1 "$(query "select count(*) from mirror.record where id = '$id'")"
    id=$(zoho_ids invoices 1)
    get 0 books.invoices "$id"
    expect "$id true" "$(jq -r '"\(.invoice_id) \(.line_items != [])"' "$OUT")"
}

@test "within five minutes it comes from here, later from Zoho; --fresh asks in any case (F239, F243)" {
    local id before
    id=$(zoho_ids Leads 1)
    get 0 crm.leads "$id"
    drain --once
    edit crm.leads "$id" '{"Company":"Moved On Ltd"}'
    before=$(calls)
    get 0 crm.leads "$id"
    expect "$before" "$(calls)" "no call"
    [ "$(jq -r .Company "$OUT")" != 'Moved On Ltd' ]
    get 0 --fresh crm.leads "$id"
    expect 'Moved On Ltd' "$(jq -r .Company "$OUT")"
    expect $((before + 1)) "$(calls)"
    drain --once
    edit crm.leads "$id" '{"Company":"Further Ltd"}'
    query "update mirror.record set updated_at = now() - interval '301 s' where id = '$id'" >/dev/null
    get 0 crm.leads "$id"
    expect 'Further Ltd' "$(jq -r .Company "$OUT")"
}

@test "what a webhook said since is what comes from here (F240, F241)" {
    local id before
    id=$(zoho_ids Leads 1)
    query "update mirror.record set updated_at = now() - interval '301 s' where id = '$id'" >/dev/null
    lead "$id" 2030-01-01T00:00:00Z '"Company":"Told Ltd"' | put Leads
    drain --once
    before=$(calls)
    get 0 crm.leads "$id"
    expect 'Told Ltd' "$(jq -r .Company "$OUT")"
    expect "$before" "$(calls)"
}

@test "many at once cost few calls" {
    local ids before
    mapfile -t ids < <(zoho_ids Leads 60)
    before=$(calls)
    get 0 --fresh crm.leads "${ids[@]}"
    expect "$(printf '%s\n' "${ids[@]}" | sort)" "$(jq -r .id "$OUT" | sort)"
    [ $(($(calls) - before)) -le 8 ]
}

@test "one that is gone is said so, and becomes deleted here; one that never was leaves nothing" {
    local id
    id=$(zoho_ids Leads 2 | tail -n 1)
    get 0 crm.leads "$id"
    drain --once
    zsim POST act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"$id\"}" >/dev/null
    get 65 --fresh crm.leads "$id" 5725767019999999999
    expect 2 "$(grep -c 'Zoho has no crm.leads' "$OUT.err")"
    grep -q '2 of 2 records are not in Zoho' "$OUT.err"
    drain --once
    expect 1 "$(query "select count(*) from mirror.record where id = '$id' and deleted_at is not null")"
    expect 0 "$(query "select count(*) from mirror.record where id = '5725767019999999999'")"
    get 65 crm.leads "$id"
}

@test "a search gives all pages of what meets the criteria, and mirrors nothing (F219)" {
    local name before
    name=$(zsim GET 'state?module=crm.leads' | jq -r 'select(.record != null) | .record.Last_Name' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
    before=$(query 'select count(*) from sync.inbox')
    get 0 --search "(Last_Name:equals:$name)" crm.leads
    [ "$(jq -r .Last_Name "$OUT" | grep -c "$name")" -ge 1 ]
    expect "$(wc -l <"$OUT")" "$(jq -r .id "$OUT" | sort -u | wc -l)"
    expect "$before" "$(query 'select count(*) from sync.inbox')"
    get 0 --search '(Last_Name:equals:Nobodyhasthisname)' crm.leads
    [ ! -s "$OUT" ]
    get 65 --search 'Last_Name is Example' crm.leads
}

@test "a count is Zoho's" {
    get 0 --count crm.leads
    expect "$(zsim GET company | jq '.modules["crm.leads"].records')" "$(cat "$OUT")"
}

@test "what makes no sense is refused before anybody is asked" {
    local before
    before=$(calls)
    get 64
    get 64 crm.leads
    get 64 crm.nothing 1
    grep -q 'no module in use is called "crm.nothing"' "$OUT.err"
    get 64 crm.leads '1,2'
    get 64 crm.leads 12345678901234567890
    get 64 --search '(a:equals:b)' books.items
    get 64 --max-age=-1 crm.leads 1
    expect "$before" "$(calls)"
}

@test "while Zoho is away what is fresh comes from here all the same, and the rest is 75" {
    local id other
    id=$(zoho_ids Leads 3 | tail -n 1)
    other=$(zoho_ids Leads 4 | tail -n 1)
    get 0 --fresh crm.leads "$id"
    drain --once
    query "update mirror.record set updated_at = now() - interval '1 day' where id = '$other'" >/dev/null
    zsim POST faults '{"match":"/crm","do":"503","times":-1}' >/dev/null
    get 75 crm.leads "$id" "$other"
    zsim DELETE faults >/dev/null
    expect "$id" "$(jq -r .id "$OUT")"
    grep -q 'status 503' "$OUT.err"
}
