#!/usr/bin/env bats
# A primary fails over to its streaming standby while webhooks arrive, by
# multi-host URLs alone: the receiver and the drain find the new primary by
# themselves (promises 1 and 2, platform 10). What a synchronous standby has
# confirmed is never lost; an asynchronous one may lack the last moment.

load helper
load queue
load receiver
load scale

# Two servers: "pg" is the stage's own, "pb" is made from it. A server's name
# is its directory below the stage, for data and socket.
setup_file() {
    stage none
    at_most_one_primary
    stage_as tee -a "$STAGE/pg/data/postgresql.conf" >/dev/null <<'EOF'
full_page_writes = on
wal_log_hints = on
max_wal_size = 256MB
wal_keep_size = 256MB
synchronous_standby_names = ''
EOF
    server_stop pg fast
    server_start pg
    make_standby pb pg
    web_head heads
    export STAGE_URL=$HEAD_URL STAGE_PORT=${HEAD_URL##*:}
}

teardown_file() {
    web_head_stop heads
    for name in pg pb; do server_stop "$name" immediate; done
    stage_close
}

setup() {
    OUT=$BATS_TEST_TMPDIR/out
    stage_as truncate -s 0 "$STAGE/log"
}

teardown() {
    stream_stop
    kill_all drain KILL
    wait
    [ ! -s "$BATS_TEST_TMPDIR/stopped" ] || xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped" 2>/dev/null || true
}

# Every URL names both servers and asks for the one that can be written to.
at_most_one_primary() {
    stage_as sed -i "s#host=$STAGE/pg\&#host=$STAGE/pg,$STAGE/pb\&target_session_attrs=read-write\&#" "$STAGE_CONF"
}

# The words of the helper ask whichever is the primary.
stage_psql() {
    stage_as psql -X -q -At -v ON_ERROR_STOP=1 \
        -d "host=$STAGE/pg,$STAGE/pb dbname=zohosync user=$STAGE_SUPER target_session_attrs=read-write" "$@"
}

# on NAME SQL: that server and no other
on() {
    stage_as psql -X -q -At -v ON_ERROR_STOP=1 -d "host=$STAGE/$1 dbname=zohosync user=$STAGE_SUPER" -c "$2"
}

server_start() {
    stage_as "$STAGE_PGBIN/pg_ctl" -D "$STAGE/$1/data" -l "$STAGE/$1/log" -w -s -t 60 \
        -o "-k '$STAGE/$1'" start 3>&- || {
        tail -n 12 "$STAGE/$1/log" >&2
        return 1
    }
}

server_stop() {
    [ ! -s "$STAGE/$1/data/postmaster.pid" ] ||
        stage_as "$STAGE_PGBIN/pg_ctl" -D "$STAGE/$1/data" -w -s -t 60 -m "${2:-fast}" stop || true
}

# The postmaster dies of SIGKILL, its children of that.
server_kill() {
    local pid children
    pid=$(head -n 1 "$STAGE/$1/data/postmaster.pid")
    children=$(pgrep -P "$pid" || true)
    stage_as kill -KILL "$pid"
    for child in $children; do within 40 is_gone "$child"; done
    rm -f "$STAGE/$1/data/postmaster.pid" "$STAGE/$1/.s.PGSQL.5432.lock"
}

is_gone() {
    [ ! -r "/proc/$1/stat" ] || [ "$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null)" = Z ]
}

# make_standby NAME OF: a fresh copy that follows
make_standby() {
    rm -rf "${STAGE:?}/$1/data"
    stage_as mkdir -p "$STAGE/$1"
    stage_as "$STAGE_PGBIN/pg_basebackup" -h "$STAGE/$2" -U "$STAGE_SUPER" -D "$STAGE/$1/data" \
        -R -X stream -c fast --no-sync
    follow "$1" "$2"
}

# rejoin NAME OF: a primary of old becomes a standby of the new one
rejoin() {
    # only that tells pg_rewind of the new timeline
    on "$2" checkpoint
    stage_as "$STAGE_PGBIN/pg_rewind" -D "$STAGE/$1/data" -R --no-sync \
        --source-server="host=$STAGE/$2 dbname=postgres user=$STAGE_SUPER" >"$STAGE/rewind.log" 2>&1 || {
        cat "$STAGE/rewind.log" >&2
        return 1
    }
    follow "$1" "$2"
}

follow() {
    synchronous "$1" off file
    server_start "$1"
    within 40 follows "$2"
}

follows() {
    [ "$(on "$1" "select count(*) from pg_stat_replication where state = 'streaming'")" = 1 ]
}

# What the primary has done has reached the standby, applied.
caught_up() {
    [ "$(on "$1" 'select bool_and(replay_lsn >= pg_current_wal_lsn()) from pg_stat_replication')" = t ]
}

# synchronous NAME on|off [file]: whether its commits wait for a standby
synchronous() {
    local names=
    [ "$2" = off ] || names='*'
    stage_as sed -i '/^synchronous_standby_names/d' "$STAGE/$1/data/postgresql.auto.conf"
    echo "synchronous_standby_names = '$names'" |
        stage_as tee -a "$STAGE/$1/data/postgresql.auto.conf" >/dev/null
    [ "${3:-}" = file ] || {
        on "$1" 'select pg_reload_conf()' >/dev/null
        [ "$2" = off ] || within 30 is_synchronous "$1"
    }
}

is_synchronous() {
    [ "$(on "$1" "select count(*) from pg_stat_replication where sync_state = 'sync'")" = 1 ]
}

promote() {
    stage_as "$STAGE_PGBIN/pg_ctl" -D "$STAGE/$1/data" -w -s -t 60 promote
}

primary_is() {
    [ "$(on "$1" 'select pg_is_in_recovery()' 2>/dev/null)" = f ]
}

# Each test starts with pg as primary and pb behind it, as they are or anew.
pair() {
    if ! primary_is pg || ! follows pg; then
        server_stop pb immediate
        server_stop pg immediate
        rm -f "$STAGE/pg/data/standby.signal" "$STAGE/pg/data/recovery.signal"
        synchronous pg off file
        stage_as sed -i '/^default_transaction_read_only/d' "$STAGE/pg/data/postgresql.auto.conf"
        server_start pg
        make_standby pb pg
    fi
    synchronous pg "${1:-off}"
    clean_tables
    within 30 caught_up pg
    within 30 health_is "$STAGE_URL" ok
}

# One drain for all of the test: it has to find the way itself.
draining() {
    zohosync drain --slot 600 >/dev/null 2>&1 3>&- &
    DRAIN=$!
    within 40 applies
}

applies() { [ "$(query 'select count(*) from mirror.record')" -gt 0 ]; }

# applied_since FIRST: some of the numbers from there on are in the mirror
applied_since() { [ "$(query "select count(*) from mirror.record where id::bigint > $1")" -gt 0 ]; }

last_sent() { tail -n 1 "$STAGE/ledger" | cut -d ' ' -f 1; }

# Both go on at the new primary, and the drain is the one of before.
goes_on_at() {
    local from
    primary_is "$1"
    within 40 health_is "$STAGE_URL" ok
    from=$(last_sent)
    stream_goes_on
    within 30 applied_since "$from"
    kill -0 "$DRAIN"
}

stop_all() {
    stream_stop
    kill_all drain TERM
    wait
    echo "# $(stream_says), $(query "select count(*) from sync.inbox where origin = 'spool'") by the spool" >&3
}

@test "a primary with a synchronous standby is killed: nothing is lost, and the way back goes the same way" {
    pair on
    stream_start
    draining
    server_kill pg
    stream_goes_on
    promote pb
    goes_on_at pb
    # what was the primary comes back behind the new one
    rejoin pg pb
    synchronous pb on
    stream_goes_on
    # and takes over again, this time with an orderly stop
    server_stop pb immediate
    stream_goes_on
    promote pg
    goes_on_at pg
    stop_all
    expect '' "$(others)" 'answered anything but 202'
    expect_all_once
}

@test "a primary with an asynchronous standby is stopped at once: what the standby had is there, once, and all since" {
    local before after
    pair off
    stream_start
    draining
    # A walreceiver that stands still: what comes now is on the primary alone.
    before=$(last_sent)
    within 30 caught_up pg
    pgrep -P "$(head -n 1 "$STAGE/pb/data/postmaster.pid")" -f 'walreceiver' >"$BATS_TEST_TMPDIR/stopped"
    xargs kill -STOP <"$BATS_TEST_TMPDIR/stopped"
    stream_goes_on
    server_stop pg immediate
    xargs kill -KILL <"$BATS_TEST_TMPDIR/stopped"
    : >"$BATS_TEST_TMPDIR/stopped"
    stream_goes_on
    after=$(last_sent)
    promote pb
    goes_on_at pb
    stop_all
    expect '' "$(others)" 'answered anything but 202'
    within 90 finish
    query 'select id from mirror.record' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
    awk -v b="$before" -v a="$after" '$2 == 202 && ($1 < b || $1 > a) { print $1 }' "$STAGE/ledger" |
        LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/promised"
    expect '' "$(LC_ALL=C comm -13 "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/promised")"
    expect '' "$(query 'select id from mirror.version group by module, id having count(*) > 1')" 'applied twice'
    accounted
    awk '$2 == 202 { print $1 }' "$STAGE/ledger" | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/all"
    echo "# $(LC_ALL=C comm -13 "$BATS_TEST_TMPDIR/there" "$BATS_TEST_TMPDIR/all" | wc -l) answered 202 were on the primary alone" >&3
}

@test "a synchronous standby that is gone holds up commits: events wait in the spool, then all are there" {
    pair on
    stream_start
    draining
    server_stop pb immediate
    stream_goes_on 40
    [ "$(spooled)" -gt 0 ]
    server_start pb
    within 30 is_synchronous pg
    stop_all
    expect '' "$(others)" 'answered anything but 202'
    expect_all_once
}

# As a cluster manager does before it promotes another: open sessions stay.
fence() {
    on "$1" 'alter system set default_transaction_read_only = on' >/dev/null
    on "$1" 'select pg_reload_conf()' >/dev/null
    within 30 is_read_only "$1"
}

is_read_only() { [ "$(on "$1" 'show default_transaction_read_only')" = on ]; }

written() { on "$1" 'select last_value from sync.request_seq'; }

@test "a primary that is fenced read-only is not written to: events wait in the spool until there is another" {
    local rows
    pair off
    stream_start
    draining
    fence pg
    rows=$(written pg)
    stream_goes_on
    [ "$(spooled)" -gt 0 ]
    within 30 caught_up pg
    promote pb
    stream_goes_on
    expect "$rows" "$(written pg)" 'the old primary wrote'
    server_stop pg fast
    goes_on_at pb
    stop_all
    expect '' "$(others)" 'answered anything but 202'
    expect_all_once
}

no_drain_at() {
    [ "$(on "$1" "select count(*) from pg_stat_activity where usename = 'job'")" = 0 ]
}

@test "the receiver and the drain leave a fenced primary that still stands for the new one" {
    pair off
    stream_start
    draining
    fence pg
    within 30 caught_up pg
    promote pb
    goes_on_at pb
    # A receiver that gets no request has no reason to leave.
    within 30 no_drain_at pg
    stop_all
    expect_all_once
}

@test "a primary that hangs is left for the new one" {
    pair on
    stream_start
    draining
    { head -n 1 "$STAGE/pg/data/postmaster.pid"
      pgrep -P "$(head -n 1 "$STAGE/pg/data/postmaster.pid")"; } >"$BATS_TEST_TMPDIR/stopped"
    xargs kill -STOP <"$BATS_TEST_TMPDIR/stopped"
    stream_goes_on
    promote pb
    within 60 health_is "$STAGE_URL" ok
    stream_goes_on
    server_is_shot
    goes_on_at pb
    stop_all
    expect '' "$(others)" 'answered anything but 202'
    expect_all_once
}

# What a cluster manager does with one that hangs.
server_is_shot() {
    xargs kill -KILL <"$BATS_TEST_TMPDIR/stopped"
    : >"$BATS_TEST_TMPDIR/stopped"
    rm -f "$STAGE/pg/data/postmaster.pid"
}
