#!/usr/bin/env bats
# The short form of "make bench": both measurements run through and print
# their tables. The figures mean nothing here and are not looked at.

: "${TOP_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR}"

@test "receiving is measured at each number of clients, against pgbench" {
    command -v wrk >/dev/null || skip 'wrk is not installed'
    SECONDS_EACH=1 ROUNDS=1 sh "$TOP_SRCDIR/tests/bench/receive.sh" "$TOP_BUILDDIR" >"$BATS_TEST_TMPDIR/out"
    [ "$(awk 'NR > 1 && $2 > 0 && $3 > 0 && $4 > 0 { print $1 }' "$BATS_TEST_TMPDIR/out" | tr '\n' ' ')" = '1 8 32 64 ' ]
}

@test "draining is measured with one and two workers, against SQL alone, and leaves nothing" {
    EVENTS=500 ROUNDS=1 sh "$TOP_SRCDIR/tests/bench/drain.sh" "$TOP_BUILDDIR" >"$BATS_TEST_TMPDIR/out"
    [ "$(grep -c -E '^(wholly in SQL|one worker|two workers) +[1-9]' "$BATS_TEST_TMPDIR/out")" -eq 3 ]
}
