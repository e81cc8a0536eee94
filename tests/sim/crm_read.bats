#!/usr/bin/env bats
# Reading CRM: lists, single records, what was deleted, counts (2.1 to 2.5).

load sim

setup_file() { sim --company 20000 --no-limits; }
teardown_file() { sim_close; }

@test "fields are mandatory, at most 50, and id is always there" {
    crm Leads
    is 400
    has .code REQUIRED_PARAM_MISSING
    has .details.param_name fields
    crm "Leads?fields=$(seq -s, -f 'F%g' 51)"
    is 400
    has .code LIMIT_EXCEEDED
    crm 'Leads?fields=Last_Name'
    is 200
    has '.data[0] | keys' '["Last_Name","id"]'
}

@test "a page holds 200 and says whether there is more" {
    crm 'Leads?fields=Last_Name'
    has '.data | length' 200
    has .info.per_page 200
    has .info.count 200
    has .info.more_records
    has '.info.sort_by + .info.sort_order' iddesc
    crm 'Leads?fields=Last_Name&per_page=201'
    is 400
}

@test "pages by number end at 2,000 records" {
    crm 'Leads?fields=id&page=10'
    is 200
    crm 'Leads?fields=id&page=11'
    is 400
    has .code DISCRETE_PAGINATION_LIMIT_EXCEEDED
    has .details.limit 2000
}

@test "page tokens go through everything once" {
    all=$(mktemp)
    query='Contacts?fields=id'
    crm "$query&page=10"
    token=$(jq -r .info.next_page_token <<<"$output")
    for page in 1 2 3 4 5 6 7 8 9; do
        crm "$query&page=$page"
        jq -r '.data[].id' <<<"$output" >>"$all"
    done
    crm "$query&page=10"
    jq -r '.data[].id' <<<"$output" >>"$all"
    while [ "$token" != null ]; do
        crm "$query&page_token=$token"
        is 200
        jq -r '.data[].id' <<<"$output" >>"$all"
        token=$(jq -r .info.next_page_token <<<"$output")
    done
    [ "$(sort -u "$all" | wc -l)" = 5000 ]
    [ "$(wc -l <"$all")" = 5000 ]
    rm "$all"
}

@test "a page token excludes page, is bound to the parameters and lives a day" {
    crm 'Leads?fields=id,Email&sort_by=Modified_Time'
    token=$(jq -r .info.next_page_token <<<"$output")
    crm "Leads?fields=id,Email&sort_by=Modified_Time&page_token=$token&page=2"
    has .code AMBIGUITY_DURING_PROCESSING
    crm "Leads?fields=id&sort_by=Modified_Time&page_token=$token"
    has .code TOKEN_BOUND_DATA_MISMATCH
    crm "Leads?fields=id,Email&sort_by=Modified_Time&page_token=nonsense"
    has .code INVALID_DATA
    crm "Leads?fields=id,Email&sort_by=Modified_Time&page_token=$token"
    is 200
    advance 86401
    SIM_TOKEN=$(token)
    crm "Leads?fields=id,Email&sort_by=Modified_Time&page_token=$token"
    has .code EXPIRED_VALUE
}

@test "sorting is by id, Created_Time or Modified_Time" {
    SIM_TOKEN=$(token)
    crm 'Contacts?fields=Modified_Time&sort_by=Modified_Time&sort_order=asc'
    has '[.data[].Modified_Time] == ([.data[].Modified_Time] | sort)'
    crm 'Contacts?fields=Modified_Time&sort_by=Last_Name'
    is 400
    crm 'Contacts?fields=Modified_Time&sort_by=id&cvid=1'
    is 400
}

@test "If-Modified-Since answers rows, or 304 without a body" {
    SIM_TOKEN=$(token)
    crm 'Contacts?fields=Modified_Time&sort_by=Modified_Time&per_page=1'
    newest=$(jq -r '.data[0].Modified_Time' <<<"$output")
    crm 'Contacts?fields=id' -H "If-Modified-Since: $newest"
    is 200
    zsim PUT variants '{"if_modified_since":"exclusive"}'
    crm 'Contacts?fields=id' -H "If-Modified-Since: $newest"
    is 304
    [ -z "$output" ]
    zsim PUT variants '{"if_modified_since":"inclusive"}'
    crm 'Contacts?fields=id' -H 'If-Modified-Since: yesterday'
    is 400
}

@test "converted leads are not in the list unless asked for" {
    SIM_TOKEN=$(token)
    crm 'Leads?fields=Converted__s'
    has 'any(.data[]; .Converted__s)' false
    crm 'Leads?fields=Converted__s&converted=true'
    has 'all(.data[]; .Converted__s)'
    crm Leads/actions/count
    open=$(jq .count <<<"$output")
    crm 'Leads/actions/count?converted=both'
    [ "$(jq .count <<<"$output")" -gt "$open" ]
}

@test "subforms and multi-lookups are in the single record only" {
    SIM_TOKEN=$(token)
    crm 'Sales_Orders?fields=Subject,Ordered_Items&per_page=1'
    has '.data[0] | has("Ordered_Items")' false
    id=$(jq -r '.data[0].id' <<<"$output")
    crm "Sales_Orders/$id"
    is 200
    has '.data[0].Ordered_Items | length > 0'
    # shellcheck disable=SC2016
    has '.data[0]["$has_more"].Ordered_Items' false
    has '.data[0].Ordered_Items[0].Product_Name.id | length' 19
}

