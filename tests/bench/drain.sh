#!/bin/sh
# Draining against the same work done wholly in SQL: the same claim, record,
# version, rows for people, outcome, in batches of the same size, without
# normalising. Events a second for one worker, two workers and SQL alone, and
# the ratios. One private PostgreSQL with fsync on; rounds alternate.
#   drain.sh [BUILD_DIR]       EVENTS=20000 ROUNDS=3
set -eu
here=$(cd "$(dirname "$0")" && pwd)
STAGE_FSYNC=on
STAGE_CONNECTIONS=100
. "$here/../stage.sh"
trap stage_close EXIT INT TERM
events=${EVENTS:-20000}
rounds=${ROUNDS:-3}

stage_open "${1:-.}" >/dev/null 2>&1
stage_as sed -i 's/^LOG_LEVEL=.*/LOG_LEVEL=warn/' "$STAGE_CONF"
stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF"

# The claim and the writes as one procedure; the projection is the product's.
{
    cat <<'EOF'
create function public.project(ids text[]) returns void language sql as $f$
EOF
    grep -v '^--' "$here/../../sql/projections/books_invoices.sql" | sed 's/;$//'
    cat <<'EOF'
$f$;
EOF
    cat "$here/drain_in_sql.sql"
} >"$STAGE/in_sql.sql"
stage_psql -f "$STAGE/in_sql.sql" >/dev/null

fill() {
    stage_psql -v events="$events" -f "$here/fill.sql" >/dev/null
}

now() {
    date +%s.%N
}

# Seconds that a command takes.
timed() {
    began=$(now)
    "$@" >/dev/null
    echo "$(now) $began" | awk '{ print $1 - $2 }'
}

ours() {
    fill
    timed stage_as "$STAGE/bin/zohosync" drain --once --workers "$1" -c "$STAGE_CONF"
}

in_sql() {
    fill
    timed stage_psql -c 'set jit = off' -c 'set enable_seqscan = off' \
        -c 'call public.drain_in_sql(500)'
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

rate() {
    awk -v n="$events" '{ print n / $1 }' "$1" | median
}

ratio() {
    paste "$1" "$2" | awk '{ print $2 / $1 }' | median
}

: >"$STAGE/one"
: >"$STAGE/two"
: >"$STAGE/sql"
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    in_sql >>"$STAGE/sql"
    ours 1 >>"$STAGE/one"
    ours 2 >>"$STAGE/two"
done
left=$(stage_query 'select count(*) from sync.work')
[ "$left" -eq 0 ] || {
    echo "$left requests were not drained" >&2
    exit 1
}
printf '%-24s %12s %8s   (medians of %d rounds of %d events)\n' drain 'events/s' ratio "$rounds" "$events"
printf '%-24s %12.0f\n' 'wholly in SQL' "$(rate "$STAGE/sql")"
printf '%-24s %12.0f %8.2f   of SQL\n' 'one worker' "$(rate "$STAGE/one")" "$(ratio "$STAGE/one" "$STAGE/sql")"
printf '%-24s %12.0f %8.2f   of one worker\n' 'two workers' "$(rate "$STAGE/two")" "$(ratio "$STAGE/two" "$STAGE/one")"
