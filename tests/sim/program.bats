#!/usr/bin/env bats
# The program: its options, its manual, its worst behaviour.

load sim

teardown() { [ -z "${SIM_PID:-}" ] || sim_close; }

page=$BATS_TEST_DIRNAME/zoho-sim.1
program=${TOP_BUILDDIR:-$BATS_TEST_DIRNAME/../..}/tests/sim/zoho-sim

# same A B: two lists hold the same lines
same() {
    diff <(sort -u <<<"$1") <(sort -u <<<"$2")
}

@test "each option is in the manual, and nothing else is" {
    said=$("$program" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p')
    same "$said" "$(sed -n 's/^\.It Fl -\([a-z-]*\).*/\1/p' "$page")"
}

@test "each variant is in the manual, with its values, and nothing else is" {
    sim
    said=$(zsim GET variants | jq -r 'to_entries[] | "\(.key) \(.value.default) \(.value.worst)"' |
        sed 's/ INVALID_TOKEN AUTHENTICATION_FAILURE/ first second/; s/ inventory_adjustment inventoryadjustment/ first second/')
    same "$said" "$(sed -n '/^\.Sh VARIANTS/,/^\.El/s/^\.It \([a-z0-9_]*\) Ta .* Ta \([^ ]*\) Ta \([^ ]*\)$/\1 \2 \3/p' "$page")"
}

@test "each control path is in the manual, and nothing else is" {
    said=$(sed -n 's/^\t{ "\([A-Z]*\)", "\([a-z]*\)", [a-z_]* },$/\1 \2/p' "$BATS_TEST_DIRNAME/control.c")
    same "$said" "$(grep '^\.It Li .*/zsim/' "$page" | grep -oE '(GET|PUT|POST|DELETE) /zsim/[a-z]+' | sed 's#/zsim/##')"
}

@test "each fault is in the manual, and nothing else is" {
    said=$(sed -n '/^} plays\[\] = {/,/^};/s/^\t{ "\([a-z0-9_]*\)", .*/\1/p' "$BATS_TEST_DIRNAME/fault.c")
    same "$said" "$(sed -n '/^\.Sh FAULTS/,/^\.Sh VARIANTS/s/^\.It Li //p' "$page" | tr -d ' ' | tr , '\n')"
}

@test "a wrong option, company or variant is refused" {
    run "$program" --nothing
    [ "$status" -eq 64 ]
    run "$program" --company tiny
    [ "$status" -eq 64 ]
    run "$program" --variant nothing=x
    [ "$status" -eq 64 ]
}

@test "with every variant at its worst it still answers" {
    sim --variant all=worst
    [ "$(zsim GET variants | jq -r .errors.value)" = bare ]
    crm 'Leads?fields=Last_Name'
    is 200
    books invoices
    is 200
    zsim POST day '{"events":200}' | jq -e .ok
}

@test "TLS is spoken where a certificate is given" {
    cd "$BATS_TEST_TMPDIR"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
        -subj /CN=127.0.0.1 -days 1 2>/dev/null
    "$program" --tls cert.pem,key.pem --port 0 --port-file port >out 2>&1 3>&- &
    SIM_PID=$!
    SIM_DIR=$BATS_TEST_TMPDIR/none
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.05; done
    [ "$(curl -sk "https://127.0.0.1:$(cat port)/zsim/clock" | jq -r .rate)" = 1 ]
    grep -q '^https://' out
}

@test "a large company starts at once" {
    sim --company 1000000
    [ "$(zsim GET company | jq '.modules["crm.contacts"].records')" = 250000 ]
    [ "$(awk '/VmRSS/ { print $2 }' "/proc/$SIM_PID/status")" -lt 200000 ]
}

@test "it leaves nothing behind" {
    mkdir "$BATS_TEST_TMPDIR/tmp"
    TMPDIR=$BATS_TEST_TMPDIR/tmp sim
    kill "$SIM_PID"
    wait "$SIM_PID" || true
    left=$(find "$BATS_TEST_TMPDIR/tmp" -name 'zoho-sim.*')
    SIM_PID=
    rm -rf "$SIM_DIR"
    [ -z "$left" ]
}

@test "a body that makes no sense is refused, and it goes on" {
    sim --no-limits
    id=$(first Leads)
    for path in Leads Leads/upsert "Leads/$id/actions/merge" "Leads/$id/actions/convert" Leads/actions/mass_update coql actions/watch \
        'settings/fields?module=Leads' settings/automation/webhooks settings/recycle_bin/actions/restore; do
        for body in '' '[]' '[null]' '5' '{' '{"data":null}' '{"data":[null],"ids":[null]}' '{"merge":[null]}' '{"watch":[null]}' \
            '{"fields":[null]}' '{"webhooks":[null]}' '{"recycle_bin":[null]}' '{"select_query":[]}'; do
            post "/crm/v8/$path" "$body"
            [ "$status" != 000 ]
        done
    done
    for path in items salesorders settings/webhooks settings/workflows; do
        for body in '' '[]' '5' '{"name":[],"customer_id":{},"line_items":[null]}' \
            '{"url":"http://x","entity":"item","events":[null],"headers":[null]}' '{"entity":"item","rule_type":"add","workflow_name":"w","instant_actions":[null]}'; do
            call POST "/books/v3/$path?organization_id=10234695" -d "$body"
            [ "$status" != 000 ]
        done
    done
    for path in read write; do
        for body in '[]' '{"query":{"module":5,"fields":[null]}}' '{"operation":"insert","resource":[null]}'; do
            post "/crm/bulk/v8/$path" "$body"
            [ "$status" != 000 ]
        done
    done
    crm org
    is 200
}
