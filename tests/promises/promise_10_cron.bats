#!/usr/bin/env bats
# Promise 10 under a real cron: drains started by it hand over without a gap
# (F178, F179, F330). Cron starts things when a minute begins, so this file
# needs a minute and a half. It runs in a mount namespace of its own, so it
# neither sees nor touches the machine's crontabs.

load helper
load queue

# why there can be no cron of our own here, nothing where there can
obstacle() {
    if [ "$(id -u)" -ne 0 ]; then
        echo 'needs root, for a cron of its own'
    elif [ ! -x /usr/sbin/cron ]; then
        echo 'no cron here'
    elif ! unshare --mount true 2>/dev/null; then
        echo 'no mount namespace here'
    fi
}

setup_file() {
    OBSTACLE=$(obstacle)
    export OBSTACLE
    [ -n "$OBSTACLE" ] || stage
}
teardown_file() {
    if [ -z "$OBSTACLE" ]; then
        stage_close
    fi
}
setup() {
    [ -z "$OBSTACLE" ] || skip "$OBSTACLE"
}
teardown() {
    [ ! -s "$BATS_TEST_TMPDIR/cron.pid" ] || kill "$(cat "$BATS_TEST_TMPDIR/cron.pid")" || true
    kill_all drain KILL
    wait
}

# Three drains a minute, each for its third of it and a moment longer.
crontab() {
    local wait
    for wait in 0 20 40; do
        echo "* * * * * postgres sleep $wait; exec $STAGE/bin/zohosync -c $STAGE_CONF drain --slot 22"
    done
}

start_cron() {
    crontab >"$BATS_TEST_TMPDIR/crontab"
    # shellcheck disable=SC2016 # the inner shell expands them
    unshare --mount sh -c '
        mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /run &&
        mount -t tmpfs none /var/spool/cron && mkdir -p /var/spool/cron/crontabs &&
        mount --bind /dev/null /etc/crontab &&
        cp "$1/crontab" /etc/cron.d/zohosync && chmod 644 /etc/cron.d/zohosync &&
        echo $$ >"$1/cron.pid" && exec /usr/sbin/cron -f' sh "$BATS_TEST_TMPDIR" \
        >"$BATS_TEST_TMPDIR/cron.out" 2>&1 3>&- &
}

row_there() {
    [ "$(query "select count(*) from zoho.products where zoho_item_id = '$1'")" = 1 ]
}

runs() {
    grep -c ' drained: ' "$STAGE/log" || true
}

started() { [ -n "$(pids_of drain)" ]; }

@test "webhooks posted over several handovers of cron's drains become rows without a gap" {
    local n=0
    start_cron
    until_true 90 started
    # Three runs have ended: two handovers lie behind us, and one goes on.
    while [ "$(runs)" -lt 3 ]; do
        n=$((n + 1))
        expect 202 "$(post_text products "$(item "c$n" 2026-01-01T00:00:00Z)")"
        # Far less than the next start of cron would take.
        until_true 10 row_there "c$n"
    done
    [ "$n" -gt 10 ]
    expect "$n" "$(query 'select count(*) from zoho.products')"
    expect "applied=$n" "$(outcomes)"
    accounted
}
