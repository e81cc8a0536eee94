#!/usr/bin/env bats
# What Zoho says of its modules and fields: read into the registry, and what
# changes of it reported (F101, F102, F209, F210).

load helper
load queue
load zoho

setup_file() {
    stage none
    zoho_open --company 300
    echo ZOHO_MODULES_TO_SYNC=Leads,Deals,Contacts,Accounts,Warranties,Sales_Orders | stage_as tee -a "$STAGE_CONF" >/dev/null
    zohosync fields
}
teardown_file() {
    zoho_close
    stage_close
}
setup() {
    export OUT=$BATS_TEST_TMPDIR/out
    zsim DELETE faults >/dev/null
}

# changes MODULE FIELD: what was noted of it, the oldest first
changes() {
    query "select string_agg(concat_ws(' ', what, old, new), '; ' order by change_id) from sync.field_change
            where module = '$1' and coalesce(field, '') = '$2'"
}

of_field() { query "select $3 from sync.field where module = '$1' and name = '$2'"; }

# As run_status of the queue, but what it prints apart from what it complains of.
fields() {
    local want=$1 code=0
    shift
    stage_as "$STAGE/bin/zohosync" fields -c "$STAGE_CONF" "$@" >"$OUT" 2>"$OUT.err" || code=$?
    expect "$want" "$code" "$(cat "$OUT.err")"
}

@test "one run reads every field of every module in use, made by Zoho or by people" {
    local module
    for module in Leads Deals Contacts Accounts Warranties Sales_Orders; do
        expect "$(zoho_get "/crm/v8/settings/fields?module=$module" | jq -r '.fields[] | "\(.id)|\(.api_name)|\(.field_label)|\(.data_type)"' | sort)" \
            "$(query "select field_id, name, label, data_type from sync.field where module = 'crm.${module,,}'
                and gone_at is null and strpos(name, '.') = 0" | sort)" "$module"
    done
    expect 0 "$(query "select count(*) from sync.field where module like 'crm.%' and field_id is not null and first_seen_at is null")"
    expect 1 "$(grep -c 'fields: modules=6 read=6 views=6' "$STAGE/log")"
}

@test "fields of the rows of a subform stand behind its name and a dot" {
    expect 'Service_Visits.Hours|number
Service_Visits.Remark|text
Service_Visits.Visit_Date|date' "$(query "select name, kind from sync.field where module = 'crm.warranties'
        and name in ('Service_Visits.Hours', 'Service_Visits.Remark', 'Service_Visits.Visit_Date') order by 1")"
    expect Service_Visits "$(of_field crm.warranties Service_Visits subform_module)"
}

@test "the data type of a field says how its values are read" {
    expect 'Account_Manager|owner
Date_of_Birth|date
Email|text
Languages|multiselect
Last_Call|datetime
Loyalty_Number|integer
Mobile|phone
Owner|owner
Reporting_To|lookup
Tag|json
field71|text' "$(query "select name, kind from sync.field where module = 'crm.contacts' and name in ('Account_Manager',
        'Date_of_Birth', 'Email', 'Languages', 'Last_Call', 'Loyalty_Number', 'Mobile', 'Owner', 'Reporting_To', 'Tag', 'field71')
        order by name collate \"C\"")"
    expect 'formula|number|t' "$(of_field crm.leads Score 'computed, kind, read_only')"
    expect 't|f' "$(query "select (select computed from sync.module where name = 'crm.leads'), (select computed from sync.module where name = 'crm.contacts')")"
    expect 'multiselectlookup|json|Contacts' "$(of_field crm.warranties Covered_Contacts 'data_type, kind, lookup_module')"
}

@test "the first reading is no change, but what was thought wrongly of a field is one" {
    expect 'crm.accounts|Billing_Code|type|text|integer
crm.contacts|Mailing_Zip|type|text|integer' "$(query 'select module, field, what, old, new from sync.field_change order by 1')"
}

@test "a second run finds nothing new, notes nothing and leaves the views alone" {
    local before
    before=$(query "select (select count(*) from sync.field_change), (select max(changed_at) from sync.field), (select max(made_at) from sync.view)")
    fields 0
    expect "$before" "$(query "select (select count(*) from sync.field_change), (select max(changed_at) from sync.field), (select max(made_at) from sync.view)")"
}

