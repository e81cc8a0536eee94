#!/usr/bin/env bats
# F020-F036: each shape of body that Zoho or an own sender posts is stored as
# it came and drains to the right module, operation and record.

load helper
load receiver

setup_file() {
    stage
    # the payloads carry the token of their channel
    stage_web_stop
    sed -i 's/^ZOHO_NOTIFICATION_TOKEN=.*/ZOHO_NOTIFICATION_TOKEN=invented-channel-token/' "$STAGE_CONF"
    stage_web
}
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { accounted; }

# take ROUTE FILE WANT [curl args]: the bytes are stored untouched, and the
# request drains to these lines: module id operation
take() {
    local route=$1 file=$PAYLOADS/$2 want=$3 type=application/json
    shift 3
    forget
    case $file in *.form) type=application/x-www-form-urlencoded ;; esac
    expect 202 "$(posted "$route" "$file" "$type" "$@")" "status of $file" || return 1
    drain || return 1
    expect "$(sha256sum <"$file" | cut -d ' ' -f 1)
$want" "$(changes "select encode(sha256(body), 'hex') from sync.inbox;")" "bytes of and changes in $file"
}

posted() {
    local route=$1 file=$2 type=$3
    shift 3
    curl -s -o "$ANSWER" -w '%{http_code}\n' -H "X-API-Key: $STAGE_KEY" \
        -H "Content-Type: $type" --data-binary "@$file" "$@" "$STAGE_URL/api/zoho/webhooks/$route"
}

# What stands in the mirror, what is to be fetched, and what is dead.
changes() {
    query "$1 select v.module || ' ' || v.id || ' ' || v.operation from mirror.version v
        union all select f.module || ' ' || f.id || ' fetch' from sync.fetch f
        union all select coalesce(d.module, '-') || ' ' || coalesce(d.id, '-') || ' dead ' || d.reason
             from sync.dead d
        order by 1"
}

# take_text ROUTE TEXT WANT [TYPE]
take_text() {
    local body=$BATS_TEST_TMPDIR/body
    printf '%s' "$2" >"$body"
    forget
    expect 202 "$(posted "$1" "$body" "${4:-application/json}")" "status of $2" || return 1
    drain || return 1
    expect "$3" "$(changes)" "what became of $2"
}

# As clean_tables, and quicker where little stands.
forget() {
    query 'delete from sync.inbox; delete from sync.work; delete from sync.seen;
        delete from sync.outcome; delete from sync.dead; delete from sync.fetch;
        delete from sync.conflict; delete from mirror.record; delete from mirror.version'
}

at='"Modified_Time":"2026-01-31T09:15:00+01:00"'

# ---- CRM ----

@test "the record is taken out of data[0], whatever the wrapper says beside it (F020, F022)" {
    take Leads crm_leads_create.json 'crm.leads 5725767000000401001 create'
    expect 'Leads.create|1' "$(query 'select event_type, changes from sync.inbox')"
    take Deals crm_deals_create.json 'crm.deals 5725767000000402001 create'
    take Contacts crm_contacts_create.json 'crm.contacts 5725767000000403001 create'
    take Accounts crm_accounts_create.json 'crm.accounts 5725767000000404001 create'
    expect f "$(query "select data ?| array['operation', 'source', 'user', 'timestamp', 'data']
        from mirror.record where module = 'crm.accounts'")"
}

@test "the raw operation and the wrapper can be read back later (F023, F024)" {
    take Leads crm_leads_update.json 'crm.leads 5725767000000401001 update'
    expect "$(jq -r .operation "$PAYLOADS/crm_leads_update.json")" \
        "$(query 'select wrapper_operation from sync.zoho_webhook_log')"
    expect "$(jq -r .user.email "$PAYLOADS/crm_leads_update.json")" \
        "$(query "select wrapper_metadata -> 'user' ->> 'email' from sync.zoho_webhook_log")"
    expect f "$(query "select wrapper_metadata ? 'data' from sync.zoho_webhook_log")"
}

@test "a record without a wrapper is taken as it is (F021)" {
    take Leads crm_leads_bare.json "crm.leads $(jq -r .id "$PAYLOADS/crm_leads_bare.json") update"
    take Leads crm_leads_flat.json "crm.leads $(jq -r .id "$PAYLOADS/crm_leads_flat.json") update"
    expect f "$(query "select data ? 'operation' from mirror.record")"
    take_text Leads "{\"data\":{\"id\":\"7\",\"Last_Name\":\"Example\",$at}}" 'crm.leads 7 update'
}

