#!/usr/bin/env bats
# Promise 6: Zoho's limits are never exceeded. The arithmetic of the one
# budget, at times of the test's own choice (R42, R44, R45).

load helper

setup_file() { stage none; }
teardown_file() { stage_close; }
setup() {
    query "truncate sync.spent;
           update sync.budget set others = 0, others_at = '-infinity', closed_until = '-infinity'" >/dev/null
    query "update sync.budget set most = case pool when 'books.minute' then 100 when 'books.day' then 2000
               when 'crm.credits' then 50000 else 10 end" >/dev/null
}

# take TIME WANTED [RANK] [POOLS] [COSTS]: "granted|wait"
take() {
    query "select * from sync.take('${4:-{books.minute,books.day\}}', '${5:-{1,1\}}', $2, ${3:-1}, '2026-03-01 $1Z')"
}

@test "calls are granted until the limit, and then it is said when to come again" {
    expect '100|0' "$(take 00:00:00 100)"
    expect '0|65200' "$(take 00:00:00 1)" "the oldest slice counts until all of it is outside, and five seconds"
    expect '0|200' "$(take 00:01:05 1)"
    expect '100|0' "$(take 00:01:05.2 500)" "and no more than there are"
}

@test "a call that costs more than the limit never fits, and says so" {
    expect '0|' "$(take 00:00:00 1 1 '{tokens}' '{11}')"
}

@test "a call takes from each of its pools or from none" {
    query "update sync.budget set most = 5 where pool = 'books.day'" >/dev/null
    expect '5|0' "$(take 00:00:00 50)"
    expect '0|86693000' "$(take 00:00:00 50)"
    expect 5 "$(query "select sum(units) from sync.spent where pool = 'books.minute'")"
}

@test "calls may cost several units" {
    expect '3|0' "$(take 00:00:00 9 1 '{tokens}' '{3}')"
    expect 9 "$(query "select sum(units) from sync.spent where pool = 'tokens'")"
    expect '0|' "$(take 00:00:00 1 1 '{tokens}' '{3}' | cut -c 1-2)"
    expect '1|0' "$(take 00:00:00 1 1 '{tokens}' '{1}')"
}

@test "who may wait leaves something to those who may not (R44)" {
    expect '60|0' "$(take 00:00:00 500 4)" backfill
    expect '10|0' "$(take 00:00:00 500 3)" verify
    expect '10|0' "$(take 00:00:00 500 2)" reconcile
    expect '20|0' "$(take 00:00:00 500 1)" "follow-up of a webhook"
    expect 0 "$(take 00:00:00 500 0 | cut -d '|' -f 1)" "a person has no more either"
}

@test "what Zoho calls used up is closed for all, whatever was counted (R45)" {
    query "select sync.close_pool('books.day', 1800000, 'daily limit', '2026-03-01 00:00:00Z')" >/dev/null
    expect '0|1800000' "$(take 00:00:00 1 0)"
    expect '0|1' "$(take 00:29:59.999 1)"
    expect '1|0' "$(take 00:30:00 1)"
    expect 'daily limit' "$(query "select closed_for from sync.budget where pool = 'books.day'")"
}

@test "what others of the organisation spend is learnt from what Zoho says is left" {
    expect '100|0' "$(take 00:00:00 100)"
    query "select sync.left_over('books.day', 50, '2026-03-01 00:01:00Z')" >/dev/null
    expect 1850 "$(query "select others from sync.budget where pool = 'books.day'")"
    expect '50|0' "$(take 00:02:00 100)"
    expect 0 "$(take 00:03:30 100 | cut -d '|' -f 1)"
    query "select sync.left_over('books.day', 1900, '2026-03-01 00:04:00Z')" >/dev/null
    expect 0 "$(query "select others from sync.budget where pool = 'books.day'")"
}

@test "a clock that was ahead spends nothing for good" {
    expect '100|0' "$(query "select * from sync.take('{books.minute,books.day}', '{1,1}', 100, 1, '2030-01-01Z')")"
    expect '100|0' "$(take 00:00:00 100)"
}

@test "programs at once never get more than there is" {
    local pids=()
    for _ in 1 2 3 4 5 6 7 8; do
        for _ in $(seq 30); do
            echo "select granted from sync.take('{books.minute,books.day}', '{1,1}', 3, 1, '2026-03-01 00:00:00Z');"
        done | stage_psql >"$BATS_TEST_TMPDIR/took.$BASHPID.$RANDOM" &
        pids+=("$!")
    done
    wait "${pids[@]}"
    expect 100 "$(cat "$BATS_TEST_TMPDIR"/took.* | awk "{ n += \$1 } END { print n }")"
}

