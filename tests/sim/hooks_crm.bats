#!/usr/bin/env bats
# Workflow webhooks of CRM made by calls (2.16): what may stand, what is sent.
# shellcheck disable=SC2016 # merge fields are Zoho's, not the shell's

load sim

hooks=/crm/v8/settings/automation/webhooks

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
    : >"$SIM_DIR/received"
}

# hook [JQ]: one that is right, changed by a jq program; the call that makes it
hook() {
    post $hooks "$(jq -nc --arg url "$RECEIVER/hook" "{name: \"Mirror leads\", url: \$url, http_method: \"POST\", module: {api_name: \"Leads\"}, feature_type: \"workflow\", authentication: {type: \"general\"}, headers: {module_parameters: [], custom_parameters: [{name: \"X-Mirror-Key\", value: \"secret\"}]}, body: {type: \"raw\", format: \"JSON\", raw_data_content: \"{\\\"id\\\":\\\"\${!Leads.Lead Id}\\\",\\\"name\\\":\\\"\${!Leads.Last_Name}\\\"}\"}} | ${1:-.} | {webhooks: [.]}")"
}

# lead JSON: inserts one; its id
lead() {
    post /crm/v8/Leads "{\"data\":[$1]}"
    jq -r '.data[0].details.id' <<<"$output"
}

# wrong JQ CODE PATH: the definition is refused with these
wrong() {
    hook "$1"
    is 400
    has '.webhooks[0] | [.code, (.details.json_path // .details.api_name)]' "[\"$2\",\"$3\"]"
}

# sent JQ WANT: of the one call that came
sent() {
    delivered
    output=$(cat "$SIM_DIR/received")
    has "$@"
}

@test "one that a rule calls is sent when the rule says so, others always" {
    hook
    hook '.name = "For deletes" | .url = "\($url)?deleted"'
    zsim POST webhooks '{"kind":"crm_rule","name":"For deletes","events":"delete"}' >/dev/null
    id=$(lead '{"Last_Name":"Ruled"}')
    delivered
    [ "$(wc -l <"$SIM_DIR/received")" = 1 ]
    call DELETE "/crm/v8/Leads/$id"
    delivered
    [ "$(wc -l <"$SIM_DIR/received")" = 3 ]
    output=$(zsim POST webhooks '{"kind":"crm_rule","name":"Unknown","events":"delete"}')
    [[ $output = *wanted* ]]
}

@test "a webhook is made, read, listed, changed and deleted" {
    crm settings/automation/webhooks
    is 204
    hook
    is 201
    has '.webhooks[0] | [.code,.message]' '["SUCCESS","webhook created successfully"]'
    id=$(jq -r '.webhooks[0].details.id' <<<"$output")
    get "$hooks/$id"
    has '.webhooks[0] | [.id,.name,.module.api_name,.headers.custom_parameters[0].value]' "[\"$id\",\"Mirror leads\",\"Leads\",\"secret\"]"
    get "$hooks?module=Leads"
    has '[.webhooks[].id, .info.count]' "[\"$id\",1]"
    get "$hooks?module=Deals"
    is 204
    put $hooks "{\"webhooks\":[{\"id\":\"$id\",\"name\":\"Renamed\"}]}"
    is 200
    put "$hooks/$id" '{"webhooks":[{"http_method":"PUT"}]}'
    is 200
    get "$hooks/$id"
    has '.webhooks[0] | [.name,.http_method,.module.api_name]' '["Renamed","PUT","Leads"]'
    put "$hooks/$id" '{"webhooks":[{"http_method":"PATCH"}]}'
    is 400
    call DELETE "$hooks?ids=$id,57257670000000001"
    is 207
    has '[.webhooks[].code]' '["SUCCESS","INVALID_DATA"]'
    call DELETE "$hooks/$id"
    is 400
    call DELETE "$hooks"
    has .code REQUIRED_PARAM_MISSING
    call DELETE "$hooks?ids=1,2,3,4,5,6,7,8,9,10,11"
    has '[.code,.details.limit]' '["INVALID_DATA",10]'
    get "$hooks/$id"
    is 400
    has .details.resource_path_index 3
}

