#!/usr/bin/env bats
# Promise 1, the spool's part: what was answered 2xx is never lost, also
# while PostgreSQL is away, refuses, is too slow, read-only or full (R5-R7).

load helper
load receiver

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() {
    other_web_stop
    [ ! -s "$BATS_TEST_TMPDIR/stopped" ] || xargs kill -CONT <"$BATS_TEST_TMPDIR/stopped" 2>/dev/null || true
    [ -s "$STAGE/pg/data/postmaster.pid" ] || stage_pg_start
    chmod 770 "$STAGE/spool"
    rm -f "$STAGE/spool/.half.req" "$STAGE/spool/README"
}

spooled() {
    find "$STAGE/spool" -maxdepth 1 -name '[!.]*.req' | wc -l
}

health_is() {
    ask GET /api/zoho/webhooks/health >/dev/null
    [ "$(says .status)" = "$1" ]
}

# post_some FIRST LAST: leads of those numbers, each answered 202
post_some() {
    local i
    for i in $(seq "$1" "$2"); do
        expect 202 "$(post_text Leads "$(lead "$i")")" "lead $i" || return 1
        expect accepted "$(says .status)" "lead $i" || return 1
    done
}

# All of them are applied once, from the inbox, in the order in which they
# were sent.
expect_all_once() {
    expect 0 "$(spooled)" 'left in the spool' || return 1
    expect "$(seq "$1" "$2" | paste -sd ' ')" \
        "$(query "select string_agg(id, ' ' order by seq) from mirror.record")" 'records in order' || return 1
    expect "$(($2 - $1 + 1))" "$(query 'select count(*) from mirror.version')" 'effects' || return 1
    expect 0 "$(query 'select count(*) from sync.work')" 'waiting' || return 1
    accounted
}

is_up() {
    local before
    before=$(spooled)
    expect 202 "$(post_text Leads "$(lead 999999)")" && [ "$before" = "$(spooled)" ]
}

