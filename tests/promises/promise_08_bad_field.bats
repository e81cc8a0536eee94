#!/usr/bin/env bats
# Promise 8: a bad field never loses its record, a bad record never loses its
# batch, a bad module never stops the others (F034, F089, F092-F105).

load helper
load queue

setup_file() { stage; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    OUT=$BATS_TEST_TMPDIR/out
}
teardown() {
    kill_all drain KILL
    mend_products
}

# noted: the fields set aside, with their values
noted() {
    query "select string_agg(n ->> 'field' || '=' || (n ->> 'value'), ' ' order by n ->> 'field')
             from mirror.record, jsonb_array_elements(noted) as n"
}

# neighbours N: as many good items
neighbours() {
    local i
    for i in $(seq "$1"); do item "$i" 2026-01-01T00:00:00Z "$i"; done
}

# field NAME: as it stands in the only record, as JSON
field() {
    query "select data -> '$1' from mirror.record"
}

T=2026-01-01T10:00:00+00:00

@test "a bad date and a bad number cost only themselves, with the reason (F094, F095)" {
    cat <<'EOT' | put Deals
{"id":"1","Deal_Name":"Example","Modified_Time":"2026-01-01T10:00:00Z","Closing_Date":"31st of Nowhere","Amount":"12,5x","Stage":"Won"}
EOT
    drain
    expect 'applied=1' "$(outcomes)"
    expect 'Amount=12,5x Closing_Date=31st of Nowhere' "$(noted)"
    expect 0 "$(query "select count(*) from mirror.record, jsonb_array_elements(noted) as n
                        where coalesce(n ->> 'reason', '') = ''")"
    expect 'null null "Won"' "$(field Closing_Date) $(field Amount) $(field Stage)"
    expect '||Won' "$(query 'select closing_date, amount, stage from zoho.deals')"
}

@test "a phone that cannot be read is kept as it is, with a note (F092)" {
    lead 1 $T '"Phone":"01632 960 001","Mobile":"ask Ada","Fax":""' | put Leads
    drain
    expect '"+441632960001" "ask Ada" null' "$(field Phone) $(field Mobile) $(field Fax)"
    expect 'Mobile=ask Ada' "$(noted)"
}

@test "a multiselect comes as a list, as JSON text or parted by commas or semicolons (F093)" {
    local form
    for form in '["a","b"]' '"[\"a\",\"b\"]"' '"a,b"' '"a;b"' '" a ; b ;"'; do
        clean_tables
        printf '{"id":"1","Deal_Name":"D","Modified_Time":"%s","Service_Line":%s}\n' $T "$form" | put Deals
        drain
        expect '["a", "b"]' "$(field Service_Line)" "$form"
        expect '{a,b}' "$(query 'select service_line from zoho.deals')" "$form"
    done
}

@test "a date-time is kept as ISO 8601 in UTC (F094)" {
    lead 1 $T '"Created_Time":"2026-01-31T09:20:00+01:00","Last_Activity_Time":"yesterday"' | put Leads
    drain
    expect '"2026-01-31T08:20:00Z"' "$(field Created_Time)"
    expect 'Last_Activity_Time=yesterday' "$(noted)"
}

@test "an owner is taken with all its fields, a missing one is the default (F096, F097)" {
    lead 1 $T '"Owner":{"id":"77","name":"Ada Example","email":"ada@example.com"}' | put Leads
    lead 2 $T | put Leads
    lead 3 $T '"Owner":null' | put Leads
    drain
    expect '1|77|Ada Example|ada@example.com
2|||owner@example.com
3|||owner@example.com' "$(query 'select id, owner_id, owner_name, owner_email from mirror.record order by id')"
    expect owner@example.com "$(query "select owner_email from zoho.leads where id = '2'")"
}

