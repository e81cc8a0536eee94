#!/usr/bin/env bats
# Views of schema zoho follow Zoho's fields while people read them: each field
# is a column, a column stays what it is, and what stands on a view stands.

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 300
    echo ZOHO_MODULES_TO_SYNC=Leads,Deals,Warranties,Sales_Orders | stage_as tee -a "$STAGE_CONF" >/dev/null
    zohosync fields
    zohosync reconcile --modules crm.leads,crm.warranties,crm.sales_orders
    drain
}
teardown_file() {
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
}

teardown() {
    look_away
    [ -z "${DRAIN_PID:-}" ] || drain_ends
}

# columns VIEW: "name type", in their order
columns() {
    query "select a.attname || ' ' || format_type(a.atttypid, null) from pg_attribute a
            where a.attrelid = 'zoho.$1'::regclass and a.attnum > 0 order by a.attnum"
}
column() { columns "$1" | sed -n "s/^$2 //p"; }
note() { query "select col_description('zoho.$1'::regclass, (select attnum from pg_attribute where attrelid = 'zoho.$1'::regclass and attname = '$2'))"; }
column_name() { query "select column_name from sync.field where module = '$1' and name = '$2'"; }

# Any lead with these members, as a webhook brings it.
tell() {
    LEAD=$((${LEAD:-$((BATS_TEST_NUMBER * 100))} + 1))
    lead "$LEAD" 2031-01-01T00:00:00Z "$1" | put Leads
}
told() { tell "$1" && drain; }

@test "each field of a module is a column of its view, custom modules too" {
    local view module
    for module in leads warranties sales_orders; do
        expect '' "$(query "select distinct f.name from sync.field f
            cross join unnest(sync.columns_of(f.column_name, f.kind)) as c
            where f.module = 'crm.$module' and strpos(f.name, '.') = 0 and f.column_name is not null
              and not exists (select from pg_attribute a where a.attrelid = 'zoho.$module'::regclass and a.attname = c)")"
    done
    expect 'text[]' "$(column warranties covers)"
    expect 'timestamp with time zone' "$(column warranties ends)"
    expect numeric "$(column warranties serial_number)"
    expect jsonb "$(column warranties covered_contacts)"
    expect 't' "$(query 'select count(*) > 0 and bool_and(starts is not null or ends is not null or name is not null) from zoho.warranties')"
}

@test "values are Zoho's, with their types" {
    local id
    id=$(zoho_ids Warranties 3 | tail -n 1)
    expect "$(zoho_get "/crm/v8/Warranties/$id" | jq -r '.data[0] | [.Name, .Product.id, .Days_Left, .Registered_Online] | join("|")')" \
        "$(query "select name, product_id, days_left, case when registered_online then 'true' else 'false' end from zoho.warranties where id = '$id'")"
}

@test "the rows of a subform are a view, a row each, with a column a field" {
    local id
    expect "$(query "select sum(jsonb_array_length(data -> 'Ordered_Items')) from mirror.record where module = 'crm.sales_orders' and deleted_at is null")" \
        "$(query 'select count(*) from zoho.sales_orders_ordered_items')"
    id=$(zoho_ids Sales_Orders 1)
    expect "$(zoho_get "/crm/v8/Sales_Orders/$id" | jq -r '.data[0].Ordered_Items | to_entries[] | "\(.value.id)|\(.key + 1)|\(.value.Product_Name.id)|\(.value.Quantity)|\(.value.List_Price)"')" \
        "$(query "select row_id, row_number, product_id, quantity, list_price from zoho.sales_orders_ordered_items where parent_id = '$id' order by row_number")"
    expect 'parent_id text
row_id text
row_number bigint' "$(columns sales_orders_ordered_items | head -n 3)"
}

@test "what is read by what Zoho says of it compares equal: all records, and nothing differs" {
    zohosync reconcile --sweep --modules crm.leads,crm.warranties,crm.sales_orders
    expect 'crm.leads|t|0
crm.sales_orders|t|0
crm.warranties|t|0' "$(query "select distinct on (module) module, found > 0, differing from sync.session order by module, session_id desc")"
}

