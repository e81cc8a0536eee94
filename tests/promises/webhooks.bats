#!/usr/bin/env bats
# The webhooks that Zoho should have, compared and made by its APIs (F017,
# F018): doing it twice changes nothing, and no secret is shown.

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --variant books_hook_rule=wanted
    stage_web fastcgi
    export STAGE_PORT STAGE_URL
    stage_as tee -a "$STAGE_CONF" >/dev/null <<END
ZOHO_MODULES_TO_SYNC=Leads,Contacts
WEBHOOK_URL=$STAGE_URL/api/zoho/webhooks/
END
    drain_lingers
}
teardown_file() {
    drain_ends
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
}

crm() { zoho_get /crm/v8/settings/automation/webhooks | jq -cs "[.[].webhooks[]?] | $1"; }
books() { zoho_get "/books/v3/settings/$1?organization_id=$ZOHO_ORG" | jq -c ".$1 | $2"; }
send() { curl -s -X "$1" -H "Authorization: Zoho-oauthtoken $(zoho_token)" "$ZOHO$2" ${3:+-d "$3"} >/dev/null; }

# All that Zoho has, but for times.
all_there() {
    crm 'map(del(.created_time, .modified_time))'
    books webhooks 'map(del(.created_time, .last_modified_time))'
    books workflows .
}

@test "plan says what is missing and what only Zoho's pages can do, and makes nothing" {
    run_status 0 zohosync webhooks plan
    expect 18 "$(grep -c '^missing ' "$OUT")"
    grep -q '^missing    zohosync - invoices Sync, deletes (books): there is none' "$OUT"
    grep -q '^1. Zoho CRM: Setup > Automation > Workflow Rules' "$OUT"
    grep -qE '^     Leads +created or edited +zohosync - Leads Sync$' "$OUT"
    grep -q '^2. ' "$OUT"
    expect '0 0 0' "$(crm length) $(books webhooks length) $(books workflows length)"
    expect 1 "$(zohosync key list | grep -c webhook)" 'keys'
}

@test "check says so with its status, a line for each" {
    run_status 65 zohosync webhooks check
    expect 18 "$(grep -c '^missing ' "$OUT")"
    grep -q '18 of 18 webhooks are not as they should be' "$OUT"
}

@test "apply makes them, with a key of their own, and the rules of Books" {
    run_status 0 zohosync webhooks apply
    expect 18 "$(grep -c '^made ' "$OUT")"
    expect '4 14 14' "$(crm length) $(books webhooks length) $(books workflows length)"
    expect '["zohosync - Leads Sync","POST","Leads"]' "$(crm '.[0] | [.name, .http_method, .module.api_name]')"
    expect '["add_edit","delete"]' "$(books workflows '[.[].rule_type] | unique')"
    grep -q crm-webhooks <(zohosync key list)
    run_status 0 zohosync webhooks check
    expect '' "$(grep -v debug: "$OUT")"
}

# What a person makes on the pages of the CRM, as plan lists it.
make_rules() {
    zohosync webhooks plan 2>/dev/null |
        sed -nE 's/^     [A-Za-z_]+ +(created or edited|deleted) +(zohosync - .*)/\1|\2/p' |
        while IFS='|' read -r when name; do
            case $when in deleted) when=delete ;; *) when=create,edit ;; esac
            zsim POST webhooks "{\"kind\":\"crm_rule\",\"name\":\"$name\",\"events\":\"$when\"}"
        done
}

@test "what is made works: Zoho sends, the receiver lets it in, the record stands here" {
    local id item
    make_rules
    id=$(zoho_ids Leads 1)
    item=$(zoho_ids items 1)
    zsim POST act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"Company\":\"Hooked Ltd\"}}" >/dev/null
    zsim POST act "{\"act\":\"edit\",\"module\":\"books.items\",\"id\":\"$item\",\"set\":{\"name\":\"Hooked\"}}" >/dev/null
    until_true 30 stands "$id" Company 'Hooked Ltd'
    until_true 30 stands "$item" name Hooked
    expect 0 "$(query 'select coalesce(sum(hits), 0) from sync.refusal')"
}
stands() { [ "$(query "select data ->> '$2' from mirror.record where id = '$1' and deleted_at is null")" = "$3" ]; }

@test "a delete comes by its own webhook" {
    local item lead
    lead=$(zoho_ids Leads 1)
    zsim POST act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"$lead\"}" >/dev/null
    until_true 30 is_gone "$lead"
    item=$(zoho_ids items 1)
    zsim POST act "{\"act\":\"delete\",\"module\":\"books.items\",\"id\":\"$item\"}" >/dev/null
    until_true 30 is_gone "$item"
}
is_gone() { [ "$(query "select deleted_at is not null from mirror.record where id = '$1'")" = t ]; }

@test "apply a second time changes nothing" {
    local before
    before=$(all_there)
    run_status 0 zohosync webhooks apply
    expect 18 "$(grep -c '^right ' "$OUT")"
    expect "$before" "$(all_there)"
    expect 2 "$(zohosync key list | grep -c webhook)" 'keys'
}

