-- 0006_crm_views: a typed view for each CRM module, made from sync.field
set local role zohosync_owner;

-- Casts that give null where the text is no such value, so that one odd value
-- of a legacy record does not break a whole view. As inlined SQL they would
-- unpack the document once more for each use of "value", and an exception
-- block would cost a subtransaction a value; this takes less than 1 us each.
create function sync.to_numeric(value text)
returns numeric
language plpgsql
immutable
strict
parallel safe
as $$
begin
    -- numeric ends at 131072 digits, and at 16383 behind the point
    if octet_length(value) < 400
       and value ~ '^[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]{1,3})?$' then
        return value::numeric;
    end if;
    return null;
end
$$;
comment on function sync.to_numeric is 'a text as a number, null where it is none';

-- The days of each month, with leap years, and no year 0.
create function sync.to_date(value text)
returns date
language plpgsql
immutable
strict
parallel safe
as $$
begin
    if value ~ ('^(([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-'
        '((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|'
        '(0[13578]|1[02])-31)|'
        '([0-9]{2}(0[48]|[2468][048]|[13579][26])|'
        '(0[48]|[2468][048]|[13579][26])00)-02-29)([T ]|$)') then
        return left(value, 10)::date;
    end if;
    return null;
end
$$;
comment on function sync.to_date is 'the date a text starts with, null where it is none';

-- It cannot call to_date: a name in a function is looked up by who reads the
-- view, and zohosync_report may not look into schema sync.
create function sync.to_time(value text)
returns timestamptz
language plpgsql
immutable
strict
parallel safe
as $$
begin
    if value ~ ('^(([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-'
        '((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|'
        '(0[13578]|1[02])-31)|'
        '([0-9]{2}(0[48]|[2468][048]|[13579][26])|'
        '(0[48]|[2468][048]|[13579][26])00)-02-29)'
        '[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?'
        '(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)$') then
        return value::timestamptz;
    end if;
    return null;
end
$$;
comment on function sync.to_time is 'a text as a time, null where it is none or has no offset';

create function sync.to_boolean(value text)
returns boolean
language sql
immutable
parallel safe
as $$
    select case lower(value)
        when 'true' then true when 'false' then false
        when 'yes' then true when 'no' then false
        when '1' then true when '0' then false end
$$;
comment on function sync.to_boolean is 'a text as true or false, null where it is neither';

