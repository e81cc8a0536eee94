#!/usr/bin/env bats
# Promise 5, keys and tokens: what own senders and the notifications of the
# CRM show must be right, of today and for this purpose (F041-F044, R64).

load helper
load receiver
load proof

setup_file() { stage; }
teardown_file() { stage_close; }
setup() { clean_tables; }
teardown() { other_web_stop; }

# ---- keys ----

@test "a key opens CRM and Books routes; a wrong, short, empty or padded one none (F041)" {
    local key
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $STAGE_KEY")"
    expect 202 "$(send invoices "$(invoice 1)" -H "X-API-Key: $STAGE_KEY")"
    expect 'key|2' "$(query 'select source, count(*) from sync.inbox group by 1')"
    for key in "${STAGE_KEY%?}" "${STAGE_KEY}0" "zs_${STAGE_KEY:3:63}$([ "${STAGE_KEY: -1}" = 0 ] && echo 1 || echo 0)" \
        zs_ x "$(sha256sum <<<"$STAGE_KEY" | cut -d ' ' -f 1)" \
        "$(stage_as head -n 1 "$STAGE/keys" | cut -d ' ' -f 3)" "$STAGE_KEY,$STAGE_KEY"; do
        expect 401 "$(send Leads "$(lead 2)" -H "X-API-Key: $key")" "key ${key:0:8}"
    done
    expect 401 "$(send Leads "$(lead 2)" -H 'X-API-Key;')" 'an empty key'
    expect 2 "$(query 'select count(*) from sync.inbox')"
}

@test "a revoked key is refused within two seconds, a new one accepted, without a restart (F041, R64)" {
    local key
    key=$(zohosync key create passing 2>/dev/null | sed -n 's/.*\(zs_[0-9a-f]*\).*/\1/p')
    sleep 1.2
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")"
    zohosync key revoke passing
    sleep 2
    expect 401 "$(send Leads "$(lead 2)" -H "X-API-Key: $key")"
    expect 202 "$(send Leads "$(lead 3)" -H "X-API-Key: $STAGE_KEY")" 'the other key'
}

@test "an expired key and one for another purpose are refused (F041, R64)" {
    local key hash
    key=zs_$(printf '0123456789abcdef%.0s' 1 2 3 4)
    hash=$(printf '%s' "$key" | sha256sum | cut -d ' ' -f 1)
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
expired webhook $hash 2025-01-01T00:00:00Z 2025-12-31T23:59:59Z
END
    stage_as chmod 600 "$STAGE/old-keys"
    other_web "API_KEY_FILE=$STAGE/old-keys"
    expect 401 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" expired
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
reader read $hash 2025-01-01T00:00:00Z -
END
    sleep 2
    expect 401 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" 'another purpose'
    stage_as tee "$STAGE/old-keys" >/dev/null <<END
writer webhook $hash 2025-01-01T00:00:00Z 2999-12-31T23:59:59Z
END
    sleep 2
    expect 202 "$(send Leads "$(lead 1)" -H "X-API-Key: $key")" 'a good one of the same hash'
}

# ---- notifications ----

# bats test_tags=mount
@test "a notification is proven by its token, on its own route and on a module's (F043)" {
    expect 202 "$(send notifications "$(notice "$STAGE_TOKEN")")"
    expect 202 "$(send Leads "$(notice "$STAGE_TOKEN")")"
    expect 'notification|Leads.update' "$(query 'select distinct source, event_type from sync.inbox')"
}

@test "a notification with a wrong, short, empty or missing token is refused (F044)" {
    local token
    for token in wrong "${STAGE_TOKEN%?}" "${STAGE_TOKEN}x" "$STAGE_SECRET" "$STAGE_KEY" '' ; do
        expect 401 "$(send notifications "$(notice "$token")")" "token ${token:0:5}"
    done
    expect 401 "$(send notifications '{"module":"Leads","ids":["1"],"channel_id":"1"}')" 'no token'
    expect 401 "$(send notifications "{\"module\":\"Leads\",\"ids\":[\"1\"],\"token\":[\"$STAGE_TOKEN\"]}")" \
        'a token that is a list'
    expect 401 "$(send notifications "{\"token\":\"$STAGE_TOKEN\"}")" 'a token without ids'
    expect_nothing_kept
}

@test "with a list of channels only those may notify" {
    other_web ZOHO_NOTIFICATION_CHANNELS=1000000068001,1000000068002
    expect 202 "$(send notifications "$(notice "$STAGE_TOKEN" 1000000068002)")"
    expect 401 "$(send notifications "$(notice "$STAGE_TOKEN" 1000000068003)")"
    expect 401 "$(send notifications "$(notice "$STAGE_TOKEN" 100000006800)")"
    expect 401 "$(send notifications "{\"module\":\"Leads\",\"ids\":[\"1\"],\"token\":\"$STAGE_TOKEN\"}")" \
        'no channel'
    expect 401 "$(send notifications "$(notice wrong 1000000068001)")" 'a channel is no token'
    expect 1 "$(query 'select count(*) from sync.inbox')"
}

@test "the token of one notification proves no other one in a list" {
    expect 401 "$(send notifications "[$(notice wrong),$(notice "$STAGE_TOKEN")]")" 'the last is right'
    expect 401 "$(send notifications "[$(notice "$STAGE_TOKEN"),$(notice wrong)]")" 'the first is right'
    expect_nothing_kept
}

@test "the token of a notification proves no record that stands beside it" {
    expect 401 "$(send notifications "[$(notice "$STAGE_TOKEN"),$(invoice 1)]")" 'an invoice first told'
    expect 401 "$(send notifications "[$(invoice 1),$(notice "$STAGE_TOKEN")]")"
    expect_nothing_kept
}