@test "a definition has a name, a URL of at most 300, a method, a module and a body that are right" {
    wrong 'del(.name)' MANDATORY_NOT_FOUND '$.webhooks[0].name'
    wrong '.name = "n" * 251' INVALID_DATA '$.webhooks[0].name'
    wrong 'del(.url)' MANDATORY_NOT_FOUND '$.webhooks[0].url'
    wrong '.url = "ftp://x/"' INVALID_DATA '$.webhooks[0].url'
    wrong '.url = "https://mirror.example/" + ("x" * 278)' INVALID_DATA '$.webhooks[0].url'
    has '.webhooks[0].details.maximum_length' 300
    hook '.url = "https://mirror.example/" + ("x" * 277)'
    is 201
    wrong 'del(.http_method)' MANDATORY_NOT_FOUND '$.webhooks[0].http_method'
    wrong '.http_method = "PATCH"' INVALID_DATA '$.webhooks[0].http_method'
    wrong 'del(.module)' MANDATORY_NOT_FOUND '$.webhooks[0].module'
    wrong '.module.api_name = "Nothing"' INVALID_DATA '$.webhooks[0].module.api_name'
    wrong '.module.api_name = "Notes"' INVALID_DATA '$.webhooks[0].module.api_name'
    wrong '.body.type = "json"' INVALID_DATA '$.webhooks[0].body.type'
    wrong '.body.format = "CSV"' INVALID_DATA '$.webhooks[0].body.format'
    wrong '.body.raw_data_content = "${!Leads.Nothing}"' INVALID_DATA '$.webhooks[0].body.raw_data_content'
    wrong '.body.raw_data_content = "${!Deals.Stage}"' INVALID_DATA '$.webhooks[0].body.raw_data_content'
    wrong '.headers.custom_parameters[0] |= del(.value)' MANDATORY_NOT_FOUND '$.webhooks[0].headers.custom_parameters[0].value'
    wrong '.headers.custom_parameters[1] = {name: "X-Mirror-Key", value: "1"}' DUPLICATE_DATA '$.webhooks[0].headers.custom_parameters[1].name'
    wrong '.headers = []' INVALID_DATA '$.webhooks[0].headers'
    wrong '.http_method = "GET"' DEPENDENT_MISMATCH '$.webhooks[0].http_method'
    wrong '.date_time_format = {date_format: "Q"}' INVALID_DATA '$.webhooks[0].date_time_format.date_format'
    wrong '.date_time_format = {time_zone: "Mars"}' INVALID_DATA '$.webhooks[0].date_time_format.time_zone'
    post $hooks '{}'
    is 400
    has .code MANDATORY_NOT_FOUND
}

@test "the body is the text with its merge fields, and nothing in it is escaped" {
    hook
    id=$(lead '{"Last_Name":"O\"Neil\nTwo"}')
    sent '[.method,.path,.headers["content-type"],.headers["x-mirror-key"]]' '["POST","/hook","application/json","secret"]'
    [ "$(jq -r .body "$SIM_DIR/received")" = "$(printf '{"id":"%s","name":"O"Neil\nTwo"}' "$id")" ]
    [ "$(jq -r '.headers | has("x-zoho-webhook-signature")' "$SIM_DIR/received")" = false ]
}

@test "every value is a text: lookups are names, dates as they are set, nothing is empty" {
    hook '.module.api_name = "Contacts" | .date_time_format = {date_format: "dd/MM/yyyy", datetime_format: "MMM d, yyyy hh:mm a", time_zone: "UTC"} | .body.raw_data_content = "${!Contacts.Account Name}|${!Contacts.Owner}|${!Contacts.Date of Birth}|${!Contacts.Last Call}|${!Contacts.Email Opt Out}|${!Contacts.Languages}|${!Contacts.Title}|${!Contacts.Id}"'
    is 201
    account=$(first Accounts)
    crm "Accounts/$account"
    name=$(jq -r '.data[0].Account_Name' <<<"$output")
    post /crm/v8/Contacts "{\"data\":[{\"Last_Name\":\"T\",\"Account_Name\":{\"id\":\"$account\"},\"Date_of_Birth\":\"1980-02-03\",\"Last_Call\":\"2026-01-31T15:05:00+01:00\",\"Email_Opt_Out\":true,\"Languages\":[\"English\",\"Deutsch\"]}]}"
    id=$(jq -r '.data[0].details.id' <<<"$output")
    crm users
    owner=$(jq -r '.users[0].full_name' <<<"$output")
    delivered
    [ "$(jq -r .body "$SIM_DIR/received")" = "$name|$owner|03/02/1980|Jan 31, 2026 02:05 PM|true|English;Deutsch||$id" ]
}

