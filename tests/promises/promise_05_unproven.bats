#!/usr/bin/env bats
# Promise 5: nobody gets in unproven (F015, F037-F044, R47-R49, R52).
# No secret is no way in; a proof that is shown must be right; what proved
# nothing leaves a count and a sample, and nothing else.

load helper
load receiver

setup_file() { stage; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    rm -f "$BATS_TEST_TMPDIR/body"
}
teardown() { other_web_stop; }

hooks=/api/zoho/webhooks

hmac() {
    printf '%s' "$1" | openssl dgst -sha256 -hmac "$2" -r | cut -d ' ' -f 1
}

# send ROUTE BODY [curl args]: with no proof but those in the arguments
send() {
    local route=$1 body=$2
    shift 2
    ask POST "$hooks/$route" -H 'Content-Type: application/json' --data-binary "$body" "$@"
}

zoho() {
    printf 'X-Zoho-Webhook-Signature: %s' "$1"
}

# notice TOKEN [CHANNEL] [MORE]
notice() {
    printf '{"server_time":1769847300000,"module":"Leads","ids":["460000000012345"],"operation":"update","channel_id":"%s","token":"%s"}' \
        "${2:-1000000068001}" "$1"
}

refusals() {
    query 'select source, event_type, route, sum(hits) from sync.refusal group by 1, 2, 3 order by 1, 2, 3'
}

# Counts wait in memory for up to a second: when the marker is written, so is
# all that came before it.
settle_refusals() {
    expect 401 "$(send prices '{"marker":1}')" || return 1
    marker_is_written() {
        [ -n "$(query "select 1 from sync.refusal where route = 'prices' limit 1")" ]
    }
    until_true 10 marker_is_written || return 1
    sleep 0.3 # the others of the same flush
    clean_tables
}

has_refused() {
    [ "$(query 'select coalesce(sum(hits), 0) from sync.refusal')" = "$1" ]
}

# ---- every route, every proof ----

# bats test_tags=mount
@test "every webhook route refuses what shows no proof with 401 (F015, F043, F044)" {
    local route
    for route in Leads Deals Contacts Accounts notifications products customers \
        invoices bills credit-notes stock prices ../sync-products \
        ../sync-customers ../sync-invoices ../sync-bills ../sync-credit-notes \
        ../sync-stock ../sync-prices; do
        expect 401 "$(send "$route" "$(invoice 1)")" "status of $route"
        expect '{"status":"refused","message":"not authorised"}' "$(cat "$ANSWER")"
    done
    expect_nothing_kept
}

# bats test_tags=mount
@test "the answer is the same for a missing and a wrong proof (R49)" {
    send invoices "$(invoice 1)" >/dev/null
    cp "$ANSWER" "$BATS_TEST_TMPDIR/missing"
    tr -d '\r' <"$ANSWER.head" | grep -v '^Date' >"$BATS_TEST_TMPDIR/missing.head"
    send invoices "$(invoice 1)" -H "$(zoho "$(hmac x y)")" >/dev/null
    cmp "$ANSWER" "$BATS_TEST_TMPDIR/missing"
    tr -d '\r' <"$ANSWER.head" | grep -v '^Date' | cmp - "$BATS_TEST_TMPDIR/missing.head"
}

# ---- Zoho's signature ----

# bats test_tags=mount
@test "Zoho's signature is hex of either case over the raw bytes (F037, F039, F040)" {
    local body good
    body=$(invoice 1)
    good=$(hmac "$body" "$STAGE_SECRET")
    expect 202 "$(send invoices "$body" -H "$(zoho "$good")")"
    expect 202 "$(send invoices "$body" -H "$(zoho "${good^^}")")"
    expect books "$(query 'select source from sync.inbox')"
}

