-- 0011_backfill: loads of history, which go on where they were cut off
set local role zohosync_owner;

alter table sync.session
    add column options   jsonb not null default '{}',
    add column place     jsonb,
    add column continues bigint references sync.session on delete set null;
comment on column sync.session.options is 'what it was told to look at: filters, or the file of a legacy table''s mapping';
comment on column sync.session.place is 'how far a load came that was cut off; null where nothing is left to go on with';
comment on column sync.session.continues is 'the run that was cut off where this one began';

-- it gives whole rows of the table, which has more columns now
drop function sync.get_active_sessions(text);
create function sync.get_active_sessions(of_module text default null)
returns setof sync.session
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select s.*
      from sync.session s
     where s.state = 'running'
       and (of_module is null or s.module = of_module)
       and exists (select from pg_stat_activity a where a.pid = s.backend)
     order by s.started_at;
end;
comment on function sync.get_active_sessions is 'runs at work now, of one module or all';
grant execute on function sync.get_active_sessions to zohosync_job,
    zohosync_admin;

-- Legacy tables. A mapping says where what stands:
--   {"table":"public.old_deals","id":"zoho_id","legacy_id":"id",
--    "modified_time":"updated_at","time_zone":"UTC","source":"old_deals",
--    "columns":false,"fields":{"Deal_Name":"name","Owner.email":"owner"}}
-- Both functions read with the rights of who calls them.
create function sync.legacy_table(mapping jsonb)
returns regclass
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    found regclass := to_regclass(mapping ->> 'table');
begin
    if found is null then
        raise exception 'there is no table "%", or no right to look into its schema',
            mapping ->> 'table' using errcode = 'invalid_parameter_value';
    end if;
    if not has_table_privilege(found, 'select') then
        raise exception 'no right to read it: grant select on % to %', found,
            current_user using errcode = 'invalid_parameter_value';
    end if;
    return found;
end
$$;
comment on function sync.legacy_table is 'the table of a mapping, or what to do about it';

-- One field, as SQL. A time without a zone gets the mapping's.
create function sync.legacy_value(of_table regclass, of_column text, zone text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    type oid := (select a.atttypid from pg_attribute a
                  where a.attrelid = of_table and a.attname = of_column
                    and a.attnum > 0 and not a.attisdropped);
begin
    if type is null then
        raise exception 'table % has no column "%"', of_table, of_column
            using errcode = 'invalid_parameter_value';
    end if;
    if type = 'timestamp'::regtype then
        return format('t.%I at time zone %L', of_column, zone);
    end if;
    return format('t.%I', of_column);
end
$$;
comment on function sync.legacy_value is 'a column of a legacy table as an expression';

create function sync.legacy_counts(mapping jsonb, of_module text)
returns table (rows bigint, keys bigint, without_id bigint, ids bigint,
    here bigint, from_zoho bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    source regclass := sync.legacy_table(mapping);
begin
    return query execute format(
        'with legacy as materialized (
             select (%1$s)::text as key, nullif(btrim((%2$s)::text), '''') as id
               from %3$s t
         ), named as (
             select distinct id from legacy where id is not null
         )
         select (select count(*) from legacy),
                (select count(distinct key) from legacy),
                (select count(*) from legacy where id is null),
                (select count(*) from named),
                count(r.id), count(r.id) filter (where r.origin <> ''legacy'')
           from named n
           join mirror.record r on r.module = $1 and r.id = n.id',
        sync.legacy_value(source, mapping ->> 'legacy_id', 'UTC'),
        sync.legacy_value(source, mapping ->> 'id', 'UTC'), source)
    using of_module;
end
$$;
comment on function sync.legacy_counts is 'rows of a legacy table, different keys among them, rows without an id of Zoho, different ids, and how many of these are here, from Zoho or not';

create function sync.legacy_rows(mapping jsonb, of_module text,
    id_field text, changed_field text, behind text, most integer)
returns table (key text, id text, known boolean, record jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    source regclass := sync.legacy_table(mapping);
    zone text := coalesce(mapping ->> 'time_zone', 'UTC');
    parts text;
    at text := '''1970-01-01T00:00:00Z''::timestamptz';
begin
    select string_agg(case when p.nested then format(
               'jsonb_build_object(%L, %s)', p.head, p.inside)
               else p.inside end, ' || ')
      into parts
      from (select split_part(f.key, '.', 1) as head,
                   strpos(f.key, '.') > 0 as nested,
                   string_agg(format('jsonb_build_object(%L, %s)',
                       case when strpos(f.key, '.') > 0
                           then substr(f.key, strpos(f.key, '.') + 1)
                           else f.key end,
                       sync.legacy_value(source, f.value, zone)), ' || ') as inside
              from jsonb_each_text(mapping -> 'fields') f
             group by 1, 2) p;
    if mapping ->> 'modified_time' is not null then
        at := format('coalesce((%s)::timestamptz, %s)',
            sync.legacy_value(source, mapping ->> 'modified_time', zone), at);
    end if;
    return query execute format(
        'select t.%1$I::text, btrim(t.%2$I::text),
                coalesce(r.origin <> ''legacy''
                         or r.modified_time = date_trunc(''second'', %5$s), false),
                %4$s || %6$s || jsonb_build_object(%7$L, btrim(t.%2$I::text),
                    %8$L, to_char(%5$s, ''YYYY-MM-DD"T"HH24:MI:SS"Z"''),
                    ''_legacy_id'', t.%1$I,
                    ''_migrated_at'', to_char(now(), ''YYYY-MM-DD"T"HH24:MI:SS"Z"''),
                    ''_migration_source'', $1)
           from %3$s t
           left join mirror.record r on r.module = $2
                                    and r.id = btrim(t.%2$I::text)
          where nullif(btrim(t.%2$I::text), '''') is not null %9$s
          order by t.%1$I
          limit $3',
        mapping ->> 'legacy_id', mapping ->> 'id', source,
        case when (mapping ->> 'columns')::boolean then 'to_jsonb(t)'
            else '''{}''::jsonb' end,
        at, coalesce(parts, '''{}''::jsonb'), id_field, changed_field,
        case when behind is null then ''
            else format('and t.%I > %L', mapping ->> 'legacy_id', behind) end)
    using coalesce(mapping ->> 'source', mapping ->> 'table'), of_module, most;
end
$$;
comment on function sync.legacy_rows is 'rows of a legacy table in the order of their key, as records; known: Zoho''s record is here, or this one';

create function sync.legacy_archive(of_table text)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    name text := (select left(relname, 40) from pg_class
                   where oid = of_table::regclass)
                 || '_archived_' || to_char(now(), 'YYYYMMDD');
begin
    execute format('alter table %s rename to %I', of_table::regclass, name);
    return name;
end
$$;
comment on function sync.legacy_archive is 'renames a table to name_archived_YYYYMMDD, with the rights of who calls it';

grant execute on function sync.legacy_counts, sync.legacy_table, sync.legacy_value,
    sync.legacy_rows, sync.legacy_archive to zohosync_job;