@test "a form is sent in the body, with GET in the query" {
    form='.body = {type: "form_data", form_data_content: {module_parameters: [{name: "lead_id", value: "${!Leads.Id}"}, {name: "email", value: "${!Leads.Email}"}], custom_parameters: [{name: "token", value: "a b"}]}}'
    hook "$form"
    is 201
    id=$(lead '{"Last_Name":"F","Email":"a+1@b.example"}')
    sent '[.headers["content-type"],.body]' "[\"application/x-www-form-urlencoded\",\"lead_id=$id&email=a%2B1%40b.example&token=a%20b\"]"
    : >"$SIM_DIR/received"
    zsim DELETE webhooks
    hook "$form | .http_method = \"GET\" | .url += \"?via=q\""
    id=$(lead '{"Last_Name":"G"}')
    sent '[.method,.path,.body]' "[\"GET\",\"/hook?via=q&lead_id=$id&email=&token=a%20b\",\"\"]"
}

@test "edits and deletes are sent too; of a deleted record all values, or the id only" {
    hook
    id=$(lead '{"Last_Name":"Gone"}')
    put "/crm/v8/Leads/$id" '{"data":[{"City":"X"}]}'
    put "/crm/v8/Leads/$id" '{"data":[{"City":"Y"}],"trigger":[]}'
    zsim PUT variants '{"hook_delete":"id"}'
    call DELETE "/crm/v8/Leads/$id"
    delivered
    [ "$(jq -r .body "$SIM_DIR/received" | sort)" = "$(printf '{"id":"%s","name":"%s"}\n' "$id" "" "$id" Gone "$id" Gone)" ]
}

@test "what is not answered with success is in the failures, under the webhook's name" {
    hook ".url = \"$RECEIVER/refuse\""
    id=$(jq -r '.webhooks[0].details.id' <<<"$output")
    lead=$(lead '{"Last_Name":"Refused"}')
    delivered
    crm "settings/automation/webhook_failures?webhook_id=$id"
    has '.webhook_failures[0] | [.webhook.id,.webhook.name,.entity_details.id,.failure_reason]' "[\"$id\",\"Mirror leads\",\"$lead\",\"HTTP status 500\"]"
}

@test "the report of usage counts by day, and by webhook, for seven days" {
    zsim POST clock '{"now":"2026-03-01T12:00:00+01:00"}'
    SIM_TOKEN=$(token)
    hook
    id=$(jq -r '.webhooks[0].details.id' <<<"$output")
    hook '.name = "Another"'
    lead '{"Last_Name":"U1"}' >/dev/null
    lead '{"Last_Name":"U2"}' >/dev/null
    delivered
    crm 'settings/automation/webhooks/actions/usage_reports?group_by=date'
    is 200
    has '.data_usage' '[{"date":"2026-03-01","count":4}]'
    crm 'settings/automation/webhooks/actions/usage_reports?group_by=date,resource'
    has '[.data_usage[] | [.resource.name,.count]]' '[["Mirror leads",2],["Another",2]]'
    has '.data_usage[0].resource.id' "$id"
    crm 'settings/automation/webhooks/actions/usage_reports'
    has '[.code,.details.param_name]' '["REQUIRED_PARAM_MISSING","group_by"]'
    crm 'settings/automation/webhooks/actions/usage_reports?group_by=week'
    has .code INVALID_DATA
    advance $((7 * 86400))
    SIM_TOKEN=$(token)
    crm 'settings/automation/webhooks/actions/usage_reports?group_by=date'
    is 200
    has .data_usage '[]'
}

@test "the scope of automation actions is wanted" {
    REFRESH=$(zsim POST grants '{"scope":"ZohoCRM.modules.ALL"}' | jq -r .refresh_token)
    SIM_TOKEN=$(token)
    get $hooks
    is 401
    has .code OAUTH_SCOPE_MISMATCH
    REFRESH=$(zsim POST grants '{"scope":"ZohoCRM.settings.automation_actions.READ"}' | jq -r .refresh_token)
    SIM_TOKEN=$(token)
    get $hooks
    [ "$status" != 401 ]
    post $hooks '{}'
    is 401
}
