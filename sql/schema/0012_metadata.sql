-- 0012_metadata: what Zoho says of its modules and fields, and what of that
-- changed; views that follow it
set local role zohosync_owner;

alter table sync.module
    add column module_id text,
    add column label text,
    add column singular_label text,
    add column generated_type text,
    add column api_supported boolean,
    add column viewable boolean,
    add column creatable boolean,
    add column editable boolean,
    add column deletable boolean,
    add column described_at timestamptz,
    add column fields_read_at timestamptz,
    add column gone_at timestamptz,
    add column computed boolean not null default false;
comment on column sync.module.module_id is 'id of the module in Zoho; null where its metadata was not read yet, here and below';
comment on column sync.module.label is 'what people call its records';
comment on column sync.module.singular_label is 'what people call one of them';
comment on column sync.module.generated_type is 'default, custom, linking, subform or web';
comment on column sync.module.api_supported is 'whether Zoho lets its API read the module';
comment on column sync.module.viewable is 'whether the user of our token may see records';
comment on column sync.module.creatable is 'whether that user may make records';
comment on column sync.module.editable is 'whether that user may change records';
comment on column sync.module.deletable is 'whether that user may delete records';
comment on column sync.module.described_at is 'when Zoho last said this';
comment on column sync.module.fields_read_at is 'when its fields were last read into sync.field';
comment on column sync.module.gone_at is 'when the list of modules stopped naming it';
comment on column sync.module.computed is 'whether it has formulas or roll-ups, which change while no time of change moves';

alter table sync.field
    add column field_id text,
    add column data_type text,
    add column json_type text,
    add column length integer,
    add column decimal_place integer,
    add column mandatory boolean not null default false,
    add column read_only boolean not null default false,
    add column distinct_values boolean not null default false,
    add column computed text check (computed in ('formula', 'roll-up')),
    add column choices jsonb,
    add column lookup_module text,
    add column subform_module text,
    add column former_name text,
    add column first_seen_at timestamptz,
    add column changed_at timestamptz;
create index field_by_id on sync.field (module, field_id);
comment on column sync.field.name is 'API name; a dot leads into rows or objects: line_items.rate; behind a # stands the id of a field that is gone and whose name another one took';
comment on column sync.field.required is 'its coverage is reported: sync.field_coverage';
comment on column sync.field.field_id is 'id of the field in Zoho, which stays where the API name is edited; null where it was never read';
comment on column sync.field.data_type is 'as Zoho calls it: picklist, currency, lookup, ...';
comment on column sync.field.json_type is 'how Zoho writes its values: string, integer, double, boolean, jsonobject or jsonarray';
comment on column sync.field.length is 'most characters or digits of a value';
comment on column sync.field.decimal_place is 'digits behind the point';
comment on column sync.field.mandatory is 'Zoho wants a value in every layout';
comment on column sync.field.read_only is 'only Zoho writes it';
comment on column sync.field.distinct_values is 'no two records may have the same value';
comment on column sync.field.computed is 'formula or roll-up: worked out by Zoho';
comment on column sync.field.choices is 'values of a picklist as they are now, [{"display_value","actual_value"}]; records may hold older ones';
comment on column sync.field.lookup_module is 'API name of the module its values refer to';
comment on column sync.field.subform_module is 'API name of the module that its rows are';
comment on column sync.field.former_name is 'API name before it was edited, without prefix: documents of that time have it';
comment on column sync.field.first_seen_at is 'when Zoho first named it to us';
comment on column sync.field.changed_at is 'when something here last changed';

create table sync.field_change (
    change_id bigint generated always as identity primary key,
    at        timestamptz not null default now(),
    module    text not null,
    field     text,
    field_id  text,
    what      text not null check (what in ('appeared', 'vanished',
        'returned', 'replaced', 'name', 'label', 'type', 'mandatory',
        'choices', 'access')),
    old       text,
    new       text
);
create index field_change_time on sync.field_change (at);
comment on table sync.field_change is 'what changed in Zoho''s metadata since it was first read here';
comment on column sync.field_change.at is 'when we saw it';
comment on column sync.field_change.field is 'API name at that time; null for the module itself';
comment on column sync.field_change.what is 'replaced: another field of the same name; choices: values that went and values that came; access: what the user of our token may do with the module';

