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

anew() {
    query "delete from sync.session where kind = 'backfill';
           truncate mirror.record, mirror.version, sync.fetch;
           update sync.module set changed_until = null, deleted_until = null, swept_at = null" >/dev/null
}

# Zoho takes its time, so that a load lasts.
slow_zoho() { fault late "/crm/v8/$1" -1 0 "$2"; }

# Each time at another instant of another page.
@test "killed again and again it goes on, and ends complete and exact" {
    local pid kills=0 state=137
    anew
    slow_zoho Site_Surveys 60
    while [ "$state" -eq 137 ]; do
        zohosync backfill --modules crm.site_surveys --batch-size 2 >"$OUT" 2>&1 3>&- &
        pid=$! state=0
        [ "$kills" -ge 12 ] || {
            until_true 20 eval "! kill -0 $pid 2>/dev/null || [ \$(grep -c : '$OUT') -gt $((kills % 4)) ]"
            kill_all backfill KILL
        }
        wait "$pid" || state=$?
        kills=$((kills + 1))
    done
    expect 0 "$state" "$(tail -n 1 "$OUT")"
    [ "$kills" -ge 3 ] || { echo "killed $kills times"; false; }
    expect '' "$(differences crm.site_surveys)"
    expect 'completed|90|90|t' "$(sessions 'state, found, expected, continues is not null' crm.site_surveys)"
    expect 0 "$(query 'select count(*) from (select 1 from mirror.version group by module, id having count(*) > 1) twice')"
}

@test "what is not done in time is left to the next run, which goes on with the page behind" {
    anew
    slow_zoho Site_Surveys 30
    run_status 75 zohosync backfill --modules crm.site_surveys --batch-size 3 --until 1
    grep -q 'its time was up' "$OUT"
    expect 'partial|t|t' "$(sessions "state, found > 0 and found < expected, place is not null" crm.site_surveys)"
    backfill --modules crm.site_surveys --batch-size 3
    expect 'completed|t|t' "$(sessions 'state, found = expected, place is null' crm.site_surveys)"
    expect t "$(query "select l.continues = f.session_id from sync.session f, sync.session l
                where f.kind = 'backfill' and f.state = 'partial' and l.continues is not null")"
}

@test "behind its place a list is asked for as it was, whole records or not" {
    anew
    slow_zoho Contacts 150
    run_status 75 zohosync backfill --modules crm.contacts --batch-size 100 --until 1
    expect 'partial|t' "$(sessions 'state, found between 100 and 700' crm.contacts)"
    zsim DELETE faults >/dev/null
    backfill --modules crm.contacts --batch-size 100
    expect 'completed|t|t' "$(sessions 'state, found = expected, applied < found' crm.contacts)"
    expect 0 "$(query "select count(*) from sync.session_log l join sync.session s using (session_id)
                 where s.module = 'crm.contacts' and s.kind = 'backfill' and l.message like 'Zoho no longer knows%'")"
    expect '' "$(differences crm.contacts)"
}

@test "other filters and --anew begin with the first page" {
    anew
    slow_zoho Site_Surveys 30
    run_status 75 zohosync backfill --modules crm.site_surveys --batch-size 3 --until 1
    zsim DELETE faults >/dev/null
    backfill --modules crm.site_surveys --anew --batch-size 3
    expect '||t' "$(sessions 'continues, place, found = expected' crm.site_surveys)"
}

@test "where Zoho no longer knows the place it begins anew, and passes over what is here" {
    anew
    slow_zoho Site_Surveys 30
    run_status 75 zohosync backfill --modules crm.site_surveys --batch-size 3 --until 1
    zsim DELETE faults >/dev/null
    zsim POST clock '{"advance":90000}' >/dev/null
    backfill --modules crm.site_surveys --batch-size 3
    expect 'completed|t' "$(sessions 'state, found = expected and applied < found' crm.site_surveys)"
    expect 1 "$(query "select count(*) from sync.session_log where message like 'Zoho no longer knows the place%'")"
    expect '' "$(differences crm.site_surveys)"
}

@test "a list that ends too early is never taken for whole (R74)" {
    local after path state
    for path in /crm/v8/Contacts /books/v3/contacts; do
        for after in 0 1; do
            anew
            zsim POST faults "{\"match\":\"$path\",\"method\":\"GET\",\"do\":\"short\",\"times\":-1,\"after\":$((after + 1))}" >/dev/null
            case $path in /crm*) module=crm.contacts ;; *) module=books.contacts ;; esac
            zohosync backfill --batch-size 50 --modules "$module" >"$OUT" 2>&1 && state=0 || state=$?
            expect 75 "$state" "$path after $after: $(tail -n 1 "$OUT")"
            expect partial "$(sessions state "$module")"
            zsim DELETE faults >/dev/null
        done
    done
}

