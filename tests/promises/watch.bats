#!/usr/bin/env bats
# Notification channels of the CRM: made, renewed at half of their life, mended,
# made anew after a lapse, and what was missed meanwhile is brought (R46).
# Zoho is played; its clock is set, and all that is decided follows it.

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open
    stage_as tee -a "$STAGE_CONF" >/dev/null <<END
ZOHO_MODULES_TO_SYNC=Leads,Contacts,Deals
ZOHO_CRM_CREDITS=10000000
END
    zsim PUT limits '{"credits":0}' >/dev/null
    stage_web fastcgi
    export STAGE_PORT STAGE_URL
    echo "WEBHOOK_URL=$STAGE_URL/api/zoho/webhooks" | stage_as tee -a "$STAGE_CONF" >/dev/null
    drain_lingers
}
teardown_file() {
    drain_ends
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
    zsim PUT variants '{"all":"default"}' >/dev/null
    query "delete from sync.spent where pool = 'tokens'" >/dev/null
}

act() { zsim POST act "$1" >/dev/null; }

# later SECONDS: by Zoho's clock; the tokens of that time are spent and past
later() {
    zsim POST clock "{\"advance\":$1}" >/dev/null
    query "delete from sync.spent where pool = 'tokens'" >/dev/null
}

# there JQ: over what Zoho has
there() { zoho_get /crm/v8/actions/watch | jq -cs "[.[].watch[]?] | $1"; }
known() { query "select $1 from sync.channel where module = '${2:-crm.leads}'"; }
calls() { counted .crm_calls; }
# What Zoho's clock says, and how long a channel still lives by it
now() { zsim GET clock | jq .unix; }
left() { echo $(($(query "select extract(epoch from granted_until)::bigint from sync.channel where module = 'crm.leads'") - $(now))); }

@test "a channel for each module, of a life of six days, and nothing that is not wanted" {
    run_status 0 zohosync watch
    expect '[["Contacts.all"],["Deals.all"],["Leads.all"]]' "$(there '[.[].events] | sort')"
    expect "[\"$STAGE_URL/api/zoho/webhooks/notifications\"]" "$(there '[.[].notify_url] | unique')"
    expect '[[false,false]]' "$(there '[.[] | [.notify_on_related_action, .return_affected_field_values]] | unique')"
    expect "[\"$STAGE_TOKEN\"]" "$(there '[.[].token] | unique')"
    [ "$(left)" -gt 518300 ] && [ "$(left)" -le 518400 ]
    expect 'alive|t|' "$(known 'state, granted_until = asked_until, last_error')"
}

@test "the second run costs one call and changes nothing" {
    local before said
    said=$(there 'map(.channel_expiry)')
    before=$(calls)
    run_status 0 zohosync watch
    expect $((before + 1)) "$(calls)"
    expect "$said" "$(there 'map(.channel_expiry)')"
}

@test "what Zoho tells comes in, is fetched and stands here; when it was heard is known" {
    local id
    id=$(zoho_ids Leads 1)
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"Company\":\"Told Ltd\"}}"
    until_true 30 stands "$id" 'Told Ltd'
    zohosync watch
    expect t "$(known "last_heard_at > now() - interval '1 minute'")"
    expect t "$(known 'last_heard_at is null' crm.deals)"
}
stands() { [ "$(query "select data ->> 'Company' from mirror.record where id = '$1'")" = "$2" ]; }

@test "a channel at half of its life is renewed, before that it is left alone (R46)" {
    later 255000
    zohosync watch
    [ "$(left)" -lt 264000 ]
    later 5000
    zohosync watch
    [ "$(left)" -gt 518300 ]
    grep -q 'channel of crm.leads: renewed: half of its life was over' "$STAGE/log"
}

@test "a life that Zoho does not take is an hour in silence: a day less is asked for instead" {
    zsim PUT variants '{"channel_most":"day"}' >/dev/null
    run_status 0 zohosync watch renew crm.leads
    [ "$(left)" -gt 82000 ] && [ "$(left)" -le 82800 ]
    zsim PUT variants '{"channel_most":"hour"}' >/dev/null
    run_status 0 zohosync watch renew crm.leads
    [ "$(left)" -le 3600 ]
    grep -q 'which is less than was asked for' "$STAGE/log"
    zsim PUT variants '{"channel_most":"week"}' >/dev/null
    later 1801
    zohosync watch
    [ "$(left)" -gt 518300 ]
}

