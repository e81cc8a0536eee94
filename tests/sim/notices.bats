#!/usr/bin/env bats
# Channels, webhooks, their failures, and a day of work (2.15, 2.16, 3.6).
# shellcheck disable=SC2046 # words of a number

load sim

setup_file() {
    sim --no-limits
    receiver
}
teardown_file() { sim_close; }
setup() {
    advance 61 # ten tokens in ten minutes
    SIM_TOKEN=$(token)
    zsim DELETE webhooks >/dev/null
    zsim PUT variants '{"all":"default"}' >/dev/null
    zsim PUT deliveries '{"lost":0,"doubled":0,"reordered":0,"corrupted":0}' >/dev/null
    call DELETE '/crm/v8/actions/watch?channel_ids=1000000068001'
    : >"$SIM_DIR/received"
}

# watch [MORE]: a channel for all changes of leads
watch() {
    post /crm/v8/actions/watch "{\"watch\":[{\"channel_id\":\"1000000068001\",\"events\":[\"Leads.all\"],\"token\":\"secret\",\"notify_url\":\"$RECEIVER/n?src=eu1\"${1:-}}]}"
}

# received JQ: over the bodies that came, as an array
received() {
    delivered
    output=$(jq -sc '[.[].body | fromjson]' "$SIM_DIR/received")
    has "$@"
}

act() { zsim POST act "$1"; }

@test "a channel lasts an hour, at most a week, and a longer one an hour" {
    watch
    is 201
    has '.watch[0].message' 'Successfully subscribed for actions-watch of the given module'
    has '.watch[0].details.events[0].channel_expiry' "$(date -u -d "@$(($(zsim GET clock | jq .unix) + 7200))" +%FT%T)+01:00"
    now=$(zsim GET clock | jq .unix)
    at() { date -u -d "@$((now + $1))" +%FT%T+00:00; }
    watch ",\"channel_expiry\":\"$(at 518400)\""
    has '.watch[0].details.events[0].channel_expiry | .[0:10]' "$(at 522000 | cut -c1-10)"
    watch ",\"channel_expiry\":\"$(at 900000)\""
    has '.watch[0].details.events[0].channel_expiry | .[0:13]' "$(at 7200 | cut -c1-13)"
}

@test "the longest life of a channel is a day where it was so, or an hour" {
    now=$(zsim GET clock | jq .unix)
    at() { date -u -d "@$((now + $1))" +%FT%T+00:00; }
    zsim PUT variants '{"channel_most":"day"}'
    watch ",\"channel_expiry\":\"$(at 82800)\""
    has '.watch[0].details.events[0].channel_expiry | .[0:13]' "$(at 86400 | cut -c1-13)"
    watch ",\"channel_expiry\":\"$(at 518400)\""
    has '.watch[0].details.events[0].channel_expiry | .[0:13]' "$(at 7200 | cut -c1-13)"
    zsim PUT variants '{"channel_most":"hour"}'
    watch ",\"channel_expiry\":\"$(at 82800)\""
    has '.watch[0].details.events[0].channel_expiry | .[0:13]' "$(at 7200 | cut -c1-13)"
}

@test "channels are listed, changed, stripped of events and ended" {
    crm actions/watch
    is 204
    watch
    crm 'actions/watch?module=Leads'
    has '.watch[0] | [.channel_id,.token,.events[0]]' '["1000000068001","secret","Leads.all"]'
    call PATCH /crm/v8/actions/watch -d '{"watch":[{"channel_id":"1000000068001","notify_url":"http://127.0.0.1:9/x"}]}'
    has '.watch[0].message' 'Successfully updated the subscribe details'
    call PATCH /crm/v8/actions/watch -d '{"watch":[{"channel_id":"1000000068001","events":["Leads.all"],"_delete_events":true}]}'
    has '.watch[0].message' 'Successfully removed the subscribe details'
    call DELETE '/crm/v8/actions/watch?channel_ids=1000000068001'
    is 400
    has '.watch[0].code' NOT_SUBSCRIBED
    watch
    call DELETE '/crm/v8/actions/watch?channel_ids=1000000068001,5'
    is 207
}

@test "a wrong subscription is refused, and among right ones it is 207" {
    post /crm/v8/actions/watch '{"watch":[{"channel_id":"5","events":["Leads.all"]}]}'
    is 400
    has '.watch[0].code' MANDATORY_NOT_FOUND
    post /crm/v8/actions/watch '{"watch":[{"channel_id":"5","events":["Nothing.all"],"notify_url":"http://127.0.0.1:9/"},{"channel_id":"1000000068001","events":["Leads.edit"],"notify_url":"http://127.0.0.1:9/"}]}'
    is 207
    post /crm/v8/actions/watch '{}'
    is 400
    has .code MANDATORY_NOT_FOUND
}

@test "a callback names the record, the operation and the token, and is not signed" {
    watch
    act '{"act":"create","module":"crm.leads"}'
    received '.[0] | [.operation,.module,.channel_id,.token,.query_params.src]' '["insert","Leads","1000000068001","secret","eu1"]'
    received '.[0].ids[0] | length' 19
    received '.[0].server_time | tostring | length' 13
    [ "$(jq -r '.headers | has("x-zoho-webhook-signature")' "$SIM_DIR/received")" = false ]
}

