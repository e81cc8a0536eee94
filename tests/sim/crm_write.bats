#!/usr/bin/env bats
# Writing CRM (2.8, 2.9), and search (2.6).
# shellcheck disable=SC2016 # paths of JSON begin with a dollar

load sim

setup_file() { sim --no-limits; }
teardown_file() { sim_close; }

leads=/crm/v8/Leads

@test "an insert answers one result for each row, in order" {
    post $leads '{"data":[{"Last_Name":"Alpha","External_Key":"k1"},{"Last_Name":"Beta","External_Key":"k1"},{"First_Name":"Gamma"}]}'
    is 207
    has '[.data[].code]' '["SUCCESS","DUPLICATE_DATA","MANDATORY_NOT_FOUND"]'
    has '.data[0].message' 'record added'
    has '.data[1].details.json_path' '$.data[1].External_Key'
    has '.data[1].details.id' "$(jq -r '.data[0].details.id' <<<"$output")"
    has '.data[2].details' '{"api_name":"Last_Name","json_path":"$.data[2].Last_Name"}'
    post $leads '{"data":[{"Last_Name":"Delta"}]}'
    is 201
}

@test "where every row fails the status is 400, or 202 as in old versions" {
    post $leads '{"data":[{}]}'
    is 400
    zsim PUT variants '{"failed_write":"202"}'
    post $leads '{"data":[{}]}'
    is 202
    zsim PUT variants '{"failed_write":"400"}'
}

@test "a body is wanted: JSON, with data, of at most 100 rows" {
    post $leads '{"data":[{'
    is 400
    has .code INVALID_DATA
    post $leads '{}'
    is 400
    has '.data[0].code' MANDATORY_NOT_FOUND
    post $leads "{\"data\":[$(yes '{"Last_Name":"x"}' | head -n 101 | paste -sd,)]}"
    is 400
    has '.data[0].details.maximum_length' 100
    zsim PUT variants '{"errors":"bare"}'
    post $leads '{}'
    has .code MANDATORY_NOT_FOUND
    zsim PUT variants '{"errors":"wrapped"}'
}

@test "values are checked by their fields' types" {
    post $leads '{"data":[{"Last_Name":"x","Email":"no address"},{"Last_Name":"x","Annual_Revenue":"much"},{"Last_Name":"x","Interests":"Pumps"},{"Last_Name":"x","Lead_Source":"Nowhere"},{"Last_Name":"x","Owner":{"id":"1"}}]}'
    is 400
    has '[.data[].code] | unique' '["INVALID_DATA"]'
    has '.data[0].details.expected_data_type' email
    has '.data[1].details.expected_data_type' double
    has '.data[2].details.expected_data_type' jsonarray
}

@test "an update changes what is given, null clears, and the time moves" {
    post $leads '{"data":[{"Last_Name":"Epsilon","Company":"Old Ltd","Phone":"1"}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    advance 5
    put "$leads/$id" '{"data":[{"Company":"New Ltd","Phone":null}]}'
    is 200
    has '.data[0].message' 'record updated'
    has '.data[0].details | .Modified_Time > .Created_Time'
    crm "Leads/$id"
    has '.data[0] | [.Last_Name,.Company,.Phone]' '["Epsilon","New Ltd",null]'
    put $leads "{\"data\":[{\"id\":\"$id\",\"Company\":\"Third Ltd\"},{\"Company\":\"x\"},{\"id\":\"5725767999999999999\"}]}"
    is 207
    has '[.data[].code]' '["SUCCESS","MANDATORY_NOT_FOUND","INVALID_DATA"]'
}

@test "\$append_values adds to a multi-select" {
    post $leads '{"data":[{"Last_Name":"Eta","Interests":["Pumps"]}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    # shellcheck disable=SC2016
    put "$leads/$id" '{"data":[{"Interests":["Service"],"$append_values":{"Interests":true}}]}'
    is 200
    crm "Leads/$id?fields=Interests"
    has '.data[0].Interests' '["Pumps","Service"]'
}

@test "If-Unmodified-Since refuses what has been modified" {
    id=$(first Contacts)
    put "/crm/v8/Contacts/$id" '{"data":[{"Title":"one"}]}'
    is 200
    call PUT "/crm/v8/Contacts/$id" -d '{"data":[{"Title":"two"}]}' -H 'If-Unmodified-Since: 2020-01-01T00:00:00+00:00'
    is 412
    has '.data[0].code' ALREADY_MODIFIED
}

@test "an upsert inserts, then updates by the fields it checks" {
    body='{"data":[{"Last_Name":"Zeta","External_Key":"up-1"}],"duplicate_check_fields":["External_Key"]}'
    post $leads/upsert "$body"
    is 200
    has '.data[0].action + (.data[0].duplicate_field // "-")' insert-
    post $leads/upsert "$body"
    has '.data[0].action + .data[0].duplicate_field' updateExternal_Key
    post $leads/upsert '{"data":[{"Last_Name":"x"}],"duplicate_check_fields":["Phone"]}'
    is 400
}