@test "one whose URL, token or events somebody changed is mended, under the same number" {
    local id
    id=$(known channel_id)
    for change in '"notify_url":"http://127.0.0.1:9/else"' '"token":"other"' '"events":["Leads.create"]' \
        '"notify_on_related_action":true'; do
        curl -s -X PATCH -H "Authorization: Zoho-oauthtoken $(zoho_token)" "$ZOHO/crm/v8/actions/watch" \
            -d "{\"watch\":[{\"channel_id\":\"$id\",$change}]}" >/dev/null
        zohosync watch
        expect '[["Leads.all"],"'"$STAGE_URL/api/zoho/webhooks/notifications\",\"$STAGE_TOKEN\",false]" \
            "$(there ".[] | select(.channel_id == \"$id\") | [.events, .notify_url, .token, .notify_on_related_action]")"
    done
    expect 4 "$(grep -c 'channel of crm.leads: mended' "$STAGE/log")"
}

@test "a channel that tells nothing while changes are found is called silent and renewed once, until it is heard" {
    local before
    zohosync reconcile --modules crm.leads
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$(zoho_ids Leads 1)\",\"set\":{\"Company\":\"Heard Ltd\"}}"
    until_true 30 stands "$(zoho_ids Leads 1)" 'Heard Ltd'
    zohosync watch
    zohosync reconcile --modules crm.leads
    expect alive "$(known state)" 'what was told is no sign of silence'
    zsim PUT deliveries '{"lost":1}' >/dev/null
    later 600
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$(zoho_ids Leads 1)\",\"set\":{\"Company\":\"Silent Ltd\"}}"
    zohosync reconcile --modules crm.leads
    zsim PUT deliveries '{"lost":0}' >/dev/null
    zohosync watch
    expect silent "$(known state)"
    before=$(grep -c 'changes were found that it did not tell of' "$STAGE/log")
    zohosync watch
    expect "$before 1" "$(grep -c 'changes were found that it did not tell of' "$STAGE/log") $before"
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$(zoho_ids Leads 1)\",\"set\":{\"Company\":\"Again Ltd\"}}"
    until_true 30 stands "$(zoho_ids Leads 1)" 'Again Ltd'
    zohosync watch
    expect alive "$(known state)"
}

@test "four days with cron each hour and away for twelve: no channel is away for a second (R46)" {
    local hour
    for hour in $(seq 96); do
        later 3600
        expect 3 "$(there length)" "channels in hour $hour"
        [ "$hour" -gt 40 ] && [ "$hour" -le 52 ] || zohosync watch
    done
    expect 0 "$(query 'select count(*) from sync.channel where lapsed_at > renewed_at')"
}

