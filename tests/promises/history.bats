#!/usr/bin/env bats
# mirror.version answers how records stood at a time, and what changed.

load helper
load queue

setup_file() {
    stage none
    { lead 9100 2026-01-01T10:00:00Z '"Company":"Example Ltd","Annual_Revenue":100'
      lead 9100 2026-01-02T10:00:00Z '"Company":"Example Ltd","Annual_Revenue":250,"Modified_By":{"id":"1","name":"Sales"}'
      lead 9100 2026-01-04T10:00:00Z '"Company":"Example plc","Annual_Revenue":250,"Modified_By":{"id":"1","name":"Sales"}'
      lead 9200 2026-01-03T10:00:00Z '"Company":"Other"'
    } | put Leads
    zohosync drain --once >/dev/null
    echo '{"operation":"Leads.delete","data":[{"id":"9200","Modified_Time":"2026-01-05T10:00:00Z"}]}' | put Leads
    zohosync drain --once >/dev/null
}
teardown_file() { stage_close; }

at() { query "select id, annual_revenue, company from zoho.leads_as_of('$1') order by id" | tr '\n' ' '; }

@test "records as they stood at a time, typed as the view of the module" {
    expect '' "$(at 2025-12-31)"
    expect '9100|100|Example Ltd ' "$(at 2026-01-01T10:00:00Z)"
    expect '9100|250|Example Ltd 9200||Other ' "$(at 2026-01-03T12:00:00Z)"
    expect '9100|250|Example plc 9200||Other ' "$(at 2026-01-04T12:00:00Z)"
    expect '9100|250|Example plc ' "$(at now)"
}

@test "what stands answers for itself where its history is gone" {
    stage_psql -At <<'SQL' >"$BATS_TEST_TMPDIR/out"
begin;
truncate mirror.version;
select string_agg(id, ' ') from zoho.leads_as_of('2026-01-10');
rollback;
SQL
    expect 9100 "$(grep -v '^[A-Z]' "$BATS_TEST_TMPDIR/out")"
}

@test "each change of a field, with who and when where Zoho says" {
    expect '2|2026-01-02 10:00:00+00|Sales|Annual_Revenue|100|250' \
        "$(query "select version, at, who, field, was, became from mirror.changes('crm.leads', '9100') where field = 'Annual_Revenue'")"
    expect '3|Sales|"Example Ltd"|"Example plc"' \
        "$(query "select version, who, was, became from mirror.changes('crm.leads', '9100') where field = 'Company'")"
    expect 'delete' "$(query "select operation from mirror.changes('crm.leads', '9200') where version = 2")"
}

@test "every state is a row of the history, with the time it stood" {
    expect '1|2026-01-01 10:00:00+00|2026-01-02 10:00:00+00|100
2|2026-01-02 10:00:00+00|2026-01-04 10:00:00+00|250
3|2026-01-04 10:00:00+00||250' \
        "$(query "select sync_version, stood_from, stood_until, annual_revenue from zoho.leads_history where id = '9100' order by 1")"
}

@test "who reads reports reads both, and nothing behind them" {
    report() { stage_psql -At -c 'set role zohosync_report' -c "$1" 2>&1 | grep -v '^SET'; }
    expect 1 "$(report "select count(*) from zoho.leads_as_of('2026-01-10')")"
    expect 5 "$(report 'select count(*) from zoho.leads_history')"
    report "select count(*) from mirror.as_of('crm.leads', now())" | grep -q 'permission denied'
}

@test "a new column of the view comes into both, and nothing that stands on them breaks" {
    query "create view public.mine as select id, company, stood_from from zoho.leads_history" >/dev/null
    query "insert into sync.field (module, name, kind, column_name, position, custom) values ('crm.leads', 'Shoe_Size', 'integer', 'shoe_size', 900, true)" >/dev/null
    query "select sync.make_view('crm.leads'), sync.make_history('crm.leads')" >/dev/null
    expect '|5' "$(query "select (select max(shoe_size) from zoho.leads_as_of(now())), (select count(shoe_size is null) from zoho.leads_history)")"
    expect 5 "$(query 'select count(*) from public.mine')"
}
