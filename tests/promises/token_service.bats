#!/usr/bin/env bats
# Access tokens that do not come of a refresh token: a service of one's own
# (F237), and one that is only put into the settings (F362). Credentials that
# were mended may ask at once.

load helper
load queue
load zoho
load faults

setup_file() {
    stage none
    echo 'ZOHO_MODULES_TO_SYNC=Leads' | stage_as tee -a "$STAGE_CONF" >/dev/null
    zoho_open --company 200
    service_open
}
teardown_file() {
    kill "$SERVICE_PID"
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    stage_as truncate -s 0 "$STAGE/log"
    clean_tables
    nothing_spent
    zsim POST clock '{"advance":700}' >/dev/null
    : >"$STAGE/service/asked"
}

# It hands out what stands in the file "token", and notes who asks.
service_open() {
    mkdir "$STAGE/service"
    hands_out nothing 1
    SERVICE=http://127.0.0.1:$(stage_free_port)/token
    python3 - "${SERVICE##*:}" "$STAGE/service" >/dev/null 2>&1 3>&- <<'END' &
import http.server, sys

class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[2] + "/asked", "a", encoding="ascii") as f:
            f.write(self.headers["User-Agent"] + "\n")
        with open(sys.argv[2] + "/token", "rb") as f:
            body = f.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1].split("/")[0])), Service).serve_forever()
END
    SERVICE_PID=$!
    export SERVICE SERVICE_PID
    until_true 10 curl -s -o "$STAGE/service/out" "${SERVICE%token}"
}
# hands_out TOKEN SECONDS
hands_out() { printf '{"access_token":"%s","expires_in":%s}' "$1" "$2" >"$STAGE/service/token"; }
asked() { wc -l <"$STAGE/service/asked"; }
fetches() {
    announce crm.leads "$(zoho_ids Leads 1)"
    query "update sync.fetch set not_before = now()" >/dev/null
    run_status "$1" fetch_with "$2"
}
no_credentials='/^ZOHO_CLIENT_/d; /^ZOHO_REFRESH_TOKEN=/d'

@test "a service hands out the token, without any credentials of Zoho here (F237)" {
    hands_out "$(zoho_token)" 3000
    settings service "$no_credentials; \$aZOHO_OAUTH_SERVICE_URL=$SERVICE"
    fetches 0 service
    expect '' "$(wanted)"
    expect zohosync "$(cut -d / -f 1 "$STAGE/service/asked")"
    fetches 0 service
    expect 1 "$(asked)" "the token is kept for all programs"
    expect 0 "$(query "select count(*) from sync.token where position('1000.'::bytea in sealed) > 0")" "encrypted"
}

@test "a token that lasts a minute yet is used for most of it" {
    hands_out "$(zoho_token)" 60
    settings service "$no_credentials; \$aZOHO_OAUTH_SERVICE_URL=$SERVICE"
    fetches 0 service
    fetches 0 service
    expect 1 "$(asked)"
    query "update sync.token set minted_at = minted_at - interval '55 s', expires_at = expires_at - interval '55 s'" >/dev/null
    fetches 0 service
    expect 2 "$(asked)" "with a tenth of its life left another one is asked for"
}

@test "a service that gives out the token Zoho refuses is not asked again and again" {
    hands_out 1000.never.was 3000
    settings service "$no_credentials; \$aZOHO_OAUTH_SERVICE_URL=$SERVICE"
    fetches 75 service
    expect 2 "$(asked)"
    waits crm.leads 'only token to be had is one that Zoho refuses'
    fetches 75 service
    expect 2 "$(asked)" "nobody asks for a while"
}

@test "an access token in the settings is used as long as it lasts (F362)" {
    settings given "$no_credentials; \$aZOHO_ACCESS_TOKEN=$(zoho_token)"
    fetches 0 given
    expect '' "$(wanted)"
    zsim DELETE tokens >/dev/null
    fetches 75 given
    waits crm.leads 'only token to be had is one that Zoho refuses'
}

@test "after a wrong client secret the right one asks at once" {
    settings wrong 's/^ZOHO_CLIENT_SECRET=.*/ZOHO_CLIENT_SECRET=notthisone/'
    fetches 75 wrong
    waits crm.leads invalid_client
    local before
    before=$(asked_for_tokens)
    fetches 75 wrong
    expect "$before" "$(asked_for_tokens)" "the wrong one waits"
    settings right ''
    fetches 0 right
    expect '' "$(wanted)"
}

was_hit() { [ "$(zsim GET faults | jq '.[0].hits')" = 1 ]; }

@test "TERM ends a fetch that waits for a slow answer" {
    local began pid
    fault late /crm/v8/Leads 1 0 20000
    announce crm.leads "$(zoho_ids Leads 1)"
    stage_as "$STAGE/bin/fetch" --once -c "$STAGE_CONF" 3>&- &
    pid=$!
    until_true 10 was_hit
    began=$SECONDS
    kill_all fetch TERM
    wait "$pid" || true
    [ $((SECONDS - began)) -le 5 ]
    expect crm.leads "$(wanted)"
}