@test "without duplicate_check_fields an upsert takes the system's: any deal of that name" {
    crm 'Deals?fields=Deal_Name&per_page=1'
    name=$(jq -r '.data[0].Deal_Name' <<<"$output")
    id=$(jq -r '.data[0].id' <<<"$output")
    post /crm/v8/Deals/upsert "$(jq -nc --arg n "$name" '{data:[{Deal_Name:$n,Stage:"Offer"}]}')"
    has '.data[0].action' update
    has '.data[0].details.id' "$id"
}

@test "subform rows are kept by id, removed by _delete and added without" {
    post /crm/v8/Sales_Orders '{"data":[{"Subject":"Order one","Ordered_Items":[{"Quantity":1},{"Quantity":2}]}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    crm "Sales_Orders/$id"
    row=$(jq -r '.data[0].Ordered_Items[0].id' <<<"$output")
    put "/crm/v8/Sales_Orders/$id" "{\"data\":[{\"Ordered_Items\":[{\"id\":\"$row\",\"_delete\":null},{\"Quantity\":3}]}]}"
    crm "Sales_Orders/$id"
    has '[.data[0].Ordered_Items[].Quantity]' '[2,3]'
}

@test "X-EXTERNAL lets an external field stand for the id" {
    post $leads '{"data":[{"Last_Name":"Outside","External_Key":"ext-77"}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    crm Leads/ext-77 -H 'X-EXTERNAL: Leads.External_Key'
    has '.data[0].id' "$id"
    call PUT $leads/ext-77 -d '{"data":[{"Company":"Known Ltd"}]}' -H 'X-EXTERNAL: Leads.External_Key'
    is 200
    call DELETE $leads/ext-77 -H 'X-EXTERNAL: Leads.External_Key'
    is 200
}

@test "a delete of some answers 207, of unknown ones 400" {
    id=$(first Leads)
    call DELETE "$leads?ids=$id,5725767999999999999"
    is 207
    has '.data[0].message' 'record deleted'
    call DELETE "$leads?ids=$id"
    is 400
    call DELETE $leads
    has .code REQUIRED_PARAM_MISSING
}

@test "a converted lead makes three records and cannot be changed any more" {
    id=$(first Leads)
    post "$leads/$id/actions/convert" '{"data":[{}]}'
    is 200
    contact=$(jq -r '.data[0].details.Contacts.id' <<<"$output")
    crm "Contacts/$contact"
    is 200
    crm "Leads/$id"
    has '.data[0].Converted__s'
    has '.data[0].Converted_Contact.id' "$contact"
    put "$leads/$id" '{"data":[{"Company":"x"}]}'
    is 400
    has '.data[0].code' ID_ALREADY_CONVERTED
    crm "Leads?fields=id&ids=$id"
    is 204
}

@test "a mass update by ids answers each, by criteria a job" {
    a=$(first Leads) b=$(first Leads 2)
    post $leads/actions/mass_update "{\"data\":[{\"Lead_Source\":\"Fair\"}],\"ids\":[\"$a\",\"$b\"]}"
    is 200
    has '.data | length' 2
    crm "Leads/$b?fields=Lead_Source"
    has '.data[0].Lead_Source' Fair
    post $leads/actions/mass_update '{"data":[{"Lead_Status":"New"}],"criteria":{"field":{"api_name":"Lead_Source"},"comparator":"equal","value":"Fair"}}'
    job=$(jq -r '.data[0].details.job_id' <<<"$output")
    crm "Leads/actions/mass_update?job_id=$job"
    has '.data[0].Status' SCHEDULED
    crm "Leads/actions/mass_update?job_id=$job"
    crm "Leads/actions/mass_update?job_id=$job"
    has '.data[0] | .Status + (.Updated_Count == .Total_Count | tostring)' COMPLETEDtrue
}

@test "a search takes criteria, email, phone or word, and lags where that is played" {
    post $leads '{"data":[{"Last_Name":"Searchable","Email":"find@example.org","External_Key":"find-1"}]}'
    crm 'Leads/search?criteria=((Last_Name:equals:Search)and(External_Key:starts_with:find))'
    is 200
    has '.data | length' 1
    crm 'Leads/search?email=find@example.org'
    is 200
    crm 'Leads/search?word=Searchab'
    is 200
    crm 'Leads/search?criteria=(Last_Name:equals:nobody\,at\(all)'
    is 204
    crm 'Leads/search'
    is 400
    crm 'Leads/search?criteria=(Last_Name:equals'
    has .code INVALID_QUERY
    zsim PUT variants '{"search_lag":"30"}'
    crm 'Leads/search?email=find@example.org'
    is 204
    advance 31
    crm 'Leads/search?email=find@example.org'
    is 200
    zsim PUT variants '{"search_lag":"0"}'
}