# bats test_tags=mount
@test "a signature that is wrong, cut short, long, empty or of another body is refused (F044)" {
    local body good shown
    body=$(invoice 1)
    good=$(hmac "$body" "$STAGE_SECRET")
    for shown in "${good%?}" "${good}0" "${good:0:32}" "0${good:1}" "${good:0:63}g" \
        "$(hmac "$body" wrong)" "$(hmac "$body" "")" "$(hmac "$body " "$STAGE_SECRET")" \
        "sha256=$good" "$STAGE_SECRET" null "'or'1'='1"; do
        [ "$shown" != "$good" ] || shown="1${good:1}"
        expect 401 "$(send invoices "$body" -H "$(zoho "$shown")")" "status of $shown"
    done
    # curl leaves a header without a text out unless it ends in ;
    expect 401 "$(send invoices "$body" -H 'X-Zoho-Webhook-Signature;')" 'an empty one'
    expect 401 "$(send invoices "$body " -H "$(zoho "$good")")" 'one byte more'
    expect 401 "$(send "invoices?a=b" "$body" -H "$(zoho "$good")")" 'a query that was not signed'
    expect_nothing_kept
}

# vector SIGNATURE QUERY TYPE BODY
vector() {
    expect 202 "$(ask POST "$hooks/invoices$2" -H "Content-Type: $3" -H "$(zoho "$1")" \
        --data-binary "$4")" "vector $1"
    expect 401 "$(ask POST "$hooks/invoices$2" -H "Content-Type: $3" -H "$(zoho "${1%?}x")" \
        --data-binary "$4")" "vector $1 with its last digit changed"
}

# bats test_tags=mount
@test "the worked vectors of Zoho's rule are accepted (F040, zoho-api.md 3.6)" {
    local paid='{"invoice":{"invoice_id":"460000000012345","status":"paid","total":120.50}}'
    other_web ZOHO_WEBHOOK_SECRET=demoSecretToken2026
    vector 0a72d9d72c0fe33688245e930d1e2749a7408a3b15350654a852e898d77d7624 \
        '' application/json "$paid"
    vector f3d6e23ff361bd9a5115075f655287d8b19da5b341c0852ad67c1e78f5c0c2d8 \
        '?tenant=42&env=prod' application/json "$paid"
    vector f3d6e23ff361bd9a5115075f655287d8b19da5b341c0852ad67c1e78f5c0c2d8 \
        '?env=prod&tenant=42' 'application/json; charset=utf-8' "$paid"
    vector efff15e3e969de6cc7721ddf2ce37fe8be841c9f18fccec5e06f0bada4cde30c \
        '?env=prod' application/x-www-form-urlencoded 'total=120.50&customer_name=Smith+%26+Sons'
    vector 75623411acdfac07ab37218aef76c6e3485964b29a58df8738adea3f77fa6c57 \
        '' application/json $'{"contact":{"contact_id":"460000000012345","contact_name":"Zo\xc3\xab Ltd"}}'
    vector 88bb7c5a4eb3d596475909ab17dd1dd90d76437a624e91ee47246ec4dd73fe31 \
        '' application/json '{"contact":{"contact_id":"460000000012345","contact_name":"Zo\u00eb Ltd"}}'
    # a sister product sends JSON under the type of a form
    vector 0a72d9d72c0fe33688245e930d1e2749a7408a3b15350654a852e898d77d7624 \
        '' 'application/x-www-form-urlencoded;charset=UTF-8' "$paid"
}

@test "while a secret is changed both are accepted, and neither once it is gone (R52)" {
    local body
    body=$(invoice 1)
    other_web ZOHO_WEBHOOK_SECRET=newSecretToken2026 ZOHO_WEBHOOK_SECRET_PREVIOUS=oldSecretToken2025
    expect 202 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" newSecretToken2026)")")" new
    expect 202 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" oldSecretToken2025)")")" old
    expect 401 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" "$STAGE_SECRET")")")" older
    other_web_stop
    other_web ZOHO_WEBHOOK_SECRET=newSecretToken2026 ZOHO_WEBHOOK_SECRET_PREVIOUS=
    expect 202 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" newSecretToken2026)")")"
    expect 401 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" oldSecretToken2025)")")"
    expect 401 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" "")")")" 'the empty one'
}