@test "who needs the names of fields within the day does not ask again" {
    local id
    id=$(zoho_ids Leads 2 | tr '\n' ' ')
    zsim POST faults '{"match":"/crm/v8/settings/fields","do":"500","times":-1}' >/dev/null
    # shellcheck disable=SC2086 # two ids
    zohosync get crm.leads $id >"$OUT"
    expect 2 "$(wc -l <"$OUT")"
    run grep 'fields of crm.leads' "$STAGE/log"
    [ "$status" -ne 0 ]
}

@test "a field that an administrator renames keeps its row and its column" {
    zoho_admin crm.leads City '{"api_name":"Town"}'
    fields 0
    expect 'city|' "$(of_field crm.leads Town 'column_name, gone_at')"
    expect 0 "$(query "select count(*) from sync.field where module = 'crm.leads' and name = 'City'")"
    expect 'name City Town' "$(changes crm.leads Town)"
    grep -q 'warn: crm.leads Town: name from City to Town' "$STAGE/log"
}

@test "two fields that change their names with each other keep their columns" {
    zoho_admin crm.leads Street '{"api_name":"Street_0"}'
    zoho_admin crm.leads Country '{"api_name":"Street"}'
    zoho_admin crm.leads Street_0 '{"api_name":"Country"}'
    fields 0
    expect 'country|street' "$(of_field crm.leads Street column_name)|$(of_field crm.leads Country column_name)"
    expect 0 "$(query "select count(*) from sync.field where module = 'crm.leads' and name like '%#%'")"
}

@test "a field that appears is reported, one that vanishes is marked, one that comes back is the same" {
    expect Budget_Year "$(zoho_field Deals '{"field_label":"Budget Year","data_type":"integer"}')"
    fields 0
    expect 'integer|budget_year|t' "$(of_field crm.deals Budget_Year 'kind, column_name, custom')"
    zoho_drop Deals Budget_Year
    fields 0
    expect t "$(of_field crm.deals Budget_Year 'gone_at is not null')"
    expect 'appeared integer; vanished' "$(changes crm.deals Budget_Year)"
    zoho_field Deals '{"field_label":"Budget Year","data_type":"text"}'
    fields 0
    expect 'text|budget_year|' "$(of_field crm.deals Budget_Year 'kind, column_name, gone_at')"
    [[ $(changes crm.deals Budget_Year) == 'appeared integer; vanished; returned; replaced '*'; type integer text' ]]
}

@test "a name that a field has left may be another's, and each has its own column" {
    zoho_field Deals '{"field_label":"Old Key","data_type":"text"}'
    fields 0
    zoho_admin crm.deals Old_Key '{"api_name":"New_Key"}'
    zoho_field Deals '{"field_label":"Old Key","data_type":"date"}'
    fields 0
    expect 'old_key|old_key_2' "$(of_field crm.deals New_Key column_name)|$(of_field crm.deals Old_Key column_name)"
    # and one that is gone makes room
    zoho_drop Deals Old_Key
    fields 0
    zoho_admin crm.deals New_Key '{"api_name":"Old_Key"}'
    fields 0
    expect 'old_key|text|' "$(of_field crm.deals Old_Key 'column_name, kind, gone_at')"
    expect 'old_key_2|t' "$(query "select column_name, gone_at is not null from sync.field where module = 'crm.deals' and name like 'Old\\_Key#%'")"
}

@test "a label, a mandatory mark and a type that change are reported" {
    zoho_admin crm.deals Next_Step '{"field_label":"What next","system_mandatory":true,"data_type":"textarea"}'
    fields 0
    expect 'label Next Step What next; mandatory false true; type text textarea' \
        "$(query "select string_agg(concat_ws(' ', what, old, new), '; ' order by what) from sync.field_change where field = 'Next_Step'")"
    expect 'text|What next|t|f' "$(of_field crm.deals Next_Step 'kind, label, mandatory, required')"
}

@test "a value of a picklist that is removed later is reported, and stays in its records" {
    local id
    zoho_send PATCH "/crm/v8/settings/fields/$(zoho_field_id Deals Type)?module=Deals" \
        '{"fields":[{"pick_list_values":[{"display_value":"New Business"},{"display_value":"Renewal"}]}]}' >/dev/null
    id=$(zoho_ids Deals 1)
    printf '{"id":"%s","Deal_Name":"Example","Type":"Existing Business","Modified_Time":"2031-01-01T00:00:00Z"}\n' "$id" | put Deals
    fields 0
    drain --once
    expect 'choices Existing Business Renewal' "$(changes crm.deals Type)"
    expect '["New Business", "Renewal"]' "$(of_field crm.deals Type "jsonb_path_query_array(choices, '\$[*].actual_value')")"
    expect 'Existing Business' "$(query "select type from zoho.deals where id = '$id'")"
}

