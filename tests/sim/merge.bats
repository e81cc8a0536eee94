#!/usr/bin/env bats
# Merging records (2.8): a job, locks, and what is left of the children.
# shellcheck disable=SC2016 # $in_merge is Zoho's, not the shell's

load sim

setup_file() {
    sim --no-limits
    receiver
}
teardown_file() { sim_close; }
setup() {
    advance 61 # ten tokens in ten minutes
    SIM_TOKEN=$(token)
    zsim PUT variants '{"all":"default"}' >/dev/null
}

# make MODULE FIELD NAME...: records of these names; their ids
make() {
    local module=$1 field=$2
    shift 2
    post "/crm/v8/$module" "$(jq -nc --arg f "$field" '{data: [$ARGS.positional[] | {($f): .}]}' --args "$@")"
    jq -r '.data[].details.id' <<<"$output"
}

# merge MODULE MASTER JSON: the call
merge() { post "/crm/v8/$1/$2/actions/merge" "$3"; }

# told: operations and ids that came, sorted
told() { jq -rc '.body | fromjson | "\(.module) \(.operation) \(.ids[0])"' "$SIM_DIR/received" | sort; }

@test "a merge is a job; while it runs its records are locked, then the children are gone" {
    { read -r a; read -r b; read -r c; } < <(make Accounts Account_Name 'Merge A' 'Merge B' 'Merge C')
    put "/crm/v8/Accounts/$b" '{"data":[{"Industry":"Mining","Phone":"+49 1"}]}'
    put "/crm/v8/Accounts/$a" '{"data":[{"Industry":"Energy"}]}'
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\",\"_fields\":[{\"api_name\":\"Industry\"}]},{\"id\":\"$c\"}]}]}"
    is 202
    has '.merge[0] | [.code,.status]' '["SCHEDULED","success"]'
    job=$(jq -r '.merge[0].details.job_id' <<<"$output")
    crm "Accounts/$a/actions/merge?job_id=$job"
    has '.merge[0]' "{\"job_id\":\"$job\",\"status\":\"SCHEDULED\"}"
    for id in $a $b $c; do
        crm "Accounts/$id"
        has '.data[0]["$in_merge"]'
        put "/crm/v8/Accounts/$id" '{"data":[{"Phone":"1"}]}'
        is 400
        has '.data[0].code' RECORD_LOCKED
        call DELETE "/crm/v8/Accounts/$id"
        has '.data[0].code' RECORD_LOCKED
    done
    advance 1
    crm "Accounts/$a/actions/merge?job_id=$job"
    has '.merge[0].status' running
    advance 1
    crm "Accounts/$a/actions/merge?job_id=$job"
    has '.merge[0].status' completed
    crm "Accounts/$a"
    has '.data[0] | [.Account_Name,.Industry,.Phone,."$in_merge"]' '["Merge A","Mining",null,false]'
    has '.data[0].Modified_Time | .[0:19]' "$(date -u -d "@$(($(zsim GET clock | jq .unix) + 3600))" +%FT%T)"
    crm "Accounts/$b"
    is 204
    put "/crm/v8/Accounts/$a" '{"data":[{"Phone":"1"}]}'
    is 200
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    is 400
    has '.merge[0].details' '{"api_name":"id","json_path":"$.merge[0].data[0].id"}'
}

@test "a merge may be done with its answer, and its job may be told with 201" {
    { read -r a; read -r b; read -r c; } < <(make Accounts Account_Name 'Now A' 'Now B' 'Now C')
    zsim PUT variants '{"merge_seconds":"0"}'
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    is 201
    has '.merge[0] | [.code,.details.id]' "[\"SUCCESS\",\"$a\"]"
    zsim PUT variants '{"merge_seconds":"1","merge_status":"201"}'
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$c\"}]}]}"
    is 201
    has '.merge[0].code' SCHEDULED
}

@test "one or two children, all different, none in another merge" {
    { read -r a; read -r b; read -r c; read -r d; } < <(make Accounts Account_Name 'Wrong A' 'Wrong B' 'Wrong C' 'Wrong D')
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"},{\"id\":\"$c\"},{\"id\":\"$d\"}]}]}"
    is 400
    has '.merge[0].details.maximum_length' 2
    merge Accounts "$a" '{"merge":[{"data":[]}]}'
    has '.merge[0].details.minimum_length' 1
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"},{\"id\":\"$b\"}]}]}"
    has '.merge[0] | [.code,.details.json_path]' '["DUPLICATE_DATA","$.merge[0].data[1].id"]'
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$a\"}]}]}"
    has '.merge[0].code' DUPLICATE_DATA
    merge Accounts "$a" '{"merge":[{"data":[{}]}]}'
    has '.merge[0].code' MANDATORY_NOT_FOUND
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\",\"_fields\":[{\"api_name\":\"Nothing\"}]}]}]}"
    has '.merge[0].code' INVALID_DATA
    merge Accounts "$a" "{\"merge\":[{},{}]}"
    has '[.code,.merge]' '["INVALID_DATA",null]'
    merge Accounts 5725767000099999999 "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    has '[.code,.details.resource_path_index]' '["INVALID_DATA",1]'
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    is 202
    merge Accounts "$c" "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    has '.merge[0].code' NOT_ALLOWED
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$c\"}]}]}"
    has '.merge[0].code' RECORD_LOCKED
    merge Service_Visits 5 '{}'
    has '.code' INVALID_MODULE
}

