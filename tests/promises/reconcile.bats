#!/usr/bin/env bats
# Reconcile: what no webhook said is found, and the mirror becomes equal to
# Zoho (R10, R11). A simulated Zoho knows its true state; here it tells nobody.

load helper
load queue
load zoho

setup_file() {
    export STAGE_CONF_MORE=
    stage none
    # A minute of Books has 100 calls; here a minute has many runs.
    zoho_open
    zsim PUT limits '{"books_minute":0}' >/dev/null
    echo ZOHO_RATE_LIMIT=100000 | stage_as tee -a "$STAGE_CONF" >/dev/null
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
}

act() { zsim POST act "$1" >/dev/null; }

sessions() {
    query "select $1 from sync.session where module = '$2' order by session_id desc limit 1"
}

@test "the first run brings all that Zoho has, module by module (F174, F185)" {
    zohosync reconcile --modules crm.leads,books.items >"$OUT" 2>&1
    expect '' "$(differences crm.leads)"
    expect '' "$(differences books.items)"
    expect 'completed|t' "$(sessions "state, found > 0 and differing = found and applied >= found" crm.leads)"
}

@test "a second run finds nothing to do, writes nothing, and costs a few calls" {
    local before after rows
    rows='select (select count(*) from sync.inbox), (select count(*) from mirror.version), (select sum(version) from mirror.record)'
    before=$(query "$rows")
    zohosync reconcile --modules crm.leads,books.items
    after=$(query "$rows")
    expect "$before" "$after"
    expect 'completed|0' "$(sessions 'state, differing' crm.leads)"
    [ "$(sessions calls crm.leads)" -le 4 ]
    [ "$(sessions calls books.items)" -le 2 ]
}

@test "what no webhook said is found: an edit, a new record, a delete, a conversion (R10, R11)" {
    mapfile -t ids < <(zoho_ids Leads 5)
    zsim POST clock '{"advance":600}' >/dev/null
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"${ids[0]}\",\"set\":{\"Company\":\"Changed\"}}"
    act '{"act":"create","module":"crm.leads"}'
    act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"${ids[1]}\"}"
    act "{\"act\":\"convert\",\"module\":\"crm.leads\",\"id\":\"${ids[2]}\"}"
    expect 4 "$(differences crm.leads | cut -d ' ' -f 1 | sort -u | wc -l)"
    zohosync reconcile --modules crm.leads
    expect '' "$(differences crm.leads)"
    expect 'Changed' "$(query "select data ->> 'Company' from mirror.record where id = '${ids[0]}'")"
    expect t "$(query "select deleted_at is not null from mirror.record where id = '${ids[1]}'")"
    expect f "$(query "select deleted_at is not null from mirror.record where id = '${ids[2]}'")" 'a converted lead lives on'
}

@test "a restore that moved no time is found by the count, and a purge stays a delete (R11)" {
    local id
    zsim PUT variants '{"restore_moves_time":"no"}' >/dev/null
    id=$(query "select id from mirror.record where module = 'crm.leads' and deleted_at is not null limit 1")
    zsim POST clock '{"advance":7200}' >/dev/null
    zohosync reconcile --modules crm.leads
    act "{\"act\":\"restore\",\"module\":\"crm.leads\",\"id\":\"$id\"}"
    zohosync reconcile --modules crm.leads
    expect f "$(query "select deleted_at is not null from mirror.record where id = '$id'")"
    expect '' "$(differences crm.leads)"
    act "{\"act\":\"delete\",\"module\":\"crm.leads\",\"id\":\"$id\"}"
    act "{\"act\":\"purge\",\"module\":\"crm.leads\",\"id\":\"$id\"}"
    zohosync reconcile --modules crm.leads
    expect t "$(query "select deleted_at is not null from mirror.record where id = '$id'")"
    zsim PUT variants '{"restore_moves_time":"yes"}' >/dev/null
}

