#!/usr/bin/env bats
# F001-F019: every route takes its module's events, under old names too.

load helper
load receiver

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { other_web_stop; }

hooks=/api/zoho/webhooks

# route MODULE BODY...: post the body to the route, drain, and see that the
# module has the record 460000000012345
expect_route() {
    local route=$1 module=$2 body=$3
    clean_tables
    expect 202 "$(post_text "$route" "$body")" "status of $route"
    drain
    expect "$module|460000000012345" \
        "$(query 'select module, id from mirror.record')" "record of $route"
}

books_body() {
    case $1 in
    invoice | bill | creditnote | inventory_adjustment) extra='"line_items":[]' ;;
    contact) extra='"contact_name":"Example Ltd"' ;;
    *) extra='"name":"Example"' ;;
    esac
    printf '{"%s":{"%s_id":"460000000012345",%s,"last_modified_time":"2026-01-31T09:20:00+0100"}}' \
        "$1" "$1" "$extra"
}

# ---- where events go ----

# bats test_tags=mount
@test "an event is answered 202 once it is stored, before any processing (F014, F036)" {
    expect 202 "$(post_text invoices "$(invoice 460000000012345)")"
    expect accepted "$(says .status)"
    expect '1|books.invoices' "$(query 'select count(*), min(module) from sync.inbox')"
    expect 0 "$(query 'select count(*) from mirror.record')"
}

# bats test_tags=mount
@test "each CRM module has its route (F001)" {
    local module rest='"Modified_Time":"2026-01-31T09:15:00+01:00"'
    for module in Leads:Last_Name Deals:Deal_Name Contacts:Last_Name Accounts:Account_Name; do
        expect_route "${module%:*}" "crm.$(tr '[:upper:]' '[:lower:]' <<<"${module%:*}")" \
            "{\"data\":[{\"id\":\"460000000012345\",\"${module#*:}\":\"Example\",$rest}]}"
    done
}

@test "any other CRM module has a route once it is enabled (F001)" {
    local body='{"data":[{"id":"460000000012345","Name":"Example","Modified_Time":"2026-01-31T09:15:00+01:00"}]}'
    expect 404 "$(post_text Widgets "$body")"
    expect_nothing_kept
    other_web ZOHO_MODULES_TO_SYNC=Leads,Widgets
    expect 202 "$(post_text Widgets "$body")"
    drain
    expect 'crm.widgets|460000000012345' "$(query 'select module, id from mirror.record')"
}

@test "a CRM module that is not enabled has no route (F001)" {
    other_web ZOHO_MODULES_TO_SYNC=Leads
    expect 404 "$(post_text Deals "$(lead 1)")"
    expect_nothing_kept
}

# bats test_tags=mount
@test "the routes of Books reach items, contacts, invoices, bills, credit notes, adjustments and price lists (F002-F008)" {
    expect_route products books.items "$(books_body item)"
    expect_route customers books.contacts "$(books_body contact)"
    expect_route invoices books.invoices "$(books_body invoice)"
    expect_route bills books.bills "$(books_body bill)"
    expect_route credit-notes books.creditnotes "$(books_body creditnote)"
    expect_route stock books.inventoryadjustments "$(books_body inventory_adjustment)"
    expect_route prices books.pricebooks "$(books_body pricebook)"
}

# bats test_tags=mount
@test "the names of older installations mean the same routes (F009)" {
    # the helper posts below the prefix of today
    expect_route ../sync-products books.items "$(books_body item)"
    expect_route ../sync-customers books.contacts "$(books_body contact)"
    expect_route ../sync-invoices books.invoices "$(books_body invoice)"
    expect_route ../sync-bills books.bills "$(books_body bill)"
    expect_route ../sync-credit-notes books.creditnotes "$(books_body creditnote)"
    expect_route ../sync-stock books.inventoryadjustments "$(books_body inventory_adjustment)"
    expect_route ../sync-prices books.pricebooks "$(books_body pricebook)"
}

