#!/usr/bin/env bats
# Promise 1, the way out of the spool: the drain loads each file once, in
# order, whatever kills it, and sets aside what is damaged (R5-R7).

load helper
load receiver
load spool

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { spool_mended; }

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
            $$begin perform pg_sleep(0.4); return new; end$$;
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