# bats test_tags=mount
@test "no secret or an empty one lets nobody in: 503, never a pass (R48)" {
    local body
    body=$(invoice 1)
    other_web ZOHO_WEBHOOK_SECRET= ZOHO_WEBHOOK_SECRET_PREVIOUS= RAW_HMAC_SECRET= \
        ZOHO_NOTIFICATION_TOKEN= API_KEY_FILE=
    expect 503 "$(send invoices "$body")" 'no proof'
    expect unconfigured "$(says .status)"
    expect 503 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" "")")")" 'signed with nothing'
    expect 503 "$(send invoices "$body" -H "X-Zoho-Signature: $(hmac "$body" "")")"
    expect 503 "$(send Leads "$(lead 1)" -H 'X-API-Key: x')"
    expect 503 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")"
    expect 503 "$(send notifications "$(notice '')")" 'an empty token'
    expect 503 "$(send notifications "$(notice x)")"
    expect_nothing_kept
}

@test "a proof whose secret is not set lets nobody in while another one is set (R48)" {
    local body
    body=$(invoice 1)
    other_web ZOHO_WEBHOOK_SECRET= RAW_HMAC_SECRET= ZOHO_NOTIFICATION_TOKEN=
    expect 503 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" "")")")"
    expect 503 "$(send invoices "$body" -H "X-Zoho-Signature: $(hmac "$body" "")")"
    status=$(send notifications "$(notice '')")
    [[ $status == 401 || $status == 503 ]] || expect '401 or 503' "$status" 'an empty token'
    expect_nothing_kept
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")"
}

@test "an empty file of keys, a missing one and one open to others let nobody in (R48)" {
    other_web "API_KEY_FILE=$STAGE/no-such-keys"
    expect 503 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")" missing
    stage_as touch "$STAGE/no-such-keys"
    stage_as chmod 600 "$STAGE/no-such-keys"
    other_web_stop
    other_web "API_KEY_FILE=$STAGE/no-such-keys"
    expect 503 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")" empty
    other_web_stop
    stage_as cp "$STAGE/keys" "$STAGE/open-keys"
    stage_as chmod 666 "$STAGE/open-keys"
    other_web "API_KEY_FILE=$STAGE/open-keys"
    expect 503 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")" 'open to others'
    expect_nothing_kept
}

# ---- own senders ----

# bats test_tags=mount
@test "own senders sign the raw body with X-Zoho-Signature, for CRM and Books (F040)" {
    local body
    body=$(invoice 1)
    expect 202 "$(send invoices "$body" -H "X-Zoho-Signature: $(hmac "$body" "$STAGE_RAW_SECRET")")"
    body=$(lead 2)
    expect 202 "$(send 'Leads?a=b' "$body" -H "X-Zoho-Signature: $(hmac "$body" "$STAGE_RAW_SECRET")")" \
        'the query is not signed'
    expect 'raw-hmac|2' "$(query 'select source, count(*) from sync.inbox group by 1')"
    expect 401 "$(send Leads "$body" -H "X-Zoho-Signature: $(hmac "$body" "$STAGE_SECRET")")" \
        'the secret of another proof'
    expect 401 "$(send Leads "$body" -H "X-Zoho-Signature: $(hmac "$body" "$STAGE_RAW_SECRET" | cut -c 2-)")" \
        'cut short'
}

# ---- keys ----

@test "a key opens CRM and Books routes; a wrong, short, empty or padded one none (F041)" {
    local key
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")"
    expect 202 "$(send invoices "$(invoice 1)" -H "X-API-Key: $STAGE_KEY")"
    expect 'key|2' "$(query 'select source, count(*) from sync.inbox group by 1')"
    for key in "${STAGE_KEY%?}" "${STAGE_KEY}0" "zs_${STAGE_KEY:3:63}$([ "${STAGE_KEY: -1}" = 0 ] && echo 1 || echo 0)" \
        zs_ x "$(sha256sum <<<"$STAGE_KEY" | cut -d ' ' -f 1)" \
        "$(stage_as head -n 1 "$STAGE/keys" | cut -d ' ' -f 3)" "$STAGE_KEY,$STAGE_KEY"; do
        expect 401 "$(send Leads "$(lead 2)" -H "X-API-Key: $key")" "key ${key:0:8}"
    done
    expect 401 "$(send Leads "$(lead 2)" -H 'X-API-Key;')" 'an empty key'
    expect 2 "$(query 'select count(*) from sync.inbox')"
}

