#!/usr/bin/env bats
# Tokens (1.3, 1.4, 1.5).

load sim

setup_file() { sim; }
teardown_file() { sim_close; }
setup() { zsim DELETE faults >/dev/null; }

# grant SCOPE: a refresh token of its own
grant() { zsim POST grants "{\"scope\":\"$1\"}" | jq -r .refresh_token; }

@test "a refresh answers a token, its life and the API's domain, and no new refresh token" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    output=$(refresh)
    has '.expires_in' 3600
    has '.token_type' Bearer
    has '.api_domain' "$SIM"
    has 'has("refresh_token")' false
}

@test "a wrong refresh token is answered 200 with invalid_code" {
    output=$(REFRESH=1000.wrong refresh -w '%{http_code}')
    [ "$output" = '{"error":"invalid_code"}200' ]
}

@test "a wrong client or secret is named" {
    [ "$(refresh -d x=y | jq -r .error)" = null ]
    output=$(curl -s "$SIM/oauth/v2/token" -d grant_type=refresh_token -d client_id=no -d client_secret=simsecret -d refresh_token=1000.simrefresh)
    has .error invalid_client
    output=$(curl -s "$SIM/oauth/v2/token" -d grant_type=refresh_token -d client_id=1000.SIMCLIENT -d client_secret=no -d refresh_token=1000.simrefresh)
    has .error invalid_client_secret
}

@test "parameters may stand in the query or in a multipart body" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    q="grant_type=refresh_token&client_id=1000.SIMCLIENT&client_secret=simsecret&refresh_token=$REFRESH"
    output=$(curl -s -X POST "$SIM/oauth/v2/token?$q")
    has 'has("access_token")'
    output=$(curl -s "$SIM/oauth/v2/token" -F grant_type=refresh_token -F client_id=1000.SIMCLIENT -F client_secret=simsecret -F "refresh_token=$REFRESH")
    has 'has("access_token")'
}

@test "a grant code is good once and for three minutes" {
    code=$(zsim POST grants '{"scope":"ZohoCRM.modules.ALL","code":true}' | jq -r .code)
    redeem() { curl -s "$SIM/oauth/v2/token" -d grant_type=authorization_code -d client_id=1000.SIMCLIENT -d client_secret=simsecret -d "code=$1"; }
    output=$(redeem "$code")
    has 'has("refresh_token")'
    output=$(redeem "$code")
    has .error invalid_code
    code=$(zsim POST grants '{"scope":"ZohoCRM.modules.ALL","code":true}' | jq -r .code)
    advance 200
    output=$(redeem "$code")
    has .error invalid_code
}

@test "the eleventh token in ten minutes is refused, with 200 or with 400" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    for _ in 1 2 3 4 5 6 7 8 9 10; do refresh >/dev/null; done
    output=$(refresh -w '\n%{http_code}')
    [ "${output##*$'\n'}" = 200 ]
    output=${output%$'\n'*}
    has .error 'Access Denied'
    has .status failure
    zsim PUT variants '{"token_throttle":"400"}'
    [ "$(refresh -o /dev/null -w '%{http_code}')" = 400 ]
    zsim PUT variants '{"token_throttle":"200"}'
    advance 601
    output=$(refresh)
    has 'has("access_token")'
    [ "$(zsim GET counters | jq .overruns.tokens)" = 2 ]
}

@test "ten grant codes and ten refresh tokens in ten minutes, no more" {
    advance 601
    code() { zsim POST grants '{"scope":"ZohoCRM.modules.ALL","code":true}' | jq -r .code; }
    for _ in $(seq 10); do last=$(code); done
    [ "$(code)" = null ]
    output=$(curl -s "$SIM/oauth/v2/token" -d grant_type=authorization_code -d client_id=1000.SIMCLIENT -d client_secret=simsecret -d "code=$last")
    has 'has("refresh_token")'
    advance 601
    [ "$(code)" != null ]
}

