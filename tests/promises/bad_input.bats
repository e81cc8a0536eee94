#!/usr/bin/env bats
# bats file_tags=mount
# Bad input has a stated answer (reliability.md 2.3, R24-R26): the table is
# tests/payloads/bad_input.tsv. Nothing proven is lost by it, its neighbours
# are applied, and nothing is answered 5xx.

load helper
load receiver

setup_file() {
    stage
    export CASES=$STAGE/cases
    RECEIVERS=$(pgrep -f "^$STAGE/bin/webhook" || true)
    export RECEIVERS
    python3 "$BATS_TEST_DIRNAME/bad_input.py" "$PAYLOADS/bad_input.tsv" \
        "$STAGE_PORT" "$STAGE_KEY" "$PAYLOADS/bad_input_mounts.tsv" \
        "${STAGE_MOUNT:-fastcgi}" >"$CASES"
    zohosync drain --once
    stage_query "select substring(i.query from 'case=(\d+)'),
            coalesce(o.outcome, 'waiting')
                || coalesce((select ':' || string_agg(distinct d.reason, ',')
                               from sync.dead d where d.seq = i.seq), '')
                || coalesce((select '+noted' from mirror.record r
                              where r.seq = i.seq and r.noted is not null), '')
       from sync.inbox i left join sync.outcome o using (seq)
      where i.query !~ 'neighbour'" >"$STAGE/rests"
}
teardown_file() { stage_close; }

# A line for each case that differs, of the columns WANT and GOT.
differing() {
    awk -F '|' -v want="$1" -v got="$2" 'NR == FNR { rest[$1] = $2; next }
        {
            $7 = $1 in rest ? rest[$1] : "nothing"
            n = split($want, ok, "/")
            for (i = 1; i <= n && ok[i] != $got; i++);
            if (i > n)
                print "case " $1 " (" $2 "): wanted " $want ", got " $got
        }' "$STAGE/rests" "$CASES"
}

@test "the table holds every class that reaches the receiver" {
    expect "$(grep -c $'^[^#]*\t' "$PAYLOADS/bad_input.tsv")" "$(grep -cv neighbour "$CASES")"
    [ "$(wc -l <"$CASES")" -ge 200 ]
}

@test "each case has the stated answer (R24)" {
    expect '' "$(differing 3 4)"
}

@test "each case rests where the table says (R24, R26)" {
    expect '' "$(differing 5 7)"
}

@test "no bad input is answered 5xx by the receiver (R25)" {
    # 501 and 505 are the web server's own words for method and version;
    # where it says 500 itself the table of exceptions has it
    expect '' "$(awk -F '|' '$4 ~ /^5/ && $4 != 501 && $4 != 505 && $4 != $3' "$CASES")"
    expect '' "$(awk -F '\t' '$3 ~ /50[02346-9]/' "$PAYLOADS/bad_input.tsv")"
}

@test "what was answered 2xx rests with each of its bytes (promise 1)" {
    stage_query "select substring(query from 'case=(\d+)') || ' ' || encode(sha256(body), 'hex')
                   from sync.inbox where query !~ 'neighbour'" | LC_ALL=C sort >"$BATS_TEST_TMPDIR/kept"
    awk -F '|' '$4 ~ /^2/ { print $1 " " $6 }' "$CASES" | LC_ALL=C sort >"$BATS_TEST_TMPDIR/accepted"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/accepted")" -ge 100 ]
    expect '' "$(LC_ALL=C comm -23 "$BATS_TEST_TMPDIR/accepted" "$BATS_TEST_TMPDIR/kept")"
}

@test "each neighbour of bad input is applied (promise 8)" {
    expect "$(grep -cv neighbour "$CASES")" \
        "$(query "select count(*) from mirror.record where id like '9%' and length(id) = 19")"
}

@test "whatever was proven is accounted for, and nothing waits or is spooled (promise 4)" {
    accounted
    expect 0 "$(query 'select count(*) from sync.work')"
    expect '' "$(find "$STAGE/spool" -type f)"
}

@test "the receiver is the same process as before, and still well" {
    local pid
    for pid in $RECEIVERS; do
        expect "$STAGE/bin/webhook" "$(readlink "/proc/$pid/exe")"
    done
    expect '' "$(grep -hi 'child.*\(exited\|signal\|died\)\|unexpected signal' "$STAGE"/*.err)"
    expect 200 "$(ask GET /api/zoho/webhooks/health)"
    expect ok "$(says .status)"
}

@test "each refusal is one line in the log, with its reason and without the body" {
    [ "$(grep -c 'refused with 413: POST /api/zoho/webhooks/Leads' "$STAGE/log")" -ge 2 ]
    [ "$(grep -c 'refused with 415' "$STAGE/log")" -ge 4 ]
    expect 0 "$(grep -c 'Last_Name' "$STAGE/log")"
    # what came from outside is escaped
    expect 0 "$(LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f]' "$STAGE/log")"
}
