-- 0001_ground: roles, schemas and the means to make partitions
--
-- Roles belong to the whole cluster, so they are made only where they are
-- missing. They cannot log in: each organisation's logins are members of them.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['zohosync_owner', 'zohosync_web',
        'zohosync_job', 'zohosync_admin', 'zohosync_report'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    end loop;
    execute format('revoke all on database %I from public',
        current_database());
    execute format('grant create, connect on database %I to zohosync_owner',
        current_database());
    execute format('grant connect on database %I to zohosync_web, '
        'zohosync_job, zohosync_admin, zohosync_report', current_database());
    if not pg_has_role(current_user, 'zohosync_owner', 'member') then
        execute format('grant zohosync_owner to %I', current_user);
    end if;
end
$$;

set local role zohosync_owner;

-- PostgreSQL lets everybody call every function unless told otherwise.
alter default privileges revoke execute on functions from public;

create schema sync;
create schema mirror;
create schema zoho;
comment on schema sync is 'the machinery of zohosync: queue, outcomes, registry';
comment on schema mirror is 'the latest state of each Zoho record, and its history';
comment on schema zoho is 'tables and views for people and their reports';

create table sync.migration (
    number     integer primary key,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user
);
comment on table sync.migration is 'the schema files applied here, with the SHA-256 of each';

-- Tables that are partitioned by time, and how far ahead their partitions
-- must reach. Partitions come by LIKE and ATTACH, which take a lock that does
-- not hold up inserts.
create table sync.partitioned (
    parent regclass primary key,
    step   interval not null,
    ahead  interval not null
);
comment on table sync.partitioned is 'tables partitioned by time: the length of a partition and how far ahead they are made';

create function sync.make_partitions(from_time timestamptz default now(),
    until_time timestamptz default null)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set lock_timeout = '5s'
as $$
declare
    t record;
    made integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('sync.make_partitions', 0));
    for t in
        select n.nspname, c.relname, p.step, starts, child
          from sync.partitioned p
          join pg_class c on c.oid = p.parent
          join pg_namespace n on n.oid = c.relnamespace
          cross join lateral (
               values (case when p.step >= interval '1 month'
                            then 'month' else 'day' end,
                       case when p.step >= interval '1 month'
                            then 'YYYYMM' else 'YYYYMMDD' end)
               ) as u (unit, name)
          cross join lateral generate_series(date_trunc(unit, from_time),
               coalesce(until_time, now() + p.ahead), p.step) as starts
          cross join lateral (
               values (c.relname || '_' || to_char(starts, name))) as x (child)
         where not exists (
               select from pg_class there
                where there.relnamespace = c.relnamespace
                  and there.relname = child)
    loop
        execute format('create table %I.%I (like %I.%I including defaults '
            'including constraints including indexes including storage '
            'including comments)', t.nspname, t.child, t.nspname, t.relname);
        execute format('alter table %I.%I attach partition %I.%I '
            'for values from (%L) to (%L)', t.nspname, t.relname,
            t.nspname, t.child, t.starts, t.starts + t.step);
        made := made + 1;
    end loop;
    return made;
end
$$;
comment on function sync.make_partitions is 'makes the partitions that are missing between from_time and until_time, which is the time ahead where it is null; returns how many';

-- A clock that was wrong writes any time into the name of a spool file; a day
-- that long ago would want partitions for all the days since.
create function sync.came_at(unix_us bigint)
returns timestamptz
language sql
stable
parallel safe
return greatest(now() - interval '400 days',
    least(now(), to_timestamp(unix_us / 1000000.0)));
comment on function sync.came_at is 'when a request of the spool counts as received: within the last 400 days';

-- PostgreSQL 15 cannot ask whether a text is valid jsonb, so this tries.
create function sync.try_jsonb(body bytea)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    return convert_from(body, 'UTF8')::jsonb;
exception
    when data_exception or untranslatable_character
      or character_not_in_repertoire or statement_too_complex
      or program_limit_exceeded then
        return null;
end
$$;
comment on function sync.try_jsonb is 'the document in a body, or null where it is not valid JSON for PostgreSQL';

grant usage on schema sync to zohosync_web, zohosync_job, zohosync_admin;
grant usage on schema mirror to zohosync_job, zohosync_admin;
grant usage on schema zoho to zohosync_job, zohosync_admin, zohosync_report;
grant execute on function sync.make_partitions, sync.came_at to zohosync_job;
grant execute on function sync.try_jsonb to zohosync_job, zohosync_admin;
grant select on sync.migration to zohosync_job, zohosync_admin;