@test "several records in one request are each applied, in their order (F020)" {
    take Leads crm_leads_several.json "$(jq -r '.data[].id' "$PAYLOADS/crm_leads_several.json" |
        sed "s/.*/crm.leads & $(jq -r .operation "$PAYLOADS/crm_leads_several.json" |
            sed 's/.*\.//; s/edit/update/')/")"
    expect 3 "$(query 'select changes from sync.inbox')"
    # one record twice: the later one stands
    take_text Leads '{"data":[{"id":"7","Last_Name":"First","Modified_Time":"2026-01-31T09:15:00+01:00"},{"id":"7","Last_Name":"Second","Modified_Time":"2026-01-31T09:16:00+01:00"}]}' \
        'crm.leads 7 update
crm.leads 7 update'
    expect Second "$(query "select data ->> 'Last_Name' from mirror.record")"
}

@test "an operation means the same with a prefix, in capitals and by its synonyms (F025-F027)" {
    local word want
    for word in create:create insert:create Leads.create:create LEADS.CREATE:create lead.created:create \
        Leads.insert:create add:create edit:update Leads.edit:update update:update LEADS.EDIT:update \
        Leads.updated:update lead_updated:update; do
        want=${word#*:} word=${word%:*}
        take_text Leads "{\"operation\":\"$word\",\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",$at}]}" \
            "crm.leads 7 $want"
        expect "$want" "$(query 'select operation from sync.inbox')" "$word as stored"
    done
    take Leads crm_leads_operation_upper.json \
        "crm.leads $(jq -r '.data[0].id' "$PAYLOADS/crm_leads_operation_upper.json") create"
}

@test "delete and remove delete, and need no more than an id (F026, F027)" {
    local word
    for word in delete Leads.delete DELETE remove Leads.remove lead_deleted; do
        take_text Leads "{\"operation\":\"$word\",\"data\":[{\"id\":\"7\",$at}]}" 'crm.leads 7 delete'
        expect t "$(query 'select deleted_at is not null from mirror.record')"
    done
    take_text Leads '{"operation":"delete","data":[{"id":"7"}]}' 'crm.leads 7 delete'
    take Leads crm_leads_delete.json 'crm.leads 5725767000000401001 delete'
}

@test "an unknown or missing operation is taken as an update (F028, F029)" {
    take Leads crm_leads_operation_unknown.json \
        "crm.leads $(jq -r '.data[0].id' "$PAYLOADS/crm_leads_operation_unknown.json") update"
    take Leads crm_leads_operation_missing.json \
        "crm.leads $(jq -r '.data[0].id' "$PAYLOADS/crm_leads_operation_missing.json") update"
    take_text Leads "{\"operation\":null,\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",$at}]}" 'crm.leads 7 update'
    take_text Leads "{\"operation\":7,\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",$at}]}" 'crm.leads 7 update'
}

@test "the operation may stand in the address, set by the administrator" {
    take_text 'Leads?operation=delete' "{\"id\":\"7\",$at}" 'crm.leads 7 delete'
    take_text 'customers?event=contact.deleted' '{"contact":{"contact_id":"7"}}' 'books.contacts 7 delete'
    take_text 'products?action=create' \
        '{"item":{"item_id":"7","name":"Example","last_modified_time":"2026-01-31T09:20:00+0100"}}' 'books.items 7 create'
}

@test "a notification only announces: each of its records is to be fetched" {
    take notifications crm_notification_insert.json "$(jq -r '.ids[]' "$PAYLOADS/crm_notification_insert.json" |
        sed 's/.*/crm.leads & fetch/')"
    expect Leads.create "$(query 'select event_type from sync.inbox')"
    take notifications crm_notification_update.json 'crm.leads 5725767000000401001 fetch
crm.leads 5725767000000401101 fetch
crm.leads 5725767000000401102 fetch'
    take Leads crm_notification_number_ids.json 'crm.leads 5725767000000401001 fetch
crm.leads 5725767000000401102 fetch'
    expect 0 "$(query 'select count(*) from mirror.record')"
}

@test "a notification of a delete deletes" {
    take notifications crm_notification_delete.json "$(jq -r '.ids[]' "$PAYLOADS/crm_notification_delete.json" |
        sort | sed 's/.*/crm.leads & delete/')"
}

@test "a notification of a module that is not in use is kept and ignored (F033)" {
    take_text notifications '{"server_time":1769847300000,"module":"Tasks","ids":["7"],"operation":"update","channel_id":"1","token":"invented-channel-token"}' ''
    expect 'unknown|ignored' "$(query 'select event_type, outcome from sync.outcome')"
}

