#!/usr/bin/env bats
# Webhooks of Books made by calls (3.6): limits, three bodies, the signature.
# shellcheck disable=SC2016 # placeholders are Zoho's, not the shell's

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
    : >"$SIM_DIR/received"
}

# settings METHOD PATH [JSON]: a call below /settings
settings() {
    call "$1" "/books/v3/settings/$2?organization_id=10234695" ${3:+-d "$3"}
}

# hook [JQ]: one that is right, changed by a jq program; the call that makes it
hook() {
    settings POST webhooks "$(jq -nc --arg url "$RECEIVER/hook" "{webhook_name: \"Mirror\", entity: \"invoice\", method: \"POST\", url: \$url} | ${1:-.}")"
}

# made: the id of what was made
made() { jq -r '.webhook.webhook_id // .workflow.workflow_id' <<<"$output"; }

# wrong JQ [CODE]: the definition is refused
wrong() {
    hook "$1"
    is 400
    has .code "${2:-4}"
}

act() { zsim POST act "$1" | jq -e .ok >/dev/null; }

sent() {
    delivered
    output=$(jq -c . "$SIM_DIR/received")
    has "$@"
}

# signed TEXT: the signature that came is that of the text
signed() {
    local want
    want=$(printf '%s' "$1" | openssl dgst -sha256 -hmac demoSecretToken2026 -r | cut -d' ' -f1)
    [ "$(jq -r '.headers["x-zoho-webhook-signature"]' "$SIM_DIR/received")" = "$want" ]
}

@test "a webhook is made, read, listed, changed and deleted; its secret is not shown" {
    hook '.secret = "demoSecretToken2026"'
    is 201
    has '[.code, .webhook.webhook_name, (.webhook | has("secret"))]' '[0,"Mirror",false]'
    id=$(made)
    settings GET webhooks
    has '[.code, .webhooks[].webhook_id, .page_context.has_more_page]' "[0,\"$id\",false]"
    settings PUT "webhooks/$id" '{"webhook_name":"Renamed"}'
    is 200
    settings GET "webhooks/$id"
    has '[.webhook.webhook_name,.webhook.entity]' '["Renamed","invoice"]'
    settings DELETE "webhooks/$id"
    is 200
    settings GET "webhooks/$id"
    is 404
    has .code 1002
}

@test "name, description, URL, raw text and secret have their lengths" {
    wrong '.webhook_name = "n" * 51' 15
    wrong '.description = "d" * 101' 15
    wrong '.url = "https://x/" + "u" * 4991' 15
    wrong '.secret = "short"'
    wrong '.secret = "s" * 51'
    wrong '.secret = "no signs, please!"'
    hook '.webhook_name = "n" * 50 | .description = "d" * 100 | .secret = "s" * 50'
    is 201
}

@test "an entity, a method of three, a URL, a body of three kinds" {
    wrong 'del(.url)'
    wrong '.url = "ftp://x"'
    wrong 'del(.entity)'
    wrong '.entity = "nothing"'
    wrong '.method = "GET"'
    wrong '.body_type = "xml"'
    wrong '.body_type = "raw"'
    wrong '.headers = [{"param_name": "x"}]'
    wrong '.query_parameters = {}'
    settings POST webhooks 'no JSON'
    is 400
}

@test "the default payload is the whole object, signed over query and body" {
    hook '.secret = "demoSecretToken2026" | .query_parameters = [{param_name: "tenant", param_value: "42"}, {param_name: "env", param_value: "a b"}] | .headers = [{param_name: "X-Rule", param_value: "invoice-all"}]'
    act '{"act":"create","module":"books.invoices"}'
    act '{"act":"create","module":"books.bills"}'
    sent '[.method,.path,.headers["x-rule"],.headers["content-type"]]' '["POST","/hook?tenant=42&env=a%20b","invoice-all","application/json"]'
    has '.body | fromjson | [has("organization_id"), (.invoice | has("line_items"))]' '[true,true]'
    signed "enva btenant42$(jq -r .body "$SIM_DIR/received")"
}