# bats test_tags=mount
@test "a configured prefix means the prefix of today, and only that one (F010)" {
    local body signature
    body=$(invoice 460000000012345)
    printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
    signature="X-Zoho-Webhook-Signature: $(sign "$BATS_TEST_TMPDIR/body")"
    expect 404 "$(ask POST /api/tds/webhooks/invoices -H "$signature" --data-binary "$body")"
    other_web "WEBHOOK_ALIAS_PREFIX=/api/old, /api/tds/webhooks"
    expect 202 "$(ask POST /api/tds/webhooks/invoices -H "$signature" --data-binary "$body")"
    expect 202 "$(ask POST /api/old/invoices -H "$signature" --data-binary "$body")"
    expect repeat "$(says .status)" 'the same event under another prefix'
    expect 200 "$(ask GET /api/tds/webhooks/health)"
    expect 404 "$(ask POST /api/tds/webhooksX/invoices -H "$signature" --data-binary "$body")"
    expect 404 "$(ask POST /api/tds/invoices -H "$signature" --data-binary "$body")"
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

# bats test_tags=mount
@test "what is no route is answered 404 and keeps nothing" {
    local path body
    body=$(invoice 460000000012345)
    printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
    for path in $hooks/nothing $hooks/invoicesX $hooks/invoice $hooks/invoices/ \
        $hooks/invoices/1 $hooks/ ${hooks}X/invoices \
        /api/zoho/sync-productsX /api/zoho/sync-products/ /api/zoho/sync- \
        /api/zoho /api/ /api/zoho/webhooks /api/healthX \
        $hooks/invoices%2f $hooks/invoices%252f $hooks%252finvoices \
        $hooks/invoices%00 $hooks/invoices%0a $hooks/../webhooks \
        $hooks/../../etc/passwd $hooks/%2e%2e/%2e%2e/etc/passwd; do
        status=$(ask POST "$path" -H "X-API-Key: $STAGE_KEY" \
            -H "X-Zoho-Webhook-Signature: $(sign "$BATS_TEST_TMPDIR/body")" --data-binary "$body")
        [[ $status == 40[04] ]] || expect 404 "$status" "status of $path"
    done
    expect_nothing_kept
}

# bats test_tags=mount
@test "a path that the web server simplifies is the route it stands for, with that route's proof" {
    local path body
    body=$(invoice 460000000012345)
    printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
    for path in $hooks//invoices $hooks/./invoices $hooks/../webhooks/invoices \
        $hooks%2finvoices $hooks/%2finvoices $hooks/%69nvoices; do
        clean_tables
        # Apache takes no slash that is written %2f
        if [[ ${STAGE_MOUNT:-} == apache-* && $path == *%2f* ]]; then
            expect 404 "$(ask POST "$path" -H "X-API-Key: $STAGE_KEY" --data-binary "$body")" "$path"
            expect_nothing_kept
            continue
        fi
        expect 401 "$(ask POST "$path" --data-binary "$body")" "$path without a proof"
        expect_nothing_kept
        expect 202 "$(ask POST "$path" --data-binary "$body" \
            -H "X-Zoho-Webhook-Signature: $(sign "$BATS_TEST_TMPDIR/body")")" "$path with one"
        expect 'invoices|books.invoices' "$(query 'select route, module from sync.inbox')"
    done
}

# bats test_tags=mount
@test "another method is answered 405 and told which one is right" {
    local method
    for method in PUT DELETE PATCH OPTIONS INVENTED; do
        status=$(ask "$method" $hooks/invoices -H "X-API-Key: $STAGE_KEY" -d '{}')
        # a web server may refuse a method it does not know by itself
        [ "$method" = INVENTED ] && [ "$status" = 501 ] && continue
        expect 405 "$status" "status of $method"
        expect 'POST, GET' "$(field Allow)" "Allow after $method"
    done
    expect 405 "$(ask GET $hooks/invoices)"
    expect POST "$(field Allow)"
    expect 405 "$(ask GET /api/zoho/sync-products)"
    expect POST "$(field Allow)"
    expect 405 "$(ask POST /api/health -d '{}')"
    expect GET "$(field Allow)"
    expect_nothing_kept
}

# ---- challenge, test events, health ----

# bats test_tags=mount
@test "a challenge is answered with its text and changes nothing (F011, R53)" {
    expect 200 "$(ask GET "$hooks/invoices?challenge=abc-123._~%2B%2F%3D:Z")"
    expect 'abc-123._~+/=:Z' "$(cat "$ANSWER")"
    expect 'text/plain; charset=utf-8' "$(field Content-Type)"
    expect nosniff "$(field X-Content-Type-Options)"
    expect 200 "$(ask GET "$hooks/Leads?secret=new&ZOHO_WEBHOOK_SECRET=new&challenge=x&challenge=y")"
    expect x "$(cat "$ANSWER")"
    expect_nothing_kept
    expect "$STAGE_SECRET" "$(stage_as sed -n 's/^ZOHO_WEBHOOK_SECRET=//p' "$STAGE_CONF")"
    expect 401 "$(post_text invoices "$(invoice 1)" -H X-Zoho-Webhook-Signature: \
        -H "X-Zoho-Webhook-Signature: $(printf '%s' "$(invoice 1)" | openssl dgst -sha256 -hmac new -r | cut -d ' ' -f 1)")"
}

# bats test_tags=mount
@test "a challenge that could be read as a page or a header is refused (F011)" {
    local text
    for text in '%3Cscript%3E' 'a%0d%0aSet-Cookie:x' 'a%00b' '%C3%AB' 'a%22b' \
        "$(printf 'x%.0s' {1..257})"; do
        expect 400 "$(ask GET "$hooks/invoices?challenge=$text")" "status of $text"
        expect '' "$(field Set-Cookie)"
    done
    expect 200 "$(ask GET "$hooks/invoices?challenge=$(printf 'x%.0s' {1..256})")"
}

@test "a challenge is not answered where that is switched off (F011)" {
    other_web WEBHOOK_CHALLENGE=off
    expect 405 "$(ask GET "$hooks/invoices?challenge=abc")"
    expect_nothing_kept
}

@test "a challenge by POST is an event like any other and needs its proof (F011, F043)" {
    expect 401 "$(ask POST "$hooks/invoices?challenge=abc" --data-binary '{"challenge":"abc"}')"
    expect_nothing_kept
}

# bats test_tags=mount
@test "a test event is proven, recorded as test and applied to nothing (F016)" {
    local body
    for body in '{"test":true}' '{"event_type":"test"}' '{"operation":"Leads.test","data":[]}' \
        '{"type":"webhook_test"}'; do
        clean_tables
        expect 401 "$(ask POST $hooks/invoices --data-binary "$body")" "unproven $body"
        expect 202 "$(post_text invoices "$body")" "proven $body"
        drain
        expect 'test|ignored' "$(query 'select event_type, outcome from sync.outcome')" "$body"
    done
    expect '0|0' "$(query 'select (select count(*) from mirror.record), (select count(*) from sync.dead)')"
}

# bats test_tags=mount
@test "the liveness route answers without a proof (F013)" {
    expect 200 "$(ask GET /api/health)"
    expect '{"status":"ok"}' "$(cat "$ANSWER")"
    expect no-store "$(field Cache-Control)"
}

# bats test_tags=mount
@test "health names each part and the spool (F012)" {
    expect 200 "$(ask GET $hooks/health)"
    expect 'ok true true true true 0' "$(says '[.status, .webhook_secret_configured, .queue_configured,
        .dedupe_connected, .database_connected, .spool_events] | join(" ")')"
}

