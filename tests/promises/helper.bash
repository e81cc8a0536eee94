# shellcheck shell=bash
# What the promise tests share: a stage of their own, and short words for
# posting, draining and asking.
#
#   setup_file()    { stage; }            PostgreSQL, settings, receiver
#   teardown_file() { stage_close; }
#
#   post ROUTE FILE [curl args]   signed or keyed as the route wants; prints
#                                 the status, the answer is in $ANSWER
#   drain [args]                  zohosync drain --once
#   query SQL                     rows as lines, columns by |
#   spooled                       how many files wait in the spool
#   expect WANT GOT [WHAT]        fail with both shown

: "${TOP_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR}"
PAYLOADS=$TOP_SRCDIR/tests/payloads
export TOP_SRCDIR TOP_BUILDDIR PAYLOADS

# shellcheck source=tests/stage.sh
. "$TOP_SRCDIR/tests/stage.sh"

# stage [MOUNT|none]: what every file's setup_file calls
stage() {
    stage_open "$TOP_BUILDDIR" >&2
    [ "${1:-}" = none ] || stage_web "$@"
    export STAGE STAGE_CONF STAGE_SECRET STAGE_RAW_SECRET STAGE_TOKEN \
        STAGE_KEY STAGE_PORT STAGE_URL STAGE_PGBIN STAGE_SUPER
    export ANSWER=$STAGE/answer
}

# sign FILE: Zoho's rule for a JSON body without query
sign() {
    openssl dgst -sha256 -hmac "${2:-$STAGE_SECRET}" -r "$1" | cut -d ' ' -f 1
}

# post ROUTE FILE [curl args]
post() {
    local route=$1 file=$2 header
    shift 2
    case $route in
    [A-Z]* | *custom*) header="X-API-Key: $STAGE_KEY" ;;
    notifications) header="X-Nothing: 1" ;;
    *) header="X-Zoho-Webhook-Signature: $(sign "$file")" ;;
    esac
    curl -s -o "$ANSWER" -w '%{http_code}\n' -H "$header" \
        -H 'Content-Type: application/json' --data-binary "@$file" "$@" \
        "$STAGE_URL/api/zoho/webhooks/$route"
}

# post_text ROUTE TEXT [curl args]: a body given as text
post_text() {
    local route=$1 text=$2
    shift 2
    printf '%s' "$text" >"$BATS_TEST_TMPDIR/body"
    post "$route" "$BATS_TEST_TMPDIR/body" "$@"
}

zohosync() {
    stage_as "$STAGE/bin/zohosync" "$@" -c "$STAGE_CONF"
}

drain() {
    zohosync drain --once "$@"
}

query() {
    stage_query "$1"
}

# Those that are whole: a receiver that was killed leaves a half-written one.
spooled() {
    find "$STAGE/spool" -maxdepth 1 -name '[!.]*.req' 2>/dev/null | wc -l
}

# expect WANT GOT [WHAT]
expect() {
    if [ "$1" != "$2" ]; then
        printf '%s\n  wanted: %s\n  got:    %s\n' "${3:-differs}" "$1" "$2" >&2
        return 1
    fi
}

# Every request is in one place (promise 4), at this instant.
accounted() {
    zohosync status --account >/dev/null
}

# Start each test with empty queues and an empty mirror.
clean_tables() {
    stage_psql >/dev/null <<'EOF'
truncate sync.inbox, sync.work, sync.seen, sync.repeat, sync.refusal,
    sync.outcome, sync.dead, sync.spooled, sync.fetch, sync.conflict,
    mirror.record, mirror.version;
truncate zoho.products, zoho.customers, zoho.customer_addresses,
    zoho.pricelists, zoho.product_prices, zoho.invoices,
    zoho.invoice_line_items, zoho.bills, zoho.bill_line_items,
    zoho.credit_notes, zoho.credit_note_line_items, zoho.stock_adjustments,
    zoho.stock_adjustment_lines;
EOF
    rm -rf "$STAGE"/spool/*.req "$STAGE"/spool/bad
}

# until_true SECONDS COMMAND...: try again and again
until_true() {
    local left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.05
    done
}
