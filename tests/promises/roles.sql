-- roles: what each role may do, from the catalog, as tests/promises/roles.tsv
-- has it by hand. Tables: r select, a insert, w update, (w) update of some
-- columns, d delete, D truncate, x references, t trigger; sequences: U usage,
-- r, w; functions: X execute; schemas: U usage, C create; the database:
-- c connect, C create, T temporary tables. "-" is nothing.
with role as (
    select who, ord
      from unnest(array['zohosync_web', 'zohosync_job', 'zohosync_admin',
               'zohosync_report']) with ordinality as r (who, ord)
), right_of_table (letter, privilege, ord) as (
    values ('r', 'select', 1), ('a', 'insert', 2), ('w', 'update', 3),
           ('d', 'delete', 4), ('D', 'truncate', 5), ('x', 'references', 6),
           ('t', 'trigger', 7)
), held as (
    select n.nspname || '.' || c.relname as object, r.ord as place, p.ord,
           case when has_table_privilege(r.who, c.oid, p.privilege)
                then p.letter else '(' || p.letter || ')' end as letter
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     cross join role r
     cross join right_of_table p
     where n.nspname in ('sync', 'mirror', 'zoho')
       and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
       and (has_table_privilege(r.who, c.oid, p.privilege)
            or p.letter in ('r', 'a', 'w', 'x')
               and has_any_column_privilege(r.who, c.oid, p.privilege))
     union all
    select n.nspname || '.' || c.relname, r.ord, 1, p.letter
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     cross join role r
     cross join (values ('U', 'usage'), ('r', 'select'), ('w', 'update'))
           as p (letter, privilege)
     where n.nspname in ('sync', 'mirror', 'zoho') and c.relkind = 'S'
       and has_sequence_privilege(r.who, c.oid, p.privilege)
     union all
    select n.nspname || '.' || f.proname || '()', r.ord, 1, 'X'
      from pg_proc f
      join pg_namespace n on n.oid = f.pronamespace
     cross join role r
     where n.nspname in ('sync', 'mirror', 'zoho')
       and has_function_privilege(r.who, f.oid, 'execute')
     union all
    select 'schema ' || n.nspname, r.ord, 1, p.letter
      from pg_namespace n
     cross join role r
     cross join (values ('U', 'usage'), ('C', 'create'))
           as p (letter, privilege)
     where n.nspname in ('sync', 'mirror', 'zoho', 'public')
       and has_schema_privilege(r.who, n.oid, p.privilege)
     union all
    select 'database', r.ord, 1, p.letter
      from role r
     cross join (values ('c', 'connect'), ('C', 'create'), ('T', 'temporary'))
           as p (letter, privilege)
     where has_database_privilege(r.who, current_database(), p.privilege)
), object as (
    select n.nspname || '.' || c.relname as object
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('sync', 'mirror', 'zoho')
       and c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition
     union
    select n.nspname || '.' || f.proname || '()'
      from pg_proc f
      join pg_namespace n on n.oid = f.pronamespace
     where n.nspname in ('sync', 'mirror', 'zoho')
     union
    select unnest(array['database', 'schema sync', 'schema mirror',
               'schema zoho', 'schema public'])
)
select o.object, g.rights[1], g.rights[2], g.rights[3], g.rights[4]
  from object o
 cross join lateral (
    select array_agg(coalesce((
               select string_agg(h.letter, '' order by h.ord, h.letter)
                 from held h
                where h.object = o.object and h.place = r.ord), '-')
               order by r.ord) as rights
      from role r) g
 order by o.object collate "C";
