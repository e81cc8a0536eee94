#!/usr/bin/env bats
# Limits, counters, faults, the clock (2.14, 3.1, 6).

load sim

setup_file() { sim; }
teardown_file() { sim_close; }
setup() {
    zsim DELETE faults >/dev/null
    zsim DELETE counters >/dev/null
    zsim PUT limits '{"credits":100000,"concurrency":20,"sub_concurrency":10,"downloads":10,"books_minute":100,"books_day":10000,"books_concurrency":10,"latency_ms":0}' >/dev/null
    zsim PUT variants '{"all":"default"}' >/dev/null
}

overruns() { zsim GET counters | jq ".overruns.$1"; }

# at_once N PATH: N calls at once; prints the statuses, sorted and counted
at_once() {
    seq "$1" | xargs -P "$1" -I{} curl -s -g -o /dev/null \
        -w '%{http_code}\n' -H "Authorization: Zoho-oauthtoken $SIM_TOKEN" \
        "$SIM$2" | sort | uniq -c | awk '{ print $1 "x" $2 }' | paste -sd' '
}

@test "credits: reads 1, rows by ten, COQL by its limit, deleted 2, bulk read 50" {
    spent() {
        local before
        before=$(zsim GET counters | jq .credits)
        "$@"
        [ $(($(zsim GET counters | jq .credits) - before)) = "$SPENT" ] || {
            echo "$*: $(($(zsim GET counters | jq .credits) - before)), not $SPENT"
            return 1
        }
    }
    SPENT=1 spent crm 'Leads?fields=id'
    SPENT=2 spent crm Leads/deleted
    rows=$(yes '{"Last_Name":"x"}' | head -n 21 | paste -sd,)
    SPENT=3 spent post /crm/v8/Leads "{\"data\":[$rows]}"
    SPENT=1 spent post /crm/v8/coql '{"select_query":"select id from Leads where id is not null"}'
    SPENT=2 spent post /crm/v8/coql '{"select_query":"select id from Leads where id is not null limit 201"}'
    SPENT=3 spent post /crm/v8/coql '{"select_query":"select id from Leads where id is not null limit 0, 2000"}'
    SPENT=50 spent post /crm/bulk/v8/read '{"query":{"module":{"api_name":"Leads"}}}'
}

@test "the remaining credits are told after half of them are used, and not before" {
    used=$(zsim GET counters | jq .credits_used_24h)
    zsim PUT limits "{\"credits\":$((used * 2 + 4))}"
    crm 'Leads?fields=id'
    [ -z "$(header X-API-CREDITS-REMAINING)" ]
    crm 'Leads?fields=id'
    crm 'Leads?fields=id'
    [ -n "$(header X-API-CREDITS-REMAINING)" ]
}

@test "a call over the credits is 429 and counted; a day later they are back" {
    used=$(zsim GET counters | jq .credits_used_24h)
    zsim PUT limits "{\"credits\":$((used + 1))}"
    crm 'Leads?fields=id'
    is 200
    crm 'Leads?fields=id'
    is 429
    has .code TOO_MANY_REQUESTS
    has '.message | test("24 hour")'
    [ "$(overruns credits)" = 1 ]
    [ -z "$(header Retry-After)" ]
    advance 86401
    SIM_TOKEN=$(token)
    crm 'Leads?fields=id'
    is 200
}

@test "429 has several wordings, and an empty one" {
    zsim PUT limits '{"credits":1}'
    SIM_TOKEN=$(token)
    crm 'Leads?fields=id'
    for form in generic old empty; do
        zsim PUT variants "{\"wording_429\":\"$form\"}"
        crm 'Leads?fields=id'
        is 429
        case $form in
        generic) has '.message | test("API calls")' ;;
        old) has .error TOO_MANY_REQUESTS ;;
        empty) [ -z "$output" ] ;;
        esac
    done
}

@test "more calls at once than the edition has are refused; the peak is counted" {
    SIM_TOKEN=$(token)
    zsim PUT limits '{"concurrency":3,"latency_ms":400}'
    seen=$(at_once 6 '/crm/v8/Leads?fields=id')
    echo "$seen"
    [ "$seen" = '3x200 3x429' ]
    [ "$(overruns concurrency)" = 3 ]
    [ "$(zsim GET counters | jq .peak.crm)" = 6 ]
}

@test "sorted reads have a pool of their own" {
    SIM_TOKEN=$(token)
    zsim PUT limits '{"sub_concurrency":2,"latency_ms":400}'
    [ "$(at_once 4 '/crm/v8/Leads?fields=id&sort_by=Modified_Time')" = '2x200 2x429' ]
    [ "$(overruns sub_concurrency)" = 2 ]
    [ "$(at_once 4 '/crm/v8/Leads?fields=id')" = 4x200 ]
}

@test "Books: 100 a minute, then 44 and a block of some time" {
    SIM_TOKEN=$(token)
    zsim PUT limits '{"books_minute":3}'
    for _ in 1 2 3; do books items; is 200; done
    books items
    is 429
    has .code 44
    has '.message | test("blocked")'
    [ "$(overruns books_minute)" = 1 ]
    advance 61
    books items
    is 200
}