@test "a new custom field is a column behind those that stand, with what records hold" {
    local before name
    before=$(columns leads)
    name=$(zoho_field Leads '{"field_label":"Credit Limit","data_type":"currency"}')
    expect Credit_Limit "$name"
    told '"Credit_Limit":120.50'
    zohosync fields
    expect "$before"$'\ncredit_limit numeric' "$(columns leads)"
    expect 120.50 "$(query "select credit_limit from zoho.leads where id = '$LEAD'")"
    expect 'Credit Limit (Credit_Limit)' "$(note leads credit_limit)"
}

@test "a field that vanishes leaves its column, which says so" {
    zoho_drop Leads Credit_Limit
    zohosync fields
    expect numeric "$(column leads credit_limit)"
    expect 'Credit Limit (Credit_Limit), no longer a field in Zoho' "$(note leads credit_limit)"
    expect 120.50 "$(query "select credit_limit from zoho.leads where credit_limit is not null")"
}

@test "people's own views stand while fields come, go and change, and a column keeps its type" {
    zoho_field Leads '{"field_label":"Floor","data_type":"text"}'
    zoho_field Leads '{"field_label":"Partner","data_type":"text"}'
    zohosync fields
    query 'create view public.mine as select id, floor, partner, company from zoho.leads' >/dev/null
    told '"Floor":"third","Partner":"Example Ltd"'
    zoho_admin crm.leads Floor '{"data_type":"integer"}'
    zoho_admin crm.leads Partner '{"data_type":"lookup"}'
    zoho_drop Leads Interests
    zohosync fields
    expect 'text|text|text' "$(column leads floor)|$(column leads partner)|$(column leads partner_id)"
    expect 'third|Example Ltd' "$(query "select floor, partner from public.mine where id = '$LEAD'")"
    told '"Floor":4,"Partner":{"id":"5725767000000123009","name":"Other Ltd"}'
    expect '4|5725767000000123009|Other Ltd' "$(query "select floor, partner_id, partner_name from zoho.leads where id = '$LEAD'")"
    expect 4 "$(query "select floor from public.mine where id = '$LEAD'")"
    expect 'text integer' "$(query "select concat_ws(' ', old, new) from sync.field_change where field = 'Floor' and what = 'type'")"
    query 'drop view public.mine' >/dev/null
}

@test "a value that its field's new type does not take costs the field alone, and is noted (R26)" {
    zoho_field Leads '{"field_label":"Storey","data_type":"text"}'
    zohosync fields
    told '"Storey":"third","Company":"Example Ltd"'
    zoho_admin crm.leads Storey '{"data_type":"integer"}'
    zohosync fields
    told '"Storey":"third","Company":"Example Ltd"'
    expect 'Example Ltd|' "$(query "select company, storey from zoho.leads where id = '$LEAD'")"
    expect '[{"field": "Storey", "value": "third"}]' \
        "$(query "select jsonb_agg(n - 'reason') from mirror.record, jsonb_array_elements(noted) n where id = '$LEAD'")"
}

@test "a drain that lingers reads by the kinds that fields has found" {
    zoho_field Leads '{"field_label":"Last Visit","data_type":"datetime"}'
    drain_lingers
    tell '"Last_Visit":"2031-01-01T09:15:00+01:00"'
    until_true 10 all_done
    expect 2031-01-01T09:15:00+01:00 "$(query "select data ->> 'Last_Visit' from mirror.record where id = '$LEAD'")"
    zohosync fields
    until_true 30 reads_times
}
reads_times() {
    tell '"Last_Visit":"2031-01-01T09:15:00+01:00"'
    until_true 10 all_done
    [ "$(query "select data ->> 'Last_Visit' from mirror.record where id = '$LEAD'")" = 2031-01-01T08:15:00Z ]
}