@test "a revoked key is refused within two seconds, a new one accepted, without a restart (F041, R64)" {
    local key
    key=$(zohosync key create passing 2>/dev/null | sed -n 's/.*\(zs_[0-9a-f]*\).*/\1/p')
    sleep 1.2
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")"
    zohosync key revoke passing
    sleep 2
    expect 401 "$(send Leads "$(lead 2)" -H "X-API-Key: $key")"
    expect 202 "$(send Leads "$(lead 3)" -H "X-API-Key: $STAGE_KEY")" 'the other key'
}

@test "an expired key and one for another purpose are refused (F041, R64)" {
    local key hash
    key=zs_$(printf '0123456789abcdef%.0s' 1 2 3 4)
    hash=$(printf '%s' "$key" | sha256sum | cut -d ' ' -f 1)
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
expired webhook $hash 2025-01-01T00:00:00Z 2025-12-31T23:59:59Z
END
    stage_as chmod 600 "$STAGE/old-keys"
    other_web "API_KEY_FILE=$STAGE/old-keys"
    expect 401 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" expired
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
reader read $hash 2025-01-01T00:00:00Z -
END
    sleep 2
    expect 401 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" 'another purpose'
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
writer webhook $hash 2025-01-01T00:00:00Z 2999-12-31T23:59:59Z
END
    sleep 2
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" 'a good one of the same hash'
}

# ---- notifications ----

# bats test_tags=mount
@test "a notification is proven by its token, on its own route and on a module's (F043)" {
    expect 202 "$(send notifications "$(notice "$STAGE_TOKEN")")"
    expect 202 "$(send Leads "$(notice "$STAGE_TOKEN")")"
    expect 'notification|Leads.update' "$(query 'select distinct source, event_type from sync.inbox')"
}

@test "a notification with a wrong, short, empty or missing token is refused (F044)" {
    local token
    for token in wrong "${STAGE_TOKEN%?}" "${STAGE_TOKEN}x" "$STAGE_SECRET" "$STAGE_KEY" '' ; do
        expect 401 "$(send notifications "$(notice "$token")")" "token ${token:0:5}"
    done
    expect 401 "$(send notifications '{"module":"Leads","ids":["1"],"channel_id":"1"}')" 'no token'
    expect 401 "$(send notifications "{\"module\":\"Leads\",\"ids\":[\"1\"],\"token\":[\"$STAGE_TOKEN\"]}")" \
        'a token that is a list'
    expect 401 "$(send notifications "{\"token\":\"$STAGE_TOKEN\"}")" 'a token without ids'
    expect_nothing_kept
}

