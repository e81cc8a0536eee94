#!/bin/sh
# Receiving in other weathers: repeats only, bad keys only, a slow disk,
# behind Apache, beside a drain that runs flat out, at 200/s, and for long.
#   receive_more.sh [BUILD_DIR]  SECONDS_EACH=3 ROUNDS=3 REQUESTS=1000000
set -eu
. "$(dirname "$0")/common.sh"
requests=${REQUESTS:-1000000}
cc=${CC:-cc}
bench_open
stage_web
make_post_lua
make_store_sql

# rounds_of FILE CLIENTS KIND: a rate and a p99 each round
rounds_of() {
    : >"$STAGE/rate.$1"
    : >"$STAGE/rate.$1.p99"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        [ "$3" = same ] || reset_queue
        post "$2" "$seconds" "$3"
        post_rate >>"$STAGE/rate.$1"
        post_ms 99 >>"$STAGE/rate.$1.p99"
    done
}

rounds_of fresh 32 fresh
post 1 1 same
rounds_of same 32 same
row P17 'repeats only / fresh events, 32 clients' "$(ratio "$STAGE/rate.same" "$STAGE/rate.fresh")" '>= 1.0' '>= 1.5'

# A queue for a drain to work on while events arrive.
reset_queue
stage_psql -v events="${EVENTS:-100000}" -f "$bench_here/fill.sql" >/dev/null
stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF" >/dev/null &
drain=$!
sleep 0.3
post 32 "$seconds"
post_rate >"$STAGE/beside"
post_ms 99 >"$STAGE/beside.p99"
wait "$drain"
row P20 'receiving beside a drain / alone' "$(median <"$STAGE/rate.fresh" | paste "$STAGE/beside" - | awk '{ printf "%.3f", $1 / $2 }')" '>= 0.45' '>= 0.55'
row P20 'its p99 / p99 alone' "$(median <"$STAGE/rate.fresh.p99" | paste "$STAGE/beside.p99" - | awk '{ printf "%.2f", $1 / $2 }')" '<= 4' '<= 2.5'

# 200 a second from eight senders.
reset_queue
python3 "$bench_here/pace.py" --rate 200 --seconds $((seconds * 3)) --senders 8 \
    "$STAGE_URL" "$STAGE_KEY" >"$STAGE/pace"
row R17 'p99 at 200/s, ms' "$(sed -n 's/^p99 //p' "$STAGE/pace")" '<= 25'

# As many processes as clients: each has one request at a time, so that each
# request is a commit.
stage_web_stop
STAGE_PROCS=32 stage_web
rounds_of each 32 fresh
stage_web_stop
stage_web
row P9 'grouped / a commit for each request, 32 clients' "$(ratio "$STAGE/rate.fresh" "$STAGE/rate.each")" '>= 1.9' '>= 2.5'

# Nobody's requests, against a program that answers everybody with 200.
rounds_of bad 32 bad
"$cc" -O2 -o "$STAGE/bin/trivial" "$bench_here/trivial.c" -lfcgi
chmod 755 "$STAGE/bin/trivial"
stage_web_stop
mv "$STAGE/bin/webhook" "$STAGE/bin/webhook.true"
cp "$STAGE/bin/trivial" "$STAGE/bin/webhook"
STAGE_PROCS=2 stage_web
rounds_of trivial 32 bad
stage_web_stop
mv "$STAGE/bin/webhook.true" "$STAGE/bin/webhook"
row P18 'bad keys only / a trivial responder' "$(ratio "$STAGE/rate.bad" "$STAGE/rate.trivial")" '>= 0.8' '>= 0.95'

# Behind Apache.
if [ -x /usr/sbin/apache2 ]; then
    stage_web apache-proxy-fcgi
    rounds_of apache 32 fresh
    stage_web_stop
    : >"$STAGE/pg"32
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        reset_queue
        pg_store 32 "$seconds"
        pg_rate >>"$STAGE/pg32"
    done
    row P15 'behind Apache mod_proxy_fcgi, 32 clients / pgbench' "$(ratio "$STAGE/rate.apache" "$STAGE/pg32")" '>= 0.57' '>= 0.75'
fi

# A disk that takes a millisecond longer for each sync.
"$cc" -O2 -shared -fPIC -o "$STAGE/bin/slow_sync.so" "$bench_here/slow_sync.c" -ldl
chmod 755 "$STAGE/bin/slow_sync.so"
stage_pg_stop
LD_PRELOAD=$STAGE/bin/slow_sync.so stage_pg_start
stage_web fastcgi
for clients in 8 32; do
    : >"$STAGE/slow.pg"
    rounds_of slow "$clients" fresh
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        reset_queue
        pg_store "$clients" "$seconds"
        pg_rate >>"$STAGE/slow.pg"
    done
    goal='>= 1.4' stretch='>= 1.7'
    [ "$clients" = 8 ] || { goal='>= 1.0' stretch='>= 1.25'; }
    row P16 "disk with +1 ms a sync, $clients clients / pgbench" "$(ratio "$STAGE/rate.slow" "$STAGE/slow.pg")" "$goal" "$stretch"
done
stage_web_stop
stage_pg_stop
stage_pg_start

# For long.
stage_web fastcgi
post 32 "$seconds"
pid=$(pids_of webhook)
before=$(private_mib "$pid")
while [ "$requests" -gt 0 ]; do
    reset_queue
    post 32 10
    requests=$((requests - $(awk '/requests in/ { print $1 }' "$STAGE/wrk.out")))
done
row P14 "memory gained over ${REQUESTS:-1000000} requests, MiB" "$(private_mib "$pid" | awk -v b="$before" '{ printf "%.1f", $1 - b }')" '<= 1' '<= 0'
