#!/usr/bin/env bats
# COQL (2.7): rows, groups, limits.

load sim

setup_file() { sim --no-limits; }
teardown_file() { sim_close; }

coql() { post /crm/v8/coql "$(jq -nc --arg q "$1" '{select_query:$q}')"; }

@test "COQL answers rows, names behind lookups, and whether there is more" {
    coql "select Last_Name, Account_Name.Account_Name, Account_Name, Modified_Time from Contacts where id is not null order by Modified_Time asc, id asc limit 0, 20"
    is 200
    has '.info' '{"count":20,"more_records":true}'
    has '[.data[].Modified_Time] == ([.data[].Modified_Time] | sort)'
    has '[.data[].Account_Name | select(. != null) | keys] | unique' '[["id"]]'
    coql "select id from Contacts where Last_Name = 'Nobodyhere'"
    is 204
}

@test "COQL polls by key: a time, then the id" {
    coql "select id, Modified_Time from Contacts where id is not null order by Modified_Time asc, id asc limit 100"
    t=$(jq -r '.data[99].Modified_Time' <<<"$output")
    id=$(jq -r '.data[99].id' <<<"$output")
    coql "select id from Contacts where (Modified_Time > '$t') or ((Modified_Time = '$t') and (id > $id)) order by Modified_Time asc, id asc limit 2000"
    has '.data | length >= 150'
}

@test "COQL has limits and says what is wrong" {
    coql "select id from Contacts where id is not null limit 2001"
    has .code LIMIT_EXCEEDED
    coql "select id from Nowhere where id is not null"
    has .code INVALID_QUERY
    coql "select Nothing from Contacts where id is not null"
    has .code INVALID_QUERY
    coql "select id from Contacts"
    has .code SYNTAX_ERROR
    coql "select id, id from Contacts where id is not null"
    has .code DUPLICATE_DATA
    coql "select id from Contacts where Last_Name = 'a' and Last_Name = 'b' and Last_Name = 'c'"
    has .code SYNTAX_ERROR
    coql "select id from Contacts where Description = 'x'"
    has .code INVALID_QUERY
    coql "select id from Contacts where id in ($(seq -s, 51))"
    has .code LIMIT_EXCEEDED
}

# fails CODE QUERY: the query is refused with this code
fails() {
    coql "$2"
    is 400
    has .code "$1"
}

# list N TEXT: "TEXT1,TEXT2,..."
list() { seq -f "$2%g" -s, "$1"; }

@test "functions are of all rows, or of the groups, and nulls are left out" {
    coql "select count(id), sum(Amount), min(Amount), max(Amount), avg(Amount) from Deals where id is not null"
    is 200
    has '.info' '{"count":1,"more_records":false}'
    has '.data[0] | keys' '["AVG(Amount)","COUNT(id)","MAX(Amount)","MIN(Amount)","SUM(Amount)"]'
    groups=$output
    coql "select Amount, Stage from Deals where id is not null limit 2000"
    want=$(jq -c '[.data[].Amount] as $a | ($a | map(select(. != null))) as $n | [($a | length), ($n | add * 100 | round), ($n | min), ($n | max)]' <<<"$output")
    [ "$(jq -c '.data[0] | [."COUNT(id)", (."SUM(Amount)" * 100 | round), ."MIN(Amount)", ."MAX(Amount)"]' <<<"$groups")" = "$want" ]
    want=$(jq -c '[.data | group_by(.Stage)[] | {Stage: .[0].Stage, n: length}]' <<<"$output")
    coql "select Stage, count(id) as n from Deals where id is not null group by Stage order by Stage asc"
    has .data "$want"
}

@test "groups are ordered by an alias or a function, and limited" {
    coql "select Stage, count(id) as deals from Deals where id is not null group by Stage order by deals desc limit 2"
    has '.info' '{"count":2,"more_records":true}'
    has '.data[0].deals >= .data[1].deals'
    coql "select Stage, count(id) from Deals where id is not null group by Stage order by count(id) asc limit 1, 2"
    has '.data | length' 2
    coql "select Account_Name.Account_Name as account, max(Closing_Date) as latest from Deals where Closing_Date is not null group by Account_Name.Account_Name order by latest desc"
    is 200
    has '[.data[].latest] == ([.data[].latest] | sort | reverse)'
    coql "select Stage, count(id) from Deals where Deal_Name = 'Nothing at all' group by Stage"
    is 204
    coql "select count(id) from Deals where Deal_Name = 'Nothing at all'"
    has .data '[{"COUNT(id)":0}]'
}