# Somebody who has looked at a view and stays in his transaction.
look() {
    stage_psql -c 'begin' -c "select count(*) from $1" -c "select pg_sleep(600), 'looks'" >/dev/null 2>&1 3>&- &
    LOOKER=$!
    until_true 10 looks
}
looks() { [ "$(query "select count(*) from pg_stat_activity where query like '%''looks''%' and pid <> pg_backend_pid()")" = 1 ]; }
look_away() {
    query "select pg_terminate_backend(pid) from pg_stat_activity where query like '%''looks''%' and pid <> pg_backend_pid()" >/dev/null
    [ -z "${LOOKER:-}" ] || wait "$LOOKER" 2>/dev/null || true
}

@test "a view that somebody reads for long stays as it was; the run says so, and the next one makes it" {
    local before
    before=$(columns leads)
    look zoho.leads
    zoho_field Leads '{"field_label":"Late One","data_type":"date"}'
    zoho_field Deals '{"field_label":"Late One","data_type":"date"}'
    run_status 75 zohosync fields --until 1
    grep -q '4 of 4 modules are read, views of 3 made' "$OUT"
    grep -q 'crm.leads: its views stay as they were: .*lock timeout' "$STAGE/log"
    expect "$before" "$(columns leads)"
    expect date "$(column deals late_one)"
    look_away
    zohosync fields
    expect "$before"$'\nlate_one date' "$(columns leads)"
}

@test "where the reader ends in time, the run waits for him" {
    look zoho.leads
    zoho_field Leads '{"field_label":"Later One","data_type":"date"}'
    zohosync fields --until 60 >"$OUT" 2>&1 &
    pid=$!
    until_true 20 waits
    look_away
    wait "$pid"
    expect date "$(column leads later_one)"
}
waits() { [ "$(query "select count(*) from pg_stat_activity where application_name = 'zohosync fields' and wait_event_type = 'Lock'")" = 1 ]; }

@test "an API name that somebody edits takes no value from its column, and its records are read again" {
    local before
    before=$(query 'select count(company), min(company), max(company) from zoho.leads')
    zoho_admin crm.leads Company '{"api_name":"Firm"}'
    zoho_admin crm.warranties Product '{"api_name":"Covered_Item"}'
    zoho_admin crm.warranties Service_Visits '{"api_name":"Visits"}'
    zoho_admin crm.service_visits Hours '{"api_name":"Time_Spent"}'
    zohosync fields
    expect "$before" "$(query 'select count(company), min(company), max(company) from zoho.leads')"
    expect 0 "$(query 'select count(*) from zoho.warranties where product_id is null or product_name is null')"
    expect t "$(query 'select count(*) > 0 and count(hours) > 0 from zoho.warranties_service_visits')"
    query "delete from mirror.record where module = 'crm.leads' and id !~ '^57'" >/dev/null
    zohosync reconcile --modules crm.leads,crm.warranties || true
    drain
    zohosync reconcile --modules crm.leads,crm.warranties
    expect '' "$(differences crm.leads; differences crm.warranties)"
    expect 0 "$(query "select count(*) from mirror.record where module = 'crm.leads' and data ? 'Company'")"
    expect t "$(query 'select count(*) > 0 and count(hours) > 0 from zoho.warranties_service_visits')"
    # and back again
    zoho_admin crm.leads Firm '{"api_name":"Company"}'
    zoho_admin crm.warranties Visits '{"api_name":"Service_Visits"}'
    zoho_admin crm.service_visits Time_Spent '{"api_name":"Hours"}'
    zohosync fields
    expect 0 "$(query 'select count(*) from zoho.leads where company is null')"
    expect "$(query "select count(*) from mirror.record where module = 'crm.leads' and deleted_at is null")" \
        "$(query "select count(*) from sync.fetch where module = 'crm.leads' and reason = 'renamed'")"
    zohosync reconcile --modules crm.leads,crm.warranties || true
    drain
}

