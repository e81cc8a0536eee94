#!/usr/bin/env bats
# Promise 5, what is left of a refusal: what proved nothing leaves a count and
# a sample, and nothing else; no secret is left anywhere (F032, F042, R58).

load helper
load receiver
load proof

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }

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

# bats test_tags=mount
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