# Four days of programs that always want more, at random times.
@test "no minute and no day has more calls than allowed, nor fewer without need (R42)" {
    stage_psql <<'SQL' >"$BATS_TEST_TMPDIR/worst"
create temp table took (at timestamptz, rank int, n int);
select setseed(0.25);
do $$
declare t timestamptz := '2026-03-01Z'; r record; k int;
begin
    while t < '2026-03-05Z' loop
        k := floor(random() * 5);
        select * into r from sync.take('{books.minute,books.day}', '{1,1}', 1 + floor(random() * 20)::int, k, t);
        if r.granted > 0 then
            insert into took values (t, k, r.granted);
            t := t + random() * interval '3 s';
        else
            t := t + least(r.wait_ms, 60000 * random()) * interval '1 ms';
        end if;
    end loop;
end $$;
select max(m), max(d) from (
    select sum(n) over (order by at range between interval '59.999999 s' preceding and current row) m,
           sum(n) over (order by at range between interval '23:59:59.999999' preceding and current row) d
      from took) x;
select sum(n) >= 7600 from took;
select max(m) <= 100, max(d) <= 2000 from (
    select count(*) over (order by at range between interval '59.999999 s' preceding and current row) m,
           count(*) over (order by at range between interval '23:59:59.999999' preceding and current row) d
      from (select at + random() * interval '4.9 s' as at from took, generate_series(1, n)) arrived) x;
SQL
    expect '100|2000' "$(sed -n 2p "$BATS_TEST_TMPDIR/worst")"
    expect t "$(sed -n 3p "$BATS_TEST_TMPDIR/worst")" "what was allowed was used"
    expect 't|t' "$(sed -n 4p "$BATS_TEST_TMPDIR/worst")" "also where calls arrive up to five seconds after they were counted"
}

# Two days in which the hours of work ask for much and the night for little.
@test "at noon the use until midnight is known to 5 percent (R44)" {
    stage_psql <<'SQL' >"$BATS_TEST_TMPDIR/days"
update sync.budget set most = 5000 where pool = 'books.day';
create temp table took (at timestamptz, n int);
create temp table said as select 0::bigint as by_midnight;
select setseed(0.5);
do $$
declare t timestamptz := '2026-03-01Z'; r record; h int;
begin
    while t < '2026-03-03Z' loop
        h := extract(hour from t at time zone 'UTC');
        select * into r from sync.take('{books.minute,books.day}', '{1,1}',
            1 + floor(random() * case when h between 8 and 17 then 10 else 2 end)::int, 2, t);
        if r.granted > 0 then insert into took values (t, r.granted); end if;
        if t >= '2026-03-02 12:00Z' and (select by_midnight from said) = 0 then
            update said set by_midnight = f.by_midnight from sync.forecast(t) f where f.pool = 'books.day';
        end if;
        t := t + (0.5 + random()) * interval '2 minutes';
    end loop;
end $$;
select abs(said.by_midnight / sum(n)::numeric - 1) <= 0.05, sum(n) > 1500 from took, said
 where at >= '2026-03-02Z' group by said.by_midnight;
SQL
    expect 't|t' "$(tail -n 1 "$BATS_TEST_TMPDIR/days")" "$(cat "$BATS_TEST_TMPDIR/days")"
}

@test "on the first day the pace so far is the forecast, and never more than the limit" {
    take 06:00:00 30 >/dev/null
    take 08:00:00 30 >/dev/null
    forecast() { query "select used, free, by_midnight, used_up_at from sync.forecast('2026-03-01 $1Z') where pool = 'books.day'"; }
    expect '60|1940|540|' "$(forecast 08:00:00)" "60 in two hours, sixteen to go"
    query "update sync.budget set most = 100 where pool = 'books.day'" >/dev/null
    expect '60|40|100|2026-03-01 09:20:00+00' "$(forecast 08:00:00)" "40 left at 30 an hour"
    expect '0|100|0|' "$(query "truncate sync.spent"; forecast 08:00:00)"
}

@test "what is used and closed is seen in the status" {
    take_now() { query "select granted from sync.take('{books.day}', '{7}', 1, 1)"; }
    expect 1 "$(take_now)"
    query "select sync.close_pool('books.day', 1800000, 'daily limit')" >/dev/null
    expect '7 2000 true' "$(zohosync status --json | jq -r '.budget[] | select(.pool == "books.day") | "\(.used) \(.most) \(.closed_until != null)"')"
    zohosync status | grep -qE '^books\.day +7 of 2000 +[0-9]+ +20[0-9-]+T'
}