@test "long ids and the digits of money go through exactly (F129, F130)" {
    cat <<'EOT' | put invoices
{"invoice":{"invoice_id":982000000567114999123,"invoice_number":"INV-1","customer_id":9007199254740993,"date":"2026-01-31","total":1234567890123.45,"balance":0.10,"last_modified_time":"2026-01-31T09:20:00+0100","line_items":[{"item_id":"982000000567114999","quantity":2.50,"rate":0.1}]}}
EOT
    drain
    expect '982000000567114999123|9007199254740993|1234567890123.45' \
        "$(query 'select zoho_invoice_id, customer_id, total from zoho.invoices')"
    expect '982000000567114999123|982000000567114999|2.50|0.10' \
        "$(query 'select invoice_id, zoho_item_id, quantity, unit_price from zoho.invoice_line_items')"
    expect '0.10' "$(query "select data ->> 'balance' from mirror.record")"
    expect '' "$(noted)"
}

@test "a picture of a product gives its address on this server (F105)" {
    echo '{"item":{"item_id":"5","name":"Lamp","image_document_id":"88","last_modified_time":"2026-01-01T00:00:00Z"}}' | put products
    drain
    expect /api/images/products/5/image "$(query 'select image_url from zoho.products')"
}

@test "the addresses of a customer are rows of their own (F104)" {
    echo '{"contact":{"contact_id":"6","contact_name":"Example Ltd","last_modified_time":"2026-01-01T00:00:00Z","billing_address":{"address_id":"61","city":"London"},"shipping_address":{"address_id":"62","city":"Leeds"}}}' | put customers
    drain
    expect 'London,Leeds' "$(query "select string_agg(city, ',' order by city desc) from zoho.customer_addresses")"
}

@test "what jsonb would refuse is set aside alone: huge numbers and NUL" {
    local huge
    huge=$(printf '9%.0s' $(seq 500))
    printf '{"item":{"item_id":"1","name":"Lamp","rate":1e400,"stock_on_hand":3,"reorder_level":%s,"sku":"a\\u0000b","last_modified_time":"%s"}}\n' "$huge" $T | put products
    drain
    expect 'applied=1' "$(outcomes)"
    expect '"Lamp" 3 null null null' "$(field name) $(field stock_on_hand) $(field rate) $(field reorder_level) $(field sku)"
    expect 'rate reorder_level sku' "$(query "select string_agg(n ->> 'field', ' ' order by n ->> 'field')
        from mirror.record, jsonb_array_elements(noted) as n")"
}

@test "poison among two hundred neighbours costs none of them (F072, F089)" {
    {
        neighbours 100
        echo '{"item":{"name":"without an id","last_modified_time":"2026-01-01T00:00:00Z"}}'
        echo '{"item":{"item_id":"no id; at all","name":"x"}}'
        echo 'this is neither JSON nor a form'
        echo '{"item":{"item_id":"x1","name":"cut short'
        printf '%s1%s\n' "$(printf '[%.0s' $(seq 3000))" "$(printf ']%.0s' $(seq 3000))"
        echo '{"item":7}'
        echo 'null'
        neighbours 200 | tail -n 100
    } | put products
    drain
    expect 200 "$(query 'select count(*) from zoho.products')"
    expect 'applied=200 dead=7' "$(outcomes)"
    expect 0 "$(query "select count(*) from sync.dead where reason not in ('unreadable', 'no_record') or last_error = ''")"
    accounted
}

@test "bytes that are no UTF-8 cost only their own request" {
    stage_psql >/dev/null <<'SQL'
with n as (select nextval('sync.request_seq') as seq), k as (
    insert into sync.inbox (seq, source, route, event_type, changes, body)
    select seq, 'books', 'products', 'x', 1,
        '\x7b226974656d223a7b226974656d5f6964223a2239222c226e616d65223a22ff00fe227d7d' from n)
insert into sync.work (seq) select seq from n
SQL
    neighbours 3 | put products
    drain
    expect 'applied=3 dead=1' "$(outcomes)"
}

