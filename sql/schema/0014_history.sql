-- 0014_history: how records stood at a time, and what changed from state to
-- state
set local role zohosync_owner;

-- A state counts from its time in Zoho; a restore, which need not move that,
-- from when it was known here. The standing state is a candidate of its own:
-- its version may be older than the history is kept.
create function mirror.as_of(of_module text, at timestamptz)
returns table (id text, version integer, modified_time timestamptz,
    data jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select s.id, s.version, s.modified_time, s.data
      from (select distinct on (c.id) c.*
              from (select v.id, v.version, v.accepted_at, v.modified_time,
                           v.operation = 'delete' as gone, v.data,
                           case v.operation when 'restore' then v.accepted_at
                               else v.modified_time end as since
                      from mirror.version v
                     where v.module = of_module
                    union all
                    select r.id, r.version, r.updated_at, r.modified_time,
                           r.deleted_at is not null, r.data,
                           coalesce(r.deleted_at, r.modified_time)
                      from mirror.record r
                     where r.module = of_module) c
             where c.since <= at
             order by c.id, c.version desc, c.accepted_at desc) s
     where not s.gone;
end;
comment on function mirror.as_of is 'the records of a module as they stood in Zoho at that time';

create function mirror.changes(of_module text, of_id text)
returns table (version integer, at timestamptz, known_at timestamptz,
    who text, operation text, field text, was jsonb, became jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with state as (
        select v.version, v.modified_time, v.accepted_at, v.operation,
               v.data,
               lag(v.data) over w as before,
               lag(v.operation) over w as operation_before
          from mirror.version v
         where v.module = of_module and v.id = of_id
        window w as (order by v.version, v.accepted_at)
    )
    select s.version, s.modified_time, s.accepted_at,
           coalesce(s.data -> 'Modified_By' ->> 'name',
               s.data ->> 'last_modified_by_name'),
           s.operation, f.field, f.was, f.became
      from state s
      left join lateral (
           select coalesce(o.key, n.key) as field, o.value as was,
                  n.value as became
             from jsonb_each(coalesce(s.before, '{}')) o
             full join jsonb_each(coalesce(s.data, '{}')) n on n.key = o.key
            where s.operation <> 'delete' and s.before is not null
              and o.value is distinct from n.value) f on true
     order by s.version, s.accepted_at, f.field;
end;
comment on function mirror.changes is 'what changed in a record from state to state; field is null for the first state, a delete, and where nothing did';

-- For people: zoho.leads_as_of(TIME) has the columns of zoho.leads, and
-- zoho.leads_history has each state as such a row, with the time it stood.
-- Both are made from what the view of the module is at that moment.
create function sync.make_history(module text)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    name text := (select v.name from sync.view v
                   where v.module = make_history.module and v.subform = '');
    columns text;
begin
    if make_history.module !~ '^crm[.][a-z0-9_]+$' then
        raise exception 'no history can be made of "%": not a CRM module',
            make_history.module;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sync.make_view', 0));
    -- "SELECT r.id, r.data ->> 'x' AS x, ... FROM mirror.record r WHERE ..."
    columns := substring(pg_get_viewdef(format('zoho.%I', name)::regclass)
        from '^\s*SELECT (.*)\n   FROM mirror\.record r\n');
    if columns is null then
        raise exception 'the view zoho.% is not one that sync.make_view made', name;
    end if;
    -- to replace a view locks out who reads it: only where it is another one
    if obj_description(to_regclass(format('zoho.%I', name || '_history')))
       like '%' || md5(columns) || ')' then
        return name || '_history';
    end if;
    execute format(
        'create or replace function zoho.%I(at timestamptz)
         returns setof zoho.%I language sql stable security definer
         set search_path = pg_catalog, pg_temp
         as %L', name || '_as_of', name,
        format('select %s from mirror.as_of(%L, $1) r', columns, make_history.module));
    execute format('comment on function zoho.%I is %L', name || '_as_of',
        'the records of ' || make_history.module || ' as they stood at that time');
    execute format('grant execute on function zoho.%I to zohosync_report, '
        'zohosync_admin, zohosync_job', name || '_as_of');
    execute format(
        'create or replace view zoho.%1$I as
         select r.operation, r.stood_from, r.stood_until, r.known_at, %2$s
           from (select v.id, v.version, v.modified_time, v.operation, v.data,
                        v.accepted_at as known_at,
                        v.modified_time as stood_from,
                        lead(v.modified_time) over (partition by v.id
                            order by v.version, v.accepted_at) as stood_until
                   from mirror.version v
                  where v.module = %3$L) r', name || '_history', columns,
        make_history.module);
    execute format('comment on view zoho.%I is %L', name || '_history',
        'every accepted state of ' || make_history.module
        || ', deletes included; stood_until is null for the last (made of '
        || md5(columns) || ')');
    execute format('grant select on zoho.%I to zohosync_report, '
        'zohosync_admin, zohosync_job', name || '_history');
    return name || '_history';
end
$$;
comment on function sync.make_history is 'makes zoho.<module>_as_of() and zoho.<module>_history from the view of a CRM module';

select sync.make_history(module)
  from unnest(array['crm.leads', 'crm.deals', 'crm.contacts', 'crm.accounts'])
       as module;

grant execute on function sync.make_history to zohosync_job;
grant execute on function mirror.as_of, mirror.changes to zohosync_job,
    zohosync_admin;