@test "two edits of one second, of which the second was lost, end in the second" {
    local id
    id=$(zoho_ids Leads 1)
    zsim POST clock '{"advance":60}' >/dev/null
    zsim POST clock '{"rate":0}' >/dev/null
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"Company\":\"First\"}}"
    zoho_get "/crm/v8/Leads/$id" | jq -c '{operation: "Leads.edit", data: .data}' | put Leads
    until_true 10 mirrored "$id" Company First
    act "{\"act\":\"edit\",\"module\":\"crm.leads\",\"id\":\"$id\",\"set\":{\"Company\":\"Second\"}}"
    zsim POST clock '{"rate":1,"advance":60}' >/dev/null
    zohosync reconcile --modules crm.leads
    expect Second "$(query "select data ->> 'Company' from mirror.record where id = '$id'")"
    expect '' "$(differences crm.leads)"
}

mirrored() { [ "$(query "select data ->> '$2' from mirror.record where id = '$1'")" = "$3" ]; }

@test "Books tells of no deletes: they are found once a day, and what is not in use lives on" {
    mapfile -t ids < <(zoho_ids items 3)
    act "{\"act\":\"delete\",\"module\":\"books.items\",\"id\":\"${ids[0]}\"}"
    act "{\"act\":\"inactive\",\"module\":\"books.items\",\"id\":\"${ids[1]}\"}"
    zsim POST clock '{"advance":90000}' >/dev/null
    zohosync reconcile --modules books.items
    expect t "$(query "select deleted_at is not null from mirror.record where id = '${ids[0]}'")"
    expect 'inactive' "$(query "select data ->> 'status' from mirror.record where id = '${ids[1]}'")"
    expect '' "$(differences books.items)"
}

@test "a module that fails does not stop the others, and says so (promise 7, promise 8)" {
    local until
    until=$(query "select changed_until from sync.module where name = 'crm.leads'")
    zsim POST faults '{"match":"/crm/v8/Leads","times":-1,"do":"500"}' >/dev/null
    run_status 75 zohosync reconcile --modules crm.leads,books.items --until 100
    grep -q '1 modules are reconciled, 0 in part, 1 not at all' "$OUT"
    expect 'failed|t' "$(sessions "state, message like '%500%'" crm.leads)"
    expect completed "$(sessions state books.items)"
    expect "$until" "$(query "select changed_until from sync.module where name = 'crm.leads'")"
    zsim DELETE faults >/dev/null
    zohosync reconcile --modules crm.leads
    expect '' "$(differences crm.leads)"
}

@test "a run that is killed is shown as failed by the next one, which finds all the same" {
    local pid
    act '{"act":"create","module":"crm.contacts"}'
    zsim PUT limits '{"latency_ms":300}' >/dev/null
    stage_as "$STAGE/bin/reconcile" --modules crm.contacts -c "$STAGE_CONF" 3>&- >/dev/null 2>&1 &
    pid=$!
    until_true 10 runs crm.contacts
    pkill -KILL -f "^$STAGE/bin/reconcile"
    wait "$pid" || true
    zsim PUT limits '{"latency_ms":0}' >/dev/null
    zohosync reconcile --modules crm.contacts
    expect 'failed|completed' "$(query "select string_agg(state, '|' order by session_id) from sync.session
        where module = 'crm.contacts'")"
    expect '' "$(differences crm.contacts)"
}

runs() { [ "$(query "select count(*) from sync.session where module = '$1' and state = 'running'")" = 1 ]; }

@test "a run that only looks changes nothing" {
    local before
    act '{"act":"create","module":"crm.leads"}'
    before=$(query 'select count(*), max(session_id) from sync.session')
    zohosync reconcile --dry-run --modules crm.leads
    expect "$before" "$(query 'select count(*), max(session_id) from sync.session')"
    grep -q 'reconciled crm.leads: completed .*differing=1 applied=0' "$STAGE/log"
    expect 0 "$(query 'select count(*) from sync.fetch')"
}

@test "one run is at work at a time" {
    zsim PUT limits '{"latency_ms":300}' >/dev/null
    stage_as "$STAGE/bin/reconcile" --modules crm.deals -c "$STAGE_CONF" 3>&- >/dev/null 2>&1 &
    until_true 10 runs crm.deals
    run_status 0 zohosync reconcile --modules crm.deals
    zsim PUT limits '{"latency_ms":0}' >/dev/null
    wait
    expect 1 "$(query "select count(*) from sync.session where module = 'crm.deals'")"
    grep -q 'another run is at it' "$STAGE/log"
}