@test "a module whose name for people or rights change is reported" {
    query "update sync.module set label = 'Prospects', deletable = false where name = 'crm.leads'" >/dev/null
    fields 0
    expect 'access view, create, edit view, create, edit, delete; label Prospects Leads' \
        "$(query "select string_agg(concat_ws(' ', what, old, new), '; ' order by what) from sync.field_change where module = 'crm.leads' and field is null")"
    grep -q 'warn: module crm.leads: label from Prospects to Leads' "$STAGE/log"
}

@test "drift lists what changed, with times, as a table or as JSON" {
    fields 0 drift
    grep -q '^20[0-9-]*T[0-9:]*Z  crm.leads *Town *name *City *Town$' "$OUT"
    fields 0 drift --json
    expect "$(query 'select count(*) from sync.field_change')" "$(wc -l <"$OUT")"
    expect '"crm.leads" "Town" "City" "Town"' "$(jq -r 'select(.what == "name" and .new == "Town") | [.module, .field, .old, .new] | map(tojson) | join(" ")' "$OUT")"
    query "update sync.field_change set at = now() - interval '40 days' where new = 'Town'" >/dev/null
    fields 0 drift --json
    expect 0 "$(jq -r .new "$OUT" | grep -c Town || true)"
    fields 0 drift --json --days 50
    expect 1 "$(jq -r .new "$OUT" | grep -c Town)"
}

@test "list shows definitions, rules, choices and coverage of a module's fields (F210)" {
    fields 0 list crm.contacts
    grep -q '^Last_Name .*mandatory, required' "$OUT"
    grep -q '^field71 *field71 *text *text .*Заметк$' "$OUT"
    fields 0 list crm.contacts --json
    expect 'false 30 ["English","Deutsch","Español","日本"]' \
        "$(jq -r 'select(.field == "Phone") | "\(.mandatory) \(.length)"' "$OUT") $(jq -c 'select(.field == "Languages") | [.choices[].actual_value]' "$OUT")"
    expect true "$(jq 'select(.field == "External_Key") | .unique' "$OUT")"
    fields 0 list crm.contacts --custom --json
    expect "$(query "select count(*) from sync.field where module = 'crm.contacts' and custom")" "$(wc -l <"$OUT")"
    fields 65 list crm.nothing
    grep -q 'nothing is known of a module "crm.nothing"' "$OUT.err"
}

@test "module shows what may be done with one (F209)" {
    fields 0 module crm.warranties
    grep -q '^type *custom$' "$OUT"
    grep -q '^access *full$' "$OUT"
    grep -q '^may *view, create, edit, delete$' "$OUT"
    fields 0 module crm.warranties --json
    expect 'true true true Warranty' "$(jq -r '"\(.bulk_read) \(.bulk_write) \(.computed) \(.singular_label)"' "$OUT")"
    fields 65 module crm.nothing
    fields 64 module
    fields 64 wrong
}

@test "a module that Zoho does not list costs the others nothing, and the run says so (promise 8)" {
    run_status 75 env ZOHO_MODULES_TO_SYNC=Leads,Nothing "$STAGE/bin/zohosync" fields -c "$STAGE_CONF"
    grep -q '1 of 2 modules are read, views of 1 made' "$OUT"
    grep -q 'crm.nothing: Zoho lists no module "Nothing"' "$STAGE/log"
    expect t "$(query "select gone_at is not null from sync.module where name = 'crm.nothing'")"
}

@test "an answer that is none makes no field vanish" {
    local before fault
    before=$(query "select count(*) from sync.field where gone_at is null")
    for fault in 403 200_error; do
        zsim POST faults "{\"match\":\"/crm/v8/settings\",\"do\":\"$fault\",\"times\":-1}" >/dev/null
        run zohosync fields
        [ "$status" -ne 0 ]
        zsim DELETE faults >/dev/null
    done
    expect "$before" "$(query "select count(*) from sync.field where gone_at is null")"
    expect 0 "$(query "select count(*) from sync.field_change where what = 'vanished' and module = 'crm.leads'")"
}

@test "of two runs at once one reads, the other leaves" {
    zsim POST faults '{"match":"/crm/v8/settings/modules","do":"late","args":{"ms":2500}}' >/dev/null
    zohosync fields & pid=$!
    until_true 10 reads
    zohosync fields
    tail -n 1 "$STAGE/log" | grep -q 'another run is at it'
    wait "$pid"
}
reads() { [ "$(query "select count(*) from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and a.application_name = 'zohosync fields'")" -gt 0 ]; }
