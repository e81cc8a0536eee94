#!/usr/bin/env bats
# What narrows a read down: views, parameters, the recycle bin, users (2.2 to
# 2.6, 2.12).

load sim

setup_file() { sim --no-limits; }
teardown_file() { sim_close; }

# bad PATH PARAM: the parameter has a wrong value
bad() {
    crm "$1"
    is 400
    has '[.code,.details.param_name]' "[\"INVALID_DATA\",\"$2\"]"
}

# view NAME: the number of a view of contacts
view() {
    crm 'settings/custom_views?module=Contacts'
    jq -r --arg n "$1" '.custom_views[] | select(.system_name == $n).id' <<<"$output"
}

@test "a module has views, and cvid reads and counts what is in one" {
    crm 'settings/custom_views?module=Contacts'
    is 200
    has '[.custom_views[].name]' '["All Contacts","My Contacts","Recently Modified Contacts"]'
    mine=$(view MYVIEWS)
    crm "settings/custom_views/$mine?module=Contacts"
    has '.custom_views[0].id' "$mine"
    crm "Contacts?fields=Owner&cvid=$mine"
    has '[.data[].Owner.id] | unique' '["5725767000000411001"]'
    count=$(jq '.data | length' <<<"$output")
    crm "Contacts/actions/count?cvid=$mine"
    has .count "$count"
    crm 'Contacts/actions/count'
    has ".count > $count"
    id=$(first Contacts)
    crm "Contacts?fields=id&cvid=$(view MODIFIEDVIEWS)&per_page=1"
    is 204
    put "/crm/v8/Contacts/$id" '{"data":[{"Title":"now"}]}'
    crm "Contacts?fields=id&cvid=$(view MODIFIEDVIEWS)"
    has '[.data[].id]' "[\"$id\"]"
}

@test "a view that there is not, or of another module, is refused; so is a view and criteria" {
    bad 'Leads?fields=id&cvid=5' cvid
    bad "Leads?fields=id&cvid=$(view ALLVIEWS)" cvid
    bad 'Leads/actions/count?cvid=5' cvid
    crm "Contacts/actions/count?cvid=$(view ALLVIEWS)&word=ab"
    has .code AMBIGUITY_DURING_PROCESSING
    crm settings/custom_views
    has .code REQUIRED_PARAM_MISSING
    crm 'settings/custom_views/5?module=Leads'
    is 400
}

@test "approved, converted and include_child have their words; no territory is known" {
    bad 'Leads?fields=id&approved=maybe' approved
    bad 'Leads?fields=id&include_child=2' include_child
    bad 'Leads?fields=id&territory_id=5&include_child=true' territory_id
    bad 'Leads/actions/count?converted=no' converted
    bad 'Leads/search?word=ab&converted=no' converted
    crm 'Leads?fields=id&approved=false'
    is 204
    crm 'Leads?fields=id&approved=both&include_child=true&per_page=1'
    is 200
    crm 'Leads/actions/count?approved=false'
    has .count 0
}

@test "a search is sorted as a list is" {
    bad 'Leads/search?word=ab&sort_by=Last_Name' sort_by
    bad 'Leads/search?word=ab&sort_order=up' sort_order
    crm 'Leads/search?criteria=(Lead_Source:equals:Web)&sort_by=Modified_Time&sort_order=desc&fields=Modified_Time'
    has '.info | [.sort_by,.sort_order]' '["Modified_Time","desc"]'
    has '[.data[].Modified_Time] == ([.data[].Modified_Time] | sort | reverse)'
}

@test "types of fields and states of modules have their words" {
    bad 'settings/fields?module=Leads&type=some' type
    bad 'settings/modules?status=shown' status
    crm 'settings/modules?status=user_hidden'
    is 204
    crm 'settings/modules?status=visible'
    is 200
}

@test "the recycle bin is listed, by ids and module, and gives back or loses what is in it" {
    a=$(first Deals) b=$(first Deals 2) c=$(first Deals 3) d=$(first Products)
    call DELETE "/crm/v8/Deals?ids=$a,$b,$c"
    call DELETE "/crm/v8/Products/$d"
    crm 'settings/recycle_bin?module=Deals'
    has '.info.count' 3
    has '.recycle_bin[0] | [has("owner"), .deleted_by.id, .module.api_name]' '[true,"5725767000000411001","Deals"]'
    crm "settings/recycle_bin?ids=$a,$d"
    has '.info.count' 2
    crm "settings/recycle_bin/$a"
    has '.recycle_bin[0].id' "$a"
    crm settings/recycle_bin/5
    is 204
    post /crm/v8/settings/recycle_bin/actions/restore "{\"recycle_bin\":[{\"id\":\"$b\"},{\"id\":\"5\"}]}"
    is 207
    crm "Deals/$b"
    is 200
    advance 5
    call DELETE "/crm/v8/settings/recycle_bin/$a"
    is 200
    crm Deals/deleted
    has "[.data[] | select(.id == \"$a\") | .type]" '["permanent"]'
    call DELETE "/crm/v8/settings/recycle_bin/$a"
    is 400
    call DELETE "/crm/v8/settings/recycle_bin?ids=$c,5"
    is 207
    call DELETE /crm/v8/settings/recycle_bin
    is 200
    crm settings/recycle_bin
    is 204
    crm Products/deleted
    has '.data[0].type' permanent
}

@test "users are read one by one, by type and page" {
    crm users/5725767000000411001
    has '.users | length' 1
    has '.users[0].email' user1@example.com
    crm users/5
    is 400
    crm 'users?type=CurrentUser'
    has '.users | length' 1
    crm 'users?type=AllUsers&page=2&per_page=3'
    has '.info | [.count,.page,.more_records]' '[2,2,false]'
    crm 'users?type=DeactiveUsers'
    is 204
    bad 'users?type=Nobody' type
}
