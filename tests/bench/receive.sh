#!/bin/sh
# Receiving through lighttpd, durable before the answer, against pgbench
# doing the same insert with a commit each, at 1, 8, 32 and 64 clients.
#   receive.sh [BUILD_DIR]     SECONDS_EACH=3 ROUNDS=3
set -eu
. "$(dirname "$0")/common.sh"
bench_open
stage_web
make_post_lua
make_store_sql

for clients in 1 8 32 64; do
    for word in ours theirs ours_ms theirs_ms; do
        : >"$STAGE/$word.$clients"
    done
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        reset_queue
        pg_store "$clients" "$seconds"
        pg_rate >>"$STAGE/theirs.$clients"
        pg_ms >>"$STAGE/theirs_ms.$clients"
        reset_queue
        post "$clients" "$seconds"
        post_rate >>"$STAGE/ours.$clients"
        post_ms 50 >>"$STAGE/ours_ms.$clients"
    done
    echo "$clients clients: $(median <"$STAGE/ours.$clients")/s, pgbench $(median <"$STAGE/theirs.$clients")/s" >&2
done
row P1 'receiving, 32 clients / pgbench' "$(ratio "$STAGE/ours.32" "$STAGE/theirs.32")" '>= 1.0' '>= 1.3'
row P2 'receiving, 64 clients / pgbench' "$(ratio "$STAGE/ours.64" "$STAGE/theirs.64")" '>= 1.0' '>= 1.3'
row P3 'receiving, 8 clients / pgbench' "$(ratio "$STAGE/ours.8" "$STAGE/theirs.8")" '>= 0.75' '>= 1.0'
row P4 'receiving, 1 client / pgbench' "$(ratio "$STAGE/ours.1" "$STAGE/theirs.1")" '>= 0.5' '>= 0.65'
row P11 'p50 at 1 client / pgbench' "$(ratio "$STAGE/ours_ms.1" "$STAGE/theirs_ms.1")" '<= 2.1' '<= 1.6'
row - 'private memory of the receiver, MiB' "$(private_mib "$(pids_of webhook)")" '<= 12'
