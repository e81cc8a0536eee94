#!/usr/bin/env bats
# The short form of "make bench": each measurement runs through and has its
# rows. The figures mean nothing here and are not looked at.

: "${TOP_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR}"

# rows PART: the ids of its rows that have a value
rows() {
    sh "$TOP_SRCDIR/tests/bench/$1.sh" "$TOP_BUILDDIR" 2>"$BATS_TEST_TMPDIR/err" |
        awk -F '\t' '$3 ~ /^-?[0-9.]+$/ { print $1 }' | sort | tr '\n' ' '
}

@test "receiving is measured at each number of clients, against pgbench" {
    command -v wrk >/dev/null || skip 'wrk is not installed'
    SECONDS_EACH=1 ROUNDS=1 run rows receive
    [ "$output" = '- P1 P11 P2 P3 P4 ' ]
}

@test "receiving is measured with repeats, bad keys, slow disks, Apache and beside a drain" {
    command -v wrk >/dev/null || skip 'wrk is not installed'
    SECONDS_EACH=1 ROUNDS=1 REQUESTS=1000 EVENTS=500 run rows receive_more
    [ "${output/P15 /}" = 'P14 P16 P16 P17 P18 P20 P20 P9 R17 ' ]
}

@test "draining is measured against SQL alone, with two workers, a long queue, a long past and an old snapshot" {
    EVENTS=500 ROUNDS=1 MANY=2000 HOLD=2 run rows drain
    [ "$output" = '- - - P21 P22 P29 P33 P34 P35 ' ]
}

@test "loading history is measured against COPY and SQL, a record a commit, and itself" {
    RECORDS=3000 ROUNDS=1 run rows backfill
    [ "$output" = 'P36 P37 P38 P40 ' ]
}
