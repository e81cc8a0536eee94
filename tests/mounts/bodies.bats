#!/usr/bin/env bats
# What web servers do with bodies - empty them, cut them, join them - and that
# what is taken is whole (promise 1), over every mount.

load mounted

@test "a web server that empties a body over its own limit gets 400 for it, and nothing is kept" {
    # LimitRequestBody is what the file of etc warns of: mod_fcgid still runs
    # the program, with no body and a length of 0.
    STAGE_WEB_MORE='LimitRequestBody 1000' mounted apache-fcgid
    expect 202 "$(with_key "$(lead 1)")" 'below that limit'
    clean_tables
    expect 400 "$(with_key "$(lead 2 "$(printf 'x%.0s' {1..2000})")")" 'above it, with a key'
    expect 'the body is empty' "$(says .message)" 'by the program, which was run'
    printf '{"invoice":{"invoice_id":"1","notes":"%s"}}' "$(printf 'x%.0s' {1..2000})" >"$BATS_TEST_TMPDIR/body"
    [[ $(post invoices "$BATS_TEST_TMPDIR/body") == 40[01] ]]
    expect_nothing_kept
}

# broken_chunk ROUTE HEADER TYPE FIRST: the first chunk is whole, the second
# none; prints the status
broken_chunk() {
    {
        printf 'POST %s/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\nContent-Type: %s\r\n' \
            "$hooks" "$1" "$2" "$3"
        printf 'Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nZZ\r\n' "${#4}" "$4"
    } | raw
}

@test "a body in chunks of which a later one is broken is never taken for whole" {
    local mount key="X-API-Key: $STAGE_KEY" body signature text form=application/x-www-form-urlencoded
    body=$(invoice 1)
    # the signature of what the sender meant, which is more than what came
    signature=$(sign <(printf '%s' "$body"))
    for mount in $mounts; do
        mounted "$mount"
        status=$(broken_chunk invoices "X-Zoho-Webhook-Signature: $signature" application/json "${body:0:40}")
        [[ $status == 40[01] ]] || expect '400 or 401' "$status" "$mount, signed"
        text=$(lead 1)
        expect 400 "$(broken_chunk Leads "$key" application/json "${text:0:40}")" "$mount, JSON"
        for text in 'id=7&Last_Name=Exa' 'operation=delete&id=77' "id=7&a=$(head -c 200000 /dev/zero | tr '\0' x)"; do
            status=$(broken_chunk Leads "$key" $form "$text")
            [[ $status == 4?? ]] || expect 4xx "$status" "$mount, form"
            status=$(broken_chunk Leads "$key" text/plain "$text")
            [[ $status == 4?? ]] || expect 4xx "$status" "$mount, form without its type"
        done
        # what is no JSON may be kept, and becomes a dead letter
        drain
        expect '' "$(query "select outcome, event_type from sync.outcome where outcome <> 'dead'")" "$mount, effect"
        expect '0|0' "$(query 'select (select count(*) from mirror.record), (select count(*) from sync.fetch)')" \
            "$mount, effects"
        clean_tables
    done
}

@test "JSON that was whole before a broken chunk is refused, and kept as it is or not at all" {
    # Apache ends a CGI program on the fault; by then it may have stored what
    # is whole. The sender is told 400 and posts it once more: the same event.
    local mount body signature text whole
    body=$(invoice 1)
    text=$(lead 1)
    signature=$(sign <(printf '%s' "$body"))
    for mount in $mounts; do
        mounted "$mount"
        status=$(broken_chunk invoices "X-Zoho-Webhook-Signature: $signature" application/json "$body")
        [[ $status == 40[01] ]] || expect '400 or 401' "$status" "$mount, signed"
        expect 400 "$(broken_chunk Leads "X-API-Key: $STAGE_KEY" application/json "$text")" "$mount, JSON"
        drain
        # with the fault behind it, it is no JSON, and can only be a dead letter
        whole="''"
        [ "$mount" != apache-cgi ] || whole="'$body', '$text'"
        expect 0 "$(query "select count(*) from sync.inbox join sync.outcome using (seq)
            where outcome <> 'dead' and convert_from(body, 'UTF8') not in ($whole)")" "$mount, kept"
        expect 202 "$(with_key "$text")" "$mount, once more"
        drain
        expect '1|1' "$(query "select count(*), max(version) from mirror.record where id = '1' and module like 'crm.%'")" \
            "$mount, applied once"
        clean_tables
    done
}

@test "the same chunks, whole, are taken (where nothing else shows the end, JSON alone)" {
    local mount want
    for mount in $mounts; do
        mounted "$mount"
        want=202
        case $mount in apache-fcgid | apache-cgi) want=411 ;; esac
        expect 202 "$(with_key "$(lead 1)" -H 'Transfer-Encoding: chunked')" "$mount, JSON"
        expect $want "$(ask POST "$hooks/Leads" -H "X-API-Key: $STAGE_KEY" -H 'Transfer-Encoding: chunked' \
            --data 'id=7&Last_Name=Example')" "$mount, a form"
        expect 202 "$(ask POST "$hooks/Leads" -H "X-API-Key: $STAGE_KEY" --data 'id=7&Last_Name=Example')" \
            "$mount, a form with its length"
        expect "$(lead 1)" "$(query "select convert_from(body, 'UTF8') from sync.inbox order by seq limit 1")"
        clean_tables
    done
}

# h2 BYTES [curl args]: a lead of some bytes over HTTP/2
h2() {
    printf '%s' "$(lead 1 "$(head -c "$1" /dev/zero | tr '\0' x)")" >"$BATS_TEST_TMPDIR/body"
    shift
    curl -s -o "$ANSWER" -w '%{http_code}\n' --http2-prior-knowledge -X POST -m 20 \
        -H "X-API-Key: $STAGE_KEY" -H 'Content-Type: application/json' "$@" "$STAGE_URL$hooks/Leads" || true
}

@test "a body over HTTP/2 is taken whole or not at all, with and without its length" {
    curl --version | grep -q HTTP2 || skip 'no HTTP/2 in this curl'
    local mount bytes status more
    for mount in $mounts; do
        more='server.feature-flags += ( "server.h2proto" => "enable", "server.h2c" => "enable" )'
        [ "${mount#apache}" = "$mount" ] ||
            more="LoadModule http2_module $STAGE_APACHE_MODULES/mod_http2.so
Protocols h2c http/1.1"
        STAGE_WEB_MORE=$more mounted "$mount"
        for bytes in 1 300000; do
            clean_tables
            expect 202 "$(h2 $bytes --data-binary "@$BATS_TEST_TMPDIR/body")" "$mount, $bytes bytes, their length"
            expect "$(sha256sum <"$BATS_TEST_TMPDIR/body" | cut -d ' ' -f 1)" \
                "$(query "select encode(sha256(body), 'hex') from sync.inbox")" "$mount, $bytes bytes"
            clean_tables
            status=$(h2 $bytes -T - <"$BATS_TEST_TMPDIR/body")
            case $status in
            202)
                expect "$(sha256sum <"$BATS_TEST_TMPDIR/body" | cut -d ' ' -f 1)" \
                    "$(query "select encode(sha256(body), 'hex') from sync.inbox")" "$mount, $bytes bytes without length"
                ;;
            4?? | 5?? | 000) expect_nothing_kept "$mount, $bytes bytes without length" ;;
            *) expect 'taken whole, or refused' "$status" "$mount, $bytes bytes without length" ;;
            esac
            echo "# $mount, $bytes bytes over HTTP/2 without a length: $status" >&3
        done
    done
}
