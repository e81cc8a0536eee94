#!/bin/sh
# From the webhook to the row that people see, drains started by a real cron
# each minute, with handovers inside: milliseconds from the moment a request
# was due to be sent to the commit of its row in zoho.products.
#   latency.sh [BUILD_DIR]     SECONDS_EACH=130 RATES="20 50"
# Needs root, for a cron of its own in a mount namespace of its own.
set -eu
SECONDS_EACH=${SECONDS_EACH:-130}
. "$(dirname "$0")/common.sh"
if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
    echo 'latency: no cron of our own here' >&2
    exit 0
fi
cron_stop() {
    [ ! -s "$STAGE/cron.pid" ] || kill "$(cat "$STAGE/cron.pid")" 2>/dev/null || true
    for pid in $(pids_of drain); do
        kill "$pid" 2>/dev/null || true
    done
    while [ -n "$(pids_of drain)" ]; do
        sleep 0.2
    done
}
trap 'cron_stop; stage_close' EXIT INT TERM
bench_open
stage_as tee -a "$STAGE/pg/data/postgresql.conf" >/dev/null <<EOF2
track_commit_timestamp = on
EOF2
stage_pg_stop
stage_pg_start
stage_web
echo "* * * * * postgres exec $STAGE/bin/zohosync -c $STAGE_CONF drain" >"$STAGE/crontab"
# shellcheck disable=SC2016 # the inner shell expands them
unshare --mount sh -c '
    mount -t tmpfs none /etc/cron.d && mount -t tmpfs none /run &&
    mount -t tmpfs none /var/spool/cron && mkdir -p /var/spool/cron/crontabs &&
    mount --bind /dev/null /etc/crontab &&
    cp "$1/crontab" /etc/cron.d/zohosync && chmod 644 /etc/cron.d/zohosync &&
    echo $$ >"$1/cron.pid" && exec /usr/sbin/cron -f' sh "$STAGE" >/dev/null 2>&1 &
until [ -n "$(pids_of drain)" ]; do
    sleep 0.2
done

for rate in ${RATES:-20 50}; do
    python3 "$bench_here/pace.py" --rate "$rate" --seconds "$seconds" --senders 4 \
        --ledger "$STAGE/ledger" "$STAGE_URL" "$STAGE_KEY" >"$STAGE/pace"
    sleep 2
    # The commit's time has microseconds; the client's clock is the same one.
    stage_psql >"$STAGE/percentiles" <<EOF2
create temp table sent (id text, at double precision);
\\copy sent from '$STAGE/ledger'
select count(*), count(p.zoho_item_id),
       percentile_disc(array[0.5, 0.95, 0.99, 1]) within group (order by
           round((extract(epoch from pg_xact_commit_timestamp(p.xmin)) - s.at)::numeric * 1000, 2))
  from sent s left join zoho.products p on p.zoho_item_id = s.id;
EOF2
    IFS='|{},' read -r sent seen _ p50 p95 p99 max _ <"$STAGE/percentiles"
    [ "$sent" = "$seen" ] || {
        echo "latency: $sent were sent, $seen are there" >&2
        exit 1
    }
    row - "webhook to row at $rate/s, p50 ms" "$p50" '<= 20' '<= 5'
    row - "webhook to row at $rate/s, p95 ms" "$p95" '<= 100' '<= 10'
    row - "webhook to row at $rate/s, p99 ms" "$p99" '<= 500' '<= 20'
    row - "webhook to row at $rate/s, max ms ($sent sent)" "$max"
done