@test "names that would be one, that SQL has taken or that are too long are made different, and stay" {
    local long other
    long=$(printf 'Very_Long_%.0s' 1 2 3 4 5 6 7 8)
    other=${long}2
    for label in Order Group 'Foo Bar' 'foo bar' '2nd Phone' 'Sync Version' Maker_Name Maker Long Other; do
        zoho_field Leads "{\"field_label\":\"$label\",\"data_type\":\"text\"}" >/dev/null
    done
    zoho_admin crm.leads Maker_Name '{"data_type":"lookup"}'
    zoho_admin crm.leads Long "{\"api_name\":\"${long}1\"}"
    zoho_admin crm.leads Other "{\"api_name\":\"$other\"}"
    local odd
    odd=$(zoho_field Leads '{"field_label":"Статус","data_type":"text"}')
    zohosync fields
    expect 'order_ group_ field_2nd_phone sync_version_2' \
        "$(column_name crm.leads Order) $(column_name crm.leads Group) $(column_name crm.leads 2nd_Phone) $(column_name crm.leads Sync_Version)"
    expect 'foo_bar foo_bar_2' "$(column_name crm.leads Foo_Bar) $(column_name crm.leads foo_bar)"
    expect 'maker maker_2' "$(query "select string_agg(column_name, ' ' order by column_name) from sync.field where module = 'crm.leads' and name in ('Maker', 'Maker_Name')")"
    expect "$odd Статус ($odd)" "$(column_name crm.leads "$odd") $(note leads "$odd")"
    [ "$(column_name crm.leads "${long}1")" != "$(column_name crm.leads "$other")" ]
    expect 0 "$(query "select count(*) from sync.field where length(column_name) > 57")"
    told "\"Order\":\"7\",\"Foo_Bar\":\"a\",\"foo_bar\":\"b\",\"Sync_Version\":\"x\",\"${long}1\":\"l\",\"$other\":\"m\",\"$odd\":\"да\""
    expect "7|a|b|x|1|l|m|да" "$(query "select order_, foo_bar, foo_bar_2, sync_version_2, sync_version,
        $(column_name crm.leads "${long}1"), $(column_name crm.leads "$other"), $odd from zoho.leads where id = '$LEAD'")"
}

@test "a module of 300 fields has 300 columns, and its records come whole" {
    local i more=''
    for i in $(seq 300); do
        more+="{\"field_label\":\"Extra $i\",\"data_type\":\"$([ $((i % 3)) = 0 ] && echo integer || echo text)\"},"
        [ $((i % 5)) != 0 ] || {
            zoho_send POST '/crm/v8/settings/fields?module=Deals' "{\"fields\":[${more%,}]}" >/dev/null
            more=''
        }
    done
    zohosync fields
    expect 300 "$(columns deals | grep -c '^extra_[0-9]* ')"
    zohosync reconcile --modules crm.deals
    drain
    expect '' "$(differences crm.deals)"
    local id
    id=$(zoho_ids Deals 1)
    expect "$(zoho_get "/crm/v8/Deals/$id" | jq -r '.data[0] | [.Extra_1, .Extra_150, .Extra_299, .Extra_300] | map(. // "") | join("|")')" \
        "$(query "select extra_1, extra_150, extra_299, extra_300 from zoho.deals where id = '$id'")"
}

@test "a subform that Zoho does not describe has the columns that its rows show" {
    query "delete from sync.field where module = 'crm.warranties' and name like 'Service\\_Visits.%'" >/dev/null
    zsim POST faults '{"match":"/crm/v8/settings/fields","do":"403","after":1,"times":-1}' >/dev/null
    env ZOHO_MODULES_TO_SYNC=Warranties "$STAGE/bin/zohosync" fields -c "$STAGE_CONF"
    expect 'numeric|text' "$(column warranties_service_visits hours)|$(column warranties_service_visits remark)"
    expect "$(query "select count(*) from mirror.record r, jsonb_array_elements(r.data -> 'Service_Visits') s where module = 'crm.warranties' and jsonb_typeof(r.data -> 'Service_Visits') = 'array' and s ->> 'Hours' is not null")" \
        "$(query 'select count(*) from zoho.warranties_service_visits where hours is not null')"
    zsim DELETE faults >/dev/null
    zohosync fields
    expect number "$(query "select kind from sync.field where module = 'crm.warranties' and name = 'Service_Visits.Hours'")"
}

