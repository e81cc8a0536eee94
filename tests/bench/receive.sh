#!/bin/sh
# Receiving through lighttpd, durable before the answer, against pgbench
# doing the same insert with a commit each: events a second at 1, 8, 32 and
# 64 clients, and the ratio. Both run on one private PostgreSQL with fsync on.
#   receive.sh [BUILD_DIR]     SECONDS_EACH=3 ROUNDS=3
set -eu
here=$(cd "$(dirname "$0")" && pwd)
STAGE_FSYNC=on
STAGE_CONNECTIONS=100
. "$here/../stage.sh"
trap stage_close EXIT INT TERM
seconds=${SECONDS_EACH:-3}
rounds=${ROUNDS:-3}

stage_open "${1:-.}" >/dev/null 2>&1
stage_as sed -i 's/^LOG_LEVEL=.*/LOG_LEVEL=warn/' "$STAGE_CONF"
stage_web

# Unique bodies of about 1.5 kB: an id that never comes twice.
cat >"$STAGE/post.lua" <<EOF
local n = 0
local headers = { ["X-API-Key"] = "$STAGE_KEY", ["Content-Type"] = "application/json" }
local filler = string.rep("an example of a description ", 45)
function init(args)
    math.randomseed(tonumber(args[1]))
    base = string.format("%07d", math.random(0, 9999999))
end
function request()
    n = n + 1
    local body = string.format('{"operation":"Leads.create","source":"web","data":[{"id":"57%s%010d","Last_Name":"Example","Company":"Example Ltd","Phone":"01632 960960","Description":"%s","Modified_Time":"2026-01-31T09:15:00+01:00"}]}', base, n, filler)
    return wrk.format("POST", "/api/zoho/webhooks/Leads", headers, body)
end
EOF

# The same insert, one request a statement, as pgbench knows it.
{
    cat <<'EOF'
\set r random(1, 9000000000000000)
EOF
    grep -v '^--' "$here/store_one.sql" |
        sed -e "s/\\\$1::bytea/sha256(:r::text::bytea)/g" \
            -e "s/\\\$7::integer/1/" \
            -e "s/\\\$12::bytea/convert_to(repeat('an example of a description ', 53), 'UTF8')/" \
            -e "s/\\\$[0-9]*::text/'Leads'::text/g"
} >"$STAGE/store.sql"

reset() {
    stage_psql -c 'truncate sync.inbox, sync.work, sync.seen, sync.repeat' -c checkpoint >/dev/null
}

ours() {
    reset
    wrk -t1 -c"$1" -d"${seconds}s" -s "$STAGE/post.lua" "$STAGE_URL" -- "$2$1" >"$STAGE/wrk.out"
    if grep -q 'Non-2xx' "$STAGE/wrk.out"; then
        echo "some were not accepted" >&2
        cat "$STAGE/wrk.out" >&2
        exit 1
    fi
    sed -n 's/^Requests\/sec: *//p' "$STAGE/wrk.out"
}

theirs() {
    reset
    stage_as pgbench -n -M prepared -h "$STAGE/pg" -U "$STAGE_SUPER" -f "$STAGE/store.sql" \
        -c "$1" -j 1 -T "$seconds" zohosync 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

printf '%-8s %14s %14s %8s   (medians of %d rounds of %d s)\n' clients 'webhook /s' 'pgbench /s' ratio "$rounds" "$seconds"
for clients in 1 8 32 64; do
    : >"$STAGE/ours"
    : >"$STAGE/theirs"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        theirs "$clients" >>"$STAGE/theirs"
        ours "$clients" "$round" >>"$STAGE/ours"
    done
    paste "$STAGE/ours" "$STAGE/theirs" | awk '{ print $1 / $2 }' >"$STAGE/ratios"
    printf '%-8s %14s %14s %8s\n' "$clients" "$(median <"$STAGE/ours")" \
        "$(median <"$STAGE/theirs")" "$(median <"$STAGE/ratios")"
done