# Wait until the receiver stores again, then forget what that took.
back_again() {
    until_true 15 is_up
    query "delete from sync.inbox where convert_from(body, 'UTF8') ~ '999999';
        delete from sync.work w where not exists (select from sync.inbox i where i.seq = w.seq)"
    grep -l 999999 "$STAGE"/spool/*.req 2>/dev/null | xargs -r rm -f
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

@test "while connections are refused events wait in the spool" {
    query 'alter role web nologin'
    query "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'web'" >/dev/null
    post_some 1 3
    query 'alter role web login'
    expect 3 "$(spooled)"
    drain
    expect_all_once 1 3
}

@test "while no connection is left events wait in the spool" {
    query "alter role web connection limit 0; select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'web'" >/dev/null
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
    query "alter role web set default_transaction_read_only = on;
        select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'web'" >/dev/null
    post_some 1 3
    query "alter role web reset default_transaction_read_only;
        select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'web'" >/dev/null
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

# ---- loading ----

@test "the drain that is killed while it loads, again and again, loses nothing and doubles nothing" {
    local i
    stage_pg_stop immediate
    # distinct by id; posted at once, so there is something to be killed in
    python3 - "$STAGE_PORT" "$STAGE_KEY" <<'END'
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for i in range(1, 1001):
    c.request("POST", "/api/zoho/webhooks/Leads", '{"data":[{"id":"%d","Last_Name":"Example",'
              '"Modified_Time":"2026-01-31T09:15:00+01:00"}]}' % i, {"X-API-Key": sys.argv[2]})
    r = c.getresponse()
    assert r.status == 202, r.status
    r.read()
END
    expect 1000 "$(spooled)"
    stage_pg_start
    # slow enough to be met in the middle of a batch
    # shellcheck disable=SC2016 # SQL's own dollars
    query 'create function public.slow() returns trigger language plpgsql as
            $$begin perform pg_sleep(0.1); return new; end$$;
        create trigger slow before insert on sync.inbox for each row
            when (new.seq % 40 = 0) execute function public.slow()'
    for i in 1 2 3 4 5; do
        stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF" 3>&- &
        until_true 10 is_loading
        kill_tree $!
        wait $! 2>/dev/null || true
        expect 1000 "$(all_places)" "after kill $i"
    done
    query 'drop trigger slow on sync.inbox; drop function public.slow'
    [ "$(spooled)" -gt 0 ] # or it was never met in the middle
    drain
    expect 1000 "$(query 'select count(*) from mirror.record')"
    expect 1000 "$(query 'select count(*) from mirror.version')"
    expect 1000 "$(query 'select count(*) from sync.inbox')"
    expect 0 "$(query "select count(*) from (select seq, lag(seq) over (order by received_at) as before
        from sync.inbox) x where seq < before")" 'order of arrival'
    expect 0 "$(spooled)"
    accounted
}

is_loading() {
    [ "$(query "select count(*) from pg_stat_activity where usename = 'job' and wait_event = 'PgSleep'")" != 0 ]
}

kill_tree() {
    local child
    for child in $(pgrep -P "$1"); do
        kill_tree "$child"
    done
    kill -KILL "$1" 2>/dev/null || true
}

# Events in the inbox or only in a file. A killed drain's transaction may
# take a moment to end; a file goes only after its commit.
all_places() {
    local stored
    until_true 10 no_drain_runs || return 1
    stored=$(query 'select count(*) from sync.inbox')
    # files that are loaded but not yet removed count once
    query 'select name from sync.spooled' | sort >"$BATS_TEST_TMPDIR/loaded"
    echo $((stored + $(find "$STAGE/spool" -maxdepth 1 -name '*.req' -printf '%f\n' | sort |
        comm -23 - "$BATS_TEST_TMPDIR/loaded" | wc -l)))
}

no_drain_runs() {
    [ "$(query "select count(*) from pg_stat_activity where usename = 'job'")" = 0 ]
}

@test "what was spooled keeps the time at which it came" {
    local file came
    stage_pg_stop immediate
    post_some 1 1
    file=$(basename "$STAGE"/spool/*.req)
    came=$((10#${file%%-*}))
    sleep 1
    stage_pg_start
    drain
    expect "$came" "$(query 'select (extract(epoch from received_at) * 1000000)::bigint from sync.inbox')"
}

@test "a spooled event that comes again is one event, spooled or stored" {
    stage_pg_stop immediate
    post_some 1 1
    expect 202 "$(post_text Leads "$(lead 1)")" 'again into the spool'
    expect 2 "$(spooled)"
    stage_pg_start
    drain
    expect_all_once 1 1
    expect '1|1' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
    back_again
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect repeat "$(says .status)"
    expect '1|2' "$(query 'select (select count(*) from sync.inbox), (select count(*) from sync.repeat)')"
}

@test "a spool file that is loaded but not removed, a crash between the two, is not loaded twice" {
    stage_pg_stop immediate
    post_some 1 2
    cp -p "$STAGE"/spool/*.req "$BATS_TEST_TMPDIR/"
    stage_pg_start
    drain
    query 'delete from sync.seen' # as after the dedupe window
    stage_as cp "$BATS_TEST_TMPDIR"/*.req "$STAGE/spool/" 2>/dev/null || {
        cp "$BATS_TEST_TMPDIR"/*.req "$STAGE/spool/"
        chown --reference="$STAGE/spool" "$STAGE"/spool/*.req
    }
    drain
    expect_all_once 1 2
    expect 2 "$(query 'select count(*) from sync.inbox')"
}

@test "a damaged spool file is set aside in bad and the others are loaded" {
    local files
    stage_pg_stop immediate
    post_some 1 5
    files=("$STAGE"/spool/*.req)
    : >"${files[0]}"                                    # empty
    truncate -s -1 "${files[1]}"                        # torn
    printf x | dd of="${files[2]}" bs=1 seek=150 conv=notrunc status=none # changed
    # what a crash left half written is no event: it was never answered
    cp "${files[3]}" "$STAGE/spool/.half.req"
    stage_pg_start
    drain
    expect 0 "$(spooled)"
    expect 3 "$(find "$STAGE/spool/bad" -name '*.req' | wc -l)"
    expect '4 5' "$(query "select string_agg(id, ' ' order by seq) from mirror.record")"
    expect 3 "$(zohosync status --json | jq .spool_bad)"
    expect 3 "$(grep -c 'is set aside in "bad"' "$STAGE/log")"
    accounted
}

@test "spool files that PostgreSQL refuses are set aside, each by itself" {
    stage_pg_stop immediate
    local i
    for i in $(seq 1 9); do
        post_text "Leads?n=$([ "$i" = 3 ] || [ "$i" = 8 ] && echo refused || echo "$i")" "$(lead "$i")" >/dev/null
    done
    expect 9 "$(spooled)"
    stage_pg_start
    query "alter table sync.inbox add constraint refuse check (position('refused' in query) = 0) not valid"
    drain
    expect 0 "$(spooled)"
    expect 2 "$(grep -l refused "$STAGE"/spool/bad/*.req | wc -l)"
    expect '1 2 4 5 6 7 9' "$(query "select string_agg(id, ' ' order by seq) from mirror.record")"
    query 'alter table sync.inbox drop constraint refuse'
    accounted
}

@test "files of other names in the spool are left alone" {
    stage_pg_stop immediate
    post_some 1 1
    stage_pg_start
    stage_as touch "$STAGE/spool/README"
    drain
    expect_all_once 1 1
    [ -e "$STAGE/spool/README" ]
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
