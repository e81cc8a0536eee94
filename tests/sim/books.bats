#!/usr/bin/env bats
# Books (3.1 to 3.5).

load sim

setup_file() { sim --company 20000; zsim PUT limits '{"books_minute":0}' >/dev/null; }
teardown_file() { sim_close; }

@test "the organisation is wanted on every call but one" {
    get /books/v3/organizations
    is 200
    has '.organizations[0].organization_id' 10234695
    get /books/v3/items
    is 400
    get '/books/v3/items?organization_id=1'
    is 401
    has .code 57
}

@test "a list has code, message, rows and a page context" {
    books items
    is 200
    has '.code' 0
    has '.message' success
    has '.items | length' 200
    has '.page_context.has_more_page'
    has '.page_context.per_page' 200
    books 'items?page=99'
    has '.items | length' 0
    has '.page_context.has_more_page' false
}

@test "items are active unless all are asked for" {
    books 'items?per_page=200&page=1'
    has '[.items[].status] | unique' '["active"]'
    books 'items?filter_by=Status.Inactive'
    has '[.items[].status] | unique' '["inactive"]'
    books 'items?filter_by=Status.All'
    has '[.items[].status] | unique' '["active","inactive"]'
}

@test "lists have no lines, single objects have, and the lines add up" {
    books 'invoices?per_page=1'
    has '.invoices[0] | has("line_items")' false
    id=$(jq -r '.invoices[0].invoice_id' <<<"$output")
    books "invoices/$id"
    has '.invoice.line_items | length > 0'
    has '.invoice | (([.line_items[].item_total] | add) - .sub_total) * 100 | round' 0
    item=$(jq -r '.invoice.line_items[0].item_id' <<<"$output")
    books "items/$item"
    is 200
    books "contacts/$(jq -r .invoice.customer_id <<<"$(books "invoices/$id"; echo "$output")")"
    is 200
    has .contact.contact_type customer
}

@test "nothing is an empty text, and times have no colon in their offset" {
    books 'items?filter_by=Status.All'
    has 'any(.items[]; .reorder_level == "")'
    has '.items[0].last_modified_time | test("[+-][0-9]{4}$")'
}

@test "last_modified_time is read as since, exactly, not at all; Z is refused" {
    books 'invoices?sort_column=last_modified_time&sort_order=D&per_page=2'
    has '.invoices | .[0].last_modified_time >= .[1].last_modified_time'
    t=$(jq -r '.invoices[1].last_modified_time' <<<"$output")
    q="invoices?last_modified_time=${t/+/%2B}"
    books "$q"
    has '.invoices | length >= 2'
    zsim PUT variants '{"last_modified_time":"exact"}'
    books "$q"
    has '[.invoices[].last_modified_time] | unique | length' 1
    zsim PUT variants '{"last_modified_time":"ignored"}'
    books "$q"
    has '.invoices | length' 200
    zsim PUT variants '{"last_modified_time":"since"}'
    books 'invoices?last_modified_time=2026-01-01T00:00:00Z'
    is 400
    books 'items?last_modified_time=2026-01-01T00:00:00%2B0000'
    is 400
}

@test "a picture is binary; an item without one has none" {
    books 'items?filter_by=Status.All'
    with=$(jq -r 'first(.items[] | select(.image_document_id != "")).item_id' <<<"$output")
    without=$(jq -r 'first(.items[] | select(.image_document_id == "")).item_id' <<<"$output")
    books "items/$with/image" -o /dev/null
    is 200
    [ "$(header Content-Type)" = image/png ]
    books "items/$without/image"
    is 404
}

@test "price lists of the kind per_item have rows in the single object" {
    books pricebooks
    id=$(jq -r 'first(.pricebooks[] | select(.pricebook_type == "per_item")).pricebook_id' <<<"$output")
    has '.pricebooks[0] | has("pricebook_items")' false
    books "pricebooks/$id"
    has '.pricebook.pricebook_items | length' 5
    zsim PUT variants '{"pricebook_rows":"with"}'
    books pricebooks
    has '.pricebooks[0] | has("pricebook_items")'
    zsim PUT variants '{"pricebook_rows":"without"}'
}

@test "an adjustment stands under either key" {
    books 'inventoryadjustments?per_page=1'
    id=$(jq -r '.inventory_adjustments[0].inventory_adjustment_id' <<<"$output")
    books "inventoryadjustments/$id"
    has '.inventory_adjustment.line_items[0] | has("quantity_adjusted")'
    zsim PUT variants '{"adjustment_key":"inventoryadjustment"}'
    books "inventoryadjustments/$id"
    has 'has("inventoryadjustment")'
    zsim PUT variants '{"adjustment_key":"inventory_adjustment"}'
}