@test "an edit tells what changed, with values where they are asked for" {
    watch ',"return_affected_field_values":true'
    id=$(first Leads)
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"City\":\"Elsewhere\"}}"
    received '.[0].operation' update
    received ".[0].affected_fields[0][\"$id\"]" '["City"]'
    received '.[0].affected_values[0].values.City' Elsewhere
}

@test "an expired channel is silent" {
    watch
    advance 3601
    act '{"act":"create","module":"crm.leads"}'
    received length 0
    SIM_TOKEN=$(token)
    crm actions/watch
    is 204
}

@test "our own writes come back, workflows only where trigger lets them" {
    watch
    zsim POST webhooks "{\"kind\":\"crm_json\",\"url\":\"$RECEIVER/w\",\"key\":\"k\",\"modules\":\"crm.leads\"}"
    post /crm/v8/Leads '{"data":[{"Last_Name":"Echo"}],"trigger":[]}'
    received length 1
    post /crm/v8/Leads '{"data":[{"Last_Name":"Echo"}]}'
    received length 3
    received '[.[] | select(has("id")) | .Last_Name]' '["Echo"]'
    [ "$(jq -r 'select(.path == "/w").headers["x-api-key"]' "$SIM_DIR/received")" = k ]
}

@test "the wrapper and the form of private senders" {
    zsim POST webhooks "[{\"kind\":\"crm_wrapped\",\"url\":\"$RECEIVER/wrapped\"},{\"kind\":\"crm_form\",\"url\":\"$RECEIVER/form\"}]"
    act '{"act":"create","module":"crm.leads"}'
    delivered
    output=$(jq -r 'select(.path == "/wrapped").body' "$SIM_DIR/received")
    has '.operation' Leads.create
    has '.data[0].id | length' 19
    output=$(jq -c 'select(.path == "/form")' "$SIM_DIR/received")
    has '.headers["content-type"]' application/x-www-form-urlencoded
    has '.body | startswith("module=Leads&id=57")'
}

@test "Books webhooks carry the whole object and are signed over query and body" {
    zsim POST webhooks "{\"kind\":\"books\",\"url\":\"$RECEIVER/b?tenant=42&env=prod\",\"secret\":\"demoSecretToken2026\",\"modules\":\"books.invoices\"}"
    act '{"act":"create","module":"books.invoices"}'
    received '.[0].invoice | has("line_items")'
    jq -j .body "$SIM_DIR/received" >"$SIM_DIR/body"
    want=$(printf 'envprodtenant42%s' "$(cat "$SIM_DIR/body")" | openssl dgst -sha256 -hmac demoSecretToken2026 -r | cut -d' ' -f1)
    [ "$(jq -r '.headers["x-zoho-webhook-signature"]' "$SIM_DIR/received")" = "$want" ]
}

@test "ids in Books webhooks are texts or numbers, letters may be escaped" {
    zsim PUT variants '{"hook_ids":"number","hook_escapes":"yes"}'
    zsim POST webhooks "{\"kind\":\"books\",\"url\":\"$RECEIVER/b\",\"modules\":\"books.contacts\"}"
    act '{"act":"create","module":"books.contacts"}'
    delivered
    output=$(jq -r .body "$SIM_DIR/received")
    [[ $output = '{"organization_id":10234695,"contact":{"contact_id":3'* ]]
    [ "$(grep -cP '[^\x00-\x7f]' <<<"$output")" = 0 ]
}

@test "a CRM webhook that fails is in the list of failures" {
    crm settings/automation/webhook_failures
    is 204
    zsim POST webhooks "{\"kind\":\"crm_json\",\"url\":\"$RECEIVER/refuse\",\"modules\":\"crm.deals\"}"
    id=$(first Deals)
    act "{\"act\":\"edit\",\"module\":\"crm.deals\",\"id\":\"$id\"}"
    delivered
    crm settings/automation/webhook_failures
    is 200
    has '.webhook_failures[0].entity_details | [.id,.module.api_name]' "[\"$id\",\"Deals\"]"
    has '.webhook_failures[0].failure_reason' 'HTTP status 500'
    crm 'settings/automation/webhook_failures?module=Leads'
    is 204
}

@test "a day of work moves the company and the clock, the same for the same seed" {
    zsim POST clock '{"rate":0}'
    start=$(zsim GET clock | jq .unix)
    output=$(zsim POST day '{"events":300,"seed":7,"hours":24}')
    has '[.done[]] | add > 250'
    has '.same_second > 0'
    [ "$(($(zsim GET clock | jq .unix) - start))" = 86400 ]
}

