#!/usr/bin/env bats
# Promise 1, the spool's part: what was answered 2xx is never lost, also
# while PostgreSQL is away, refuses, is too slow, read-only or full (R5-R7).

load helper
load receiver
load spool

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() {
    other_web_stop
    [ ! -s "$BATS_TEST_TMPDIR/stopped" ] || xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped" 2>/dev/null || true
    spool_mended
}

health_is() {
    ask GET /api/zoho/webhooks/health >/dev/null
    [ "$(says .status)" = "$1" ]
}

# ---- PostgreSQL away, in each way ----

# bats test_tags=mount
@test "while PostgreSQL is stopped events are answered 202 and wait in the spool, then apply in order, once" {
    post_some 1 3
    stage_pg_stop immediate
    post_some 4 8
    expect 5 "$(spooled)"
    expect 200 "$(ask GET /api/zoho/webhooks/health)"
    expect 'degraded 5' "$(says '[.status, .spool_events] | join(" ")')"
    stage_pg_start
    drain
    expect_all_once 1 8
    expect 'spool|5
webhook|3' "$(query 'select origin, count(*) from sync.inbox group by 1 order by 1')"
    drain
    expect_all_once 1 8
    until_true 15 health_is ok
    expect 0 "$(says .spool_events)"
}

# Those of the receiver; what was altered before holds for the next.
end_sessions() {
    query "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'web'" >/dev/null
}

@test "while connections are refused events wait in the spool" {
    query 'alter role web nologin'
    end_sessions
    post_some 1 3
    query 'alter role web login'
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
}

@test "while no connection is left events wait in the spool" {
    query 'alter role web connection limit 0'
    end_sessions
    post_some 1 3
    query 'alter role web connection limit -1'
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
}

# bats test_tags=mount
@test "while PostgreSQL is too slow events wait in the spool, and are one event when it has stored them after all" {
    back_again
    # the postmaster and all it started: nothing answers, nothing refuses
    { head -n 1 "$STAGE/pg/data/postmaster.pid"
      pgrep -P "$(head -n 1 "$STAGE/pg/data/postmaster.pid")"; } >"$BATS_TEST_TMPDIR/stopped"
    xargs kill -STOP <"$BATS_TEST_TMPDIR/stopped"
    post_some 1 3
    expect 3 "$(spooled)"
    xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped"
    : >"$BATS_TEST_TMPDIR/stopped"
    # the first was under way: it may have been stored as well
    until_true 10 query 'select 1' >/dev/null
    until_true 10 no_store_runs
    drain
    expect_all_once 1 3
}

no_store_runs() {
    [ "$(query "select count(*) from pg_stat_activity where usename = 'web' and state <> 'idle'")" = 0 ]
}

@test "while the database is read-only events wait in the spool" {
    query 'alter role web set default_transaction_read_only = on'
    end_sessions
    post_some 1 3
    query 'alter role web reset default_transaction_read_only'
    end_sessions
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
}

@test "while the web role has no rights events wait in the spool" {
    query 'revoke zohosync_web from web'
    post_some 1 3
    query 'grant zohosync_web to web'
    expect 3 "$(spooled)"
    expect 0 "$(query 'select count(*) from sync.inbox')"
    drain
    expect_all_once 1 3
}

@test "without a partition for today events wait in the spool, and the drain makes one" {
    local day
    day=$(date -u +%Y%m%d)
    query "drop table sync.inbox_$day"
    post_some 1 3
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
    expect t "$(query "select to_regclass('sync.inbox_$day') is not null")"
}

@test "a commit that fails is no 202: the event goes to the spool" {
    # shellcheck disable=SC2016 # SQL's own dollars
    query 'create function public.refuse() returns trigger language plpgsql as $$begin raise exception $e$disk full$e$ using errcode = $e$53100$e$; end$$;
        create constraint trigger refuse after insert on sync.seen deferrable initially deferred
            for each row execute function public.refuse()'
    post_some 1 3
    query 'drop trigger refuse on sync.seen; drop function public.refuse'
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
}

