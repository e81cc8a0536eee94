#!/usr/bin/env bats
# What lib/ reads, against an independent reading in Python and against
# PostgreSQL (reliability.md R30). Some thousand cases of each here, always the
# same; "make fuzz" asks for a million (FUZZ_CASES) with another FUZZ_SEED.

# shellcheck source=tests/stage.sh
. "${TOP_SRCDIR:?}/tests/stage.sh"

# compare KIND...: what differs is shown, with the seed
compare() {
    local seed=${FUZZ_SEED-1}
    python3 "$BATS_TEST_DIRNAME/differential.py" \
        --answer "${TOP_BUILDDIR:?}/tests/fuzz/answer" \
        --cases "${FUZZ_CASES:-20000}" ${seed:+--seed "$seed"} "$@" |
        sed 's/^/# /' | tee /dev/fd/3
    [ "${PIPESTATUS[0]}" -eq 0 ]
}

@test "signatures are judged as zoho-api.md 3.6 says (R30, R47)" {
    compare sign
}

@test "dates are read as the calendar has them (R30)" {
    compare date
}

@test "forms are decoded as browsers encode them (R30)" {
    compare form
}

@test "what is JSON for us is JSON for others, with the same content (R30)" {
    compare json
}

@test "a normalised record is always valid jsonb (R26, R30)" {
    stage_open "$TOP_BUILDDIR"
    export PGHOST=$STAGE/pg PGUSER=$STAGE_SUPER PGDATABASE=zohosync
    compare --jsonb record || failed=1
    stage_close
    [ -z "${failed:-}" ]
}