@test "fields chosen for a workflow, as a form or as JSON, only announce" {
    take Leads crm_leads_workflow.form 'crm.leads 5725767000000401001 fetch'
    take Leads crm_leads_workflow.json 'crm.leads 5725767000000401001 fetch'
    take_text Leads 'id=5725767000000401001&Last_Name=Example&Modified_Time=2026-01-31T09%3A15%3A00%2B01%3A00' \
        'crm.leads 5725767000000401001 fetch' application/x-www-form-urlencoded
}

# ---- Books ----

@test "Books' default payload is read, ids as texts and as numbers alike (F030, F031)" {
    local module file entity id
    for module in items:item contacts:contact invoices:invoice bills:bill \
        creditnotes:creditnote pricebooks:pricebook inventoryadjustments:inventory_adjustment; do
        entity=${module#*:} module=${module%:*}
        for file in "books_${module}_text_ids.json" "books_${module}_number_ids.json"; do
            id=$(tr -d ' \n' <"$PAYLOADS/$file" | grep -o "\"${entity}_id\":\"\?[0-9]*" | head -n 1 | tr -dc 0-9)
            take "$(route_of "$module")" "$file" "books.$module $id update"
            expect "$(tr -d _ <<<"$entity").update" "$(query 'select event_type from sync.inbox')"
        done
    done
}

route_of() {
    case $1 in
    items) echo products ;;
    contacts) echo customers ;;
    creditnotes) echo credit-notes ;;
    pricebooks) echo prices ;;
    inventoryadjustments) echo stock ;;
    *) echo "$1" ;;
    esac
}

@test "an id of 19 digits is exact, as a number too" {
    take_text invoices '{"invoice":{"invoice_id":9223372036854775807,"line_items":[],"last_modified_time":"2026-01-31T09:20:00+0100"}}' \
        'books.invoices 9223372036854775807 update'
    take_text invoices '{"invoice":{"invoice_id":9007199254740993,"line_items":[],"last_modified_time":"2026-01-31T09:20:00+0100"}}' \
        'books.invoices 9007199254740993 update'
}

@test "an adjustment is known under both of its keys" {
    take stock books_inventoryadjustments_other_key.json \
        "books.inventoryadjustments $(jq -r '.. | .inventory_adjustment_id? // empty' \
            "$PAYLOADS/books_inventoryadjustments_other_key.json" | head -n 1) update"
}

@test "an envelope names operation and module itself (F025, F031)" {
    take products books_items_envelope.json \
        "books.items $(jq -r .entity_id "$PAYLOADS/books_items_envelope.json") $(jq -r .event_type \
            "$PAYLOADS/books_items_envelope.json" | sed 's/.*_//; s/d$//')"
    take products books_items_envelope_nested.json 'books.items 4600000000000000105 create'
    expect item.create "$(query 'select event_type from sync.inbox')"
    take customers books_contacts_delete.json \
        "books.contacts $(jq -r .entity_id "$PAYLOADS/books_contacts_delete.json") delete"
    expect contact.delete "$(query 'select event_type from sync.inbox')"
}