@test "Books: a day has its quota, 45, and calls at once have theirs, 1070" {
    SIM_TOKEN=$(token)
    used=$(zsim GET counters | jq .books_day_calls)
    zsim PUT limits "{\"books_day\":$used}"
    books items
    is 429
    has .code 45
    advance 86400
    SIM_TOKEN=$(token)
    books items
    is 200
    zsim PUT limits '{"books_day":10000,"books_concurrency":1,"latency_ms":300}'
    [ "$(at_once 3 '/books/v3/items?organization_id=10234695')" = '1x200 2x429' ]
}

@test "every call is counted by its endpoint" {
    SIM_TOKEN=$(token)
    crm 'Leads?fields=id'
    crm 'Contacts?fields=id'
    crm Leads/1/2/3/4
    output=$(zsim GET counters)
    has '.endpoints["GET /crm/v8/{}"]' 2
    has .unknown 1
    has '.status["2xx"]' 3
}

# ---- faults ----

fault() { zsim POST faults "$1" >/dev/null; }

@test "a fault strikes after some calls, for some times" {
    SIM_TOKEN=$(token)
    fault '[{"match":"/crm/v8/Leads","method":"GET","after":1,"times":2,"do":"503"}]'
    for want in 200 503 503 200; do
        crm 'Leads?fields=id'
        is $want
    done
    [ "$(zsim GET counters | jq .faults)" = 2 ]
}

@test "answers are HTML, errors with 200, both kinds of 429, a dead token" {
    SIM_TOKEN=$(token)
    fault '[{"do":"html"},{"do":"200_error"},{"do":"429_credits"},{"do":"429_concurrency"},{"do":"429_empty"},{"do":"500"},{"do":"invalid_token"}]'
    crm 'Leads?fields=id'
    is 200
    [[ $output = '<!DOCTYPE'* ]]
    crm 'Leads?fields=id'
    is 200
    has .status error
    crm 'Leads?fields=id'
    has '.message | test("24 hour")'
    crm 'Leads?fields=id'
    has '.message | test("concurrency")'
    crm 'Leads?fields=id'
    is 429
    [ -z "$output" ]
    crm 'Leads?fields=id'
    has .code INTERNAL_ERROR
    crm 'Leads?fields=id'
    is 401
}

@test "a body is cut, a connection reset, an answer lost after the write was done" {
    SIM_TOKEN=$(token)
    url=$SIM/crm/v8/Leads
    h="Authorization: Zoho-oauthtoken $SIM_TOKEN"
    fault '{"do":"cut"}'
    run curl -s -o /dev/null -H "$h" "$url?fields=id"
    [ "$status" = 18 ]
    fault '{"do":"reset"}'
    run curl -s -o /dev/null -H "$h" "$url?fields=id"
    [ "$status" = 56 ] || [ "$status" = 52 ]
    fault '{"do":"lost_answer"}'
    run curl -s -o /dev/null -H "$h" -X POST "$url" -d '{"data":[{"Last_Name":"Lost","External_Key":"lost-1"}]}'
    [ "$status" = 56 ] || [ "$status" = 52 ]
    crm 'Leads/search?criteria=(External_Key:equals:lost-1)'
    has '.data | length' 1
}

@test "bytes come slowly, and whole" {
    SIM_TOKEN=$(token)
    fault '{"do":"slow","args":{"ms":5}}'
    crm 'Leads?fields=id&per_page=20'
    is 200
    has '.data | length' 20
}

@test "faults come by chance with a seed, the same each time" {
    SIM_TOKEN=$(token)
    seen=
    for _ in 1 2; do
        zsim DELETE faults
        fault '{"do":"500","rate":0.5,"seed":4}'
        line=
        for _ in 1 2 3 4 5 6 7 8; do
            crm 'Leads?fields=id'
            line+="$status "
        done
        [ -z "$seen" ] || [ "$seen" = "$line" ]
        seen=$line
    done
    [[ $seen = *500* && $seen = *200* ]]
}

@test "the clock is set, advanced and sped up" {
    zsim POST clock '{"now":"2027-05-01T00:00:00+02:00"}'
    [ "$(zsim GET clock | jq -r .now)" = 2027-04-30T22:00:00+00:00 ]
    zsim POST clock '{"advance":60}'
    [ "$(zsim GET clock | jq -r .now)" = 2027-04-30T22:01:00+00:00 ]
    zsim POST clock '{"rate":1000}'
    sleep 0.2
    zsim POST clock '{"rate":0}'
    [ "$(zsim GET clock | jq .unix)" -gt 1809122500 ]
}

@test "an unknown fault, variant or path of control is refused" {
    output=$(zsim POST faults '{"do":"nothing"}')
    has 'has("error")'
    output=$(zsim PUT variants '{"nothing":"x"}')
    has .error nothing
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$SIM/zsim/nothing")" = 404 ]
}
