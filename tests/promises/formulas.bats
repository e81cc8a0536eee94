#!/usr/bin/env bats
# Formulas and roll-ups change while no time of change moves: a module that has
# any is compared whole once in FORMULA_REFRESH_HOURS.

load helper
load queue
load zoho

setup_file() {
    stage none
    # So many leads that their turn to be compared comes after 80 minutes, not
    # after an hour; contacts have no formula.
    zoho_open --company 21000
    echo ZOHO_MODULES_TO_SYNC=Leads,Contacts | stage_as tee -a "$STAGE_CONF" >/dev/null
    drain_lingers
    zohosync fields
    zohosync reconcile --modules crm.leads,crm.contacts
}
teardown_file() {
    drain_ends
    zoho_close
    stage_close
}
setup() { export OUT=$BATS_TEST_TMPDIR/out; }

later() { zsim POST clock "{\"advance\":$1}" >/dev/null; }
swept() { query "select extract(epoch from swept_at) from sync.module where name = '$1'"; }

# reconcile_every HOURS MODULE
reconcile_every() {
    env "FORMULA_REFRESH_HOURS=$1" "$STAGE/bin/zohosync" reconcile --modules "$2" -c "$STAGE_CONF"
}

@test "a formula that moved without a time of change is brought when its module's hours are over" {
    expect '' "$(differences crm.leads)"
    [ "$(query "select count(*) from mirror.record where module = 'crm.leads'")" -gt 3000 ]
    zsim POST act '{"act":"formula","module":"crm.leads"}' >/dev/null
    reconcile_every 1 crm.leads
    [ "$(differences crm.leads | grep -c Score)" -gt 1000 ]
    later 3600
    reconcile_every 1 crm.leads
    expect '' "$(differences crm.leads)"
    expect "$(query "select count(*) from mirror.record where module = 'crm.leads' and data ->> 'Score' is not null and deleted_at is null")" \
        "$(query 'select count(score) from zoho.leads')"
}

@test "with 0 hours it waits for the turn of its module" {
    local before
    before=$(swept crm.leads)
    zsim POST act '{"act":"formula","module":"crm.leads"}' >/dev/null
    later 3600
    reconcile_every 0 crm.leads
    expect "$before" "$(swept crm.leads)"
    later 3600
    reconcile_every 0 crm.leads
    expect '' "$(differences crm.leads)"
}

@test "a module without formulas is not compared for them" {
    local before
    zohosync reconcile --sweep --modules crm.contacts
    before=$(swept crm.contacts)
    later 3600
    reconcile_every 1 crm.contacts
    expect "$before" "$(swept crm.contacts)"
}

@test "while more than half of the credits is used it waits (promise 6)" {
    local before
    before=$(swept crm.leads)
    query "insert into sync.spent (pool, slice, rank, units) values ('crm.credits', now() - interval '1 hour', 2, 26000)" >/dev/null
    later 3600
    reconcile_every 1 crm.leads
    expect "$before" "$(swept crm.leads)"
    query 'delete from sync.spent where units = 26000' >/dev/null
    reconcile_every 1 crm.leads
    [ "$before" != "$(swept crm.leads)" ]
}

@test "formulas are among the fields that a list shows, however many the module has" {
    local i id more=''
    for i in $(seq 60); do
        more+="{\"field_label\":\"Extra $i\",\"data_type\":\"text\"},"
        [ $((i % 5)) != 0 ] || {
            zoho_send POST '/crm/v8/settings/fields?module=Contacts' "{\"fields\":[${more%,}]}" >/dev/null
            more=''
        }
    done
    zoho_field Contacts '{"field_label":"Worth","data_type":"formula"}'
    # a formula has a value from the next edit on
    for id in $(zoho_ids Contacts 20); do
        zsim POST act "{\"act\":\"edit\",\"module\":\"crm.contacts\",\"id\":\"$id\"}" >/dev/null
    done
    zohosync fields
    zohosync reconcile --sweep --modules crm.contacts
    expect Worth "$(query "select api_fields[1] from sync.module where name = 'crm.contacts'")"
    expect '' "$(differences crm.contacts)"
    zsim POST act '{"act":"formula","module":"crm.contacts"}' >/dev/null
    [ "$(differences crm.contacts | grep -c Worth)" -ge 5 ]
    later 7200
    reconcile_every 1 crm.contacts
    expect '' "$(differences crm.contacts)"
}
