# shellcheck shell=sh
# What the benchmarks share. Each prints rows for report.awk, parts split by
# tabs: id, what, value, goal, stretch. A goal is ">= 0.7" or "<= 12"; "-" is
# none. Ids P1 to P40 and the words are those of the table in BENCHMARKS.md.
# Knobs: SECONDS_EACH, ROUNDS; each script names its own.

bench_here=$(cd "$(dirname "$0")" && pwd)
STAGE_FSYNC=${STAGE_FSYNC:-on}
STAGE_CONNECTIONS=${STAGE_CONNECTIONS:-100}
: "${TOP_SRCDIR:=$bench_here/../..}"
. "$TOP_SRCDIR/tests/stage.sh"
trap stage_close EXIT INT TERM
seconds=${SECONDS_EACH:-3}
rounds=${ROUNDS:-3}
build=${1:-.}

# row ID WHAT VALUE [GOAL [STRETCH]]
row() {
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:--}" "${5:--}"
}

median() {
    sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ratio A B: the median of a round's A divided by its B
ratio() {
    paste "$1" "$2" | awk '$2 > 0 { printf "%.3f\n", $1 / $2 }' | median
}

now() {
    date +%s.%N
}

# Seconds that a command takes.
timed() {
    timed_from=$(now)
    "$@" >/dev/null
    echo "$(now) $timed_from" | awk '{ print $1 - $2 }'
}

bench_open() {
    stage_open "$build" >/dev/null 2>&1
    stage_as sed -i 's/^LOG_LEVEL=.*/LOG_LEVEL=warn/' "$STAGE_CONF"
}

reset_queue() {
    stage_psql -c 'truncate sync.inbox, sync.work, sync.seen, sync.repeat' -c checkpoint >/dev/null
}

# Unique signed-in bodies of about 1.5 kB; with "same" always the same one,
# with "bad" under a wrong key.
make_post_lua() {
    cat >"$STAGE/post.lua" <<EOF2
local n, kind = 0, "fresh"
local filler = string.rep("an example of a description ", 45)
local key = "$STAGE_KEY"
function init(args)
    base = string.format("%07d", tonumber(args[1]) % 10000000)
    kind = args[2] or kind
    if kind == "bad" then key = string.rep("0", 67) end
end
function request()
    if kind ~= "same" or n == 0 then n = n + 1 end
    local body = string.format('{"operation":"Leads.create","source":"web","data":[{"id":"57%s%010d","Last_Name":"Example","Company":"Example Ltd","Phone":"01632 960960","Description":"%s","Modified_Time":"2026-01-31T09:15:00+01:00"}]}', base, n, filler)
    return wrk.format("POST", "/api/zoho/webhooks/Leads", { ["X-API-Key"] = key, ["Content-Type"] = "application/json" }, body)
end
EOF2
}

bench_salt=0

# post CLIENTS SECONDS [fresh|same|bad]: leaves wrk's words in $STAGE/wrk.out
post() {
    bench_salt=$((bench_salt + 1))
    wrk -t1 -c"$1" -d"$2s" --latency -s "$STAGE/post.lua" "$STAGE_URL" -- \
        "$(($$ % 9000 * 1000 + bench_salt))" "${3:-fresh}" >"$STAGE/wrk.out"
    if [ "${3:-fresh}" != bad ] && grep -q 'Non-2xx' "$STAGE/wrk.out"; then
        echo "some were not accepted" >&2
        cat "$STAGE/wrk.out" >&2
        exit 1
    fi
}

post_rate() {
    sed -n 's/^Requests\/sec: *//p' "$STAGE/wrk.out"
}

# post_ms PERCENT: that latency of the last post, in milliseconds
post_ms() {
    awk -v p="$1%" '$1 == p {
        unit = $2; sub(/[0-9.]+/, "", unit)
        print $2 * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1)
    }' "$STAGE/wrk.out"
}

# The same insert as pgbench knows it: one request a statement and a commit.
make_store_sql() {
    {
        echo '\set r random(1, 9000000000000000)'
        grep -v '^--' "$bench_here/store_one.sql" |
            sed -e "s/\\\$1::bytea/sha256(:r::text::bytea)/g" \
                -e "s/\\\$7::integer/1/" \
                -e "s/\\\$12::bytea/convert_to(repeat('an example of a description ', 53), 'UTF8')/" \
                -e "s/\\\$[0-9]*::text/'Leads'::text/g"
    } >"$STAGE/store.sql"
}

# pg_store CLIENTS SECONDS: leaves pgbench's words in $STAGE/pgbench.out
pg_store() {
    stage_as pgbench -n -M prepared -h "$STAGE/pg" -U "$STAGE_SUPER" -f "$STAGE/store.sql" \
        -c "$1" -j 1 -T "$2" zohosync >"$STAGE/pgbench.out" 2>/dev/null
}

pg_rate() {
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$STAGE/pgbench.out"
}

pg_ms() {
    sed -n 's/^latency average = \([0-9.]*\) ms.*/\1/p' "$STAGE/pgbench.out"
}

# pids_of PROGRAM: those of this stage that run now
pids_of() {
    find /proc/[0-9]*/exe -maxdepth 0 -lname "$STAGE/bin/$1" 2>/dev/null |
        cut -d / -f 3
}

# Private memory of a process in MiB.
private_mib() {
    awk '/^Private/ { s += $2 } END { printf "%.1f\n", s / 1024 }' "/proc/$1/smaps_rollup"
}