@test "trigger is a list of known words, If-Unmodified-Since a time" {
    for trigger in '"workflow"' '["else"]' '[null]' '{}'; do
        post $leads "{\"data\":[{\"Last_Name\":\"x\"}],\"trigger\":$trigger}"
        is 400
        has .details.api_name trigger
    done
    post $leads '{"data":[{"Last_Name":"x"}],"trigger":["approval","workflow"]}'
    is 201
    id=$(jq -r '.data[0].details.id' <<<"$output")
    call PUT "$leads/$id" -d '{"data":[{"City":"a"}]}' -H 'If-Unmodified-Since: yesterday'
    is 400
    has .details.header If-Unmodified-Since
}

@test "a boolean is never null; a multi-select has its choices, a row's product is there" {
    post $leads '{"data":[{"Last_Name":"x","Email_Opt_Out":null}]}'
    id=$(jq -r '.data[0].details.id' <<<"$output")
    crm "Leads/$id"
    has '.data[0].Email_Opt_Out' false
    post $leads '{"data":[{"Last_Name":"x","Interests":["Pumps","Nothing"]}]}'
    has '.data[0].details' '{"api_name":"Interests","json_path":"$.data[0].Interests","expected_data_type":"multiselectpicklist"}'
    post /crm/v8/Sales_Orders '{"data":[{"Subject":"x","Ordered_Items":[{"Quantity":1},{"Product_Name":{"id":"5"},"Quantity":2}]}]}'
    is 400
    has '.data[0].details' '{"api_name":"Product_Name","json_path":"$.data[0].Ordered_Items[1].Product_Name"}'
}

@test "a mass update names its records in one way, and may fill only what is empty" {
    a=$(first Accounts) b=$(first Accounts 2)
    put "/crm/v8/Accounts" "{\"data\":[{\"id\":\"$a\",\"Phone\":\"1\"},{\"id\":\"$b\",\"Phone\":null}]}"
    mass=/crm/v8/Accounts/actions/mass_update
    post $mass "{\"data\":[{\"Phone\":\"2\"}],\"ids\":[\"$a\",\"$b\"],\"over_write\":false}"
    is 200
    crm "Accounts?fields=Phone&ids=$a,$b"
    has '[.data[].Phone]' '["1","2"]'
    post $mass "{\"data\":[{\"Phone\":\"2\"}],\"ids\":[\"$a\"],\"cvid\":\"5\"}"
    has .code AMBIGUITY_DURING_PROCESSING
    post $mass '{"data":[{"Phone":"2"}],"cvid":"5"}'
    has '[.code,.details.api_name]' '["INVALID_DATA","cvid"]'
    post $mass '{"data":[{"Phone":"2"}],"territory":{"id":"5","include_child":true}}'
    has '[.code,.details.api_name]' '["INVALID_DATA","territory"]'
    post $mass "{\"data\":[{\"Nothing\":\"2\"}],\"ids\":[\"$a\"]}"
    is 400
    post $mass '{"data":[{"Phone":"2"}],"ids":[]}'
    is 400
    crm 'settings/custom_views?module=Accounts'
    recent=$(jq -r '.custom_views[] | select(.system_name == "MODIFIEDVIEWS").id' <<<"$output")
    post $mass "{\"data\":[{\"Phone\":\"3\"}],\"cvid\":\"$recent\"}"
    job=$(jq -r '.data[0].details.job_id' <<<"$output")
    crm "Accounts/actions/mass_update?job_id=$job"
    has '.data[0].Total_Count' 2
}

@test "rows name their parent and what they look up; a row's id is one of the record's" {
    product=$(first Products)
    crm "Products/$product"
    name=$(jq -r '.data[0].Product_Name' <<<"$output")
    post /crm/v8/Sales_Orders "{\"data\":[{\"Subject\":\"Named\",\"Ordered_Items\":[{\"Quantity\":1,\"Product_Name\":{\"id\":\"$product\"}}]}]}"
    id=$(jq -r '.data[0].details.id' <<<"$output")
    crm "Sales_Orders/$id"
    has '.data[0].Ordered_Items[0] | [.Parent_Id.name,.Product_Name.name]' "$(jq -nc --arg n "$name" '["Named",$n]')"
    put "/crm/v8/Sales_Orders/$id" '{"data":[{"Ordered_Items":[{"Quantity":2},{"id":"5","Quantity":1}]}]}'
    is 400
    has '.data[0].details.json_path' '$.data[0].Ordered_Items[1].id'
    crm "Sales_Orders/$id"
    has '[.data[0].Ordered_Items[].Quantity]' '[1]'
}

@test "rows of a multi-lookup are added and taken away" {
    id=$(first Warranties 3)
    contact=$(first Contacts)
    crm "Warranties/$id"
    old=$(jq -c '[.data[0].Covered_Contacts[]? | {id, _delete: null}]' <<<"$output")
    put "/crm/v8/Warranties/$id" "$(jq -nc --argjson old "$old" --arg c "$contact" '{data: [{Covered_Contacts: ($old + [{Covered_Contacts: {id: $c}}])}]}')"
    is 200
    crm "Warranties/$id"
    has '[.data[0].Covered_Contacts[].Covered_Contacts.id]' "[\"$contact\"]"
    has '.data[0].Covered_Contacts[0].Covered_Contacts.name | length > 0'
}
