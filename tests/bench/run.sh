#!/bin/sh
# All benchmarks, one after the other, and one table of their rows.
#   run.sh [BUILD_DIR [PART...]]    parts: receive receive_more drain latency backfill
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-.}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- receive receive_more drain latency backfill
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
failed=0
for part in "$@"; do
    sh "$here/$part.sh" "$build" >>"$rows" || {
        echo "$part: did not come to its end" >&2
        failed=1
    }
done
printf 'zohosync %s, %s cores, PostgreSQL %s, %s rounds of %s s\n' \
    "$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo release)" \
    "$(nproc)" "$(pg_config --version | sed 's/[^0-9]*\([0-9.]*\).*/\1/')" \
    "${ROUNDS:-3}" "${SECONDS_EACH:-3}"
awk -f "$here/report.awk" "$rows"
exit "$failed"