create table sync.view (
    name      text primary key,
    module    text not null,
    subform   text not null default '',
    made_from text,
    made_at   timestamptz,
    unique (module, subform)
);
comment on table sync.view is 'the views of schema zoho that are made from sync.field, so that none takes the place of another, or of somebody''s own';
comment on column sync.view.subform is 'column name of the subform whose rows it shows; empty for the view of the module';
comment on column sync.view.made_from is 'digest of the statement that made it';

-- Those that stand.
insert into sync.view (name, module)
select distinct sync.view_name(f.module), f.module
  from sync.field f
 where f.module like 'crm.%'
   and to_regclass(format('zoho.%I', sync.view_name(f.module))) is not null;

-- ---- names ----

-- The columns a field may ask for, whatever its kind is or becomes.
create function sync.columns_of(column_name text, kind text)
returns text[]
language sql
immutable
parallel safe
return case kind
    when 'owner' then array[column_name || '_id', column_name || '_name',
        column_name || '_email']
    when 'lookup' then array[column_name || '_id', column_name || '_name']
    else array[column_name] end;
comment on function sync.columns_of is 'the columns that a field of this kind has in a view';

-- The columns that no field asks for.
create function sync.fixed_columns(subform text)
returns table (column_name text, type text, base text, note text,
    ordinal bigint)
language sql
immutable
set search_path = pg_catalog, pg_temp
begin atomic
    select c.column_name, c.type, c.base, c.note, c.ordinal
      from (values
           (false, 'id', 'text', 'r.id', 'id of the record in Zoho', 0),
           (false, 'modified_time', 'timestamp with time zone',
               'r.modified_time', 'when Zoho says this state was made', 100001),
           (false, 'sync_version', 'integer', 'r.version',
               'counts the states accepted here', 100002),
           (true, 'parent_id', 'text', 'r.id', 'id of the record it is a row of',
               -2),
           (true, 'row_id', 'text', 's.row ->> ''id''', 'id of the row in Zoho',
               -1),
           (true, 'row_number', 'bigint', 's.n', 'its place, from 1', 0)
           ) as c (in_rows, column_name, type, base, note, ordinal)
     where c.in_rows = (fixed_columns.subform <> '');
end;
comment on function sync.fixed_columns is 'the columns that each view of a module, or of a subform, has';

