#!/usr/bin/env bats
# zohosync login: from a grant code to a token that is good for all that is
# asked (F235, F238).

load helper
load queue
load zoho

all=ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.notifications.ALL,ZohoBooks.fullaccess.all

setup_file() {
    stage none
    zoho_open
}
teardown_file() {
    zoho_close
    stage_close
}
setup() { export OUT=$BATS_TEST_TMPDIR/out; }

# code SCOPES: as the API console makes one
code() {
    zsim POST grants "{\"scope\":\"$1\",\"code\":true}" | jq -r .code
}

login() {
    local code=$1
    shift
    echo "$code" | zohosync login "$@"
}

@test "a code becomes a refresh token in the settings, and what it is good for is shown" {
    local before
    before=$(sed 's/^ZOHO_REFRESH_TOKEN=.*//' "$STAGE_CONF")
    run_status 0 login "$(code "$all")"
    grep -q "The refresh token is in $STAGE_CONF" "$OUT"
    expect 6 "$(grep -c 'yes$' "$OUT")" "$(cat "$OUT")"
    grep -q "$ZOHO_ORG Example Company (the one of the settings)" "$OUT"
    expect 1 "$(grep -c '^ZOHO_REFRESH_TOKEN=1000\.' "$STAGE_CONF")"
    expect 0 "$(grep -c '^ZOHO_REFRESH_TOKEN=1000.simrefresh' "$STAGE_CONF")"
    expect "$before" "$(sed 's/^ZOHO_REFRESH_TOKEN=.*//' "$STAGE_CONF")" "the rest of the file"
    expect 600 "$(stat -c %a "$STAGE_CONF")"
    expect 0 "$(grep -c '1000\.' "$OUT")" "no secret is shown"
}

@test "the new token is used from then on" {
    run_status 0 zohosync login --check
    announce crm.leads "$(zoho_ids Leads 1)"
    drain
    expect 0 "$(query 'select count(*) from sync.fetch')"
}

@test "--print shows the line and writes nothing" {
    local before
    before=$(cat "$STAGE_CONF")
    run_status 0 login "$(code "$all")" --print
    grep -q '^ZOHO_REFRESH_TOKEN=1000\.' "$OUT"
    expect "$before" "$(cat "$STAGE_CONF")"
}

@test "a scope that is missing is named, with what cannot be read (70)" {
    run_status 70 login "$(code ZohoCRM.modules.ALL,ZohoCRM.settings.ALL)" --print
    expect 2 "$(grep -c 'yes$' "$OUT")" "$(cat "$OUT")"
    grep -q 'scope: ZohoBooks.fullaccess.all' "$OUT"
    grep -q '4 of 6 things cannot be read' "$OUT"
}

@test "a code that is wrong or was used is refused, and the settings stay (70)" {
    local before once
    before=$(cat "$STAGE_CONF")
    run_status 70 login 1000.nonsense
    grep -q invalid_code "$OUT"
    once=$(code "$all")
    run_status 0 login "$once" --print
    run_status 70 login "$once"
    expect "$before" "$(cat "$STAGE_CONF")"
}

@test "without a code it says where one is made (64)" {
    run_status 64 zohosync login </dev/null
    grep -q 'Self Client' "$OUT"
}

@test "without the client's id and secret no code is asked for (78)" {
    grep -v '^ZOHO_CLIENT_' "$STAGE_CONF" | stage_as tee "$STAGE/none.conf" >/dev/null
    stage_as chmod 600 "$STAGE/none.conf"
    run_status 78 stage_as "$STAGE/bin/zohosync" login -c "$STAGE/none.conf" </dev/null
    grep -q ZOHO_CLIENT_ID "$OUT"
}