@test "each event type of the list is named (F031, F032)" {
    local type route key
    for type in invoice.create:invoices item.create:products item.update:products \
        contact.create:customers contact.update:customers contact.delete:customers \
        inventoryadjustment.create:stock bill.create:bills; do
        route=${type#*:} type=${type%:*} key=${type%.*}
        clean_tables
        printf '{"event_type":"%s","data":{"%s":{"%s_id":"7"}}}' "$type" "$key" "$key" >"$BATS_TEST_TMPDIR/body"
        expect 202 "$(posted "$route" "$BATS_TEST_TMPDIR/body" application/json)"
        expect "$type" "$(query 'select event_type from sync.inbox')"
    done
    take_text notifications '{"ids":["1"],"module":"Nothing","operation":"update","token":"invented-channel-token"}' ''
    expect unknown "$(query 'select event_type from sync.inbox')"
}

# bats test_tags=mount
@test "a form is read as pairs or as the JSON in one of its fields (F030)" {
    local field
    take products books_items_jsonstring.form 'books.items 4600000000000000104 update'
    take products books_items_pairs.form \
        "books.items $(grep -o 'item_id=[0-9]*' "$PAYLOADS/books_items_pairs.form" | cut -d = -f 2) fetch"
    for field in JSONString payload json; do
        take_text products "$field=%7B%22item%22%3A%7B%22item_id%22%3A%227%22%2C%22name%22%3A%22Example%22%2C%22last_modified_time%22%3A%222026-01-31T09%3A20%3A00%2B0100%22%7D%7D" \
            'books.items 7 update' 'application/x-www-form-urlencoded; charset=UTF-8'
    done
}

# bats test_tags=mount
@test "the body is believed and not its type (F030)" {
    local type body='{"item":{"item_id":"7","name":"Example","last_modified_time":"2026-01-31T09:20:00+0100"}}'
    for type in 'application/x-www-form-urlencoded;charset=UTF-8' text/plain text/html \
        application/octet-stream 'application/json; charset=utf-8' nonsense; do
        take_text products "$body" 'books.items 7 update' "$type"
    done
    take_text products "  $body" 'books.items 7 update' application/x-www-form-urlencoded
    take_text products "$(printf '\xef\xbb\xbf')$body" 'books.items 7 update'
    clean_tables
    printf '%s' "$body" >"$BATS_TEST_TMPDIR/body"
    expect 202 "$(posted products "$BATS_TEST_TMPDIR/body" x -H 'Content-Type:')" 'no type at all'
    drain
    expect 'books.items 7 update' "$(changes)"
}

@test "what is incomplete or without its time is fetched, not applied (F103)" {
    take invoices books_invoices_no_lines.json \
        "books.invoices $(jq -r '.invoice.invoice_id' "$PAYLOADS/books_invoices_no_lines.json") fetch"
    take products books_items_no_time.json \
        "books.items $(jq -r '.item.item_id' "$PAYLOADS/books_items_no_time.json") fetch"
    take_text products '{"entity_id":"7","event_type":"update","entity_type":"item"}' 'books.items 7 fetch'
}

@test "lists of payloads and of notifications are read one by one (F030)" {
    take products list_array.json 'books.items 4600000000000000107 update
books.items 4600000000000000108 update'
    take products list_notifications.json 'books.contacts 4600000000000000203 create
books.items 4600000000000000106 update'
    expect 2 "$(query 'select changes from sync.inbox')"
}

@test "a Books route takes a payload of another Books module for what it is" {
    take invoices books_bills_text_ids.json \
        "books.bills $(jq -r .bill.bill_id "$PAYLOADS/books_bills_text_ids.json") update"
    take_text Leads "{\"operation\":\"Contacts.edit\",\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",$at}]}" \
        'crm.contacts 7 update'
}

# ---- whatever comes ----

@test "a payload that names no record is answered 202, kept and shown to a person (F030, F034)" {
    take Leads broken_no_id.json 'crm.leads - dead no_record'
    take invoices broken_no_entity.json 'books.invoices - dead no_record'
    take_text Leads '{"data":[]}' 'crm.leads - dead no_record'
    take_text Leads '{}' 'crm.leads - dead no_record'
    take_text Leads '[]' 'crm.leads - dead no_record'
    take_text Leads "{\"data\":[{\"id\":\"7\",\"Last_Name\":\"Example\",$at},{\"Last_Name\":\"Nobody\"}]}" \
        'crm.leads - dead no_record
crm.leads 7 update'
}

@test "a value that cannot be read never costs the record (F030, F034, promise 8)" {
    take invoices books_invoices_bad_values.json \
        "books.invoices $(jq -r .invoice.invoice_id "$PAYLOADS/books_invoices_bad_values.json") update"
    expect t "$(query 'select jsonb_array_length(noted) > 0 from mirror.record')"
    take products broken_nul.json 'books.items 4600000000000000109 update'
    expect t "$(query 'select jsonb_array_length(noted) > 0 from mirror.record')"
}

# bats test_tags=mount
@test "what is proven but cannot be read is answered 400 with the reason, and kept all the same (promise 5)" {
    local file
    for file in broken_cut.json broken_html.json broken_not_json.json; do
        clean_tables
        expect 400 "$(post invoices "$PAYLOADS/$file")" "$file"
        expect unreadable "$(says .status)"
        [ -n "$(says .message)" ]
        expect "$(sha256sum <"$PAYLOADS/$file" | cut -d ' ' -f 1)" \
            "$(query "select encode(sha256(body), 'hex') from sync.inbox")"
        drain
        expect 'unreadable|-1' "$(query 'select reason, ord from sync.dead')" "$file"
        expect dead "$(query 'select outcome from sync.outcome')"
        accounted
    done
    clean_tables
    expect 400 "$(post invoices "$PAYLOADS/broken_empty.json")"
    expect_nothing_kept
}

# bats test_tags=mount
@test "each payload of the collection that is valid is answered 2xx, whatever its route (F030)" {
    local file route
    for file in "$PAYLOADS"/*.json; do
        case $(basename "$file") in
        broken_cut* | broken_html* | broken_not_json* | broken_empty*) continue ;;
        crm_*) route=Deals ;;
        *) route=bills ;;
        esac
        expect 202 "$(posted "$route" "$file" application/json)" "$(basename "$file")"
    done
    drain
    expect 0 "$(query 'select count(*) from sync.work')"
    accounted
}