-- Small letters, no "__s" of Zoho's own, and no "_name" where an id and a name
-- follow; whole words of SQL get a "_". A name is given once and stays.
create function sync.column_for(of_module text, field text, kind text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    key text := substring(field from '[^.]*$');
    inside text := left(field, -length(key));
    base text;
    candidate text;
    nth integer := 1;
begin
    if key = 'id' or inside = '' and key = 'Modified_Time'
       or inside <> '' and key = 'Parent_Id' then
        return null;
    end if;
    base := trim(both '_' from lower(regexp_replace(
        regexp_replace(key, '__s$', ''), '[^A-Za-z0-9]+', '_', 'g')));
    if kind = 'lookup' then
        base := regexp_replace(base, '(.)_name$', '\1');
    end if;
    base := left(case when base ~ '^[a-z]' then base
        when base = '' then 'field' else 'field_' || base end, 57);
    if exists (select from pg_get_keywords() w
                where w.word = base and w.catcode in ('R', 'T')) then
        base := base || '_';
    end if;
    candidate := base;
    while exists (
        select from sync.field f
         cross join unnest(sync.columns_of(f.column_name, f.kind)
                           || f.column_name) as c (name)
         where f.module = of_module and f.column_name is not null
           and left(f.name, length(inside)) = inside
           and strpos(substr(f.name, length(inside) + 1), '.') = 0
           and c.name = any (sync.columns_of(candidate, column_for.kind)
                             || candidate))
       or exists (
        select from sync.fixed_columns(inside) c
         where c.column_name = any (sync.columns_of(candidate,
                                        column_for.kind))) loop
        nth := nth + 1;
        candidate := left(base, 56 - length(nth::text)) || '_' || nth;
    end loop;
    return candidate;
end
$$;
comment on function sync.column_for is 'a name for the column of a new field, which no other field of its module or subform has';

-- The name of a view: the one it has, or one that nobody has.
create function sync.claim_view(of_module text, of_subform text)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    base text := left(case of_subform when '' then sync.view_name(of_module)
        else sync.claim_view(of_module, '') || '_' || of_subform end, 63);
    candidate text := base;
    nth integer := 1;
begin
    select v.name into candidate from sync.view v
     where v.module = of_module and v.subform = of_subform;
    if found then
        return candidate;
    end if;
    candidate := base;
    while exists (select from sync.view v where v.name = candidate)
       or to_regclass(format('zoho.%I', candidate)) is not null
       or of_subform <> '' and exists (
            select from sync.module m
             where m.service = 'crm' and sync.view_name(m.name) = candidate) loop
        nth := nth + 1;
        candidate := left(base, 62 - length(nth::text)) || '_' || nth;
    end loop;
    insert into sync.view (name, module, subform)
    values (candidate, of_module, of_subform);
    return candidate;
end
$$;
comment on function sync.claim_view is 'the name in schema zoho of the view of a CRM module, or of one of its subforms by its column name';

-- ---- fields ----

create function sync.is_filled(value jsonb)
returns boolean
language sql
immutable
parallel safe
return case jsonb_typeof(value)
    when 'null' then false
    when 'string' then value #>> '{}' ~ '\S'
    when 'array' then value <> '[]'
    when 'object' then jsonb_strip_nulls(value) <> '{}'
    else value is not null end;
comment on function sync.is_filled is 'whether it is a value: no null, no blank text, no empty list, no object of nothing; false and 0 are values';

-- The members of Zoho's description of a field that are kept here.
create function sync.field_said(doc jsonb)
returns table (field_id text, label text, data_type text, json_type text,
    length integer, decimal_place integer, mandatory boolean,
    read_only boolean, distinct_values boolean, custom boolean, computed text,
    choices jsonb, lookup_module text, subform_module text)
language sql
immutable
set search_path = pg_catalog, pg_temp
begin atomic
    select doc ->> 'id',
           coalesce(doc ->> 'field_label', doc ->> 'display_label',
               doc ->> 'api_name'),
           doc ->> 'data_type',
           doc ->> 'json_type',
           substring(doc ->> 'length' from '^\d{1,9}$')::integer,
           substring(doc ->> 'decimal_place' from '^\d{1,9}$')::integer,
           coalesce(doc -> 'system_mandatory' = 'true', false),
           coalesce(doc -> 'read_only' = 'true', false)
               or coalesce(doc -> 'field_read_only' = 'true', false),
           coalesce(jsonb_typeof(doc -> 'unique') = 'object'
               and doc -> 'unique' <> '{}', false),
           coalesce(doc -> 'custom_field' = 'true', false),
           case doc ->> 'data_type' when 'formula' then 'formula'
               when 'rollup_summary' then 'roll-up' end,
           (select jsonb_agg(jsonb_build_object('display_value',
                       c -> 'display_value', 'actual_value', c -> 'actual_value')
                       order by n)
              from jsonb_array_elements(
                   case jsonb_typeof(doc -> 'pick_list_values')
                   when 'array' then doc -> 'pick_list_values' end)
                   with ordinality as e (c, n)),
           (select coalesce(l ->> 'api_name', l #>> '{}')
              from unnest(array[doc -> 'lookup' -> 'module',
                   doc -> 'multiselectlookup' -> 'connected_module',
                   doc -> 'multiselectlookup' -> 'module'])
                   with ordinality as u (l, n)
             where jsonb_typeof(l) in ('object', 'string')
             order by n limit 1),
           (select coalesce(l ->> 'api_name', l #>> '{}')
              from unnest(array[doc -> 'subform' -> 'module',
                   doc -> 'associated_module' -> 'module',
                   doc -> 'associated_module'])
                   with ordinality as u (l, n)
             where doc ->> 'data_type' = 'subform'
               and jsonb_typeof(l) in ('object', 'string')
             order by n limit 1);
end;
comment on function sync.field_said is 'what of the description of a field (GET /settings/fields) is kept';

-- Values that are in one list of choices and not in the other.
create function sync.choices_less(choices jsonb, less jsonb)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
begin atomic
    select string_agg(c ->> 'actual_value', ', ' order by n)
      from jsonb_array_elements(choices) with ordinality as e (c, n)
     where not exists (
           select from jsonb_array_elements(less) o
            where o -> 'actual_value' = c -> 'actual_value');
end;
comment on function sync.choices_less is 'actual values of a picklist that another state of it lacks';

-- The row of sync.field that a field of Zoho has: by its id, and where nobody
-- has that, by its name, unless that one goes by another name now.
create function sync.field_row(of_module text, id text, api_name text,
    ids text[])
returns setof sync.field
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select f.*
      from sync.field f
     where f.module = of_module
       and (f.field_id = id
            or f.name = api_name
               and (f.field_id is null or f.field_id <> all (ids)))
       and (strpos(f.name, '.') > 0) = (strpos(api_name, '.') > 0)
     order by f.field_id = id desc nulls last
     limit 1;
end;
comment on function sync.field_row is 'the row of a field in the registry, whatever its name was';

-- Write down what of a field is not what it was. The first reading of a module
-- finds all of it new, which is no change; but a kind that was wrong is one.
create function sync.note_changes(f sync.field, s record, first boolean)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    n integer;
begin
    insert into sync.field_change (module, field, field_id, what, old, new)
    select f.module, s.name, s.field_id, c.what, c.old, c.new
      from (values
           ('returned', null, null, f.gone_at is not null),
           ('replaced', f.field_id, s.field_id, f.field_id <> s.field_id),
           ('name', f.name, s.name, f.name <> s.name),
           ('label', f.label, s.label,
               f.first_seen_at is not null and f.label <> s.label),
           ('type', coalesce(f.data_type, f.kind),
               coalesce(s.data_type, s.kind),
               f.data_type <> s.data_type
               or f.data_type is null and f.kind <> s.kind),
           ('mandatory', f.mandatory::text, s.mandatory::text,
               f.first_seen_at is not null and f.mandatory <> s.mandatory),
           ('choices', sync.choices_less(f.choices, s.choices),
               sync.choices_less(s.choices, f.choices),
               f.first_seen_at is not null and not (
                   coalesce(f.choices, '[]') <@ coalesce(s.choices, '[]')
                   and coalesce(s.choices, '[]') <@ coalesce(f.choices, '[]')))
           ) as c (what, old, new, so)
     where c.so and (not first or c.what = 'type');
    get diagnostics n = row_count;
    return n;
end
$$;
comment on function sync.note_changes is 'notes in sync.field_change how what Zoho says of a field differs from its row';

create function sync.key_of(field text)
returns text
language sql
immutable
parallel safe
return substring(field from '([^.#]+)(#.*)?$');
comment on function sync.key_of is 'the member that a field is, of its record or of a row';

-- An edited API name moves no time of change, and documents have the old one:
-- those that hold a value are asked for by the next comparison.
create function sync.want_renamed(of_module text, field text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
begin atomic
    insert into sync.fetch (module, id, reason, seq)
    select r.module, r.id, 'renamed', 0
      from mirror.record r
     where r.module = of_module and r.deleted_at is null
       and sync.is_filled(r.data -> case strpos(field, '.') when 0
                          then sync.key_of(field)
                          else split_part(field, '.', 1) end)
     order by r.id
        on conflict (module, id) do nothing;
end;
comment on function sync.want_renamed is 'asks for the records that have a value in a field by its old name';

-- All fields of a module, or with a prefix "Subform." those of its rows, as
-- Zoho describes them now, each with its kind; null for a data type that
-- nobody knows, which changes no kind that stands. A field that is not among
-- them is gone. What is no API name is passed over: dots and # mean something
-- here, and rules of normalising take 255 bytes, with prefix and id.
create function sync.save_fields(of_module text, prefix text, docs jsonb[],
    kinds text[])
returns setof sync.field_change
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    first boolean;
    ids text[];
    names text[];
    f sync.field;
    s record;
    noted integer;
begin
    select m.fields_read_at is null into strict first
      from sync.module m where m.name = of_module
       for update;
    first := first or prefix <> '' and not exists (
        select from sync.field o
         where o.module = of_module and starts_with(o.name, prefix));
    select array_agg(d ->> 'id') filter (where d ->> 'id' is not null),
           array_agg(prefix || (d ->> 'api_name'))
      into ids, names
      from unnest(docs) d;
    ids := coalesce(ids, '{}');
    for s in
        select distinct on (u.d ->> 'api_name')
               prefix || (u.d ->> 'api_name') as name, u.kind,
               1000 + 10 * u.n as place, said.*
          from unnest(docs, kinds) with ordinality as u (d, kind, n)
         cross join lateral sync.field_said(u.d) said
         where u.d ->> 'api_name' ~ '^[A-Za-z0-9_]{1,110}$'
         order by u.d ->> 'api_name', u.n
    loop
        select * into f
          from sync.field_row(of_module, s.field_id, s.name, ids);
        s.kind := coalesce(s.kind, f.kind, 'json');
        -- another one, gone or with another name by now, has this name
        update sync.field o
           set name = o.name || '#' || coalesce(o.field_id, '')
         where o.module = of_module and o.name = s.name
           and s.name is distinct from f.name;
        if f.name is null then
            insert into sync.field (module, name, kind, column_name, label,
                position, required, first_seen_at)
            values (of_module, s.name, s.kind,
                sync.column_for(of_module, s.name, s.kind), s.label, s.place,
                s.mandatory, now());
            insert into sync.field_change (module, field, field_id, what, new)
            select of_module, s.name, s.field_id, 'appeared',
                   coalesce(s.data_type, s.kind)
             where not first;
            noted := 1;
        else
            noted := sync.note_changes(f, s, first);
            if s.name <> f.name then
                perform sync.want_renamed(of_module, f.name);
            end if;
            update sync.field o
               set name = s.name || substr(o.name, length(f.name) + 1)
             where o.module = of_module and s.name <> f.name
               and starts_with(o.name, f.name || '.');
        end if;
        update sync.field o
           set name = s.name, kind = s.kind, label = s.label,
               custom = s.custom, field_id = s.field_id,
               data_type = s.data_type, json_type = s.json_type,
               length = s.length, decimal_place = s.decimal_place,
               mandatory = s.mandatory, read_only = s.read_only,
               distinct_values = s.distinct_values, computed = s.computed,
               choices = s.choices, lookup_module = s.lookup_module,
               subform_module = s.subform_module,
               former_name = case when s.name <> f.name
                   then sync.key_of(f.name) else o.former_name end,
               first_seen_at = coalesce(o.first_seen_at, now()),
               changed_at = case when noted > 0 then now()
                            else o.changed_at end,
               gone_at = null
         where o.module = of_module and o.name = coalesce(f.name, s.name);
    end loop;
    with gone as (
        update sync.field o
           set gone_at = now(), changed_at = now()
         where o.module = of_module and o.gone_at is null
           and case when prefix <> '' then starts_with(o.name, prefix)
                        and o.name <> all (names)
                    else split_part(o.name, '.', 1) <> all (names) end
     returning o.name, o.field_id
    )
    insert into sync.field_change (module, field, field_id, what)
    select of_module, g.name, g.field_id, 'vanished'
      from gone g
     where not first and g.field_id is not null
       and (prefix <> '' or strpos(g.name, '.') = 0);
    update sync.module m
       set fields_read_at = now()
     where m.name = of_module and prefix = '';
    return query
    select c.* from sync.field_change c
     where c.module = of_module and c.at = now()
     order by c.change_id;
end
$$;
comment on function sync.save_fields is 'keeps what Zoho says of the fields of a module; returns what changed. A transaction of its own';

-- Where Zoho does not describe the rows of a subform: what they hold. A kind
-- is given by what most of them show, once.
create function sync.save_seen_fields(of_module text, subform text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    s record;
begin
    for s in
        with document as (
            select r.data -> subform as rows
              from mirror.record r
             where r.module = of_module and r.deleted_at is null
               and jsonb_typeof(r.data -> subform) = 'array'
             limit 1000
        )
        select subform || '.' || m.key as name,
               coalesce(mode() within group (order by case jsonb_typeof(m.value)
                   when 'number' then 'number'
                   when 'boolean' then 'boolean'
                   when 'string' then 'text'
                   when 'object' then case when m.value ? 'id' then 'lookup'
                                      else 'json' end
                   when 'array' then 'json' end), 'json') as kind
          from document d
         cross join jsonb_array_elements(d.rows) as e (row)
         cross join jsonb_each(case jsonb_typeof(e.row) when 'object'
                               then e.row else '{}' end) as m
         where m.key !~ '[$.#]'
           and not exists (select from sync.field f
                            where f.module = of_module
                              and f.name = subform || '.' || m.key)
         group by m.key
         order by m.key
    loop
        insert into sync.field (module, name, kind, column_name, label,
            position, first_seen_at)
        values (of_module, s.name, s.kind,
            sync.column_for(of_module, s.name, s.kind),
            substring(s.name from '[^.]*$'), 1000, now());
    end loop;
end
$$;
comment on function sync.save_seen_fields is 'makes known what the rows of a subform hold, where Zoho does not describe it';

-- ---- views ----

drop function sync.make_view(text);
drop function sync.view_columns(text);

-- Where a value is looked up: by the name of its field, or by the former one
-- in a document of that time.
create function sync.value_at(whole text, operator text, key text, former text)
returns text
language sql
immutable
parallel safe
return case when former is null then format('%s %s %L', whole, operator, key)
    else format('coalesce(%1$s %2$s %3$L, %1$s %2$s %4$L)', whole, operator,
        key, former) end;
comment on function sync.value_at is 'the expression of a member of a document';

-- The former name of a field, unless another one has it now.
create function sync.free_name(of_module text, field text, former text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select former
     where not exists (
           select from sync.field o
            where o.module = of_module and o.gone_at is null
              and o.name = left(field, -length(substring(field from '[^.]*$')))
                           || former);
end;
comment on function sync.free_name is 'a name that no other field of the module or subform has';

-- The columns the fields of a module, or of the rows of one of its subforms,
-- ask for. A field that Zoho dropped keeps its columns, and one whose kind has
-- changed keeps those that stand, after those it asks for now. Of two fields
-- that ask for one name the one gets it whose own name it is, then the first.
create function sync.view_columns(of_module text, subform text default '',
    standing text[] default '{}')
returns table (column_name text, type text, as_text text, as_json text,
    note text, ordinal bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with field as (
        select f.kind, f.column_name, f.position,
               substr(f.name, length(o.inside) + 1) as key,
               sync.free_name(of_module, f.name, f.former_name) as former,
               case o.inside when '' then 'r.data' else 's.row' end as whole,
               case when f.label in ('', f.name) then f.name
                   else format('%s (%s)', f.label, f.name) end
               || case when f.gone_at is null then ''
                   when f.first_seen_at is null then ', not a field in Zoho'
                   else ', no longer a field in Zoho' end as note
          from sync.field f
         cross join (values (case subform when '' then ''
                             else subform || '.' end)) as o (inside)
         where f.module = of_module and f.column_name is not null
           and starts_with(f.name, o.inside)
           and strpos(substr(f.name, length(o.inside) + 1), '.') = 0
    ), part as (
        select f.*, f.column_name || m.tail as name, m.member, m.nth,
               sync.value_at(f.whole, '->', f.key, f.former) as json,
               case when m.nth = 0 then f.kind not in ('lookup', 'owner')
                    else f.kind = 'owner'
                         or f.kind = 'lookup' and m.nth < 3 end as asked
          from field f
         cross join (values ('', null, 0), ('_id', 'id', 1),
                            ('_name', 'name', 2), ('_email', 'email', 3))
               as m (tail, member, nth)
    )
    select distinct on (p.name) p.name,
           case when p.nth > 0 then 'text' else
               case p.kind
               when 'number' then 'numeric'
               when 'integer' then 'numeric'
               when 'date' then 'date'
               when 'datetime' then 'timestamp with time zone'
               when 'boolean' then 'boolean'
               when 'multiselect' then 'text[]'
               when 'json' then 'jsonb'
               when 'rows' then 'jsonb'
               when 'object' then 'jsonb'
               else 'text' end end,
           case p.nth when 0 then sync.value_at(p.whole, '->>', p.key, p.former)
               else format('%s ->> %L', p.json, p.member) end,
           case p.nth when 0 then p.json
               else format('%s -> %L', p.json, p.member) end,
           coalesce(p.member || ' of ', '') || p.note,
           row_number() over (order by p.position, p.key, p.nth)
      from part p
     where (p.asked or p.name = any (standing))
       and not exists (select from sync.fixed_columns(subform) c
                        where c.column_name = p.name)
     order by p.name, p.asked desc, p.nth > 0, p.position, p.key, p.nth
$$;
comment on function sync.view_columns is 'the columns that the fields of a module, or of a subform, ask for in its view';

-- The statements that make a view. CREATE OR REPLACE VIEW lets people's own
-- views stand on it. It wants each column to keep its place and type, so those
-- that stand come first, as they are, and new ones follow.
create function sync.view_text(view_name text, of_module text, subform text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with standing as (
        select a.attname::text as column_name, a.attnum,
               format_type(a.atttypid, null) as type
          from pg_attribute a
         where a.attrelid = to_regclass(format('zoho.%I', view_name))
           and a.attnum > 0
    ), wanted as (
        select v.column_name, v.type, v.as_text, v.as_json, null as base,
               v.note, v.ordinal
          from sync.view_columns(of_module, subform, array(
               select s.column_name from standing s)) v
        union all
        select c.column_name, c.type, null, null, c.base, c.note, c.ordinal
          from sync.fixed_columns(subform) c
    ), final as (
        select column_name, coalesce(s.type, w.type) as type,
               coalesce(s.attnum, 100000 + w.ordinal) as place, w.note, w.base,
               w.as_text, w.as_json, w.column_name is not null as known
          from standing s
          full join wanted w using (column_name)
    ), rows as (
        select sync.value_at('r.data', '->', f.name,
                   sync.free_name(of_module, f.name, f.former_name)) as json
          from sync.field f
         where f.module = of_module and f.name = subform
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
    select format('create or replace view zoho.%I as select %s '
           'from mirror.record r%s where r.module = %L '
           'and r.deleted_at is null; ', view_name,
           string_agg(format('%s as %I', e.source, e.column_name), ', '
               order by e.place),
           case subform when '' then '' else format(
               ' cross join lateral jsonb_array_elements(case '
               'jsonb_typeof(%1$s) when ''array'' then %1$s end) '
               'with ordinality as s (row, n)',
               (select json from rows)) end, of_module)
           || format('comment on view zoho.%I is %L; ', view_name,
               case subform when '' then 'the living records of ' || of_module
               else format('rows of %s in the living records of %s', subform,
                   of_module) end)
           || coalesce(string_agg(format('comment on column zoho.%I.%I is %L; ',
               view_name, e.column_name, e.note), '' order by e.place)
               filter (where e.note is not null), '')
           || format('grant select on zoho.%I to zohosync_report, '
               'zohosync_admin, zohosync_job', view_name)
      from expression e
$$;
comment on function sync.view_text is 'the statements that make the view of a module or a subform from sync.field and from what stands';

-- A view that is as it should be is left alone: making it anew locks it for a
-- moment, and whoever reads it for long would keep the others waiting behind.
create function sync.make_view(module text)
returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
    v record;
    made text;
    digest text;
begin
    if make_view.module !~ '^crm[.][a-z0-9_]+$' then
        raise exception 'cannot make a view of "%": not a CRM module',
            make_view.module;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('sync.make_view', 0));
    for v in
        select '' as subform, '' as column_name
         union all
        select f.name, f.column_name
          from sync.field f
         where f.module = make_view.module and strpos(f.name, '.') = 0
           and f.column_name is not null
           and exists (select from sync.field o
                        where o.module = f.module
                          and starts_with(o.name, f.name || '.'))
         order by 2
    loop
        made := sync.claim_view(make_view.module, v.column_name);
        digest := md5(sync.view_text(made, make_view.module, v.subform));
        continue when to_regclass(format('zoho.%I', made)) is not null
            and exists (select from sync.view o
                         where o.name = made and o.made_from = digest);
        execute sync.view_text(made, make_view.module, v.subform);
        -- columns that are new stand by now, which changes the text
        update sync.view o
           set made_from = md5(sync.view_text(made, make_view.module,
                   v.subform)),
               made_at = now()
         where o.name = made;
    end loop;
    return sync.claim_view(make_view.module, '');
end
$$;
comment on function sync.make_view is 'makes the views of a CRM module and its subforms anew where sync.field has changed; a standing column keeps its place and type until the view is dropped';

-- ---- coverage ----

-- A document is unpacked once ("|| '{}'"), not once for each field.
create view sync.field_coverage as
with wanted as (
    select f.module, array_agg(f.name) as names
      from sync.field f
     where f.required and strpos(f.name, '.') = 0
     group by f.module
), counted as (
    select w.module, n.name, count(*) as records,
           count(*) filter (where sync.is_filled(d.data -> n.name)) as filled
      from wanted w
      join mirror.record r on r.module = w.module and r.deleted_at is null
     cross join lateral (select r.data || '{}' as data offset 0) d
     cross join unnest(w.names) as n (name)
     group by w.module, n.name
)
select f.module, f.name as field, f.label, f.custom, f.mandatory,
       case when m.fields_read_at is not null
            then f.gone_at is null and f.first_seen_at is not null
       end as in_zoho,
       coalesce(c.records, 0) as records,
       coalesce(c.filled, 0) as filled,
       round(100.0 * c.filled / c.records, 1) as percent
  from sync.field f
  left join sync.module m on m.name = f.module
  left join counted c on c.module = f.module and c.name = f.name
 where f.required and strpos(f.name, '.') = 0;
comment on view sync.field_coverage is 'of the fields that are required, how many living records have a value';
comment on column sync.field_coverage.in_zoho is 'whether Zoho''s metadata names it; null where that was not read yet';
comment on column sync.field_coverage.records is 'living records of the module';
comment on column sync.field_coverage.filled is 'of these, those with a value: see sync.is_filled';
comment on column sync.field_coverage.percent is 'the share of these; null where there is no record';

grant select, insert, update on sync.field to zohosync_job;
grant update (required) on sync.field to zohosync_admin;
grant update (module_id, label, singular_label, generated_type, api_supported,
    viewable, creatable, editable, deletable, described_at, fields_read_at,
    gone_at, computed) on sync.module to zohosync_job;
grant select, insert on sync.field_change to zohosync_job;
grant select on sync.view to zohosync_job;
grant select on sync.field_coverage to zohosync_job, zohosync_admin;
grant select on sync.field_change, sync.view to zohosync_admin;
grant execute on function sync.make_view, sync.columns_of,
    sync.fixed_columns, sync.column_for,
    sync.field_said, sync.choices_less, sync.field_row, sync.note_changes,
    sync.key_of, sync.want_renamed, sync.save_fields, sync.save_seen_fields
    to zohosync_job;
grant execute on function sync.is_filled to zohosync_job, zohosync_admin;