@test "rich text is cut at 500 characters in lists" {
    SIM_TOKEN=$(token)
    crm 'Deals?fields=Description'
    has '[.data[].Description | select(. != null) | length] | max' 500
    id=$(jq -r '[.data[] | select((.Description | length) == 500)][1].id' <<<"$output")
    crm "Deals/$id"
    has '.data[0].Description | length > 500'
    crm "Deals/$id/actions/fetch_full_data?fields=Description"
    has '.data[0].Description | length > 500'
}

@test "a module may have more than 50 fields and every id 19 digits" {
    SIM_TOKEN=$(token)
    crm 'settings/fields?module=Site_Surveys'
    has '.fields | length > 50'
    id=$(first Site_Surveys)
    [ ${#id} = 19 ]
}

@test "an unknown id is 204 or 400, a malformed one 400" {
    SIM_TOKEN=$(token)
    crm Leads/5725767999999999999
    is 204
    zsim PUT variants '{"id_not_found":"400"}'
    crm Leads/5725767999999999999
    is 400
    has .code INVALID_DATA
    zsim PUT variants '{"id_not_found":"204"}'
    crm Leads/abc
    is 400
    has .message 'the id given seems to be invalid'
}

@test "a wrong module, path or method is named" {
    SIM_TOKEN=$(token)
    crm 'Nothing?fields=id'
    is 400
    has . '{"code":"INVALID_MODULE","details":{"resource_path_index":0},"message":"the module name given seems to be invalid","status":"error"}'
    crm 'leads?fields=id'
    has .code INVALID_MODULE
    crm Leads/1/2/3/4
    is 404
    has .code INVALID_URL_PATTERN
    call PATCH /crm/v8/Leads
    is 400
    has .code INVALID_REQUEST_METHOD
    crm coql
    has .code INVALID_REQUEST_METHOD
    crm 'Notes?fields=Note_Title'
    is 403
    has .code NOT_SUPPORTED
}

@test "what was deleted is listed for 60 days, for good for 120" {
    SIM_TOKEN=$(token)
    crm Products/deleted
    is 204
    id=$(first Products)
    call DELETE "/crm/v8/Products/$id"
    is 200
    crm Products/deleted
    has '.data[0].id' "$id"
    has '.data[0].type' recycle
    crm "Products/$id"
    is 204
    advance 5184001
    SIM_TOKEN=$(token)
    crm Products/deleted
    is 204
    zsim POST act "{\"act\":\"purge\",\"module\":\"crm.products\",\"id\":\"$id\"}"
    crm Products/deleted
    has '.data[0].type' permanent
    has '.data[0].display_name' null
    advance 5184001
    SIM_TOKEN=$(token)
    crm Products/deleted
    is 200
}

@test "a restored record is back, and its time moves or does not" {
    SIM_TOKEN=$(token)
    id=$(first Deals)
    crm "Deals/$id"
    before=$(jq -r '.data[0].Modified_Time' <<<"$output")
    for moves in no yes; do
        zsim PUT variants "{\"restore_moves_time\":\"$moves\"}"
        call DELETE "/crm/v8/Deals/$id"
        post /crm/v8/settings/recycle_bin/actions/restore "{\"recycle_bin\":[{\"id\":\"$id\"}]}"
        is 200
        crm "Deals/$id"
        is 200
        has ".data[0].Modified_Time == \"$before\"" "$([ $moves = no ] && echo true || echo false)"
    done
}

@test "a formula moves without Modified_Time" {
    SIM_TOKEN=$(token)
    id=$(first Leads 3)
    crm "Leads/$id?fields=Score,Modified_Time"
    before=$output
    zsim POST act '{"act":"formula","module":"crm.leads"}'
    crm "Leads/$id?fields=Score,Modified_Time"
    [ "$output" != "$before" ]
    has .data[0].Modified_Time "$(jq -r .data[0].Modified_Time <<<"$before")"
}

@test "a field that an administrator renames keeps its id and its values" {
    SIM_TOKEN=$(token)
    id=$(first Leads 5)
    put "/crm/v8/Leads/$id" '{"data":[{"City":"Newtown"}]}'
    crm 'settings/fields?module=Leads'
    before=$(jq '.fields[] | select(.api_name == "City") | .id' <<<"$output")
    zsim POST act '{"act":"field","module":"crm.leads","field":"City","set":{"api_name":"Town","data_type":"textarea","field_label":"Town","system_mandatory":true}}'
    crm 'settings/fields?module=Leads'
    has '[.fields[] | select(.api_name == "City")] | length' 0
    has '.fields[] | select(.api_name == "Town") | [.id, .data_type, .field_label, .system_mandatory]' "[$before,\"textarea\",\"Town\",true]"
    crm "Leads/$id"
    has '.data[0] | [.Town, has("City")]' '["Newtown",false]'
    [[ $(zsim POST act '{"act":"field","module":"crm.leads","field":"City","set":{"api_name":"Elsewhere"}}') == *'no such field'* ]]
}