@test "deep nesting inside a record is refused alone or kept, never fatal" {
    printf '{"item":{"item_id":"1","name":"Deep","x":%s1%s,"last_modified_time":"%s"}}\n' \
        "$(printf '[%.0s' $(seq 20000))" "$(printf ']%.0s' $(seq 20000))" $T | put products
    neighbours 3 | put products
    drain
    expect 'applied=3 dead=1' "$(outcomes)"
}

@test "a bad record of a request leaves the others of it" {
    printf '[%s,{"item":{"name":"no id"}},%s]\n' "$(item 1 $T)" "$(item 2 $T)" | put products
    drain
    expect 2 "$(query 'select count(*) from zoho.products')"
    expect '{"0": "applied", "1": "dead", "2": "applied"}' "$(query 'select changes from sync.outcome')"
    expect '1|no_record' "$(query 'select ord, reason from sync.dead')"
}

@test "a record of a module that is not in use is ignored, its neighbours are not" {
    { echo '{"operation":"Rockets.edit","data":[{"id":"1"}]}'; lead 2 $T; } | put Rockets
    lead 3 $T | put Leads
    drain
    expect 3 "$(query "select string_agg(id, ' ') from mirror.record")"
    expect 'applied=1 ignored=2' "$(outcomes)"
    accounted
}

@test "a projection that fails isolates its record, which is tried again later (F076)" {
    break_products 57
    neighbours 200 | put products
    drain
    expect 199 "$(query 'select count(*) from zoho.products')"
    expect 0 "$(query "select count(*) from mirror.record where id = '57'")"
    expect '1|1|value' "$(query 'select count(*), min(tries), min(reason) from sync.work')"
    expect t "$(query "select not_before > now() and last_error like '%not_for_sale%' from sync.work")"
    accounted
    mend_products
    due_now
    drain
    expect 200 "$(query 'select count(*) from zoho.products')"
    expect 'applied=200' "$(outcomes)"
}

@test "the wait doubles with each try, up to its limit, and then it is dead (F076, F058)" {
    local wait try
    break_products 1
    neighbours 1 | put products
    for try in 1 2 3; do
        due_now
        RETRY_LIMIT=4 RETRY_BASE_SECONDS=100 RETRY_MAX_SECONDS=300 drain
        # Half of it is fixed, half is chance: 100 s, 200 s, 300 s.
        wait=$((try * 100))
        expect t "$(query "select extract(epoch from not_before - now()) between $wait / 2.0 - 20 and $wait from sync.work")" "try $try"
        expect "$try" "$(query 'select tries from sync.work')"
    done
    due_now
    RETRY_LIMIT=4 drain
    expect 'dead=1' "$(outcomes)"
    expect '1|value|4' "$(query 'select id, reason, tries from sync.dead')"
    accounted
}

@test "several records that fail in one batch are all found" {
    query "alter table zoho.products add constraint not_for_sale
           check (zoho_item_id not in ('3', '50', '51', '199')) not valid" >/dev/null
    neighbours 200 | put products
    drain
    expect 196 "$(query 'select count(*) from zoho.products')"
    expect 4 "$(query "select count(*) from sync.work where reason = 'value'")"
}

@test "a request that crashes the drain is set aside after three times, its neighbours are applied in the same run" {
    cc -shared -fPIC -o "$STAGE/crash.so" "$TOP_SRCDIR/tests/promises/crash.c" -ldl
    {
        neighbours 20
        echo '{"item":{"item_id":"666","name":"CRASH-ME","last_modified_time":"2026-01-01T00:00:00Z"}}'
        neighbours 40 | tail -n 20
    } | put products
    LD_PRELOAD=$STAGE/crash.so zohosync drain --slot 60 3>&- &
    until_true 40 all_done
    kill_all drain TERM
    wait $!
    expect 'applied=40 dead=1' "$(outcomes)"
    expect '-1|crash' "$(query 'select ord, reason from sync.dead')"
    expect 40 "$(query 'select count(*) from zoho.products')"
    accounted
}
