-- 0012_metadata, back: refused where somebody's own view stands on the view of
-- a subform. Rows of sync.field stay, and so do the names of their columns.
set local role zohosync_owner;

do $$
declare
    v record;
begin
    for v in select name from sync.view
              where subform <> '' or name <> sync.view_name(module) loop
        execute format('drop view if exists zoho.%I', v.name);
    end loop;
end
$$;
drop view if exists sync.field_coverage;
drop function if exists sync.make_view, sync.view_text, sync.view_columns,
    sync.free_name, sync.value_at, sync.save_seen_fields, sync.save_fields,
    sync.want_renamed, sync.key_of, sync.is_filled, sync.note_changes, sync.field_row, sync.choices_less, sync.field_said,
    sync.claim_view, sync.column_for, sync.fixed_columns, sync.columns_of;
drop table if exists sync.view, sync.field_change;
alter table sync.field
    drop column if exists field_id,
    drop column if exists data_type,
    drop column if exists json_type,
    drop column if exists length,
    drop column if exists decimal_place,
    drop column if exists mandatory,
    drop column if exists read_only,
    drop column if exists distinct_values,
    drop column if exists computed,
    drop column if exists choices,
    drop column if exists lookup_module,
    drop column if exists subform_module,
    drop column if exists former_name,
    drop column if exists first_seen_at,
    drop column if exists changed_at;
alter table sync.module
    drop column if exists module_id,
    drop column if exists label,
    drop column if exists singular_label,
    drop column if exists generated_type,
    drop column if exists api_supported,
    drop column if exists viewable,
    drop column if exists creatable,
    drop column if exists editable,
    drop column if exists deletable,
    drop column if exists described_at,
    drop column if exists fields_read_at,
    drop column if exists gone_at,
    drop column if exists computed;
revoke insert, update on sync.field from zohosync_job;
revoke update (required) on sync.field from zohosync_admin;

-- As 0006_crm_views made them.
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
grant execute on function sync.make_view, sync.view_columns to zohosync_job;