@test "after eight days without cron the lapse is seen, the channel made anew, and what was missed is brought whole (R46)" {
    local ids lapsed modules=crm.leads,crm.contacts,crm.deals
    zohosync reconcile --modules $modules
    mapfile -t ids < <(zoho_ids Leads 5)
    lapsed=$(known "to_char(granted_until at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    later 604800
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"${ids[0]}\",\"set\":{\"Company\":\"Untold Ltd\"}}"
    act '{"act":"create","module":"crm.leads"}'
    act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"${ids[1]}\"}"
    act "{\"act\":\"convert\",\"module\":\"crm.leads\",\"id\":\"${ids[2]}\"}"
    later 86400
    expect 0 "$(there length)"
    [ "$(differences crm.leads | wc -l)" -gt 0 ]
    zohosync watch
    expect 3 "$(there length)"
    grep -q "channel of crm.leads: made: it has been away since $lapsed" "$STAGE/log"
    # its turn would only come in a quarter of an hour
    zohosync reconcile --due --modules $modules
    for module in leads contacts deals; do
        expect '' "$(differences "crm.$module")" "$module"
    done
}

@test "a module that Zoho has no channels for is no failure, and is asked for again after a day" {
    local before
    run_status 0 stage_as env ZOHO_MODULES_TO_SYNC=Leads,Contacts,Deals,Notes "$STAGE/bin/zohosync" watch -c "$STAGE_CONF"
    expect unsupported "$(known state crm.notes)"
    before=$(calls)
    run_status 0 stage_as env ZOHO_MODULES_TO_SYNC=Leads,Contacts,Deals,Notes "$STAGE/bin/zohosync" watch -c "$STAGE_CONF"
    expect $((before + 1)) "$(calls)" 'only the list'
}

@test "the channel of a module that is not in use any more is ended" {
    run_status 0 stage_as env ZOHO_MODULES_TO_SYNC=Leads,Contacts "$STAGE/bin/zohosync" watch -c "$STAGE_CONF"
    expect '[["Contacts.all"],["Leads.all"]]' "$(there '[.[].events] | sort')"
    expect '2' "$(query "select count(*) from sync.channel")"
    zohosync watch
    expect 3 "$(there length)"
}

@test "one that was dropped stays away until it is renewed by name; a run that only looks does nothing" {
    run_status 0 zohosync watch drop crm.deals
    expect 2 "$(there length)"
    run_status 0 zohosync watch
    expect '2 dropped' "$(there length) $(known state crm.deals)"
    run_status 0 zohosync watch renew
    expect '2 dropped' "$(there length) $(known state crm.deals)"
    run_status 0 zohosync watch --dry-run renew crm.deals
    expect 'crm.deals: would be made: asked for' "$(cat "$OUT")"
    expect 2 "$(there length)"
    run_status 0 zohosync watch renew crm.deals
    expect '3 alive' "$(there length) $(known state crm.deals)"
}

@test "the list shows each channel and no secret, also while Zoho is away" {
    zsim POST faults '{"match":"/crm","times":-1,"do":"503"}' >/dev/null
    run_status 0 zohosync watch list
    grep -q '^crm.leads  *alive  *20' "$OUT"
    grep -q "Leads.all to $STAGE_URL/api/zoho/webhooks/notifications" "$OUT"
    run_status 0 zohosync watch list --json
    expect '["crm.contacts","crm.deals","crm.leads"]' "$(jq -sc 'map(.module)' "$OUT")"
    expect true "$(jq -s 'all(.half_life < .granted_until and .state == "alive")' "$OUT")"
    expect 0 "$(cat "$OUT" "$STAGE/log" | grep -c "$STAGE_TOKEN")"
}

@test "a channel that Zoho refuses leaves the others alone, and the run says so (promises 7 and 8)" {
    zsim POST faults '{"match":"/crm/v8/actions/watch","method":"POST","times":1,"do":"500"}' >/dev/null
    later 300000
    run_status 75 zohosync watch
    grep -q '2 channels are well, 1 are not' "$OUT"
    expect 'alive|t' "$(known "state, last_error like '%500%'")"
    run_status 0 zohosync watch
    expect 'alive|' "$(known 'state, last_error')"
    zsim POST faults '{"match":"/crm","times":-1,"do":"503"}' >/dev/null
    run_status 75 zohosync watch
    zsim DELETE faults >/dev/null
    zsim POST faults '{"match":"/crm","times":-1,"do":"403"}' >/dev/null
    run_status 70 zohosync watch
}

@test "one run is at work at a time: cron's leaves, a person is told" {
    local before
    zsim POST faults '{"match":"/crm/v8/actions/watch","method":"GET","times":1,"do":"late","args":{"ms":6500}}' >/dev/null
    zohosync watch 3>&- &
    until_true 10 is_locked
    before=$(calls)
    run_status 75 zohosync watch renew crm.leads
    grep -q 'another run is at it' "$OUT"
    expect "$before" "$(calls)"
    wait
}
is_locked() { [ "$(query "select count(*) from pg_locks where locktype = 'advisory' and pid in
    (select pid from pg_stat_activity where application_name = 'zohosync watch')")" -gt 0 ]; }

@test "what would not work is refused: no URL, a token too long, numbers the receiver does not let in" {
    sed '/^WEBHOOK_URL=/d' "$STAGE_CONF" | stage_as tee "$STAGE/other.conf" >/dev/null
    stage_as chmod 600 "$STAGE/other.conf"
    run_status 78 stage_as "$STAGE/bin/zohosync" watch -c "$STAGE/other.conf"
    grep -q 'WEBHOOK_URL is not set' "$OUT"
    run_status 78 stage_as env WEBHOOK_URL='https://a b' "$STAGE/bin/zohosync" watch -c "$STAGE_CONF"
    run_status 78 stage_as env ZOHO_NOTIFICATION_TOKEN="$(printf 'x%.0s' {1..51})" "$STAGE/bin/zohosync" watch -c "$STAGE_CONF"
    run_status 75 stage_as env ZOHO_NOTIFICATION_CHANNELS=12 "$STAGE/bin/zohosync" watch renew crm.leads -c "$STAGE_CONF"
    grep -q "ZOHO_NOTIFICATION_CHANNELS lets in others, and not $(known channel_id)" "$OUT"
    run_status 64 zohosync watch renew books.items
    run_status 64 zohosync watch sideways
    run_status 64 zohosync watch --json
    run_status 64 zohosync watch list --dry-run
}
