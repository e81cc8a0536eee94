#!/usr/bin/env bats
# F001-F019: every route takes its module's events, under old names too.

load helper

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }

invoice='{"invoice":{"invoice_id":"460000000012345","line_items":[],"last_modified_time":"2026-01-31T09:20:00+0100"}}'

@test "the liveness route answers without a proof (F013)" {
    expect 200 "$(curl -s -o "$ANSWER" -w '%{http_code}' "$STAGE_URL/api/health")"
    expect '{"status":"ok"}' "$(cat "$ANSWER")"
}

@test "health names each part and the spool (F012)" {
    expect 200 "$(curl -s -o "$ANSWER" -w '%{http_code}' "$STAGE_URL/api/zoho/webhooks/health")"
    expect 'ok true true true true 0' "$(jq -r '[.status, .webhook_secret_configured, .queue_configured,
        .dedupe_connected, .database_connected, .spool_events] | join(" ")' "$ANSWER")"
}

@test "an event is answered 202 once it is stored, before any processing (F014, F036)" {
    expect 202 "$(post_text invoices "$invoice")"
    expect '1|books.invoices' "$(query 'select count(*), min(module) from sync.inbox')"
    expect 0 "$(query 'select count(*) from mirror.record')"
}
