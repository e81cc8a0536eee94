#!/usr/bin/env bats
# Promise 10: it runs anywhere cron and a web server run, right at any
# interval of cron, with settings from a file and without root (F069, F070,
# F178, F180, F330).

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() {
    clean_tables
    OUT=$BATS_TEST_TMPDIR/out
    stage_as truncate -s 0 "$STAGE/log"
}
teardown() {
    kill_all drain KILL
    wait
}

# at_work N: as many drains hold a place or wait beside one
at_work() {
    [ "$(query "select count(*) from pg_locks where locktype = 'advisory' and granted
                 and pid in (select pid from pg_stat_activity where application_name = 'zohosync drain')")" = "$1" ]
}

drains() {
    query "select count(*) from pg_stat_activity where application_name = 'zohosync drain'"
}

drains_are() { [ "$(drains)" = "$1" ]; }

row_there() {
    [ "$(query "select count(*) from zoho.products where zoho_item_id = '$1'")" = 1 ]
}

@test "a drain started while one works waits beside it and goes on at its end" {
    zohosync drain --slot 600 &
    until_true 20 at_work 1
    first=$(parents)
    zohosync drain --slot 600 &
    until_true 20 at_work 2
    item 1 2026-01-01T00:00:00Z | put products
    until_true 20 row_there 1
    kill -TERM "$first"
    until_true 20 at_work 1
    item 2 2026-01-01T00:00:00Z | put products
    until_true 20 row_there 2
    kill -TERM "$(parents)"
    wait
    expect '' "$(pids_of drain)"
}

# The drains that are no workers of one.
parents() {
    local all
    all=$(pids_of drain | paste -sd ,)
    [ -n "$all" ] || return 0
    ps -o pid=,ppid= -p "$all" |
        awk '{ parent[$1] = $2 } END { for (p in parent) if (!(parent[p] in parent)) print p }'
}

@test "slots one behind the other leave no gap (F178)" {
    local n=0 slot before
    for slot in 3 3 3 600; do
        # As with cron, each starts while the one before is still at work.
        before=$(parents)
        zohosync drain --slot "$slot" &
        until_true 30 newcomer "$before"
        n=$((n + 1))
        item "g$n" 2026-01-01T00:00:00Z | put products
        until_true 30 alone "$before"
    done
    until_true 30 all_done
    expect "applied=$n" "$(outcomes)"
    kill_all drain TERM
    wait
    expect 4 "$(grep -c ' drained: ' "$STAGE/log")"
}

newcomer() { parents | grep -qvxF -e "${1:-none}"; }

# The one before has ended, its successor works.
alone() { [ "$(parents | wc -l)" = 1 ] && at_work 1 && newcomer "$1"; }

@test "of twenty started at once one works, one waits, the others end well at once" {
    local pids=() i ended=0
    for i in $(seq 20); do
        zohosync drain --slot 600 &
        pids+=($!)
    done
    until_true 60 drains_are 2
    until_true 20 at_work 2
    for i in "${pids[@]}"; do
        kill -0 "$i" 2>/dev/null || { wait "$i"; ended=$((ended + 1)); }
    done
    expect 18 "$ended" "ended with 0"
    item 1 2026-01-01T00:00:00Z | put products
    until_true 20 row_there 1
    kill_all drain TERM
    wait
}

@test "of twenty started with --once at once none fails, and all is done" {
    local pids=() i
    for i in $(seq 300); do item "$i" 2026-01-01T00:00:00Z; done | put products
    for i in $(seq 20); do
        drain &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i"; done
    expect 300 "$(query 'select count(*) from zoho.products')"
    expect 'applied=300' "$(outcomes)"
}

@test "--once may be run by hand beside the drain of cron" {
    zohosync drain --slot 600 &
    until_true 20 at_work 1
    for i in $(seq 50); do item "$i" 2026-01-01T00:00:00Z; done | put products
    run_status 0 drain
    until_true 20 all_done
    expect 'applied=50' "$(outcomes)"
    kill_all drain TERM
    wait
}

@test "a drain ends with its slot, and one told a time of day ends then" {
    run_status 0 zohosync drain --slot 1
    run_status 0 zohosync drain --until "$(date -d '+1 minute' +%H:%M)" --once
    expect '' "$(pids_of drain)"
}

# other_host COMMAND...: as on another host of the same database
other_host() {
    unshare --uts sh -c 'hostname zohosync-other && exec "$@"' sh "$@"
}

@test "two hosts with two workers each work at once, and right (F069, F070)" {
    local hosts=2 i
    other_host true 2>/dev/null || hosts=1
    item 9 2026-01-01T00:00:00Z 1000 | put products
    for i in $(seq 300); do adjust "a$i" 2026-01-02T00:00:00Z 9 1; done | put stock
    for i in $(seq 300); do item "p$((i % 30))" "2026-01-01T00:$((10 + i / 30)):00Z" "$i"; done | put products
    DRAIN_BATCH=10 zohosync drain --slot 600 --workers 2 &
    if [ "$hosts" = 2 ]; then
        # Stands first in the path of words: unshare needs root, the drain not.
        DRAIN_BATCH=10 other_host runuser -u postgres -- \
            "$STAGE/bin/drain" --slot 600 --workers 2 -c "$STAGE_CONF" &
    fi
    until_true 30 at_work $((2 * hosts))
    for i in $(seq 300); do adjust "b$i" 2026-01-02T00:00:00Z 9 -1; done | put stock
    until_true 60 all_done
    kill_all drain TERM
    wait
    expect 1000 "$(query "select stock_quantity from zoho.products where zoho_item_id = '9'")"
    expect 30 "$(query "select count(*) from zoho.products where zoho_item_id like 'p%' and modified_time >= '2026-01-01T00:19:00Z'")"
    expect '' "$(query "select reason from sync.work union all select reason from sync.dead")"
    accounted
}

@test "settings come from the file alone: nothing of the environment is needed (F180)" {
    item 1 2026-01-01T00:00:00Z | put products
    run_status 0 stage_as env -i "$STAGE/bin/zohosync" -c "$STAGE_CONF" drain --once
    expect 1 "$(query 'select count(*) from zoho.products')"
    run_status 0 stage_as env -i ZOHOSYNC_CONF="$STAGE_CONF" "$STAGE/bin/drain" --once
    run_status 0 stage_as sh -c "cd / && exec env -i '$STAGE/bin/zohosync' status -c '$STAGE_CONF'"
}

@test "no program runs as root or needs to" {
    [ "$(id -u)" -eq 0 ] || skip 'not root: every other test shows it'
    expect postgres "$(stat -c %U "$STAGE/log")"
}
