#!/usr/bin/env bats
# Zoho's own SDK for Node runs against the simulator as it is published.

load sim

teardown_file() { [ -z "${SIM_PID:-}" ] || sim_close; }

# Node modules: where SIM_SDK points, or fetched, which may not be possible.
setup_file() {
    command -v node >/dev/null || return 0
    command -v npm >/dev/null || return 0
    SDK=${SIM_SDK:-$TOP_BUILDDIR/tests/sim/sdk-run}
    export SDK
    mkdir -p "$SDK"
    cp "$TOP_SRCDIR"/tests/sim/sdk/* "$SDK"
    if [ ! -d "$SDK/node_modules/@zohocrm" ]; then
        (cd "$SDK" && timeout 120 npm install --no-audit --no-fund \
            --no-package-lock >/dev/null 2>&1) || true
    fi
    sim
}

@test "tokens, paging, single reads, upsert, search, COQL, bulk read and watch work with the SDK" {
    [ -n "${SIM_PID:-}" ] || skip "node or npm is not installed"
    [ -d "$SDK/node_modules/@zohocrm" ] || skip "npm could not fetch the SDK"
    cd "$SDK"
    run timeout 120 node run.js "$SIM" "$SIM_DIR"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c '^ok' <<<"$output")" = 10 ]
}
