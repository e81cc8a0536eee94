-- 0009_budget: what may be asked of Zoho, and the token it is asked with
set local role zohosync_owner;

-- Zoho's limits are for the whole organisation, so they are kept once, for
-- all programs and hosts. A window is counted in 300 slices; the oldest slice
-- counts whole until all of it is outside. A call arrives some time after it
-- was counted, one more, one less: whatever that is up to five seconds, no
-- window of Zoho's holds more than was counted in one that is so much longer.
create table sync.budget (
    pool         text primary key,
    period       interval not null check (period > interval '0'),
    most         integer not null check (most >= 0),
    others       integer not null default 0 check (others >= 0),
    others_at    timestamptz not null default '-infinity',
    closed_until timestamptz not null default '-infinity',
    closed_for   text not null default ''
);
comment on table sync.budget is 'limits of Zoho: so many units in each period of this length, rolling';
comment on column sync.budget.pool is 'crm.credits, crm.downloads, books.minute, books.day or tokens';
comment on column sync.budget.most is 'units Zoho allows in a period';
comment on column sync.budget.others is 'units that went to other programs of the organisation, as Zoho last let us see';
comment on column sync.budget.others_at is 'when it did; they count for one period';
comment on column sync.budget.closed_until is 'nothing is asked before: Zoho said that the limit is reached';
comment on column sync.budget.closed_for is 'in whose words';

create table sync.spent (
    pool     text not null references sync.budget,
    slice    timestamptz not null,
    rank     integer not null check (rank between 0 and 4),
    units    integer not null check (units > 0),
    primary key (pool, slice, rank)
);
comment on table sync.spent is 'units spent, by slice of the period and by who spent them';
comment on column sync.spent.slice is 'start of the slice of time';
comment on column sync.spent.rank is 'who: 0 a person, 1 follow-up of a webhook, 2 reconcile, 3 verify, 4 backfill';

-- What each rank must leave for those before it, as a share of the limit.
create function sync.share_kept(rank integer)
returns numeric
language sql
immutable
parallel safe
return (array[0, 0, 0.2, 0.3, 0.4])[rank + 1];
comment on function sync.share_kept is 'share of a limit that this rank leaves to those before it';

create function sync.window_of(period interval)
returns interval
language sql
immutable
parallel safe
return period + interval '5 seconds';
comment on function sync.window_of is 'how long a unit counts: a period of Zoho, and what a call may take to arrive';