@test "a module that is not in use is refused, with the names that are right" {
    run_status 64 zohosync reconcile --modules crm.nothing
    grep -q 'no module in use is called "crm.nothing"' "$OUT"
}

@test "how well runs went is one query, by module, and which are at work (F265, F267, F268)" {
    query "insert into sync.session (kind, module, initiated_by, program, host, pid, state, started_at, finished_at, found)
        select 'reconcile', 'crm.accounts', 'cron', 'test', 'here', 1, state, now() - age, now() - age + interval '4 s', 10
          from (values ('completed', interval '6 days'), ('failed', interval '5 days'), ('completed', interval '1 day'),
                       ('partial', interval '2 days'), ('completed', interval '9 days')) as v (state, age)" >/dev/null
    expect 'crm.accounts|4|2|1|1|62.5|25.0|40|4.0' "$(query "select module, runs, completed, partial, failed, score, trend,
        found, average_s from sync.calculate_sync_health_metrics(7, 'crm.accounts')")"
    # one of which the program is gone is not at work
    query "insert into sync.session (kind, module, initiated_by, program, host, pid, backend)
        values ('reconcile', 'crm.accounts', 'cron', 'test', 'here', 1, 1)" >/dev/null
    expect 0 "$(query "select count(*) from sync.get_active_sessions('crm.accounts')")"
}

@test "a script begins a run of its own and is seen at work while it is (F262)" {
    expect 'crm.accounts|script|1' "$(stage_psql -c 'set role zohosync_job' \
        -c "select sync.create_sync_session('bulk', 'crm.accounts', 'script') > 0" \
        -c "select module, initiated_by, count(*) over () from sync.get_active_sessions('crm.accounts')" | tail -n 1)"
}

@test "what Zoho says it could not deliver is asked for, and only once" {
    local said
    zsim POST webhooks '{"kind":"crm_wrapped","modules":"crm.deals","url":"http://127.0.0.1:9/nobody"}' >/dev/null
    act "{\"act\":\"edit\",\"module\":\"crm.deals\",\"id\":\"$(zoho_ids Deals 1)\",\"set\":{\"Next_Step\":\"Call\"}}"
    until_true 20 nothing_pends
    zsim POST clock '{"advance":5}' >/dev/null
    zohosync reconcile
    zsim DELETE webhooks >/dev/null
    said=$(grep -c 'failed webhooks: 1 records are asked for' "$STAGE/log")
    zohosync reconcile
    expect '1 1' "$said $(grep -c 'failed webhooks:' "$STAGE/log")"
    expect '' "$(differences crm.deals)"
}

nothing_pends() { [ "$(zsim GET deliveries | jq .pending)" = 0 ]; }

@test "cron's runs leave a module alone until its interval is over (F176)" {
    local runs before
    runs="select count(*) from sync.session where module = 'crm.deals'"
    zohosync reconcile --modules crm.deals
    before=$(query "$runs")
    zohosync reconcile --due --modules crm.deals
    expect "$before" "$(query "$runs")" "it has just run"
    query "update sync.session set next_at = now() + interval '50 s' where module = 'crm.deals'" >/dev/null
    zohosync reconcile --due --modules crm.deals
    expect $((before + 1)) "$(query "$runs")" "its interval is over, but for a moment"
    query "update sync.session set state = 'partial' where module = 'crm.deals'" >/dev/null
    zohosync reconcile --due --modules crm.deals
    expect $((before + 2)) "$(query "$runs")" "the last run was not whole"
}

@test "a comparison of all says how many Zoho counts, and what it cost (F204)" {
    zohosync reconcile --sweep --modules crm.deals,books.items
    expect t "$(sessions 'expected = found and found > 0 and credits >= calls and credits > 1' crm.deals)"
    expect t "$(sessions 'expected is null and credits = calls' books.items)" "Books does not count"
}

@test "a terminal sees how far it is, and nothing else does" {
    fault_slow() { zsim PUT limits "{\"latency_ms\":$1}" >/dev/null; }
    fault_slow 300
    stage_as script -qec "$STAGE/bin/zohosync reconcile --sweep --modules crm.leads -c $STAGE_CONF" /dev/null >"$OUT" </dev/null
    fault_slow 0
    grep -aqE 'crm\.leads compared  \[#+\] 100 %  [0-9]+ of [0-9]+  [0-9]+/s' "$OUT"
    grep -aq 'crm.leads: completed found=' "$OUT"
    zohosync reconcile --sweep --modules crm.leads >"$OUT" 2>&1
    [ ! -s "$OUT" ]
}