create function sync.to_texts(value jsonb)
returns text[]
language sql
immutable
parallel safe
as $$
    select case jsonb_typeof(value)
        when 'array' then array(select jsonb_array_elements_text(value))
        when 'string' then array[value #>> '{}'] end
$$;
comment on function sync.to_texts is 'a list of texts, null where it is neither a list nor a text';

-- Where the view of a module stands: zoho.leads for crm.leads, and
-- zoho.crm_products where a table of Books has the short name already.
create function sync.view_name(module text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select case when exists (
            select from pg_class c
             where c.relnamespace = 'zoho'::regnamespace
               and c.relname = split_part(module, '.', 2)
               and c.relkind <> 'v')
        then replace(module, '.', '_') else split_part(module, '.', 2) end
$$;
comment on function sync.view_name is 'name in schema zoho of the view of a CRM module';

-- The columns the fields of a module ask for: "key" is looked up in "parent".
-- A field that Zoho dropped keeps its columns; of two fields that ask for one
-- name the first gets it.
create function sync.view_columns(module text)
returns table (column_name text, type text, parent text, key text,
    note text, ordinal bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with part as (
        select f.name, f.kind, f.column_name, f.position, 0 as nth,
               'r.data' as parent, f.name as key, '' as member,
               case when f.label in ('', f.name) then f.name
                   else format('%s (%s)', f.label, f.name) end
               || case when f.gone_at is null then ''
                   else ', no longer a field in Zoho' end as note
          from sync.field f
         where f.module = view_columns.module
           and f.column_name is not null
           and strpos(f.name, '.') = 0
    ), whole as (
        select * from part where kind not in ('lookup', 'owner')
        union all
        select p.name, 'text', p.column_name || '_' || m.member, p.position,
               m.nth, format('r.data -> %L', p.name), m.member, m.member,
               m.member || ' of ' || p.note
          from part p
          join (values ('id', 1), ('name', 2), ('email', 3)) as m (member, nth)
            on p.kind = 'owner' or (p.kind = 'lookup' and m.member <> 'email')
    )
    select distinct on (w.column_name::name) w.column_name::name::text,
           case w.kind
               when 'number' then 'numeric'
               when 'integer' then 'numeric'
               when 'date' then 'date'
               when 'datetime' then 'timestamp with time zone'
               when 'boolean' then 'boolean'
               when 'multiselect' then 'text[]'
               when 'json' then 'jsonb'
               when 'rows' then 'jsonb'
               when 'object' then 'jsonb'
               else 'text' end,
           w.parent, w.key, w.note,
           row_number() over (order by w.position, w.name, w.nth)
      from whole w
     where w.column_name not in ('id', 'modified_time', 'sync_version')
     order by w.column_name::name, w.position, w.name, w.nth
$$;
comment on function sync.view_columns is 'the columns that the fields of a module ask for in its view';

-- CREATE OR REPLACE VIEW lets people's own views stand on this one. It wants
-- each column to keep its place and type, so those that stand come first, as
-- they are, and new ones follow.
create function sync.make_view(module text)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    view_name text := sync.view_name(make_view.module);
    columns text;
    notes text;
begin
    if make_view.module !~ '^crm[.][a-z0-9_]+$' then
        raise exception 'cannot make a view of "%": not a CRM module',
            make_view.module;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sync.make_view', 0));
    with wanted as (
        select v.column_name, v.type, v.parent, v.key, null as base, v.note,
               v.ordinal
          from sync.view_columns(make_view.module) v
        union all
        values ('id', 'text', null, null, 'r.id', 'id of the record in Zoho',
                   0),
               ('modified_time', 'timestamp with time zone', null, null,
                   'r.modified_time', 'when Zoho says this state was made',
                   100001),
               ('sync_version', 'integer', null, null, 'r.version',
                   'counts the states accepted here', 100002)
    ), standing as (
        select a.attname::text as column_name, a.attnum,
               format_type(a.atttypid, null) as type
          from pg_attribute a
         where a.attrelid = to_regclass(format('zoho.%I', view_name))
           and a.attnum > 0
    ), final as (
        select column_name, coalesce(s.type, w.type) as type,
               coalesce(s.attnum, 100000 + w.ordinal) as place, w.note, w.base,
               format('%s ->> %L', w.parent, w.key) as as_text,
               format('%s -> %L', w.parent, w.key) as as_json,
               w.column_name is not null as known
          from standing s
          full join wanted w using (column_name)
    ), expression as (
        select f.*, case
               when f.base is not null then f.base
               when not f.known then format('null::%s', f.type)
               when f.type = 'text' then f.as_text
               when f.type = 'jsonb' then f.as_json
               when f.type = 'text[]' then format('sync.to_texts(%s)', f.as_json)
               else format('sync.to_%s(%s)', case f.type
                   when 'timestamp with time zone' then 'time'
                   else f.type end, f.as_text) end as source
          from final f
    )
    select string_agg(format('%s as %I', e.source, e.column_name),
               ', ' order by e.place),
           string_agg(format('comment on column zoho.%I.%I is %L;',
               view_name, e.column_name, e.note), ' ')
               filter (where e.note is not null)
      into columns, notes
      from expression e;
    execute format('create or replace view zoho.%I as select %s '
        'from mirror.record r where r.module = %L and r.deleted_at is null',
        view_name, columns, make_view.module);
    execute notes;
    execute format('comment on view zoho.%I is %L', view_name,
        'the living records of ' || make_view.module);
    execute format('grant select on zoho.%I to zohosync_report, '
        'zohosync_admin, zohosync_job', view_name);
    return view_name;
end
$$;
comment on function sync.make_view is 'makes the view of a CRM module anew from sync.field; a standing column keeps its place and type until the view is dropped';

select sync.make_view(module)
  from unnest(array['crm.leads', 'crm.deals', 'crm.contacts', 'crm.accounts'])
       as module;

grant execute on function sync.make_view, sync.view_name, sync.view_columns
    to zohosync_job;
-- who reads a view calls the functions in it
grant execute on function sync.to_numeric, sync.to_date, sync.to_time,
    sync.to_boolean, sync.to_texts
    to zohosync_job, zohosync_admin, zohosync_report;