@test "a day of work changes records that calls inserted, too" {
    post /crm/v8/Deals '{"data":[{"Deal_Name":"Written Deal","Stage":"Offer","Next_Step":"none"}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    for _ in 1 2 3 4 5 6; do
        zsim POST act "{\"act\":\"edit\",\"module\":\"crm.deals\",\"id\":\"$id\"}"
    done
    crm "Deals/$id"
    has '.data[0].Deal_Name' 'Written Deal'
    has '.data[0] | [.Stage,.Next_Step,.Amount,.Type,.Closing_Date,.Lead_Source] != ["Offer","none",null,null,null,null]'
}

@test "deliveries are lost, doubled, held back and damaged by rate, and counted" {
    zsim POST webhooks "{\"kind\":\"books\",\"url\":\"$RECEIVER/b\"}"
    before=$(zsim GET deliveries)
    zsim POST day '{"events":300,"seed":3,"hours":1,"lost":0.1,"doubled":0.1,"reordered":0.1,"corrupted":0.1}'
    delivered
    output=$(jq -nc --argjson a "$before" --argjson b "$(zsim GET deliveries)" '$b | with_entries(.value -= $a[.key])')
    has '[.lost,.doubled,.reordered,.corrupted] | all(. > 0)'
    has '.sent == .queued'
    [ "$(curl -s "$SIM/zsim/deliveries?last=5" | jq '.last | length')" = 5 ]
    [ "$(wc -l <"$SIM_DIR/received")" = "$(jq .sent <<<"$output")" ]
}

@test "the state is the truth: each living record as its single read shows it" {
    zsim POST day '{"events":200,"seed":9,"hours":2,"modules":"crm.warranties"}'
    SIM_TOKEN=$(token)
    id=$(first Warranties)
    crm "Warranties/$id"
    one=$(jq -cS '.data[0]' <<<"$output")
    state=$(curl -s "$SIM/zsim/state?module=crm.warranties" | jq -cS "select(.id == \"$id\").record")
    [ "$one" = "$state" ]
    lives=$(curl -s "$SIM/zsim/state?module=crm.warranties" | jq -s '[.[] | select(.deleted | not)] | length')
    crm Warranties/actions/count
    has .count "$lives"
    output=$(curl -s "$SIM/zsim/state?module=crm.warranties&format=digest")
    has .count "$lives"
}

@test "the same seed makes the same company" {
    digest() { curl -s "$1/zsim/state?module=crm.contacts&format=digest" | jq -r .sha256; }
    one=$(sim --seed 5 && digest "$SIM"; kill "$SIM_PID"; rm -rf "$SIM_DIR")
    two=$(sim --seed 5 && digest "$SIM"; kill "$SIM_PID"; rm -rf "$SIM_DIR")
    other=$(sim --seed 6 && digest "$SIM"; kill "$SIM_PID"; rm -rf "$SIM_DIR")
    [ "$one" = "$two" ]
    [ "$one" != "$other" ]
}

@test "a condition has known fields, ten at most in two groups; notes are not listened to, users are" {
    # condition JQ: a channel for leads whose condition is a selection
    condition() {
        watch ",\"notification_condition\":[{\"type\":\"field_selection\",\"module\":{\"api_name\":\"Leads\"},\"field_selection\":$(jq -nc "$1")}]"
    }
    condition '{group_operator: "or", group: [{field: {api_name: "Nothing"}}]}'
    is 400
    has '.watch[0].details.api_name' notification_condition
    condition '{group_operator: "or", group: [range(11) | {field: {api_name: "City"}}]}'
    is 400
    condition '{group_operator: "or", group: [{group_operator: "or", group: [{field: {api_name: "City"}}]}, {group_operator: "or", group: [{field: {api_name: "Phone"}}]}]}'
    is 400
    condition '{group_operator: "or", group: [{field: {api_name: "City"}}, {group_operator: "or", group: [{field: {api_name: "Phone"}}]}]}'
    is 201
    id=$(first Leads)
    for field in Street Phone; do
        act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"$field\":\"x\"}}"
    done
    received '[.[].affected_fields[0] | .[]]' '[["Phone"]]'
    post /crm/v8/actions/watch "{\"watch\":[{\"channel_id\":\"1000000068001\",\"events\":[\"Notes.all\"],\"notify_url\":\"$RECEIVER/n\"}]}"
    is 400
    post /crm/v8/actions/watch "{\"watch\":[{\"channel_id\":\"1000000068001\",\"events\":[\"users.all\",\"Leads.edit\"],\"notify_url\":\"$RECEIVER/n\"}]}"
    is 201
    has '[.watch[0].details.events[].resource_name]' '["users","Leads"]'
}

@test "a changed channel is held to the same rules" {
    watch
    change() { call PATCH /crm/v8/actions/watch -d "{\"watch\":[{\"channel_id\":\"1000000068001\",$1}]}"; }
    for wrong in '"events":["Nothing.all"]' '"events":[]' '"notify_url":"ftp://x"' "\"token\":\"$(printf 't%.0s' $(seq 51))\"" '"notification_condition":5'; do
        change "$wrong"
        is 400
        has '.watch[0].code' INVALID_DATA
    done
    crm actions/watch
    has '.watch[0] | [.token,.events[0]]' '["secret","Leads.all"]'
}