@test "a merge costs 50 credits" {
    { read -r a; read -r b; } < <(make Accounts Account_Name 'Cost A' 'Cost B')
    before=$(zsim GET counters | jq .credits)
    merge Accounts "$a" "{\"merge\":[{\"data\":[{\"id\":\"$b\"}]}]}"
    [ $(($(zsim GET counters | jq .credits) - before)) = 50 ]
}

@test "the children are deleted for good, or in the bin, or named nowhere" {
    for how in permanent recycle absent; do
        { read -r a; read -r b; } < <(make Accounts Account_Name "$how A" "$how B")
        zsim PUT variants "{\"merged_deleted\":\"$how\"}"
        zsim POST act "{\"act\":\"merge\",\"module\":\"crm.accounts\",\"id\":\"$a\",\"children\":[\"$b\"]}" | jq -e .ok
        crm Accounts/deleted
        has "[.data[] | select(.id == \"$b\") | .type] | first" "$([ $how = absent ] && echo null || echo $how)"
        crm "Accounts/$b"
        is 204
    done
}

@test "lookups that led to a child lead to the master, in silence, stay, or are null" {
    for how in moved silent keep null; do
        { read -r a; read -r b; } < <(make Accounts Account_Name "$how look A" "$how look B")
        post /crm/v8/Contacts "{\"data\":[{\"Last_Name\":\"Looks\",\"Account_Name\":{\"id\":\"$b\"}}]}"
        contact=$(jq -r '.data[0].details.id' <<<"$output")
        crm "Contacts/$contact"
        before=$(jq -r '.data[0].Modified_Time' <<<"$output")
        advance 10
        zsim PUT variants "{\"merged_lookup\":\"$how\"}"
        zsim POST act "{\"act\":\"merge\",\"module\":\"crm.accounts\",\"id\":\"$a\",\"children\":[\"$b\"]}" | jq -e .ok
        crm "Contacts/$contact"
        case $how in
        moved | silent) has '.data[0].Account_Name.id' "$a" ;;
        keep) has '.data[0].Account_Name.id' "$b" ;;
        null) has '.data[0].Account_Name' null ;;
        esac
        has ".data[0].Modified_Time == \"$before\"" "$([ $how = moved ] && echo false || echo true)"
        one=$(jq -cS '.data[0]' <<<"$output")
        [ "$one" = "$(curl -s "$SIM/zsim/state?module=crm.contacts" | jq -cS "select(.id == \"$contact\").record")" ]
    done
}

@test "a merge is told as deletes of the children and an edit of the master, or not at all" {
    post /crm/v8/actions/watch "{\"watch\":[{\"channel_id\":\"1000000068001\",\"events\":[\"Warranties.all\"],\"notify_url\":\"$RECEIVER/n\"}]}"
    { read -r a; read -r b; read -r c; read -r d; } < <(make Warranties Name 'Told A' 'Told B' 'Told C' 'Told D')
    delivered
    : >"$SIM_DIR/received"
    zsim POST act "{\"act\":\"merge\",\"module\":\"crm.warranties\",\"id\":\"$a\",\"children\":[\"$b\",\"$c\"]}" | jq -e .ok
    delivered
    [ "$(told)" = "$(printf 'Warranties %s\n' "delete $b" "delete $c" "update $a" | sort)" ]
    : >"$SIM_DIR/received"
    zsim PUT variants '{"quiet_notifies":"no"}'
    zsim POST act "{\"act\":\"merge\",\"module\":\"crm.warranties\",\"id\":\"$a\",\"children\":[\"$d\"]}" | jq -e .ok
    delivered
    [ "$(told)" = "" ]
}

@test "a day of work merges some, and the state stays true" {
    output=$(zsim POST day '{"events":120,"seed":4,"hours":2,"modules":"crm.accounts,crm.contacts","mix":{"merge":1}}')
    has '.done.merge > 20'
    for module in accounts contacts; do
        lives=$(curl -s "$SIM/zsim/state?module=crm.$module" | jq -s '[.[] | select(.deleted | not)] | length')
        SIM_TOKEN=$(token)
        crm "${module^}/actions/count"
        has .count "$lives"
    done
    curl -s "$SIM/zsim/state?module=crm.contacts" | jq -c 'select(.deleted | not).record' >"$BATS_TEST_TMPDIR/true"
    crm "Contacts/$(first Contacts)"
    id=$(jq -r '.data[0].id' <<<"$output")
    [ "$(jq -cS '.data[0]' <<<"$output")" = "$(jq -cS "select(.id == \"$id\")" "$BATS_TEST_TMPDIR/true")" ]
    dead=$(curl -s "$SIM/zsim/state?module=crm.accounts" | jq -sc '[.[] | select(.deleted).id]')
    [ "$(jq -sc --argjson dead "$dead" '[.[] | .Account_Name.id // empty | select(IN($dead[]))] | length' "$BATS_TEST_TMPDIR/true")" = 0 ]
}
