#!/usr/bin/env bats
# Faults of Zoho, of its tokens and of the way to it, one by one: nothing that
# was wanted is lost, the exit status says so, and once the fault is gone all
# comes (promise 7, promise 8; R21, R43, R45, R67, R74).

load helper
load queue
load zoho
load faults

setup_file() {
    stage none
    echo 'ZOHO_MODULES_TO_SYNC=Leads,Contacts,Sales_Orders' | stage_as tee -a "$STAGE_CONF" >/dev/null
    # a drain that asks Zoho for nothing: it applies what came
    stage_as cp "$STAGE_CONF" "$STAGE/drain.conf"
    zoho_open --company 2000
    apply --once
}
teardown_file() {
    zoho_close
    stage_close
}

# As on the first day: no token, no limit used, no fault.
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    stage_as truncate -s 0 "$STAGE/log"
    clean_tables
    nothing_spent
    query 'update sync.module set changed_until = null, deleted_until = null, swept_at = null' >/dev/null
    zsim DELETE faults >/dev/null
    zsim DELETE tokens >/dev/null
    zsim PUT variants '{"token_throttle":"200","token_error":"INVALID_TOKEN","books_unauthorised":"401","id_not_found":"204"}' >/dev/null
    zsim POST clock '{"advance":700}' >/dev/null
}
teardown() {
    kill -CONT "$ZOHO_PID"
    [ -z "${OTHER_PID:-}" ] || kill "$OTHER_PID"
    kill_all drain TERM
    until_true 10 none_left drain
}
apply() { stage_as "$STAGE/bin/zohosync" drain "$@" -c "$STAGE/drain.conf"; }

# ---- what passes ----

mishaps=(500 502 503 html 200_error reset lost_answer cut)

