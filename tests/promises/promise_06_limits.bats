#!/usr/bin/env bats
# Promise 6: Zoho's limits are never exceeded. Each record is wanted once,
# however often it was announced; promise_06_budget.bats has the arithmetic of
# the one budget, promise_06_fetch.bats what goes out.

load helper
load queue

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() { clean_tables; }

@test "only what asks Zoho is linked with a client for HTTP or TLS: the receiver and the drain can call nobody" {
    local program
    for program in "$STAGE"/bin/*; do
        case ${program##*/} in backfill | fetch | fields | get | login | reconcile | verify | watch | webhooks) continue ;; esac
        expect 0 "$(objdump -p "$program" | grep NEEDED | grep -c -E 'curl|ssl|gnutls|nss')" "$program"
    done
}

@test "a thousand announcements of one record want it once, and count (F103)" {
    for i in $(seq 1000); do
        echo "{\"module\":\"Leads\",\"operation\":\"update\",\"ids\":[\"5725767000000123001\"],\"server_time\":$((1769850901000 + i))}"
    done | put notifications
    drain
    expect '1|1000|announced' "$(query 'select count(*), sum(hits), min(reason) from sync.fetch')"
    expect 'fetched|1000' "$(query 'select outcome, count(*) from sync.outcome group by outcome')"
    expect 0 "$(query 'select count(*) from mirror.record')"
    accounted
}

@test "announcements of many records in one request want each of them once" {
    ids=$(seq -s '","' 5725767000000123001 5725767000000123100)
    for _ in 1 2 3; do
        echo "{\"module\":\"Deals\",\"operation\":\"insert\",\"ids\":[\"$ids\"],\"server_time\":1769850901234}"
    done | put notifications
    drain
    expect '100|3|3' "$(query 'select count(*), min(hits), max(hits) from sync.fetch')"
    accounted
}

@test "what is wanted from Zoho is seen in the status" {
    echo '{"module":"Leads","operation":"update","ids":["5725767000000123001"],"server_time":1769850901234}' | put notifications
    drain
    expect 1 "$(zohosync status --json | jq .to_fetch)"
}