-- How many of "wanted" calls may go out now, each costing costs[i] units of
-- pools[i]; they count as spent from then on. Where it is none, "wait_ms" says
-- when to ask again; null where it never will be any.
create function sync.take(pools text[], costs integer[], wanted integer,
    rank integer, at timestamptz default clock_timestamp(),
    out granted integer, out wait_ms bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    b record;
    step interval;
    span interval;
    used bigint;
    free bigint;
    until timestamptz;
    later timestamptz := '-infinity';
begin
    granted := wanted;
    for b in
        select l.*, u.cost,
               floor(l.most * (1 - sync.share_kept(rank)))::bigint as ceiling
          from unnest(pools, costs) as u (pool, cost)
          join sync.budget l on l.pool = u.pool
         order by l.pool
           for update of l
    loop
        step := b.period / 300;
        span := sync.window_of(b.period);
        -- a clock that was ahead leaves slices nobody would ever reach
        delete from sync.spent s
         where s.pool = b.pool
           and (s.slice <= at - span - step or s.slice > at + span);
        select coalesce(sum(s.units), 0) into used
          from sync.spent s where s.pool = b.pool;
        if b.others_at > at - b.period then
            used := used + b.others;
        end if;
        free := (b.ceiling - used) / b.cost;
        if b.closed_until > at then
            granted := 0;
            later := greatest(later, b.closed_until);
        elsif b.cost > b.ceiling then
            granted := 0;
            later := 'infinity';
        elsif free < 1 then
            granted := 0;
            -- when enough of the oldest slices will have left
            select min(o.slice) into until
              from (select s.slice, sum(s.units) over (order by s.slice) as gone
                      from sync.spent s where s.pool = b.pool) o
             where used - o.gone + b.cost <= b.ceiling;
            later := greatest(later, least(until + span + step,
                case when b.others_at > at - b.period
                    then b.others_at + b.period end));
            later := greatest(later, at + interval '1 millisecond');
        else
            granted := least(granted, free);
        end if;
    end loop;
    if granted = 0 then
        wait_ms := case when later < 'infinity'
            then ceil(extract(epoch from later - at) * 1000) end;
        return;
    end if;
    wait_ms := 0;
    insert into sync.spent as s (pool, slice, rank, units)
    select l.pool, date_bin(l.period / 300, at, 'epoch'), take.rank,
           u.cost * granted
      from unnest(pools, costs) as u (pool, cost)
      join sync.budget l on l.pool = u.pool
     order by l.pool
        on conflict on constraint spent_pkey do update
       set units = s.units + excluded.units;
end
$$;
comment on function sync.take is 'takes units for calls to Zoho out of their budgets, or says when to come again';

-- Zoho said how many units are left: what we do not know of went to others.
create function sync.left_over(said_pool text, remaining integer,
    at timestamptz default clock_timestamp())
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
    update sync.budget b
       set others = greatest(0, b.most - remaining
               - (select coalesce(sum(s.units), 0) from sync.spent s
                   where s.pool = b.pool
                     and s.slice > at - sync.window_of(b.period)
                         - b.period / 300)),
           others_at = at
     where b.pool = said_pool and remaining >= 0;
end;
comment on function sync.left_over is 'learns from an answer of Zoho how many units are left';

-- Zoho said that a limit is reached.
create function sync.close_pool(said_pool text, for_ms bigint, why text,
    at timestamptz default clock_timestamp())
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
    update sync.budget b
       set closed_until = greatest(b.closed_until,
               at + for_ms * interval '1 millisecond'),
           closed_for = why
     where b.pool = said_pool;
end;
comment on function sync.close_pool is 'nothing of this pool is asked for a while';

-- What is used, and what will be. The rest of the day is taken to go as the
-- same hours of yesterday went; where less than a day is known, at the pace of
-- what is known, at least an hour of it.
create function sync.forecast(at timestamptz default clock_timestamp())
returns table (pool text, most integer, used bigint, free bigint,
    closed_until timestamptz, by_midnight bigint, used_up_at timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with day as (
        select date_trunc('day', at, 'UTC') as began,
               date_trunc('day', at, 'UTC') + interval '1 day' as ends
    ), known as (
        select b.pool, b.most, b.period, b.closed_until,
               b.others * (b.others_at > at - b.period)::integer as others,
               coalesce(sum(s.units), 0) as ours,
               coalesce(sum(s.units) filter (where s.slice >= d.began), 0)
                   as today,
               coalesce(sum(s.units) filter (where s.slice < d.began), 0)
                   as yesterday,
               coalesce(sum(s.units) filter (where
                   s.slice > at - interval '1 hour'), 0) as last_hour,
               least(extract(epoch from b.period), greatest(3600,
                   extract(epoch from at - min(s.slice)))) as known_s,
               extract(epoch from d.ends - at) as rest_s
          from sync.budget b
         cross join day d
          left join sync.spent s on s.pool = b.pool
               and s.slice > at - b.period and s.slice <= at
         group by b.pool, d.began, d.ends
    )
    select k.pool, k.most, (k.ours + k.others)::bigint,
           greatest(0, k.most - k.ours - k.others)::bigint,
           nullif(greatest(k.closed_until, at), at),
           case when k.period >= interval '1 day' then
               least(k.most, k.today + k.others
                   + case when k.known_s > 0.95 * extract(epoch from k.period)
                          then k.yesterday
                          else coalesce(k.ours / k.known_s * k.rest_s, 0) end
               )::bigint
           end,
           case when k.period >= interval '1 day' and k.last_hour > 0
                and (k.most - k.ours - k.others) * 3600 / k.last_hour < k.rest_s
                then at + greatest(0, k.most - k.ours - k.others) * 3600
                    / k.last_hour * interval '1 second'
           end
      from known k
     order by k.pool;
end;
comment on function sync.forecast is 'use of each limit of Zoho now, by the next midnight UTC, and when it is used up at the pace of the last hour';

insert into sync.budget (pool, period, most) values
    ('crm.credits', '24 hours', 50000),
    ('crm.downloads', '1 minute', 10),
    ('books.minute', '1 minute', 100),
    ('books.day', '24 hours', 2000),
    ('tokens', '10 minutes', 10);

create table sync.token (
    name          text primary key check (name = 'access'),
    sealed        bytea,
    minted_at     timestamptz,
    expires_at    timestamptz not null default '-infinity',
    api_domain    text not null default '',
    refused_until timestamptz not null default '-infinity',
    refused_for   text not null default '',
    last_error    text not null default ''
);
comment on table sync.token is 'the access token of the installation, one for all programs and hosts';
comment on column sync.token.sealed is 'the token, encrypted with a key that is made of the client secret';
comment on column sync.token.expires_at is 'when Zoho no longer takes it';
comment on column sync.token.api_domain is 'where Zoho says its API is';
comment on column sync.token.refused_until is 'no new one is asked for before';
comment on column sync.token.refused_for is 'by which credentials, as a mark of them; others may ask at once';
comment on column sync.token.last_error is 'why the last attempt to get one failed; empty after one that did not';
insert into sync.token (name) values ('access');

grant select, update on sync.budget, sync.token to zohosync_job;
grant select, insert, update, delete on sync.spent to zohosync_job;
grant select on sync.budget, sync.spent to zohosync_admin;
grant execute on function sync.share_kept, sync.window_of, sync.take, sync.left_over,
    sync.close_pool to zohosync_job;
grant execute on function sync.forecast to zohosync_job, zohosync_admin;