# pass MODULE RESOURCE PATH MISHAP...: each befalls one record, all at once; each
# is asked for once more in the same run
pass() {
    local module=$1 path=$3 mishap ids
    mapfile -t ids < <(zoho_ids "$2" $(($# - 3)))
    shift 3
    announce "$module" "${ids[@]}"
    for mishap in "$@"; do fault "$mishap" "$path"; done
    run_status 0 zohosync fetch --once
    expect '' "$(wanted)" "$(query 'select last_error from sync.fetch')"
    expect "$(printf '1\n%.0s' "$@")" "$(zsim GET faults | jq '.[].hits')"
    apply --once
    mirrored "$module" $#
}
mirrored() { [ "$(query "select count(*) from mirror.record where module = '$1'")" = "$2" ]; }

@test "errors 500 to 503, pages for JSON, an error with 200, a reset, a lost and a cut answer of the CRM pass" {
    pass crm.sales_orders SalesOrders /crm/v8/Sales_Orders/ "${mishaps[@]}"
}

@test "the same of Books pass" {
    pass books.invoices invoices /books/v3/invoices/ "${mishaps[@]}"
}

@test "an answer that comes byte by byte is waited for, and asked for once" {
    announce crm.leads "$(zoho_ids Leads 1)"
    fault slow /crm/v8/Leads 1 0 10
    run_status 0 zohosync fetch --once
    expect 1 "$(zsim GET faults | jq '.[0].hits')"
    expect '' "$(wanted)"
}

@test "a Zoho that is silent for a moment is waited for, and asked once" {
    local before pid
    before=$(calls)
    want_two
    kill -STOP "$ZOHO_PID"
    zohosync fetch --once 3>&- &
    pid=$!
    until_true 5 token_is_asked_for
    sleep 0.5
    kill -CONT "$ZOHO_PID"
    wait "$pid"
    expect '' "$(wanted)"
    expect 2 $(($(calls) - before))
}
token_is_asked_for() { [ "$(query "select count(*) from sync.spent where pool = 'tokens'")" = 1 ]; }

@test "a record that is gone is a tombstone, also where Zoho calls its id wrong (400)" {
    local id
    id=$(zoho_ids Contacts 1)
    zsim PUT variants '{"id_not_found":"400"}' >/dev/null
    announce crm.contacts "$id"
    zohosync fetch --once
    apply --once
    mirrored crm.contacts 1
    zsim POST act "{\"act\":\"delete\",\"module\":\"crm.contacts\",\"id\":\"$id\"}" >/dev/null
    announce crm.contacts "$id"
    run_status 0 zohosync fetch --once
    expect '' "$(wanted)"
    apply --once
    buried "$id"
}
buried() { [ "$(query "select deleted_at is not null from mirror.record where id = '$1'")" = t ]; }

@test "a Zoho that cannot be reached is tried again, then the record waits" {
    announce crm.leads "$(zoho_ids Leads 1)"
    zohosync fetch --once
    settings closed "s|^ZOHO_API_BASE=.*|ZOHO_API_BASE=http://127.0.0.1:$(stage_free_port)|"
    announce crm.leads "$(zoho_ids Leads 1)"
    run_status 75 fetch_with closed
    waits crm.leads 'could not be asked'
    grep -q 'fetched=0 gone=0 failed=1 calls=4' "$STAGE/log"
    announce books.items "$(zoho_ids items 1)"
    all_comes
}

# ---- limits ----

@test "too many calls at once: the CRM is asked again a little later, in the same run" {
    pass crm.sales_orders SalesOrders /crm/v8/Sales_Orders/ 429_concurrency 429_sub
}

@test "too many calls at once (1070): Books is asked again a little later, in the same run" {
    pass books.invoices invoices /books/v3/invoices/ 1070 1070
}

@test "a refusal that does not say which limit is met: few slow tries, no pool is closed" {
    pass crm.sales_orders SalesOrders /crm/v8/Sales_Orders/ 429_generic 429_old 429_empty
    expect 0 "$(query 'select count(*) from sync.budget where closed_until > now()')"
}

# closes DO PATH POOL MODULE WORDS: one call is refused, no more is asked of this
# service until the window allows, the other one goes on
closes() {
    local before
    before=$(calls)
    want_two
    fault "$1" "$2" -1
    run_status 75 zohosync fetch --once
    waits "$4" "$5"
    expect 2 $(($(calls) - before)) 'the one that was refused, and the other service'
    zsim DELETE faults >/dev/null
    query 'update sync.fetch set not_before = now()' >/dev/null
    run_status 75 zohosync fetch --once
    expect t "$(query "select last_error like '%calls go on in %' from sync.fetch")"
    expect 2 $(($(calls) - before)) 'no further one'
    expect "$3" "$(query 'select pool from sync.budget where closed_until > now()')"
    all_comes
}

@test "the credits are used up: no call until the window allows, Books goes on, then all comes (R45)" {
    closes 429_credits /crm/v8 crm.credits crm.leads '24 hour period is exceeded'
}

@test "the minute of Books is used up (44): no call until it is over, the CRM goes on, then all comes" {
    closes 44 /books/v3 books.minute books.items 'code 44'
}

@test "the day of Books is used up (45): no call for a while, the CRM goes on, then all comes (R45)" {
    closes 45 /books/v3 books.day books.items 'code 45'
}

# ---- in the middle of a listing ----

# After the count and a page the second page fails once, and COMMAND... is done
# before it is asked again.
between_pages() {
    local pid
    apply --slot 60 3>&- >/dev/null 2>&1 &
    fault 500 /crm/v8/Leads 1 2
    stage_as "$STAGE/bin/reconcile" --modules crm.leads -c "$STAGE_CONF" 3>&- >"$OUT" 2>&1 &
    pid=$!
    until_true 10 struck
    "$@" >/dev/null
    GOT=0
    wait "$pid" || GOT=$?
}
struck() { [ "$(zsim GET faults | jq '.[0].hits')" = 1 ]; }
session() { query "select $1 from sync.session where module = 'crm.leads' order by session_id desc limit 1"; }

@test "a page token that expires makes a run partial, and the next one whole (R74)" {
    between_pages zsim POST clock '{"advance":90000}'
    expect 75 "$GOT" "$(cat "$OUT")"
    expect 'partial|200|t' "$(session "state, found, message like '%page token is no longer good%EXPIRED_VALUE%'")"
    expect t "$(query "select changed_until is null from sync.module where name = 'crm.leads'")"
    grep -q 'warn: .*crm.leads: GET .*EXPIRED_VALUE' "$STAGE/log"
    run_status 0 zohosync reconcile --modules crm.leads
    expect '' "$(differences crm.leads)"
}

@test "a token that ends in the middle of a listing is renewed, and the listing goes on" {
    local before
    before=$(counted .tokens)
    between_pages zsim DELETE tokens
    expect 0 "$GOT" "$(cat "$OUT")"
    expect 2 $(($(counted .tokens) - before)) 'the first and one in its place'
    expect 'completed|300' "$(session 'state, found')"
    expect '' "$(differences crm.leads)"
}

# ---- tokens ----

# The old token does while there is no new one, which is not asked for again.
used_on() {
    local before
    before=$(asked_for_tokens)
    want_two
    run_status 0 "$@"
    expect '' "$(wanted)"
    announce crm.leads "$(zoho_ids Leads 1)"
    run_status 0 "$@"
    expect '' "$(wanted)"
    expect 1 $(($(asked_for_tokens) - before))
    grep -q 'warn: .*the old token is used on' "$STAGE/log"
}

throttled() {
    old_token
    throttle "$1"
    used_on zohosync fetch --once
    expect t "$(query "select refused_until > now() + interval '9 minutes' from sync.token")"
    zsim POST clock '{"advance":601}' >/dev/null
    want_two
    all_comes
    expect t "$(query "select expires_at > now() + interval '50 minutes' and last_error = '' from sync.token")"
}

@test "too many tokens, told with status 200: the old one is used on, nobody asks for ten minutes (R43)" { throttled 200; }
@test "too many tokens, told with status 400: the same (R43)" { throttled 400; }

@test "too many tokens and the old one is dead: all waits, nobody asks, then all comes" {
    local before
    old_token
    throttle 200
    zsim DELETE tokens >/dev/null
    want_two
    before=$(asked_for_tokens)
    run_status 75 zohosync fetch --once
    waits 'books.items crm.leads' 'too many requests'
    query 'update sync.fetch set not_before = now()' >/dev/null
    run_status 75 zohosync fetch --once
    expect 1 $(($(asked_for_tokens) - before))
    zsim POST clock '{"advance":601}' >/dev/null
    all_comes
}

@test "a refresh token is revoked: the old access token is used on while it lasts" {
    old_token
    settings revoked 's/^ZOHO_REFRESH_TOKEN=.*/ZOHO_REFRESH_TOKEN=1000.revoked/'
    used_on fetch_with revoked
    grep -q 'warn: .*invalid_code' "$STAGE/log"
}

# refused NAME SED_SCRIPT WORDS: no token with these settings
refused() {
    local before
    before=$(calls)
    settings "$1" "$2"
    want_two
    run_status 75 fetch_with "$1"
    waits 'books.items crm.leads' "$3"
    expect 0 $(($(calls) - before))
    all_comes
}

@test "the client secret is wrong: it is said, and nothing is asked" {
    refused secret 's/^ZOHO_CLIENT_SECRET=.*/ZOHO_CLIENT_SECRET=wrong/' 'invalid_client_secret'
}

@test "the accounts server of another data centre does not know the client: it is said" {
    refused client 's/^ZOHO_CLIENT_ID=.*/ZOHO_CLIENT_ID=1000.OTHER/' 'invalid_client'
}

@test "a token for the API of another data centre is used nowhere: the setting is named" {
    another --api-domain https://www.zohoapis.com
    refused centre "s|^ZOHO_API_BASE=.*|ZOHO_API_BASE=http://127.0.0.1:$OTHER|" 'set ZOHO_DATA_CENTRE'
    expect 0 "$(curl -s "http://127.0.0.1:$OTHER/zsim/counters" | jq '.crm_calls + .books_calls')"
}

@test "a data centre that there is not is a wrong setting (78)" {
    want_two
    settings mars 's/^ZOHO_API_BASE=.*/ZOHO_DATA_CENTRE=mars/'
    run_status 78 fetch_with mars
    run_status 78 stage_as "$STAGE/bin/reconcile" --modules crm.leads -c "$STAGE/mars.conf"
    grep -q 'ZOHO_DATA_CENTRE is "mars"' "$OUT"
    all_comes
}

# lacks SCOPES MODULE WORDS: with these scopes only this module waits; what a
# new token would not mend costs none, however often it is tried
lacks() {
    local refresh before
    refresh=$(zsim POST grants "{\"scope\":\"$1\"}" | jq -r .refresh_token)
    settings scope "s/^ZOHO_REFRESH_TOKEN=.*/ZOHO_REFRESH_TOKEN=$refresh/"
    before=$(counted .tokens)
    want_two
    run_status 75 fetch_with scope
    waits "$2" "$3"
    for _ in 1 2 3; do
        query 'update sync.fetch set not_before = now()' >/dev/null
        run_status 75 fetch_with scope
    done
    [ $(($(counted .tokens) - before)) -le 2 ]
    query 'update sync.token set sealed = null' >/dev/null
    all_comes
}

@test "a scope of Books is missing: its records wait, the rest comes, no tokens are spent on it (R43)" {
    lacks ZohoCRM.modules.ALL,ZohoCRM.settings.ALL books.items 'code 57'
}

@test "a scope of the CRM is missing: its records wait, the rest comes, no tokens are spent on it (R43)" {
    lacks ZohoBooks.fullaccess.all crm.leads OAUTH_SCOPE_MISMATCH
}

@test "a right is missing (403): the records of that module wait, the rest comes, and it is said" {
    fault 403 /crm/v8 -1
    want_two
    run_status 75 zohosync fetch --once
    waits crm.leads NO_PERMISSION
    all_comes
}

@test "a module that may not be read (403) does not stop reconciling the others" {
    fault 403 /crm/v8/Leads -1
    run_status 75 zohosync reconcile --modules crm.leads,crm.contacts
    grep -q 'crm.leads: .*NO_PERMISSION' "$STAGE/log"
    expect 'crm.contacts completed, crm.leads failed' "$(query "select string_agg(module || ' ' || state, ', ' order by module)
        from (select distinct on (module) module, state from sync.session where module in ('crm.leads', 'crm.contacts') order by module, session_id desc) s")"
}

@test "tokens that ended are renewed once, in the other words for it as well" {
    local before
    old_token
    zsim PUT variants '{"token_error":"AUTHENTICATION_FAILURE","books_unauthorised":"400"}' >/dev/null
    query "update sync.token set expires_at = now() + interval '1 hour'" >/dev/null
    zsim DELETE tokens >/dev/null
    want_two
    before=$(asked_for_tokens)
    run_status 0 zohosync fetch --once
    expect '' "$(wanted)"
    expect 1 $(($(asked_for_tokens) - before))
}

@test "the accounts server fails, resets or shows a page: all waits, it is not asked at once again" {
    local mishap
    for mishap in 500 reset html; do
        fault "$mishap" /oauth/v2/token -1
        want_two
        run_status 75 zohosync fetch --once
        waits 'books.items crm.leads' 'access token'
        query 'update sync.fetch set not_before = now()' >/dev/null
        run_status 75 zohosync fetch --once
        expect 1 "$(zsim GET faults | jq '.[0].hits')"
        mended
        query 'update sync.fetch set tries = 0' >/dev/null
    done
    all_comes
}

@test "a token service of one's own is out of reach: its port" {
    refused port "\$aZOHO_OAUTH_SERVICE_URL=http://127.0.0.1:$(stage_free_port)/token" 'could not be asked'
}

@test "a token service of one's own is out of reach: its name" {
    refused name "\$aZOHO_OAUTH_SERVICE_URL=https://tokens.invalid/token" 'could not be asked'
}

# ---- who is it ----

@test "a Zoho that cannot prove its name gets no token and no secret (R67)" {
    local how
    certificates
    another --tls "$BATS_TEST_TMPDIR/cert2.pem,$BATS_TEST_TMPDIR/key"
    tls untrusted localhost ''
    tls misnamed 127.0.0.1
    want_two
    for how in untrusted misnamed; do
        run_status 75 fetch_with "$how"
        waits 'books.items crm.leads' 'could not prove its name'
        query 'update sync.fetch set tries = 0' >/dev/null
        mended
    done
    kill "$OTHER_PID"
    another --tls "$BATS_TEST_TMPDIR/cert-1.pem,$BATS_TEST_TMPDIR/key"
    tls expired localhost
    run_status 75 fetch_with expired
    waits 'books.items crm.leads' 'certificate has expired'
    all_comes
}

@test "with its authority in the settings it is asked, and an answer that TLS cuts off passes" {
    local ZOHO
    certificates
    another --tls "$BATS_TEST_TMPDIR/cert2.pem,$BATS_TEST_TMPDIR/key" --api-domain https://localhost:PORT
    tls trusted localhost
    ZOHO=https://localhost:$OTHER
    export CURL_CA_BUNDLE=$STAGE/ca.pem
    want_two
    fault cut /crm/v8/Leads
    fault cut /books/v3/items
    run_status 0 fetch_with trusted
    expect $'1\n1' "$(zsim GET faults | jq '.[].hits')"
    expect '' "$(wanted)"
    expect 'books.items crm.leads' "$(came)"
}
