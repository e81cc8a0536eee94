#!/usr/bin/env bats
# Promise 5: nobody gets in unproven (F015, F037-F044, R47-R49, R52).
# No secret is no way in; a signature that is shown must be right, and nothing
# leads round it.

load helper
load receiver
load proof

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { other_web_stop; }

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

# Apache frames what a CGI program says by its length or in chunks, as it comes:
# the bodies are compared beside it.
steady_head() { tr -d '\r' <"$ANSWER.head" | grep -viE '^(Date|Content-Length|Transfer-Encoding|Vary: Transfer-Encoding)'; }

# bats test_tags=mount
@test "the answer is the same for a missing and a wrong proof (R49)" {
    send invoices "$(invoice 1)" >/dev/null
    cp "$ANSWER" "$BATS_TEST_TMPDIR/missing"
    steady_head >"$BATS_TEST_TMPDIR/missing.head"
    [ -s "$BATS_TEST_TMPDIR/missing.head" ]
    send invoices "$(invoice 1)" -H "$(zoho "$(hmac x y)")" >/dev/null
    cmp "$ANSWER" "$BATS_TEST_TMPDIR/missing"
    steady_head | cmp - "$BATS_TEST_TMPDIR/missing.head"
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