@test "a list that ends too early is no success where all is here already, either (R74)" {
    anew
    backfill --modules crm.contacts
    zsim POST faults '{"match":"/crm/v8/Contacts","method":"GET","do":"short","times":-1,"after":1}' >/dev/null
    run_status 75 zohosync backfill --modules crm.contacts
    grep -q 'Zoho counts 750 records, [0-9]* are listed' "$OUT"
}

@test "a fault of Zoho cuts the load short, and the next run ends it" {
    anew
    fault 500 /crm/v8/Contacts 20 2
    run_status 75 zohosync backfill --modules crm.contacts,crm.warranties
    expect partial "$(sessions state crm.contacts)"
    expect completed "$(sessions state crm.warranties)"
    zsim DELETE faults >/dev/null
    backfill --modules crm.contacts
    expect '' "$(differences crm.contacts)"
}

@test "only what changed since a time (F197, F208, F212)" {
    local at
    anew
    at=$(zsim GET 'state?module=crm.contacts' | jq -r .record.Modified_Time | sort | sed -n '$p' | sed 's/+00:00/Z/')
    backfill --modules crm.contacts --modified-since "$at"
    expect t "$(query "select count(*) between 1 and 20 and bool_and(modified_time >= '$at') from mirror.record where module = 'crm.contacts'")"
    run_status 64 zohosync backfill --modified-since yesterday
    grep -q 'no time with an offset' "$OUT"
}

@test "of items those in use and in stock alone (F199, F200, F259)" {
    anew
    backfill --modules books.items --active-only --with-stock-only
    expect t "$(query "select count(*) > 0 and bool_and(data ->> 'status' = 'active' and (data ->> 'stock_on_hand')::numeric > 0)
                from mirror.record where module = 'books.items'")"
    expect "$(zsim GET 'state?module=books.items' | jq -s '[.[] | select((.deleted | not) and .record.status == "active" and .record.stock_on_hand > 0)] | length')" \
        "$(query "select count(*) from mirror.record where module = 'books.items'")"
}

@test "nothing is written by --dry-run" {
    anew
    backfill --modules crm.contacts --dry-run
    grep -q 'differing=[1-9]' "$OUT"
    expect '0|0' "$(query "select (select count(*) from mirror.record), (select count(*) from sync.session where kind = 'backfill')")"
}

@test "--json says how far it is, an object a line" {
    anew
    backfill --modules crm.contacts --json
    expect 'completed' "$(jq -r .state "$OUT" | tail -n 1)"
    expect true "$(jq -s 'all(.module == "crm.contacts" and .expected >= .found) and length > 2' "$OUT")"
}

@test "off a terminal there is a line a page, on one a bar" {
    anew
    backfill --modules crm.contacts
    grep -q '^crm.contacts: 200 of [0-9]*, applied ' "$OUT"
    anew
    script -qec "'$STAGE/bin/zohosync' backfill --modules crm.contacts -c '$STAGE_CONF'" /dev/null >"$OUT" 2>&1 </dev/null
    grep -q 'crm.contacts  \[#' "$OUT"
}

@test "a module that is not in use is refused by name" {
    run_status 64 zohosync backfill --modules crm.nothing
    grep -q 'no module in use is called "crm.nothing"' "$OUT"
}

@test "the example script loads module by module, and may be stopped and started" {
    local pid state=0
    anew
    slow_zoho Contacts 200
    stage_as env "PATH=$STAGE/bin:$PATH" sh "$TOP_SRCDIR/etc/load-history" -c "$STAGE_CONF" \
        crm.contacts crm.warranties >"$OUT" 2>&1 3>&- &
    pid=$!
    until_true 20 grep -q 'crm.contacts: 200 of' "$OUT"
    pkill -TERM -f "load-history -c $STAGE_CONF"
    wait "$pid" || state=$?
    [ "$state" -ne 0 ]
    until_true 20 none_left backfill
    zsim DELETE faults >/dev/null
    run_status 0 stage_as env PAUSE=1 HOURS=1 "PATH=$STAGE/bin:$PATH" timeout 20 sh "$TOP_SRCDIR/etc/load-history" -c "$STAGE_CONF" crm.contacts crm.warranties
    expect '' "$(differences crm.contacts)"
    expect '' "$(differences crm.warranties)"
    expect t "$(sessions 'continues is not null' crm.contacts)"
}