@test "a form has the chosen pairs and is signed over them, sorted with the query" {
    hook '.secret = "demoSecretToken2026" | .url += "?env=prod" | .body_type = "x-www-form-urlencoded" | .entity_parameters = [{param_name: "number", param_value: "${invoice.invoice_number}"}, {param_name: "id", param_value: "${invoice.invoice_id}"}] | .form_data = [{param_name: "customer_name", param_value: "Smith & Sons"}]'
    act '{"act":"create","module":"books.invoices"}'
    sent '.headers["content-type"]' application/x-www-form-urlencoded
    body=$(jq -r .body "$SIM_DIR/received")
    [[ $body =~ ^number=([^\&]+)\&id=([0-9]+)\&customer_name=Smith%20%26%20Sons$ ]]
    signed "customer_nameSmith & Sonsenvprodid${BASH_REMATCH[2]}number${BASH_REMATCH[1]}"
}

@test "a raw text has its placeholders filled in, by PUT or DELETE too" {
    hook '.secret = "demoSecretToken2026" | .method = "PUT" | .body_type = "raw" | .raw_data = "{\"id\":\"${invoice.invoice_id}\",\"status\":\"${invoice.status}\",\"none\":\"${invoice.nothing}\"}"'
    act '{"act":"create","module":"books.invoices"}'
    sent '[.method, (.body | fromjson | [(.id | length), (.status | length > 0), .none])]' '["PUT",[19,true,""]]'
    signed "$(jq -r .body "$SIM_DIR/received")"
}

@test "events choose the changes; without them all are sent" {
    hook '.entity = "customer" | .events = ["contact_created"]'
    hook ".entity = \"contacts\" | .url = \"$RECEIVER/all\""
    books 'contacts?per_page=1'
    id=$(jq -r '.contacts[0].contact_id' <<<"$output")
    act "{\"act\":\"edit\",\"module\":\"books.contacts\",\"id\":\"$id\"}"
    act '{"act":"create","module":"books.contacts"}'
    delivered
    [ "$(jq -r .path "$SIM_DIR/received" | sort | tr '\n' ' ')" = '/all /all /hook ' ]
}

@test "a workflow that names a webhook rules it, and can be switched off" {
    hook
    id=$(made)
    settings POST workflows "{\"workflow_name\":\"W\",\"entity\":\"invoice\",\"rule_type\":\"delete\",\"instant_actions\":[{\"action_id\":\"$id\",\"action_type\":\"webhook\"}]}"
    is 201
    rule=$(made)
    act '{"act":"create","module":"books.invoices"}'
    books 'invoices?per_page=2'
    one=$(jq -r '.invoices[0].invoice_id' <<<"$output")
    two=$(jq -r '.invoices[1].invoice_id' <<<"$output")
    act "{\"act\":\"delete\",\"module\":\"books.invoices\",\"id\":\"$one\"}"
    delivered
    [ "$(jq -r '.body | fromjson | .invoice.invoice_id' "$SIM_DIR/received")" = "$one" ]
    settings POST "workflows/$rule/inactive"
    is 200
    settings GET "workflows/$rule"
    has '[.workflow.status,.workflow.workflow_name]' '["inactive","W"]'
    act "{\"act\":\"delete\",\"module\":\"books.invoices\",\"id\":\"$two\"}"
    delivered
    [ "$(wc -l <"$SIM_DIR/received")" = 1 ]
    settings POST "workflows/$rule/active"
    is 200
    settings GET workflows
    has '[.workflows[].status]' '["active"]'
    settings POST "workflows/$rule/asleep"
    is 404
    settings DELETE "workflows/$rule"
    is 200
    settings POST "workflows/$rule/active"
    is 404
    settings POST workflows '{"workflow_name":"W","entity":"invoice","rule_type":"sometimes"}'
    is 400
}

@test "where a workflow is wanted, a webhook without one is silent" {
    zsim PUT variants '{"books_hook_rule":"wanted"}'
    hook
    act '{"act":"create","module":"books.invoices"}'
    delivered
    [ ! -s "$SIM_DIR/received" ]
}
