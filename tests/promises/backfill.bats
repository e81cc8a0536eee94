#!/usr/bin/env bats
# Backfill: all that Zoho has of a module comes here, on the spot and through
# the one path, goes on where it was cut off, and says how much of it came.

load helper
load queue
load zoho
load faults

setup_file() {
    stage none
    zoho_open --company 3000
    zsim PUT limits '{"books_minute":0,"books_day":0,"credits":0}' >/dev/null
    { echo ZOHO_MODULES_TO_SYNC=Leads,Contacts,Accounts,Deals,Products,Sales_Orders,Warranties,Site_Surveys
      echo ZOHO_RATE_LIMIT=100000
      echo ZOHO_BOOKS_CALLS=10000000
      echo ZOHO_CRM_CREDITS=10000000; } | stage_as tee -a "$STAGE_CONF" >/dev/null
}
teardown_file() {
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
}

backfill() { run_status 0 zohosync backfill "$@"; }
sessions() { query "select $1 from sync.session where kind = 'backfill' and module = '$2' order by session_id desc limit 1"; }

@test "a module comes whole, and no drain is needed for it (F202, F207, F211)" {
    backfill --modules crm.contacts
    expect '' "$(differences crm.contacts)"
    expect 'completed|t|t' "$(sessions 'state, found = expected, applied = found' crm.contacts)"
    expect 0 "$(query 'select count(*) from sync.work')"
}

@test "every request is accounted for: kept in the inbox, with its outcome" {
    expect t "$(query "select count(*) > 0 from sync.inbox where origin = 'backfill'")"
    expect 0 "$(query 'select count(*) from sync.inbox i where not exists (select from sync.outcome o where o.seq = i.seq)')"
}

@test "what is here already costs no write" {
    local rows before
    rows='select (select count(*) from sync.inbox), (select count(*) from mirror.version), (select sum(version) from mirror.record)'
    before=$(query "$rows")
    backfill --modules crm.contacts
    expect "$before" "$(query "$rows")"
    expect '0|t' "$(sessions 'applied, found = expected' crm.contacts)"
}

@test "modules whose lists do not show all of a record come whole" {
    backfill --modules crm.leads,crm.accounts,crm.deals,crm.products,crm.sales_orders,crm.warranties,crm.site_surveys
    for module in leads accounts deals products sales_orders warranties site_surveys; do
        expect '' "$(differences crm.$module)" "$module"
    done
}

@test "Books comes whole" {
    backfill --modules books.items,books.contacts,books.invoices,books.bills,books.creditnotes,books.pricebooks,books.inventoryadjustments
    for module in items contacts invoices bills creditnotes pricebooks inventoryadjustments; do
        expect '' "$(differences books.$module)" "$module"
    done
}
