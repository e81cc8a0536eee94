#!/usr/bin/env bats
# R20: the schema goes down and up again under load, and neither side's
# programs need to be stopped for it. Nothing is lost or doubled, and no
# sender waits for a lock. A longer run: UPGRADE_CYCLES=100 bats this file.

load helper
load queue
load receiver
load scale

# As deep as it may go with data to keep: what is below holds requests.
LOWEST=4
NEWEST=$(find "$TOP_SRCDIR/sql/schema" -name '*.sql' | wc -l)
NEXT_NAME=$(printf '%04d_next' $((NEWEST + 1)))

setup_file() {
    export STAGE_PROCS=2
    stage
    next_version
}
teardown_file() { stage_close; }

setup() {
    OUT=$BATS_TEST_TMPDIR/out
    zohosync migrate >/dev/null
    clean_tables
    within 30 health_is "$STAGE_URL" ok
    stage_as truncate -s 0 "$STAGE/log"
}

teardown() {
    rm -f "$STAGE/draining"
    stream_stop
    kill_all drain KILL
    kill_all migrate KILL
    query "select count(pg_terminate_backend(pid)) from pg_stat_activity
            where pid <> pg_backend_pid() and backend_type = 'client backend' and usename = '$STAGE_SUPER'" >/dev/null
    wait
    next migrate --to "$NEWEST" >/dev/null
}