@test "the sixteenth live token ends the oldest" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    oldest=$(token)
    for _ in $(seq 9); do refresh >/dev/null; done
    advance 601
    for _ in $(seq 5); do refresh >/dev/null; done
    SIM_TOKEN=$oldest crm 'Leads?fields=id'
    is 200
    refresh >/dev/null
    SIM_TOKEN=$oldest crm 'Leads?fields=id'
    is 401
    has .code INVALID_TOKEN
}

@test "tokens that have run out are not among the fifteen" {
    local before
    REFRESH=$(grant ZohoCRM.modules.ALL)
    before=$(zsim GET counters | jq .overruns.live_tokens)
    for _ in $(seq 17); do
        refresh >/dev/null
        advance 3300
    done
    [ "$(zsim GET counters | jq .overruns.live_tokens)" = "$before" ]
}

@test "a token lives an hour; then it is INVALID_TOKEN or AUTHENTICATION_FAILURE" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    SIM_TOKEN=$(token)
    advance 3599
    crm 'Leads?fields=id'
    is 200
    advance 1
    crm 'Leads?fields=id'
    is 401
    has . '{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}'
    zsim PUT variants '{"token_error":"AUTHENTICATION_FAILURE"}'
    crm 'Leads?fields=id'
    is 401
    has .code AUTHENTICATION_FAILURE
    zsim PUT variants '{"token_error":"INVALID_TOKEN"}'
}

@test "a token of another data centre is worth nothing" {
    SIM_TOKEN=$(token)
    crm 'Leads?fields=id' -H 'Host: www.zohoapis.com'
    is 401
    has .code INVALID_TOKEN
    crm 'Leads?fields=id' -H 'Host: www.zohoapis.eu'
    is 200
}

@test "a missing scope is OAUTH_SCOPE_MISMATCH in CRM and 57 in Books" {
    REFRESH=$(grant ZohoCRM.modules.leads.READ)
    SIM_TOKEN=$(token)
    crm 'Leads?fields=id'
    is 200
    crm 'Contacts?fields=id'
    is 401
    has .code OAUTH_SCOPE_MISMATCH
    post /crm/v8/Leads '{"data":[{"Last_Name":"x"}]}'
    is 401
    books items
    is 401
    has .code 57
}

@test "a search wants the scope of searches too" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    SIM_TOKEN=$(token)
    crm 'Leads/search?word=ab'
    is 401
    has .code OAUTH_SCOPE_MISMATCH
}

@test "a call without a token is refused" {
    output=$(curl -s "$SIM/crm/v8/Leads?fields=id")
    has .code AUTHENTICATION_FAILURE
    output=$(curl -s "$SIM/books/v3/items?organization_id=10234695")
    has .code 14
}

@test "a revoked refresh token is gone, and so are its access tokens" {
    REFRESH=$(grant ZohoCRM.modules.ALL)
    SIM_TOKEN=$(token)
    curl -s -X POST "$SIM/oauth/v2/token/revoke?token=$REFRESH" >/dev/null
    crm 'Leads?fields=id'
    is 401
    output=$(refresh)
    has .error invalid_code
}

@test "the twenty-first refresh token ends the first that was made" {
    advance 601
    grant() { zsim POST grants '{"scope":"ZohoCRM.org.READ"}' | jq -r .refresh_token; }
    # the one that the simulator began with may be gone already
    for _ in $(seq 20); do last+=("$(grant)"); done
    [ "$(REFRESH=${last[0]} refresh | jq -r 'has("access_token")')" = true ]
    for _ in 1 2 3; do last+=("$(grant)"); done
    for i in 0 1 2; do
        [ "$(REFRESH=${last[$i]} refresh | jq -r .error)" = invalid_code ]
    done
    for i in 3 21 22; do
        [ "$(REFRESH=${last[$i]} refresh | jq -r 'has("access_token")')" = true ]
    done
}
