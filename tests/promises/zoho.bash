# shellcheck shell=bash
# A Zoho to ask, for the promise tests; loaded after helper.
#
#   zoho_open [OPTIONS]       start zoho-sim on a free port and tell the
#                             settings of the stage; in setup_file
#   zoho_close                in teardown_file
#   zsim METHOD PATH [JSON]   a control path of the simulator
#   zoho_ids RESOURCE N       ids of its records, one a line: Leads, items ...
#   zoho_field RESOURCE JSON  make a field as the API does; its API name
#   zoho_drop RESOURCE FIELD  delete it
#   zoho_admin MODULE FIELD JSON   what only an administrator changes of one
#   counted JQ                a figure of its counters
#   asked_for_tokens          how often, whatever the answer was
#   differences MODULE        between the mirror and the true state, one a line
#   announce MODULE ID...     as notifications do

zoho_open() {
    local port_file=$STAGE/zoho.port token
    "$TOP_BUILDDIR/tests/sim/zoho-sim" --port 0 --port-file "$port_file" \
        --company 400 --seed 7 "$@" >"$STAGE/zoho.out" 2>&1 3>&- &
    ZOHO_PID=$!
    until_true 10 test -s "$port_file"
    ZOHO=http://127.0.0.1:$(cat "$port_file")
    export ZOHO ZOHO_PID
    token=$(zoho_token)
    ZOHO_ORG=$(curl -s -H "Authorization: Zoho-oauthtoken $token" \
        "$ZOHO/books/v3/organizations" | jq -r '.organizations[0].organization_id')
    export ZOHO_ORG ZOHO_TOKEN=$token
    stage_as tee -a "$STAGE_CONF" >/dev/null <<END
ZOHO_API_BASE=$ZOHO
ZOHO_CLIENT_ID=1000.SIMCLIENT
ZOHO_CLIENT_SECRET=simsecret
ZOHO_REFRESH_TOKEN=1000.simrefresh
ZOHO_ORGANIZATION_ID=$ZOHO_ORG
END
}

zoho_token() {
    curl -s "$ZOHO/oauth/v2/token" -d grant_type=refresh_token -d client_id=1000.SIMCLIENT \
        -d client_secret=simsecret -d refresh_token=1000.simrefresh | jq -r .access_token
}

zoho_close() {
    kill "$ZOHO_PID"
    wait "$ZOHO_PID" 2>/dev/null || true
}

zsim() {
    curl -s -X "$1" "$ZOHO/zsim/$2" ${3:+-d "$3"}
}

# The simulated clock may have passed the end of a token.
zoho_send() {
    local answer
    answer=$(zoho_call "$@")
    case $answer in
    *INVALID_TOKEN* | *'"code":57'*)
        ZOHO_TOKEN=$(zoho_token)
        answer=$(zoho_call "$@")
        ;;
    esac
    printf '%s\n' "$answer"
}

zoho_call() {
    curl -s -g -X "$1" -H "Authorization: Zoho-oauthtoken $ZOHO_TOKEN" \
        -H 'Content-Type: application/json' ${3:+-d "$3"} "$ZOHO$2"
}

zoho_get() { zoho_send GET "$1"; }

zoho_field_id() {
    zoho_get "/crm/v8/settings/fields?module=$1" | jq -r --arg name "$2" '.fields[] | select(.api_name == $name) | .id'
}

zoho_field() {
    local id
    id=$(zoho_send POST "/crm/v8/settings/fields?module=$1" "{\"fields\":[$2]}" | jq -r '.fields[0].details.id')
    zoho_get "/crm/v8/settings/fields?module=$1" | jq -r --arg id "$id" '.fields[] | select(.id == $id) | .api_name'
}

zoho_drop() {
    zoho_send DELETE "/crm/v8/settings/fields/$(zoho_field_id "$1" "$2")?module=$1" >/dev/null
}

zoho_admin() {
    expect true "$(zsim POST act "{\"act\":\"field\",\"module\":\"$1\",\"field\":\"$2\",\"set\":$3}" | jq -r .ok)" "$1 $2 $3"
}

zoho_ids() {
    case $1 in
    [A-Z]*) zsim GET "state?module=$(zoho_name "crm.${1,,}")" ;;
    *) zsim GET "state?module=books.$1" ;;
    esac | jq -r 'select(.deleted | not) | .id' | sed -n "1,$2p"
}

counted() {
    zsim GET counters | jq -r "$1"
}

# Calls of the accounts server are counted by their status alone.
asked_for_tokens() {
    counted '(.status | add) - .crm_calls - .books_calls'
}

announce() {
    local module=$1
    shift
    printf '%s\n' "$@" | stage_psql -c 'create temp table said (id text)' -c '\copy said from pstdin' \
        -c "insert into sync.fetch as f (module, id, reason, seq) select '$module', id, 'announced', 1 from said
            on conflict (module, id) do update set hits = f.hits + 1"
}

# What the simulator calls one of our modules.
zoho_name() {
    case $1 in
    crm.sales_orders) echo crm.salesorders ;;
    *) echo "$1" ;;
    esac
}

differences() {
    local true=$BATS_TEST_TMPDIR/true here=$BATS_TEST_TMPDIR/here
    zsim GET "state?module=$(zoho_name "$1")" >"$true"
    stage_psql -At -c "select json_build_object('id', id, 'record', data) from mirror.record
        where module = '$1' and deleted_at is null" >"$here"
    [ -s "$true" ] || { echo "$1 has no records"; return; }
    python3 "$TOP_SRCDIR/tests/promises/equal.py" "$true" "$here" 2>&1
}