@test "what somebody changed or took away is named and mended, and what is others' is left alone" {
    local id rule other
    send POST /crm/v8/settings/automation/webhooks '{"webhooks":[{"name":"Other","url":"https://other.example.com/x","http_method":"POST","module":{"api_name":"Leads"}}]}'
    other=$(crm '.[] | select(.name == "Other")')
    id=$(crm '.[0].id' | tr -d '"')
    send PUT "/crm/v8/settings/automation/webhooks/$id" '{"webhooks":[{"url":"https://old.example.com/Leads"}]}'
    id=$(crm '.[1].id' | tr -d '"')
    send PUT "/crm/v8/settings/automation/webhooks/$id" '{"webhooks":[{"headers":{"custom_parameters":[{"name":"X-API-Key","value":"zs_0"}]}}]}'
    id=$(crm '.[2].id' | tr -d '"')
    send DELETE "/crm/v8/settings/automation/webhooks/$id"
    id=$(books webhooks '.[0].webhook_id' | tr -d '"')
    send DELETE "/books/v3/settings/webhooks/$id?organization_id=$ZOHO_ORG"
    rule=$(books workflows '.[3].workflow_id' | tr -d '"')
    send POST "/books/v3/settings/workflows/$rule/inactive?organization_id=$ZOHO_ORG"
    run_status 65 zohosync webhooks check
    expect 'different: its URL
different: its key
missing: there is none
missing: there is none
different: its workflow rule is switched off' "$(grep -E '^(missing|different) ' "$OUT" | sed 's/  .*:/:/' | sort -t : -k 2,2 | awk '
        /URL/ { a = $0 } /key/ { b = $0 } /none/ { c = c $0 "\n" } /rule/ { d = $0 } END { printf "%s\n%s\n%s%s\n", a, b, c, d }')"
    run_status 0 zohosync webhooks apply
    run_status 0 zohosync webhooks check
    expect "$other" "$(crm '.[] | select(.name == "Other")')"
}

@test "a new secret goes out with --anew, and Books signs with it" {
    local secret=NewSecret1234567890 item
    stage_as sed -i "s/^ZOHO_WEBHOOK_SECRET=.*/ZOHO_WEBHOOK_SECRET=$secret/" "$STAGE_CONF"
    run_status 0 zohosync webhooks apply --anew
    expect 18 "$(grep -c '^changed ' "$OUT")"
    query 'truncate sync.refusal' >/dev/null
    stage_web_reload TERM
    item=$(zoho_ids items 1)
    zsim POST act "{\"act\":\"edit\",\"module\":\"books.items\",\"id\":\"$item\",\"set\":{\"name\":\"Resigned\"}}" >/dev/null
    until_true 30 stands "$item" name Resigned
}

@test "no secret is printed or logged" {
    local key
    key=$(crm '.[0].headers.custom_parameters[0].value' | tr -d '"')
    [[ $key = zs_* ]]
    zohosync webhooks plan >"$OUT" 2>&1
    zohosync webhooks apply >>"$OUT" 2>&1
    zohosync webhooks plan --json >>"$OUT" 2>&1
    expect 0 "$(cat "$OUT" "$STAGE/log" | grep -cE "$key|$STAGE_SECRET|NewSecret|$STAGE_TOKEN")"
}

@test "as JSON: a line for each, with its state" {
    zohosync webhooks plan --json >"$OUT"
    expect '18 ["right"]' "$(jq -s length "$OUT") $(jq -sc 'map(.state) | unique' "$OUT")"
    expect "\"$STAGE_URL/api/zoho/webhooks/Leads?operation=delete\"" "$(jq 'select(.name == "zohosync - Leads Sync, deletes").url' "$OUT")"
}

@test "where one of them cannot be asked the other is done, and the run says so (promises 7 and 8)" {
    zsim POST faults '{"match":"/books","times":-1,"do":"403"}' >/dev/null
    send DELETE "/crm/v8/settings/automation/webhooks/$(crm '.[0].id' | tr -d '"')"
    run_status 75 zohosync webhooks apply
    expect 1 "$(grep -c '^made ' "$OUT")"
    grep -q '^webhooks: Zoho Books: ' "$OUT"
    run_status 75 zohosync webhooks check
}

@test "Books is left out where there is no organisation of it" {
    sed '/^ZOHO_ORGANIZATION_ID=/d' "$STAGE_CONF" | stage_as tee "$STAGE/other.conf" >/dev/null
    stage_as chmod 600 "$STAGE/other.conf"
    run_status 0 stage_as "$STAGE/bin/zohosync" webhooks plan -c "$STAGE/other.conf"
    grep -q 'Zoho Books is left out' "$OUT"
    expect 4 "$(grep -cE '^(right|missing|different) ' "$OUT")"
}

@test "what makes no sense is refused" {
    run_status 64 zohosync webhooks
    run_status 64 zohosync webhooks check --anew
    run_status 78 stage_as env WEBHOOK_URL=ftp://x "$STAGE/bin/zohosync" webhooks plan -c "$STAGE_CONF"
}