@test "a sales order is created, found by its reference, changed and deleted" {
    books 'contacts?contact_type=customer&per_page=1'
    customer=$(jq -r '.contacts[0].contact_id' <<<"$output")
    books 'items?per_page=1'
    item=$(jq -r '.items[0].item_id' <<<"$output")
    org='organization_id=10234695'
    post "/books/v3/salesorders?$org" "{\"customer_id\":\"$customer\",\"reference_number\":\"web-8841\",\"line_items\":[{\"item_id\":\"$item\",\"quantity\":2,\"rate\":120.5}]}"
    is 201
    has .message 'Sales Order Created Successfully.'
    has .salesorder.total 241
    has '.salesorder.customer_name != ""'
    id=$(jq -r .salesorder.salesorder_id <<<"$output")
    books 'salesorders?reference_number=web-8841'
    has '[.salesorders[].salesorder_id]' "[\"$id\"]"
    post "/books/v3/salesorders/$id/status/open?$org" ''
    is 200
    books "salesorders/$id"
    has .salesorder.status open
    call DELETE "/books/v3/salesorders/$id?$org"
    is 200
    books "salesorders/$id"
    is 404
    has .code 1002
    post "/books/v3/salesorders?$org" '{}'
    is 400
    post "/books/v3/salesorders?$org" '{'
    is 400
}

@test "an item's name must differ, and X-Upsert creates by a unique value" {
    org='organization_id=10234695'
    books 'items?per_page=1'
    name=$(jq -r '.items[0].name' <<<"$output")
    post "/books/v3/items?$org" "$(jq -nc --arg n "$name" '{name:$n}')"
    is 400
    has .code 1001
    call PUT "/books/v3/items?$org" -d '{"name":"Fresh"}' -H 'X-Unique-Identifier-Key: sku' -H 'X-Unique-Identifier-Value: U-1'
    is 404
    call PUT "/books/v3/items?$org" -d '{"name":"Fresh"}' -H 'X-Unique-Identifier-Key: sku' -H 'X-Unique-Identifier-Value: U-1' -H 'X-Upsert: true'
    is 201
    call PUT "/books/v3/items?$org" -d '{"rate":5}' -H 'X-Unique-Identifier-Key: sku' -H 'X-Unique-Identifier-Value: U-1'
    is 200
    has '.item | [.name, .rate]' '["Fresh",5]'
}

@test "stock moves, and the item's time with it or not" {
    books 'items?per_page=1'
    id=$(jq -r '.items[0].item_id' <<<"$output")
    for moves in no yes; do
        zsim PUT variants "{\"stock_moves_time\":\"$moves\"}"
        books "items/$id"
        before=$(jq -c '.item | [.stock_on_hand, .last_modified_time]' <<<"$output")
        zsim POST act '{"act":"stock","module":"books.items"}'
        books "items/$id"
        has ".item.stock_on_hand != ${before}[0]"
        has ".item.last_modified_time == ${before}[1]" "$([ $moves = no ] && echo true || echo false)"
    done
}

@test "an unknown resource is 404, a wrong method 405" {
    books nothing
    is 404
    call PATCH '/books/v3/items?organization_id=10234695'
    is 405
}

@test "the rate headers are there" {
    books items
    [ "$(header X-Rate-Limit-Limit)" = 10000 ]
    [ "$(header X-Rate-Limit-Remaining)" -lt 10000 ]
    [ -n "$(header X-Rate-Limit-Reset)" ]
}

@test "response_option=2 tells how many there are" {
    books 'items?filter_by=Status.All&per_page=7'
    has '.page_context | has("total")' false
    books 'items?filter_by=Status.All&per_page=7&response_option=2'
    total=$(jq .page_context.total <<<"$output")
    has .page_context.total_pages $(((total + 6) / 7))
    [ "$(curl -s "$SIM/zsim/company" | jq '.modules."books.items".records')" = "$total" ]
}

@test "a body may be a form whose JSONString holds it, urlencoded or multipart" {
    books 'contacts?contact_type=customer'
    customer=$(jq -r '.contacts[0].contact_id' <<<"$output")
    orders='/books/v3/salesorders?organization_id=10234695'
    TYPE=application/x-www-form-urlencoded call POST "$orders" --data-urlencode "JSONString={\"customer_id\":\"$customer\",\"reference_number\":\"a+b & c\"}"
    is 201
    has .salesorder.reference_number 'a+b & c'
    output=$(curl -s -H "Authorization: Zoho-oauthtoken $SIM_TOKEN" -F "JSONString={\"customer_id\":\"$customer\"}" "$SIM$orders")
    has .code 0
}

@test "values are numbers, dates, choices and names of at most 100 where they must be" {
    # item JSON CODE
    item() {
        call POST '/books/v3/items?organization_id=10234695' -d "$1"
        is 400
        has .code "$2"
    }
    item '{"name":"Checked","rate":"much"}' 2
    item "{\"name\":\"$(printf 'n%.0s' $(seq 101))\",\"rate\":1}" 15
    item '{"rate":1}' 4
    call POST '/books/v3/inventoryadjustments?organization_id=10234695' -d '{"adjustment_type":"weight"}'
    is 400
    has .code 2
    call POST '/books/v3/inventoryadjustments?organization_id=10234695' -d '{"adjustment_type":"quantity","date":"today"}'
    has .code 2
    books items
    id=$(jq -r '.items[0].item_id' <<<"$output")
    call PUT "/books/v3/items/$id?organization_id=10234695" -d '{"rate":"12.50"}'
    is 200
}
