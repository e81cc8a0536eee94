#!/bin/sh
# Loading history: a module of some thousand records from a Zoho on this
# machine, answers served locally, against COPY into a staging table and the
# same writes done in SQL, and against one record a statement and a commit.
# Once into an empty mirror, once where nothing changed. Rounds alternate.
#   backfill.sh [BUILD_DIR]       RECORDS=120000 (of which some are leads) ROUNDS=3
set -eu
. "$(dirname "$0")/common.sh"
records=${RECORDS:-120000}
bench_open

"$build/tests/sim/zoho-sim" --port 0 --port-file "$STAGE/zoho.port" --seed 7 \
    --company "$records" --no-limits >"$STAGE/zoho.out" 2>&1 &
zoho=$!
trap 'kill $zoho; stage_close' EXIT INT TERM
while [ ! -s "$STAGE/zoho.port" ]; do sleep 0.1; done
stage_as tee -a "$STAGE_CONF" >/dev/null <<END
ZOHO_API_BASE=http://127.0.0.1:$(cat "$STAGE/zoho.port")
ZOHO_CLIENT_ID=1000.SIMCLIENT
ZOHO_CLIENT_SECRET=simsecret
ZOHO_REFRESH_TOKEN=1000.simrefresh
ZOHO_CRM_CREDITS=100000000
END
stage_psql -f "$bench_here/backfill_in_sql.sql" >/dev/null

empty() {
    stage_psql -c "delete from sync.session where module = 'crm.leads'" \
        -c 'truncate mirror.record, mirror.version, sync.inbox, sync.outcome, sync.fetch' \
        -c checkpoint >/dev/null
}

backfill() {
    stage_as "$STAGE/bin/zohosync" backfill --anew --modules crm.leads -c "$STAGE_CONF"
}

copy_in() {
    stage_psql -c 'truncate public.staging restart identity' \
        -c "\\copy public.staging (id, at, data) from '$STAGE/records'" \
        -c 'set jit = off' -c "call public.load_pages($1)"
}

# rate FILE COMMAND...: records a second, into FILE
rate() {
    rate_file=$STAGE/$1
    shift
    timed "$@" | awk -v n="$many" '{ print n / $1 }' >>"$rate_file"
}

backfill >/dev/null
stage_psql -c "\\copy (select id, modified_time, data from mirror.record where module = 'crm.leads' order by id) to '$STAGE/records'"
many=$(wc -l <"$STAGE/records")

for word in sql empty same sql_same; do
    : >"$STAGE/$word"
done
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    empty
    rate sql copy_in false
    rate sql_same copy_in true
    empty
    rate empty backfill
    rate same backfill
done

# One record a statement and a commit: what a loop does. Fewer are enough.
few=$((many / 10))
empty
stage_psql -c 'create sequence public.turn' >/dev/null
cat >"$STAGE/loop.sql" <<'END'
with input as materialized (
    select id, at, data, n from public.staging where n = (select nextval('public.turn'))
), written as (
    insert into mirror.record as t (module, id, modified_time, alive_at, seq, version, data, origin)
    select 'crm.leads', id, at, at, n, 1, data, 'backfill' from input
        on conflict (module, id) do update
       set modified_time = excluded.modified_time, version = t.version + 1, data = excluded.data
     where excluded.modified_time > t.modified_time
 returning id, version
)
insert into mirror.version (module, id, version, modified_time, seq, operation, data)
select 'crm.leads', w.id, w.version, i.at, i.n, 'update', i.data from written w join input i on i.id = w.id;
END
stage_as pgbench -n -M prepared -h "$STAGE/pg" -U "$STAGE_SUPER" -f "$STAGE/loop.sql" \
    -c 1 -j 1 -t "$few" zohosync >"$STAGE/pgbench.out" 2>/dev/null
echo "a second, of $many records: backfill $(median <"$STAGE/empty"), COPY and SQL $(median <"$STAGE/sql"), a record a commit $(pg_rate), nothing changed $(median <"$STAGE/same")" >&2
row P36 'backfill of an empty mirror ÷ COPY and the same writes in SQL' \
    "$(ratio "$STAGE/empty" "$STAGE/sql")" '>= 0.6' '>= 0.75'
row P37 'the same ÷ a record a statement and a commit' \
    "$(median <"$STAGE/empty" | awk -v r="$(pg_rate)" '{ printf "%.2f", $1 / r }')" '>= 5' '>= 6.5'
row P38 'backfill where nothing changed ÷ COPY and the same writes in SQL' \
    "$(ratio "$STAGE/same" "$STAGE/sql")" '>= 2.5' '>= 4'

# Private memory while it loads.
empty
backfill >/dev/null &
most=0
while kill -0 $! 2>/dev/null; do
    for pid in $(pids_of backfill); do
        now_mib=$(private_mib "$pid" 2>/dev/null || echo 0)
        most=$(echo "$now_mib $most" | awk '{ print ($1 > $2 ? $1 : $2) }')
    done
    sleep 0.2
done
row P40 'private memory of a load, MiB' "$most" '<= 32' '<= 13'
