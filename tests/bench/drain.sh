#!/bin/sh
# Draining against the same work done wholly in SQL: the same claim, record,
# version, rows for people, outcome, in batches of the same size, without
# normalising. And against itself: two workers, one event a transaction, a
# long queue, a long past, an old snapshot held open. One private PostgreSQL
# with fsync on; rounds alternate.
#   drain.sh [BUILD_DIR]       EVENTS=20000 ROUNDS=3 MANY=1000000 HOLD=600
set -eu
. "$(dirname "$0")/common.sh"
events=${EVENTS:-20000}
many=${MANY:-1000000}
hold=${HOLD:-600}
bench_open
drain() {
    stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF"
}
drain_by_two() {
    stage_as "$STAGE/bin/zohosync" drain --once --workers 2 -c "$STAGE_CONF"
}
drain

# The claim and the writes as one procedure; the projection is the product's.
# shellcheck disable=SC2016 # SQL
{
    echo 'create function public.project(ids text[]) returns void language sql as $f$'
    grep -v '^--' "$bench_here/../../sql/projections/books_invoices.sql" | sed 's/;$//'
    echo '$f$;'
    cat "$bench_here/drain_in_sql.sql"
} >"$STAGE/in_sql.sql"
stage_psql -f "$STAGE/in_sql.sql" >/dev/null

fill() {
    stage_psql -v events="$1" -f "$bench_here/fill.sql" >/dev/null
}

# rate FILE COMMAND...: events a second of a queue filled anew, into FILE
rate() {
    rate_file=$STAGE/$1
    shift
    fill "$events"
    timed "$@" | awk -v n="$events" '{ print n / $1 }' >>"$rate_file"
}

in_sql() {
    stage_psql -c 'set jit = off' -c 'set enable_seqscan = off' -c 'call public.drain_in_sql(500)'
}

in_sql_by_two() {
    in_sql &
    in_sql
    wait
}

all_drained() {
    left=$(stage_query 'select count(*) from sync.work')
    [ "$left" -eq 0 ] || {
        echo "$left requests were not drained" >&2
        exit 1
    }
}

for word in one two sql sql2 single; do
    : >"$STAGE/$word"
done
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    rate sql in_sql
    rate one drain
    rate two drain_by_two
    rate sql2 in_sql_by_two
done
all_drained
# One event a transaction: what a loop without batches does. Fewer are enough.
stage_as cp -p "$STAGE_CONF" "$STAGE/single.conf"
echo DRAIN_BATCH=1 | stage_as tee -a "$STAGE/single.conf" >/dev/null
fill $((events / 5))
timed stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE/single.conf" |
    awk -v n="$((events / 5))" '{ print n / $1 }' >"$STAGE/single"
echo "one worker $(median <"$STAGE/one")/s, two $(median <"$STAGE/two")/s, SQL $(median <"$STAGE/sql")/s, one a transaction $(cat "$STAGE/single")/s" >&2
row P21 'one worker / wholly in SQL' "$(ratio "$STAGE/one" "$STAGE/sql")" '>= 0.5' '>= 0.7'
row P22 'two workers / SQL with two clients' "$(ratio "$STAGE/two" "$STAGE/sql2")" '>= 0.65' '>= 0.85'
row - 'two workers / one' "$(ratio "$STAGE/two" "$STAGE/one")" '>= 1.5'
row - 'one worker / one event a transaction' "$(median <"$STAGE/one" | paste - "$STAGE/single" | awk '{ printf "%.1f", $1 / $2 }')" '>= 8'

# A long past: events that were done stay in the log.
past() {
    stage_psql >/dev/null <<EOF2
insert into sync.inbox (seq, received_at, source, route, module, operation, event_type, changes, body)
select nextval('sync.request_seq'), now() - interval '1 h', 'books', 'invoices', 'books.invoices',
       'update', 'invoice.update', 1, convert_to(repeat('an example of the past ', 60), 'UTF8')
  from generate_series(1, $many);
insert into sync.outcome (seq, received_at, outcome, changes, module, event_type, tries)
select seq, received_at, 'applied', '{}', module, event_type, 1
  from sync.inbox where received_at < now() - interval '30 min';
analyze sync.inbox, sync.outcome;
EOF2
}
: >"$STAGE/short"
: >"$STAGE/past"
fill "$events"
timed drain | awk -v n="$events" '{ print n / $1 }' >"$STAGE/short"
fill "$events"
past
timed drain | awk -v n="$events" '{ print n / $1 }' >"$STAGE/past"
row P33 "with $many done events kept / with none" "$(ratio "$STAGE/past" "$STAGE/short")" '>= 0.9' '>= 0.97'

# A snapshot that stays open, as a report or a dump holds it.
if [ "$hold" -gt 0 ]; then
    fill "$events"
    stage_psql >/dev/null <<EOF2 &
begin isolation level repeatable read;
select count(*) from sync.inbox;
select pg_sleep($hold);
EOF2
    holder=$!
    began=$(date +%s)
    : >"$STAGE/held"
    # New events come all the time; dead rows stay where they were.
    round=0
    while [ $(($(date +%s) - began)) -lt "$hold" ]; do
        round=$((round + 1))
        stage_psql -v round="$round" -v events="$events" -f "$bench_here/refill.sql" >/dev/null
        timed drain | awk -v n="$events" '{ print n / $1 }' >>"$STAGE/held"
    done
    wait "$holder"
    # The same tables, as large as they are now, when nothing is held.
    : >"$STAGE/unheld"
    stage_psql -c 'vacuum analyze'
    for round in $((round + 1)) $((round + 2)) $((round + 3)); do
        stage_psql -v round="$round" -v events="$events" -f "$bench_here/refill.sql" >/dev/null
        timed drain | awk -v n="$events" '{ print n / $1 }' >>"$STAGE/unheld"
    done
    tail -n 3 "$STAGE/held" | median >"$STAGE/held.last"
    median <"$STAGE/unheld" >"$STAGE/unheld.median"
    row P34 "after $hold s of an open snapshot / without" "$(ratio "$STAGE/held.last" "$STAGE/unheld.median")" '>= 0.85' '>= 0.95'
fi

# A long queue, and the memory it takes.
fill 10000
timed drain | awk '{ print 10000 / $1 }' >"$STAGE/q.short"
fill "$many"
stage_as "$STAGE/bin/zohosync" drain --once -c "$STAGE_CONF" >/dev/null &
runner=$!
began=$(now)
peak=0
while kill -0 "$runner" 2>/dev/null; do
    for pid in $(pids_of drain); do
        kib=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
        [ "${kib:-0}" -le "$peak" ] || peak=$kib
    done
    sleep 0.5
done
wait "$runner"
echo "$(now) $began" | awk -v n="$many" '{ print n / ($1 - $2) }' >"$STAGE/q.long"
all_drained
row - "a queue of $many / one of 10000" "$(ratio "$STAGE/q.long" "$STAGE/q.short")" '>= 0.9'
row P29 "peak memory of a drain at it, MiB" "$(awk -v k="$peak" 'BEGIN { printf "%.1f", k / 1024 }')" '<= 32'

# A start that finds nothing.
: >"$STAGE/empty"
: >"$STAGE/psql"
round=0
while [ "$round" -lt 20 ]; do
    round=$((round + 1))
    timed drain >>"$STAGE/empty"
    timed stage_psql -c 'select 1' >>"$STAGE/psql"
done
row P35 'a start that finds nothing / psql' "$(ratio "$STAGE/empty" "$STAGE/psql")" '<= 0.55' '<= 0.3'