@test "with a list of channels only those may notify" {
    other_web ZOHO_NOTIFICATION_CHANNELS=1000000068001,1000000068002
    expect 202 "$(send notifications "$(notice "$STAGE_TOKEN" 1000000068002)")"
    expect 401 "$(send notifications "$(notice "$STAGE_TOKEN" 1000000068003)")"
    expect 401 "$(send notifications "$(notice "$STAGE_TOKEN" 100000006800)")"
    expect 401 "$(send notifications "{\"module\":\"Leads\",\"ids\":[\"1\"],\"token\":\"$STAGE_TOKEN\"}")" \
        'no channel'
    expect 401 "$(send notifications "$(notice wrong 1000000068001)")" 'a channel is no token'
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

# FAILS TODAY: of several tokens in a list the last one decides for all.
@test "the token of one notification proves no other one in a list" {
    expect 401 "$(send notifications "[$(notice wrong),$(notice "$STAGE_TOKEN")]")" 'the last is right'
    expect 401 "$(send notifications "[$(notice "$STAGE_TOKEN"),$(notice wrong)]")" 'the first is right'
    expect_nothing_kept
}

# FAILS TODAY: and it lets in full records, of Books too.
@test "the token of a notification proves no record that stands beside it" {
    expect 401 "$(send notifications "[$(notice "$STAGE_TOKEN"),$(invoice 1)]")" 'an invoice first told'
    expect 401 "$(send notifications "[$(invoice 1),$(notice "$STAGE_TOKEN")]")"
    expect_nothing_kept
}

# ---- no way round ----

@test "a proof of Books is no proof for a CRM route, and a token none for Books (F044)" {
    local body
    body=$(lead 1)
    expect 401 "$(send Leads "$body" -H "$(zoho "$(hmac "$body" "$STAGE_SECRET")")")"
    body=$(notice "$STAGE_TOKEN")
    expect 401 "$(send invoices "$body")"
    expect 401 "$(send notifications "$(invoice 1)" -H "$(zoho "$(hmac "$(invoice 1)" "$STAGE_SECRET")")")"
    expect_nothing_kept
}

@test "a wrong proof is not made good by a right one of another kind" {
    local body
    body=$(invoice 1)
    expect 401 "$(send invoices "$body" -H "$(zoho "$(hmac "$body" wrong)")" -H "X-API-Key: $STAGE_KEY")"
    expect 401 "$(send Leads "$(lead 1)" -H "X-API-Key: wrong" \
        -H "X-Zoho-Signature: $(hmac "$(lead 1)" "$STAGE_RAW_SECRET")")"
    expect 401 "$(send Leads "$(notice "$STAGE_TOKEN")" -H "X-API-Key: wrong")"
    expect_nothing_kept
}

@test "a header in two spellings is refused with 400, one given twice with 401" {
    local body good
    body=$(invoice 1)
    good=$(hmac "$body" "$STAGE_SECRET")
    # the first two reach the program as two parameters of one name
    expect 400 "$(send invoices "$body" -H "$(zoho "$good")" -H "X_Zoho_Webhook_Signature: $good")"
    expect 400 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY" -H "X-API_Key: $STAGE_KEY")"
    # a web server joins these with a comma
    for shown in "$good" 0; do
        status=$(send invoices "$body" -H "$(zoho "$good")" -H "$(zoho "$shown")")
        [[ $status == 40[01] ]] || expect '400 or 401' "$status" 'a signature twice'
    done
    status=$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY" -H "X-API-Key: $STAGE_KEY")
    [[ $status == 40[01] ]] || expect '400 or 401' "$status" 'a key twice'
    expect_nothing_kept
}

# bats test_tags=mount
@test "a proof in the query, in a cookie or in another header is none" {
    local body good
    body=$(invoice 1)
    good=$(hmac "$body" "$STAGE_SECRET")
    expect 401 "$(send "invoices?X-API-Key=$STAGE_KEY&X-Zoho-Webhook-Signature=$good&HTTP_X_API_KEY=$STAGE_KEY" "$body")"
    expect 401 "$(send invoices "$body" -H "Cookie: X-API-Key=$STAGE_KEY")"
    expect 401 "$(send invoices "$body" -H "Authorization: Bearer $STAGE_KEY")"
    expect 401 "$(send invoices "$body" -H "X-Hook-Signature: $good")"
    expect 401 "$(send invoices "$body" -H "X-Zoho-Webhook-Signature: t=1769847300000,v=$good")"
    expect_nothing_kept
}

# ---- what is left of it ----

# bats test_tags=mount
# FAILS TODAY, with the two below: a place in the table of counts is used
# again with its old count.
@test "missing and invalid proofs are counted apart, with a capped sample (F042, F032)" {
    local i long
    settle_refusals
    long=$(printf 'x%.0s' {1..2000})
    for i in 1 2 3; do
        expect 401 "$(send invoices "{\"n\":\"$i$long\"}")"
    done
    expect 401 "$(send invoices '{"wrong":1}' -H "$(zoho "$(hmac a b)")")"
    expect 401 "$(send Leads '{"wrong":2}' -H 'X-API-Key: wrong')"
    expect 401 "$(send notifications "$(notice wrong)")"
    until_true 5 has_refused 6 || refusals
    expect 'books|signature_invalid|invoices|1
books|signature_missing|invoices|3
key|signature_invalid|Leads|1
notification|signature_invalid|notifications|1' "$(refusals)"
    expect 512 "$(query "select max(octet_length(sample)) from sync.refusal")"
    expect '{"wrong":2}' "$(query "select convert_from(sample, 'UTF8') from sync.refusal where route = 'Leads'")"
    expect 127.0.0.1 "$(query 'select distinct remote from sync.refusal')"
    expect_nothing_kept
    expect '0|0' "$(query 'select (select count(*) from mirror.record), (select count(*) from sync.dead)')"
}

@test "a flood without proof leaves a few rows, and every one of it is counted (F042)" {
    settle_refusals
    python3 - "$STAGE_PORT" <<'END'
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for i in range(500):
    c.request("POST", "/api/zoho/webhooks/invoices", b"{}")
    r = c.getresponse()
    assert r.status == 401, r.status
    r.read()
END
    until_true 5 has_refused 500 || refusals
    expect 500 "$(query 'select sum(hits) from sync.refusal')"
    [ "$(query 'select count(*) from sync.refusal')" -le 50 ] ||
        expect 'at most 50 rows' "$(query 'select count(*) from sync.refusal')"
    expect_nothing_kept
}

@test "refusals are not lost while PostgreSQL is away (F042)" {
    settle_refusals
    stage_pg_stop immediate
    expect 401 "$(send invoices '{"a":1}')"
    expect 401 "$(send invoices '{"a":1}' -H "$(zoho "$(hmac a b)")")"
    stage_pg_start
    until_true 10 has_refused 2 || refusals
    expect 2 "$(query 'select sum(hits) from sync.refusal')"
    expect_nothing_kept
}

# bats test_tags=mount
@test "no secret is in a log, an answer, a stored header or a table of refusals (promise 9, R58)" {
    local body secret where
    body=$(invoice 1)
    send invoices "$body" -H "$(zoho "$(hmac "$body" "$STAGE_SECRET")")" -H "Authorization: Bearer canary-authorization" \
        -H 'Cookie: canary-cookie' -H 'X-Zoho-Event: invoice.updated' -A 'ZohoExample/1.0' >/dev/null
    cp "$ANSWER" "$BATS_TEST_TMPDIR/answers"
    send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY" >/dev/null
    cat "$ANSWER" >>"$BATS_TEST_TMPDIR/answers"
    send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY" -H "X-API_Key: $STAGE_KEY" >/dev/null
    cat "$ANSWER" >>"$BATS_TEST_TMPDIR/answers"
    send notifications "$(notice "$STAGE_TOKEN")" >/dev/null
    send notifications "$(notice "$STAGE_TOKEN"x)" >/dev/null
    cat "$ANSWER" >>"$BATS_TEST_TMPDIR/answers"
    send Leads '{"a":1}' -H 'X-API-Key: canary-wrong-key' >/dev/null
    drain
    query 'select headers from sync.inbox' >"$BATS_TEST_TMPDIR/headers"
    query 'select source, event_type, route, remote from sync.refusal' >>"$BATS_TEST_TMPDIR/headers"
    expect 1 "$(grep -c 'X_ZOHO_EVENT=invoice.updated' "$BATS_TEST_TMPDIR/headers")" 'a header that helps is kept'
    expect 1 "$(grep -c 'USER_AGENT=ZohoExample/1.0' "$BATS_TEST_TMPDIR/headers")"
    for secret in "$STAGE_SECRET" "$STAGE_RAW_SECRET" "$STAGE_TOKEN" "$STAGE_KEY" \
        canary-authorization canary-cookie canary-wrong-key; do
        for where in "$STAGE/log" "$STAGE"/*.err "$STAGE/pg/log" \
            "$BATS_TEST_TMPDIR/answers" "$BATS_TEST_TMPDIR/headers"; do
            [ -e "$where" ] || continue
            expect 0 "$(grep -cF -- "$secret" "$where")" "${secret:0:8}... in $where"
        done
    done
    # nor in the arguments or the environment of the receiver
    for where in $(pgrep -f "$STAGE/bin/webhook"); do
        expect 0 "$(cat "/proc/$where/cmdline" "/proc/$where/environ" |
            grep -cF -e "$STAGE_SECRET" -e "$STAGE_KEY" -e "$STAGE_TOKEN")"
    done
}