@test "a view of somebody's own is left alone, and ours gets another name" {
    query 'create view zoho.site_surveys as select 1 as mine' >/dev/null
    env ZOHO_MODULES_TO_SYNC=Site_Surveys "$STAGE/bin/zohosync" fields -c "$STAGE_CONF"
    expect 1 "$(query 'select mine from zoho.site_surveys')"
    expect 'name text' "$(columns site_surveys_2 | grep '^name ')"
}

@test "who reads reports reads the new views, and nothing else of ours" {
    stage_as psql -X -q -At -d "host=$STAGE/pg dbname=zohosync user=report" -c 'select count(*) from zoho.sales_orders_ordered_items' \
        -c 'select count(*) from zoho.warranties' -c 'select count(covers) from zoho.warranties' >"$OUT"
    expect 3 "$(grep -c '^[1-9]' "$OUT")"
    run stage_as psql -X -q -At -d "host=$STAGE/pg dbname=zohosync user=report" -c 'select count(*) from sync.field_coverage'
    [ "$status" -ne 0 ]
}

@test "required fields are counted: nulls, blanks, empty lists and empty references are no values (F101, F102)" {
    query "update sync.field set required = name in ('Last_Name', 'Company', 'Lead_Source', 'Owner', 'No_of_Employees', 'Email_Opt_Out', 'Tag')
            where module = 'crm.leads'" >/dev/null
    stage_psql >/dev/null <<'SQL'
delete from mirror.record where module = 'crm.leads';
insert into mirror.record (module, id, modified_time, alive_at, deleted_at, seq, version, data, origin)
select 'crm.leads', n, now(), now(), case when n = 5 then now() end, 1, 1, data::jsonb, 'fetch'
  from (values
    (1, '{"Last_Name":"Example","Company":"A","Lead_Source":["Web"],"Owner":{"id":"1","name":null},"No_of_Employees":0,"Email_Opt_Out":false,"Tag":[]}'),
    (2, '{"Last_Name":"Example","Company":"","Lead_Source":[],"Owner":{"id":null,"name":null},"No_of_Employees":null,"Email_Opt_Out":true,"Tag":[{"name":"x"}]}'),
    (3, '{"Last_Name":" ","Company":null,"Lead_Source":"Web","Owner":{},"Email_Opt_Out":false}'),
    (4, '{}'),
    (5, '{"Last_Name":"Gone","Company":"Gone"}')) as v (n, data);
SQL
    expect 'Company|4|1|25.0
Email_Opt_Out|4|3|75.0
Last_Name|4|2|50.0
Lead_Source|4|2|50.0
No_of_Employees|4|1|25.0
Owner|4|1|25.0
Tag|4|1|25.0' "$(query "select field, records, filled, percent from sync.field_coverage where module = 'crm.leads' order by field")"
    zohosync fields coverage crm.leads --json >"$OUT"
    expect 'Company 25' "$(jq -r 'select(.field == "Company") | "\(.field) \(.percent | floor)"' "$OUT")"
    zohosync fields coverage >"$OUT"
    grep -q '^crm.deals *Service_Line .* no ' "$OUT"
    stage_as psql -X -q -d "host=$STAGE/pg dbname=zohosync user=admin" -c "update sync.field set required = true where module = 'crm.leads' and name = 'Website'"
}

@test "schema and names survive a way down and up" {
    local before
    before=$(query "select module, name, column_name from sync.field where module = 'crm.deals' order by name")
    zohosync migrate --to "$(query "select number - 1 from sync.migration where name like '%metadata'")" >/dev/null
    zohosync migrate >/dev/null
    zohosync fields
    expect "$before" "$(query "select module, name, column_name from sync.field where module = 'crm.deals' order by name")"
    expect numeric "$(column warranties_service_visits hours)"
}