@test "one event that PostgreSQL refuses does not take its neighbours along" {
    query "alter table sync.inbox add constraint refuse check (position('refused' in query) = 0) not valid"
    local i
    for i in 1 2 3 4 5 6; do
        post_text "Leads?n=$([ "$i" = 3 ] && echo refused || echo "$i")" "$(lead "$i")" \
            -o "$BATS_TEST_TMPDIR/answer.$i" >"$BATS_TEST_TMPDIR/status.$i"
    done
    expect '202 202 202 202 202 202' "$(cat "$BATS_TEST_TMPDIR"/status.* | paste -sd ' ')"
    expect '5|1' "$(query 'select count(*) from sync.inbox')|$(spooled)"
    query 'alter table sync.inbox drop constraint refuse'
    drain
    expect 6 "$(query 'select count(*) from mirror.record')"
}

# ---- nothing left to keep it in ----

# bats test_tags=mount
@test "with the spool full as well the sender is told 503 and when to come again, and nothing is claimed (R6)" {
    local statuses=
    stage_pg_stop immediate
    other_web "SPOOL_DIR=$STAGE/small" SPOOL_MAX_MB=1
    printf '{"data":[{"id":"1","Last_Name":"%s"}]}' "$(head -c 300000 /dev/zero | tr '\0' x)" >"$BATS_TEST_TMPDIR/big"
    for _ in 1 2 3 4 5; do
        statuses="$statuses $(post Leads "$BATS_TEST_TMPDIR/big" -D "$ANSWER.head")"
    done
    expect ' 202 202 202 503 503' "$statuses"
    expect unavailable "$(says .status)"
    expect 30 "$(field Retry-After)"
    expect 3 "$(find "$STAGE/small" -type f | wc -l)" 'only what was answered 202'
    # what is smaller still fits, once the directory has been counted again
    small_fits() { [ "$(post_text Leads "$(lead 1)")" = 202 ]; }
    until_true 10 small_fits
    # and it goes on by itself when there is room again
    find "$STAGE/small" -type f -delete
    fits() { [ "$(post Leads "$BATS_TEST_TMPDIR/big")" = 202 ]; }
    until_true 10 fits
}

@test "with a spool that cannot be written the sender is told 503, and it goes on by itself (R6)" {
    [ "$(id -u)" -eq 0 ] || skip 'the stage runs as root here and the receiver as another user'
    stage_pg_stop immediate
    chown root "$STAGE/spool"
    chmod 555 "$STAGE/spool"
    expect 503 "$(post_text Leads "$(lead 1)" -D "$ANSWER.head")"
    expect 30 "$(field Retry-After)"
    expect 0 "$(find "$STAGE/spool" -type f -newer "$STAGE_CONF" -name '*.req' | wc -l)"
    chown postgres "$STAGE/spool"
    chmod 770 "$STAGE/spool"
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect 1 "$(spooled)"
}

@test "with the spool gone the sender is told 503 while PostgreSQL is away, and 202 while it is not (R6)" {
    other_web SPOOL_DIR=/proc/nowhere/spool
    expect 202 "$(post_text Leads "$(lead 1)")"
    stage_pg_stop immediate
    expect 503 "$(post_text Leads "$(lead 2)" -D "$ANSWER.head")"
    expect 30 "$(field Retry-After)"
    stage_pg_start
    stores() { [ "$(post_text Leads "$(lead 3)")" = 202 ]; }
    until_true 15 stores
    drain
    expect '1 3' "$(query "select string_agg(id, ' ' order by id) from mirror.record")"
}

# bats test_tags=mount
@test "what is proven and unreadable is kept in the spool too, with its 400" {
    stage_pg_stop immediate
    expect 400 "$(post_text Leads '{"data":')"
    expect 1 "$(spooled)"
    expect 401 "$(ask POST /api/zoho/webhooks/Leads --data-binary '{}')"
    expect 1 "$(spooled)" 'what is unproven is not'
    stage_pg_start
    drain
    expect unreadable "$(query 'select reason from sync.dead')"
    accounted
}

# bats test_tags=mount
@test "spool files are for their owner and group alone" {
    stage_pg_stop immediate
    post_some 1 1
    expect 0 "$(find "$STAGE/spool" -perm /007 | wc -l)"
    stage_pg_start
}
