#!/usr/bin/env bats
# The receiver as a plain CGI program, a process for each request: the main
# promises hold there as well, and nothing that a web server hands over
# wrongly is believed.

load helper
load receiver

setup_file() { stage cgi; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { [ -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_start; }

hooks=/api/zoho/webhooks

# ---- under lighttpd ----

@test "events of CRM and Books are answered 202, stored and applied (F001-F014)" {
    expect 202 "$(post_text invoices "$(invoice 460000000012345)")"
    expect 202 "$(post_text Leads "$(lead 5725767000000401001)")"
    expect 2 "$(query 'select count(*) from sync.inbox')"
    drain
    expect 'books.invoices|460000000012345
crm.leads|5725767000000401001' "$(query 'select module, id from mirror.record order by 1')"
    accounted
}

@test "older names, a challenge, health and liveness answer as they do under FastCGI (F009-F013)" {
    expect 202 "$(post_text ../sync-invoices "$(invoice 460000000012345)")"
    expect 200 "$(ask GET "$hooks/invoices?challenge=abc-123")"
    expect abc-123 "$(cat "$ANSWER")"
    expect 200 "$(ask GET $hooks/health)"
    expect 'ok 0' "$(says '[.status, .spool_events] | join(" ")')"
    expect 200 "$(ask GET /api/health)"
    expect 404 "$(ask POST $hooks/nothing -d '{}')"
    expect 404 "$(ask POST $hooks/invoices/more -d '{}')"
    expect 404 "$(ask POST /api/zoho/webhooksX -d '{}')"
    expect 405 "$(ask PUT $hooks/invoices -d '{}')"
    expect 'POST, GET' "$(field Allow)"
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

@test "nobody gets in unproven, and each refusal is counted (promise 5)" {
    expect 401 "$(ask POST $hooks/invoices --data-binary "$(invoice 1)")"
    expect 401 "$(ask POST $hooks/invoices --data-binary "$(invoice 1)" \
        -H "X-Zoho-Webhook-Signature: $(printf x | openssl dgst -sha256 -hmac y -r | cut -d ' ' -f 1)")"
    expect 401 "$(ask POST $hooks/Leads --data-binary "$(lead 1)" -H 'X-API-Key: wrong')"
    expect 400 "$(ask POST $hooks/Leads --data-binary "$(lead 1)" -H "X-API-Key: $STAGE_KEY" -H "X-API_Key: $STAGE_KEY")"
    expect_nothing_kept
    expect 'signature_invalid|2
signature_missing|1' "$(query 'select event_type, sum(hits) from sync.refusal group by 1 order by 1')"
}

@test "a repeat is one event (F048)" {
    expect 202 "$(post_text invoices "$(invoice 1)")"
    expect 202 "$(post_text invoices "$(invoice 1)")"
    expect repeat "$(says .status)"
    expect '1|1' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
}

@test "while PostgreSQL is away events wait in the spool and apply in order, once (promise 1)" {
    local i
    stage_pg_stop immediate
    for i in 1 2 3; do
        expect 202 "$(post_text Leads "$(lead "$i")")"
    done
    expect 3 "$(spooled)"
    expect 200 "$(ask GET $hooks/health)"
    expect 'degraded 3' "$(says '[.status, .spool_events] | join(" ")')"
    stage_pg_start
    expect 202 "$(post_text Leads "$(lead 4)")" 'the next process stores again'
    expect 3 "$(spooled)"
    drain
    expect 4 "$(query 'select count(*) from mirror.record')"
    expect 0 "$(spooled)"
    accounted
}

@test "a body sent in chunks is whole" {
    expect 202 "$(post_text Leads "$(lead 1)" -H 'Transfer-Encoding: chunked')"
    expect "$(lead 1)" "$(query "select convert_from(body, 'UTF8') from sync.inbox")"
}

@test "a body of some megabytes is whole, and one over the limit is refused" {
    python3 -c 'print("{\"data\":[{\"id\":\"1\",\"Last_Name\":\"" + "x" * 3000000 + "\"}]}", end="")' >"$BATS_TEST_TMPDIR/big"
    expect 202 "$(post Leads "$BATS_TEST_TMPDIR/big")"
    expect "$(sha256sum <"$BATS_TEST_TMPDIR/big" | cut -d ' ' -f 1)" \
        "$(query "select encode(sha256(body), 'hex') from sync.inbox")"
    head -c 5000000 /dev/zero >"$BATS_TEST_TMPDIR/big"
    expect 413 "$(post Leads "$BATS_TEST_TMPDIR/big")"
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

# ---- by hand ----

# cgi BODY [NAME=VALUE]...: run the program as a web server would; prints the
# status of its answer
cgi() {
    local body=$1
    shift
    # shellcheck disable=SC2086 # several words become several arguments
    printf '%s' "$body" | stage_as env -i PATH="$PATH" ZOHOSYNC_CONF="$STAGE_CONF" \
        GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST SCRIPT_NAME=$hooks/Leads \
        CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} REMOTE_ADDR=192.0.2.7 \
        HTTP_X_API_KEY="$STAGE_KEY" "$@" "$STAGE/bin/webhook" ${CGI_ARGS:-} >"$BATS_TEST_TMPDIR/out"
    sed -n 's/^Status: \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/out"
}

@test "the path is SCRIPT_NAME and PATH_INFO together, however it is cut" {
    local cut whole=$hooks/Leads
    for cut in 0 1 4 5 9 10 18 19 24; do
        expect 202 "$(cgi "$(lead 1)" SCRIPT_NAME="${whole:0:cut}" PATH_INFO="${whole:cut}")" "cut at $cut"
    done
    expect 404 "$(cgi "$(lead 1)" SCRIPT_NAME=$hooks/Leads PATH_INFO=/Leads)"
    expect 404 "$(cgi "$(lead 1)" SCRIPT_NAME= PATH_INFO=)"
    expect '1|192.0.2.7' "$(query 'select count(*), min(remote) from sync.inbox')"
}

@test "a length that differs from the bytes that came is refused with 400" {
    local length
    for length in 1 1000 0; do
        expect 400 "$(cgi "$(lead 1)" CONTENT_LENGTH=$length)" "length $length"
    done
    for length in -1 x 1x 0x10 ' 5' 99999999999999999999; do
        expect 400 "$(cgi "$(lead 1)" CONTENT_LENGTH="$length")" "length $length"
    done
    expect 413 "$(cgi "$(lead 1)" CONTENT_LENGTH=999999999999)"
    expect 400 "$(cgi '' CONTENT_LENGTH=0)" 'empty'
    expect_nothing_kept
    expect 202 "$(cgi "$(lead 1)" CONTENT_LENGTH=)" 'no length at all: the end is the end'
}

@test "a variable that is there twice is refused with 400" {
    printf '%s' "$(lead 1)" >"$BATS_TEST_TMPDIR/body"
    chmod 755 "$BATS_TEST_TMPDIR"
    stage_as python3 - "$STAGE/bin/webhook" "$STAGE_CONF" "$STAGE_KEY" <<'END' >"$BATS_TEST_TMPDIR/out" \
        3<"$BATS_TEST_TMPDIR/body"
import ctypes, os, sys
env = ["GATEWAY_INTERFACE=CGI/1.1", "ZOHOSYNC_CONF=" + sys.argv[2],
       "REQUEST_METHOD=POST", "SCRIPT_NAME=/api/zoho/webhooks/Leads",
       "HTTP_X_API_KEY=wrong", "HTTP_X_API_KEY=" + sys.argv[3]]
os.dup2(3, 0)
array = (ctypes.c_char_p * (len(env) + 1))(*[e.encode() for e in env], None)
args = (ctypes.c_char_p * 2)(b"webhook", None)
ctypes.CDLL(None).execve(sys.argv[1].encode(), args, array)
END
    expect 400 "$(sed -n 's/^Status: \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/out")"
    expect_nothing_kept
}

@test "arguments that a query became do nothing" {
    expect 202 "$(CGI_ARGS=--help cgi "$(lead 1)" QUERY_STRING=--help)"
    expect 0 "$(grep -c usage "$BATS_TEST_TMPDIR/out")"
    expect 202 "$(CGI_ARGS='-c /nowhere' cgi "$(lead 2)")"
    expect 202 "$(CGI_ARGS="-s $STAGE/evil.sock" cgi "$(lead 3)")"
    expect 202 "$(CGI_ARGS=--version cgi "$(lead 4)")"
    [ ! -e "$STAGE/evil.sock" ]
    expect 4 "$(query 'select count(*) from sync.inbox')"
}

@test "a query like ?--help through the web server does nothing either" {
    expect 202 "$(post_text 'Leads?--help' "$(lead 1)")"
    expect accepted "$(says .status)"
    expect 202 "$(post_text 'Leads?-c+/nowhere' "$(lead 2)")"
    expect 200 "$(ask GET '/api/health?--version')"
    expect ok "$(says .status)"
    expect 2 "$(query 'select count(*) from sync.inbox')"
}

@test "a header named Proxy or one named as a setting changes nothing" {
    expect 401 "$(ask POST $hooks/invoices --data-binary "$(invoice 1)" -H 'Proxy: x' -H 'API_KEY_FILE: /nowhere' \
        -H 'ZOHOSYNC_CONF: /nowhere' -H 'ZOHO-WEBHOOK-SECRET: new')"
    expect 202 "$(post_text invoices "$(invoice 1)" -H 'WEB-DATABASE-URL: /nowhere')"
}

@test "without its settings the program answers 503 and says why to the log alone" {
    expect 503 "$(cgi "$(lead 1)" ZOHOSYNC_CONF=/nowhere/zohosync.conf 2>"$BATS_TEST_TMPDIR/err")"
    grep -q '/nowhere/zohosync.conf' "$BATS_TEST_TMPDIR/err"
    expect 0 "$(grep -c nowhere "$BATS_TEST_TMPDIR/out")"
    expect 60 "$(tr -d '\r' <"$BATS_TEST_TMPDIR/out" | sed -n 's/^Retry-After: //p')"
}

@test "the answer of the program is whole: status, type, length, body" {
    expect 202 "$(cgi "$(lead 1)")"
    expect 'Status: 202 Accepted
Content-Type: application/json
Content-Length: 22
Cache-Control: no-store
X-Content-Type-Options: nosniff

{"status":"accepted"}' "$(tr -d '\r' <"$BATS_TEST_TMPDIR/out")"
}