@test "TERM ends a run at once; it is partial, says so, and the next one makes it whole" {
    local pid code=0
    zsim PUT limits '{"latency_ms":2000}' >/dev/null
    stage_as "$STAGE/bin/reconcile" --sweep -c "$STAGE_CONF" 3>&- >"$OUT" 2>&1 &
    pid=$!
    until_true 10 runs crm.leads
    SECONDS=0
    kill_all reconcile TERM
    wait "$pid" || code=$?
    zsim PUT limits '{"latency_ms":0}' >/dev/null
    expect 75 "$code"
    [ "$SECONDS" -le 3 ]
    grep -q 'not at all: .*asked to end' "$OUT" || { cat "$OUT"; return 1; }
    expect 0 "$(query "select count(*) from sync.session where module = 'crm.leads' and state = 'running'")"
    run_status 0 zohosync reconcile --modules crm.leads
    expect completed "$(sessions state crm.leads)"
}

# merges HOW LOOKUPS: of two accounts the first takes the other in, in each way
# that is open.
merges() {
    local ids
    zsim PUT variants "{\"merged_deleted\":\"$1\",\"merged_lookup\":\"$2\"}" >/dev/null
    mapfile -t ids < <(zoho_ids Accounts 2)
    zsim POST clock '{"advance":7200}' >/dev/null
    act "{\"act\":\"merge\",\"module\":\"crm.accounts\",\"id\":\"${ids[0]}\",\"children\":[\"${ids[1]}\"]}"
    [ -n "$(differences crm.accounts)" ]
    zohosync reconcile --modules crm.accounts,crm.contacts,crm.deals
    expect '' "$(differences crm.accounts)"
    expect '' "$(differences crm.contacts)"
    expect '' "$(differences crm.deals)"
    expect t "$(query "select deleted_at is not null from mirror.record where id = '${ids[1]}'")"
}

@test "a merge takes the children away, and what pointed to them points to the master (R11)" {
    zohosync reconcile --modules crm.accounts,crm.contacts,crm.deals
    merges permanent moved
    merges recycle moved
}
@test "also where Zoho lists the children nowhere" { merges absent moved; }
@test "also where what pointed to them changes without a time of change" {
    merges permanent silent
    merges absent silent
    merges permanent null
}

# An account that deals belong to.
with_deals() {
    query "select d.data -> 'Account_Name' ->> 'id' from mirror.record d join mirror.record a
        on a.module = 'crm.accounts' and a.id = d.data -> 'Account_Name' ->> 'id' and a.deleted_at is null
        where d.module = 'crm.deals' and d.deleted_at is null order by 1 limit 1"
}
referrers() { query "select count(*) from sync.fetch where reason = 'referrer'"; }

@test "what referred to a merged record is asked for at once, to one in the recycle bin not" {
    local id master
    zsim PUT variants '{"merged_deleted":"permanent","merged_lookup":"silent"}' >/dev/null
    zohosync reconcile --modules crm.accounts,crm.deals
    id=$(with_deals)
    zsim POST clock '{"advance":60}' >/dev/null
    act "{\"act\":\"delete\",\"module\":\"crm.accounts\",\"id\":\"$id\"}"
    zohosync reconcile --modules crm.accounts
    expect 0 "$(referrers)"
    id=$(with_deals)
    master=$(zoho_ids Accounts 9 | grep -v "$id" | head -n 1)
    zsim POST clock '{"advance":60}' >/dev/null
    act "{\"act\":\"merge\",\"module\":\"crm.accounts\",\"id\":\"$master\",\"children\":[\"$id\"]}"
    zohosync reconcile --modules crm.accounts
    [ "$(referrers)" -ge 1 ]
    grep -q 'refer to what is gone and are asked for' <<<"$(query 'select message from sync.session_log')"
    zohosync reconcile --modules crm.deals,crm.contacts
    expect 0 "$(referrers)"
    expect '' "$(differences crm.deals)$(differences crm.contacts)"
}