# The next version of migrate and drain: one schema file more, which takes the
# strongest lock on the table every request goes to.
next_version() {
    local dir=$STAGE/next
    mkdir "$dir"
    cp -r "$TOP_SRCDIR/sql" "$dir/"
    cat >"$dir/sql/schema/$NEXT_NAME.sql" <<'EOF'
set local role zohosync_owner;
alter table sync.inbox add column remark text not null default '';
EOF
    echo 'alter table sync.inbox drop column remark;' >"$dir/sql/down/$NEXT_NAME.sql"
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP_BUILDDIR" -o Makefile --eval "
$dir/texts.c: ; cd $dir && \$(AWK) -v want=source -f sql/embed.awk \$(sql_files) sql/schema/*.sql sql/down/*.sql >texts.c
$dir/texts.o: $dir/texts.c ; \$(COMPILE) -c -o \$@ \$<
$dir/migrate: $dir/texts.o ; \$(LINK) jobs/migrate.o $dir/texts.o \$(jobs_migrate_LDADD) \$(LIBS)
$dir/drain: $dir/texts.o ; \$(CXXLINK) jobs/drain.o $dir/texts.o \$(jobs_drain_LDADD) \$(LIBS)
" "$dir/migrate" "$dir/drain" >&2
    cp "$STAGE/bin/zohosync" "$dir/"
    chmod -R a+rX "$dir"
}

# The same words, spoken by the next version.
next() {
    stage_as "$STAGE/next/zohosync" "$@" -c "$STAGE_CONF"
}

# Cron's part: there is always a drain, or soon again.
keep_draining() {
    : >"$STAGE/draining"
    while [ -e "$STAGE/draining" ]; do
        next drain --slot 2 --workers 2 || sleep 0.2
    done >/dev/null 2>&1 3>&- &
}

stop_all() {
    stream_stop
    rm -f "$STAGE/draining"
    wait
    expect '' "$(others)" 'answered anything but 202'
    # This version's drain works on this version's tables only.
    [ "$(schema_is)" -le "$NEWEST" ] || next migrate --to "$NEWEST" >/dev/null
    expect_all_once
    echo "# $(stream_says), $(query "select count(*) from sync.inbox where origin = 'spool'") by the spool" >&3
}

schema_is() {
    query 'select max(number) from sync.migration'
}

@test "the schema goes down and up again and again under load: nothing lost, nothing twice, nobody waits" {
    local cycle seed=${SEED:-$RANDOM} longest
    echo "# SEED=$seed UPGRADE_CYCLES=${UPGRADE_CYCLES:-3}" >&3
    RANDOM=$seed
    STREAM_RATE=${UPGRADE_RATE:-100} stream_start --senders 16
    keep_draining
    for cycle in $(seq "${UPGRADE_CYCLES:-3}"); do
        next migrate --to $((LOWEST + RANDOM % (NEWEST - LOWEST))) >/dev/null
        sleep "0.$((RANDOM % 5))"
        next migrate >/dev/null
        sleep "0.$((RANDOM % 5))"
    done
    stream_goes_on
    stop_all
    # The figure is the one above; this is far beyond it, for a slow machine.
    longest=$(awk '$3 > worst { worst = $3 } END { print worst + 0 }' "$STAGE/ledger")
    [ "$longest" -lt 5000 ]
}

@test "the tables for people hold all of the mirror again after the schema was down and up" {
    local i
    for i in $(seq 20); do
        expect 202 "$(post_text products "$(item "$i" 2026-01-01T00:00:00Z)")"
    done
    drain
    expect 20 "$(query 'select count(*) from zoho.products')"
    zohosync migrate --to "$LOWEST" >/dev/null
    expect 20 "$(query 'select count(*) from mirror.record')"
    zohosync migrate >/dev/null
    drain
    expect 20 "$(query 'select count(*) from zoho.products')"
}

@test "what a drain had in hand when a table went is not blamed on the data" {
    local i
    for i in $(seq 50); do item "$i" 2026-01-01T00:00:00Z; done | put products
    slow_down 0.02
    drain >"$OUT" 2>&1 3>&- &
    within 40 in_batch
    query 'alter table zoho.products rename to products_away' >/dev/null
    full_speed
    wait $! || true
    query 'alter table zoho.products_away rename to products' >/dev/null
    quicken
    expect '0|0' "$(query 'select (select count(*) from sync.work where tries > 0), (select count(*) from sync.dead)')"
    drain
    expect 50 "$(query 'select count(*) from zoho.products')"
}

@test "a drain on an older schema says what to do and ends with 70; the receiver goes on" {
    local to
    for to in 7 6 "$LOWEST"; do
        zohosync migrate --to "$to" >/dev/null
        expect 202 "$(post_text Leads "$(lead "1$to")")"
        expect 0 "$(spooled)"
        for prepare in on off; do
            run_status 70 env "DATABASE_PREPARE=$prepare" \
                "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF"
            grep -q 'zohosync migrate' "$OUT"
        done
    done
    zohosync migrate >/dev/null
    expect_applied '16 17 14'
}

expect_applied() {
    drain
    expect "$(tr ' ' '\n' <<<"$1" | sort)" "$(query 'select id from mirror.record order by 1')"
}

@test "on a schema without the tables of requests the receiver spools, and all is there when they are back" {
    zohosync migrate --to 1 --force >/dev/null
    stream_start
    stream_goes_on
    zohosync migrate >/dev/null
    within 30 health_is "$STAGE_URL" ok
    stream_goes_on
    stop_all
}

@test "an older drain on a newer schema says so and ends with 70; the receiver goes on" {
    next migrate >/dev/null
    expect "$((NEWEST + 1))" "$(schema_is)"
    expect 202 "$(post_text Leads "$(lead 1)")"
    expect 1 "$(query 'select count(*) from sync.inbox')"
    run_status 70 zohosync drain --once
    grep -q "$NEXT_NAME" "$OUT"
    run_status 70 zohosync migrate
    grep -q "$NEXT_NAME" "$OUT"
    run_status 0 next drain --once
    expect 1 "$(query 'select count(*) from mirror.record')"
    next migrate --to "$NEWEST" >/dev/null
}

@test "two migrates at once, and again in the other direction: the work is done once, the second waits" {
    local i
    stream_start
    for i in 1 2; do
        next migrate >"$BATS_TEST_TMPDIR/a" & next migrate >"$BATS_TEST_TMPDIR/b"
        wait $!
        expect 1 "$(cat "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b" | grep -c "^apply $NEXT_NAME")"
        next migrate --to "$LOWEST" >"$BATS_TEST_TMPDIR/a" & next migrate --to "$LOWEST" >"$BATS_TEST_TMPDIR/b"
        wait $!
        expect "$((NEWEST + 1 - LOWEST))" "$(cat "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b" | grep -c '^take back')"
    done
    next migrate >/dev/null
    stop_all
}

@test "a migrate that is killed anywhere leaves whole steps, and the next one goes on from there" {
    local i seed=${SEED:-$RANDOM} pid
    echo "# SEED=$seed" >&3
    RANDOM=$seed
    stream_start
    for i in $(seq "${UPGRADE_KILLS:-4}"); do
        next migrate --to $((i % 2 ? LOWEST : NEWEST + 1)) >/dev/null 2>&1 3>&- &
        sleep "0.$(printf %03d $((RANDOM % 200)))"
        kill_all_in next migrate
        wait $! 2>/dev/null || true
        # what it held is free: the next gets the lock
        run_status 0 next migrate status
        expect "$(query 'select number from sync.migration order by 1')" "$(seq "$(schema_is)")" 'steps without a gap'
    done
    next migrate >/dev/null
    expect "$((NEWEST + 1))" "$(schema_is)"
    stop_all
}

kill_all_in() {
    local pid
    for pid in $(find /proc/[0-9]*/exe -maxdepth 0 -lname "$STAGE/$1/$2" 2>/dev/null | cut -d / -f 3); do
        kill -KILL "$pid" 2>/dev/null || true
    done
}

@test "a migrate that waits for somebody's long look holds up no request" {
    web_head patient STORE_TIMEOUT_MS=60000
    stream_start --url "$HEAD_URL"
    # a report, or the nightly dump: it reads the inbox and stays
    stage_psql -c 'begin; select count(*) from sync.inbox; select pg_sleep(600)' >/dev/null 2>&1 3>&- &
    within 30 is_looking
    next migrate >"$OUT" 2>&1 3>&- &
    within 30 is_migrating
    # With senders behind a lock there would be no more answers.
    within 30 stream_has $(($(accepted) + 50))
    expect 0 "$(spooled)"
    query "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()" >/dev/null
    wait $! || true
    # It has tried again itself, or said that it is to be started again.
    [ "$(schema_is)" = $((NEWEST + 1)) ] || grep -q lock "$OUT"
    next migrate >/dev/null
    expect "$((NEWEST + 1))" "$(schema_is)"
    stop_all
    web_head_stop patient
}

is_looking() {
    [ "$(query "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")" = 1 ]
}

is_migrating() {
    [ "$(query "select count(*) from pg_stat_activity where application_name = 'zohosync migrate'
            and query like '%add column remark%'")" = 1 ]
}