@test "health says so where no secret is configured, and that nobody gets in (F012)" {
    other_web ZOHO_WEBHOOK_SECRET= RAW_HMAC_SECRET= ZOHO_NOTIFICATION_TOKEN= API_KEY_FILE=
    ask GET $hooks/health
    expect 'down false' "$(says '[.status, .webhook_secret_configured] | join(" ")')"
}

@test "health is degraded while the web role may not write, and well again after (F012)" {
    query 'revoke insert on sync.work from zohosync_web'
    other_web STORE_TIMEOUT_MS=1000
    expect 200 "$(ask GET $hooks/health)"
    expect 'degraded false true true' "$(says '[.status, .queue_configured, .dedupe_connected,
        .database_connected] | join(" ")')"
    query 'grant insert on sync.work to zohosync_web'
    is_well() {
        ask GET $hooks/health >/dev/null
        [ "$(says .status)" = ok ]
    }
    until_true 10 is_well
}

@test "health is degraded but answers 200 while PostgreSQL is away, and counts the spool (F012)" {
    stage_pg_stop immediate
    other_web STORE_TIMEOUT_MS=1000
    expect 202 "$(post_text invoices "$(invoice 460000000012345)")"
    expect 200 "$(ask GET $hooks/health)"
    expect 'degraded true false false false 1' "$(says '[.status, .webhook_secret_configured,
        .queue_configured, .dedupe_connected, .database_connected, .spool_events] | join(" ")')"
    expect 200 "$(ask GET /api/health)" 'liveness does not ask PostgreSQL'
    stage_pg_start
}

@test "health is 503 where neither PostgreSQL nor the spool can keep an event (F012)" {
    stage_pg_stop immediate
    other_web SPOOL_DIR=/proc/nowhere/spool
    expect 503 "$(ask GET $hooks/health)"
    expect down "$(says .status)"
    stage_pg_start
}
