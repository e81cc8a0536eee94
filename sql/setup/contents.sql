-- contents: what this database holds, but for what extensions brought
-- returns  ours boolean, clash text, other text:
--          clash: a schema of a name of ours that is not ours
--          other: something that is not ours, null where there is none
with mine as (
    select to_regclass('sync.migration') is not null as ours
), thing as (
    select 'schema ' || n.nspname as name, n.nspname as schema
      from pg_namespace n
     where n.nspname !~ '^pg_'
       and n.nspname not in ('information_schema', 'public')
       and not exists (select from pg_depend d
                        where d.objid = n.oid and d.deptype = 'e')
     union all
    select 'table or view public.' || c.relname, 'public'
      from pg_class c
     where c.relnamespace = to_regnamespace('public')
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and not exists (select from pg_depend d
                        where d.objid = c.oid and d.deptype = 'e')
)
select m.ours,
       min(t.name) filter (where not m.ours
           and t.schema in ('sync', 'mirror', 'zoho')) as clash,
       min(t.name) filter (where not m.ours
           or t.schema not in ('sync', 'mirror', 'zoho')) as other
  from mine m
  left join thing t on true
 group by m.ours;
