#!/usr/bin/env bats
# The web side through PgBouncer with transaction pooling and DATABASE_PREPARE
# off, the jobs connected directly (design 11, platform 10): what is promised
# of receiving holds there too, whatever becomes of the pool (promises 1, 2).

load helper
load queue
load receiver
load scale

POOLER=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)

setup_file() {
    [ -x "$POOLER" ] || return 0
    stage none
    stage_as mkdir "$STAGE/pool"
    pool_conf
    pool_start
    export POOL_URL="postgresql:///zohosync?host=$STAGE/pool&port=6432&user=web"
    web_head pooled "WEB_DATABASE_URL=$POOL_URL" DATABASE_PREPARE=off
    export STAGE_URL=$HEAD_URL STAGE_PORT=${HEAD_URL##*:}
}

teardown_file() {
    [ -x "$POOLER" ] || return 0
    web_head_stop pooled
    pool_stop KILL
    stage_close
}

setup() {
    [ -x "$POOLER" ] || skip 'no pgbouncer here'
    clean_tables
}

teardown() {
    local name
    stream_stop
    for name in two three four eager direct; do web_head_stop "$name"; done
    [ -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_start
    [ -z "${POOL_TOUCHED:-}" ] || pool_again
    within 30 stores
}

# pool_again [KEY=VALUE...]: start it anew with these settings
pool_again() {
    pool_stop
    pool_conf "$@"
    pool_start
}

# pool_conf [KEY=VALUE...]: the usual settings, changed
pool_conf() {
    stage_as tee "$STAGE/pool/users" >/dev/null <<EOF
"web" ""
"$STAGE_SUPER" ""
EOF
    {
        printf '[databases]\nzohosync = host=%s/pg\n\n[pgbouncer]\n' "$STAGE"
        cat <<EOF
unix_socket_dir = $STAGE/pool
listen_port = 6432
auth_type = trust
auth_file = $STAGE/pool/users
admin_users = $STAGE_SUPER
pool_mode = transaction
default_pool_size = 4
server_login_retry = 1
logfile = $STAGE/pool/log
pidfile = $STAGE/pool/pid
EOF
        [ "$#" = 0 ] || printf '%s\n' "$@"
    } | stage_as tee "$STAGE/pool/ini" >/dev/null
}

pool_start() {
    stage_as "$POOLER" -q -d "$STAGE/pool/ini" 3>&-
    within 30 pool_says 'show version' >/dev/null
}

pool_stop() {
    POOL_TOUCHED=yes
    stage_end "$STAGE/pool/pid" "${1:-TERM}"
    rm -f "$STAGE/pool/.s.PGSQL".*
}

pool_says() {
    stage_as psql -X -q -At -F ' ' -h "$STAGE/pool" -p 6432 -U "$STAGE_SUPER" -d pgbouncer -c "$1" 2>/dev/null
}

# One session of the pool, as the receivers use it.
pooled() {
    stage_as psql -X -q -At -d "$POOL_URL" "$@"
}

# A post is stored, not spooled; forgotten again.
stores() {
    local before after
    before=$(query 'select count(*) from sync.inbox') || return 1
    [ "$(post_text Leads "$(lead 1)")" = 202 ] || return 1
    after=$(query 'select count(*) from sync.inbox')
    clean_tables
    [ "$after" -gt "$before" ]
}

spools() { spools_beyond 0; }
spools_beyond() { [ "$(spooled)" -gt "$1" ]; }

# Whatever went wrong meanwhile, nobody was turned away.
expect_none_refused() {
    stream_stop
    echo "# $(stream_says)" >&3
    expect '' "$(others)" 'answered anything but 202'
}

# ---- all that is promised of receiving ----

@test "an event is answered 202, is a row, and is applied; health says ok" {
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect accepted "$(says .status)"
    expect '1|webhook' "$(query 'select count(*), min(origin) from sync.inbox')"
    within 30 health_is "$STAGE_URL" ok
    expect '{"queue_configured":true,"dedupe_connected":true,"database_connected":true}' \
        "$(ask GET /api/zoho/webhooks/health >/dev/null; jq -c '{queue_configured, dedupe_connected, database_connected}' "$ANSWER")"
    drain
    expect 1 "$(query 'select count(*) from zoho.leads')"
    accounted
}

@test "a repeat is counted, not stored" {
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect repeat "$(says .status)"
    expect '1|1' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
}

@test "what proves nothing gets 401 and is counted, what cannot be read gets 400 and is kept" {
    expect 401 "$(ask POST /api/zoho/webhooks/invoices --data-binary '{}')"
    expect 400 "$(post_text Leads '{"data":')"
    expect 1 "$(query 'select count(*) from sync.inbox')"
    within 30 is_counted
}

is_counted() { [ "$(query 'select coalesce(sum(hits), 0) from sync.refusal')" = 1 ]; }

# flood: 32 clients post 2000 leads; prints how often each status came
flood() {
    python3 - "$STAGE_PORT" "$STAGE_KEY" <<'END'
import collections, http.client, sys, threading
port, key = int(sys.argv[1]), sys.argv[2]
said = collections.Counter()

def run(first):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for i in range(first, 2001, 32):
        c.request("POST", "/api/zoho/webhooks/Leads", '{"data":[{"id":"%d","Last_Name":"Example",'
                  '"Modified_Time":"2026-01-31T09:15:00+01:00"}]}' % i, {"X-API-Key": key})
        r = c.getresponse()
        r.read()
        said[r.status] += 1

threads = [threading.Thread(target=run, args=(n,)) for n in range(1, 33)]
[t.start() for t in threads]
[t.join() for t in threads]
print(" ".join("%d:%d" % s for s in sorted(said.items())))
END
}

transactions() {
    pool_says 'show stats' | awk '$1 == "zohosync" { print $2 }'
}

@test "events of 32 clients are each stored once, many with one commit" {
    local before
    before=$(transactions)
    expect '202:2000' "$(flood)"
    drain
    expect '2000|2000' "$(query 'select (select count(*) from sync.inbox), (select count(*) from mirror.version)')"
    echo "# $(($(transactions) - before)) transactions for 2000 events" >&3
    [ $(($(transactions) - before)) -lt 2000 ]
    accounted
}

@test "three web heads with two receivers each share a pool of two sessions" {
    local name urls=()
    pool_again 'default_pool_size = 2'
    for name in two three four; do
        # patient, so that nothing is spooled because the machine is busy
        web_head $name "WEB_DATABASE_URL=$POOL_URL" DATABASE_PREPARE=off STORE_TIMEOUT_MS=20000
        urls+=(--url "$HEAD_URL")
    done
    STREAM_RATE=200 stream_start "${urls[@]}"
    stream_goes_on 200
    [ "$(query "select count(*) from pg_stat_activity where usename = 'web'")" -le 2 ]
    within 30 health_is "$HEAD_URL" ok
    expect_none_refused
    expect 0 "$(spooled)"
    expect_all_once
}

@test "a stored event wakes the drain that listens on a connection of its own" {
    mkfifo "$BATS_TEST_TMPDIR/listener"
    stage_psql <"$BATS_TEST_TMPDIR/listener" >"$BATS_TEST_TMPDIR/heard" 3>&- &
    exec 7>"$BATS_TEST_TMPDIR/listener"
    echo "listen zohosync_work; select 'listening';" >&7
    within 30 grep -q listening "$BATS_TEST_TMPDIR/heard"
    expect 202 "$(post_text Leads "$(lead 1)")"
    heard() { echo 'select;' >&7 && grep -q 'notification "zohosync_work"' "$BATS_TEST_TMPDIR/heard"; }
    within 30 heard
    exec 7>&-
    wait
}

# ---- the pool goes, in each way ----

@test "PgBouncer is stopped, killed and started again under a stream: nobody is turned away, nothing is lost" {
    local how
    stream_start
    for how in TERM KILL; do
        pool_stop $how
        stream_goes_on
        spools
        pool_start
        within 30 health_is "$STAGE_URL" ok
        stream_goes_on
    done
    expect_none_refused
    expect_all_once
}

@test "PgBouncer is paused under a stream: events wait in the spool, and are stored again when it goes on" {
    stream_start --senders 30
    pool_says pause
    within 30 spools
    stream_goes_on
    pool_says resume
    stream_goes_on
    expect_none_refused
    expect_all_once
    stores
}

@test "no session of the pool is free: events wait in the spool" {
    pool_again 'default_pool_size = 1'
    hold_session
    stream_start --senders 30
    within 30 spools
    stream_goes_on
    let_session_go
    stream_goes_on
    expect_none_refused
    expect_all_once
    within 30 stores
}

hold_session() {
    pooled -c 'begin; select pg_sleep(600)' >/dev/null 2>&1 3>&- &
    within 30 is_held
}

is_held() {
    [ "$(query "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and usename = 'web'")" = 1 ]
}

let_session_go() {
    query "select pg_terminate_backend(pid) from pg_stat_activity
            where wait_event = 'PgSleep' and usename = 'web'" >/dev/null
}

@test "the pool gives up on those who wait (query_wait_timeout): events wait in the spool" {
    pool_again 'default_pool_size = 1' 'query_wait_timeout = 1'
    web_head two "WEB_DATABASE_URL=$POOL_URL" DATABASE_PREPARE=off STORE_TIMEOUT_MS=20000
    hold_session
    stream_start --senders 30 --url "$HEAD_URL"
    within 30 spools
    stream_goes_on
    let_session_go
    stream_goes_on
    expect_none_refused
    expect_all_once
}

@test "the pool lets nobody in (max_client_conn, a port it is not on): events wait in the spool" {
    local broken before
    stream_start
    for broken in 'max_client_conn = 1' 'listen_port = 6433'; do
        pool_stop
        pool_conf "$broken"
        stage_as "$POOLER" -q -d "$STAGE/pool/ini" 3>&-
        stream_goes_on 10
        before=$(spooled)
        within 30 spools_beyond "$before"
    done
    stream_goes_on
    pool_again
    within 30 health_is "$STAGE_URL" ok
    stream_goes_on
    expect_none_refused
    expect_all_once
    grep -q 'requests go to the spool: ' "$STAGE/log"
}

@test "PostgreSQL is restarted behind the pool: nobody is turned away, nothing is lost" {
    local how
    stream_start
    for how in fast immediate; do
        stage_pg_stop $how
        within 30 spools
        stream_goes_on
        stage_pg_start
        within 30 health_is "$STAGE_URL" ok
        stream_goes_on
    done
    expect_none_refused
    expect_all_once
}

# ---- no state of a session ----

# What a session would be left with, or be asked for, that the next user of
# it would find.
forbidden='\b(set|reset|listen|unlisten|discard|prepare|deallocate|declare|load|temp|temporary)\b|pg_(try_)?advisory_lock|setval|currval|lastval'

@test "a receiver leaves nothing in a session: no SET, LISTEN, prepared statement or session lock" {
    query "alter role web set log_statement = 'all'" >/dev/null
    stage_as truncate -s 0 "$STAGE/pg/log"
    # straight to PostgreSQL: a pool speaks to it as well
    web_head direct DATABASE_PREPARE=off
    STAGE_URL=$HEAD_URL ask GET /api/zoho/webhooks/health >/dev/null
    STAGE_URL=$HEAD_URL post_text Leads "$(lead 1)" >/dev/null
    STAGE_URL=$HEAD_URL post_text Leads "$(lead 1)" >/dev/null
    STAGE_URL=$HEAD_URL ask POST /api/zoho/webhooks/invoices --data-binary '{}' >/dev/null
    within 30 is_counted
    web_head_stop direct
    query 'alter role web reset log_statement' >/dev/null
    # the statements, without their comments and texts
    awk '/LOG:  (statement|execute [^:]*): / { said = 1; sub(/.*LOG:  [^:]*: /, "") }
        /^[0-9-]+ [0-9:.]+ / { said = 0 }
        said { print }' "$STAGE/pg/log" | sed -E "s/--.*//; s/'[^']*'//g" >"$BATS_TEST_TMPDIR/said"
    grep -q 'insert into sync.seen' "$BATS_TEST_TMPDIR/said"
    grep -q 'insert into sync.refusal' "$BATS_TEST_TMPDIR/said"
    grep -q 'pg_notify' "$BATS_TEST_TMPDIR/said"
    grep -q 'has_table_privilege' "$BATS_TEST_TMPDIR/said"
    expect '' "$(grep -E -i "$forbidden" "$BATS_TEST_TMPDIR/said")"
    expect 0 "$(grep -c 'LOG:  execute [^<]' "$STAGE/pg/log")" 'named statements'
    # a setting only for the transaction it stands in
    expect '' "$(grep -E -o 'set_config\([^)]*\)' "$BATS_TEST_TMPDIR/said" | grep -v 'true)$')"
}

@test "a session of the pool is after the receivers as it was before them" {
    pool_again 'default_pool_size = 1'
    within 30 stores
    expect '202:2000' "$(flood)"
    expect '||||on' "$(pooled -c "select
        (select string_agg(name, ' ') from pg_settings where source = 'session'
            and name not in ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings')),
        (select string_agg(name, ' ') from pg_prepared_statements),
        (select string_agg(c, ' ') from pg_listening_channels() c),
        (select string_agg(mode, ' ') from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
        current_setting('synchronous_commit')")"
}

@test "with DATABASE_PREPARE left on no event is lost, and the log says what to set" {
    stage_as truncate -s 0 "$STAGE/log"
    web_head eager "WEB_DATABASE_URL=$POOL_URL" DATABASE_PREPARE=on
    STREAM_RATE=100 stream_start --url "$HEAD_URL"
    stream_goes_on 200
    expect_none_refused
    expect_all_once
    # It is chance which session of the pool a statement meets: where all met
    # their own there was nothing to say.
    if grep 'requests go to the spool: .*prepared statement' "$STAGE/log" >"$BATS_TEST_TMPDIR/said"; then
        expect '' "$(grep -v DATABASE_PREPARE "$BATS_TEST_TMPDIR/said")" 'says not what to set'
    fi
}