@test "what is selected with groups is grouped by or a function, at most four" {
    fails INVALID_QUERY "select Stage, Type, count(id) from Deals where id is not null group by Stage"
    fails INVALID_QUERY "select Stage, count(id) from Deals where id is not null"
    fails INVALID_QUERY "select Stage, count(id) from Deals where id is not null group by Stage order by Amount asc"
    fails INVALID_QUERY "select sum(Stage) from Deals where id is not null"
    fails INVALID_QUERY "select avg(Closing_Date) from Deals where id is not null"
    fails SYNTAX_ERROR "select count(*) from Deals where id is not null"
    coql "select Stage, Type, Lead_Source, Probability from Deals where id is not null group by Stage, Type, Lead_Source, Probability"
    is 200
    fails LIMIT_EXCEEDED "select Stage from Deals where id is not null group by Stage, Type, Lead_Source, Probability, Closing_Date"
    has .details.limit 4
    fails DUPLICATE_DATA "select Stage from Deals where id is not null group by Stage, Stage"
}

@test "an alias is a name of its own" {
    coql "select Last_Name as family from Contacts where id is not null order by family asc limit 3"
    has '[.data[0] | keys[]]' '["family","id"]'
    has '[.data[].family] == ([.data[].family] | sort)'
    for alias in "'quoted'" 1st Last_Name select count a.b; do
        fails INVALID_ALIAS "select Phone as $alias from Contacts where id is not null"
    done
    fails DUPLICATE_DATA "select Phone as a, Mobile as a from Contacts where id is not null"
    fails INVALID_QUERY "select Phone as a from Contacts where a is not null"
}

@test "50 columns, 25 criteria, 10 orders, 50 values of in" {
    # shellcheck disable=SC2046 # one word for each column
    columns=$(printf '%s,' id Name Site Grade $(seq -f Reading_%02g 20) $(seq -f Remark_%02g 15) $(seq -f Checked_%02g 11))
    coql "select ${columns%,} from Site_Surveys where id is not null limit 1"
    is 200
    fails LIMIT_EXCEEDED "select ${columns}Checked_12 from Site_Surveys where id is not null"
    has .details.limit 50
    test25=id\ is\ not\ null
    for i in $(seq 24); do test25="($test25) and (Name != 'x$i')"; done
    coql "select id from Site_Surveys where $test25"
    is 200
    fails LIMIT_EXCEEDED "select id from Site_Surveys where ($test25) and (Grade = 'A')"
    has .details.limit 25
    coql "select id from Site_Surveys where id is not null order by $(seq -f Reading_%02g -s, 10)"
    is 200
    fails LIMIT_EXCEEDED "select id from Site_Surveys where id is not null order by $(seq -f Reading_%02g -s, 11)"
    has .details.limit 10
    coql "select id from Site_Surveys where Reading_01 in ($(list 50 ''))"
    [ "$status" != 400 ]
    fails LIMIT_EXCEEDED "select id from Site_Surveys where Reading_01 in ($(list 51 ''))"
    fails LIMIT_EXCEEDED "select id from Site_Surveys where id is not null limit 1000 offset 99001"
}

@test "fields of several lines are in no criteria, behind a lookup neither; subforms are no columns" {
    fails INVALID_QUERY "select id from Accounts where Description is not null"
    fails INVALID_QUERY "select id from Contacts where Account_Name.Description = 'x'"
    fails INVALID_QUERY "select Service_Visits from Warranties where id is not null"
    coql "select Description from Accounts where id is not null limit 1"
    is 200
}

@test "lookups may be followed, or two of them only" {
    q="select Account_Name.Phone, Contact_Name.Phone, Deal_Name.Stage from Sales_Orders where id is not null limit 1"
    coql "$q"
    is 200
    zsim PUT variants '{"coql_joins":"two"}'
    fails LIMIT_EXCEEDED "$q"
    has .details.limit 2
    coql "select Account_Name.Phone, Contact_Name.Phone from Sales_Orders where Account_Name.Phone is not null limit 1"
    is 200
    fails LIMIT_EXCEEDED "select Account_Name.Phone, Contact_Name.Phone from Sales_Orders where Deal_Name.Stage = 'Offer'"
    zsim PUT variants '{"coql_joins":"limits"}'
}

@test "credits follow the limit: 1 up to 200, 2 up to 1,000, 3 above" {
    spent() {
        local before
        before=$(zsim GET counters | jq .credits)
        coql "$1"
        [ $(($(zsim GET counters | jq .credits) - before)) = "$2" ]
    }
    q='select id from Contacts where id is not null'
    spent "$q" 1
    spent "$q limit 200" 1
    spent "$q"$'\nlimit\n201' 2
    spent "$q LIMIT 0, 1001" 3
    spent "$q limit 2000 offset 5" 3
}
