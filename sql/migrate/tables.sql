-- tables: what stands in our schemas, partitions left out
-- returns  schema text, kind text, name text
select n.nspname::text as schema,
       case c.relkind when 'v' then 'view' when 'm' then 'view'
                      else 'table' end as kind,
       c.relname::text as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('sync', 'mirror', 'zoho')
   and c.relkind in ('r', 'p', 'v', 'm')
   and not c.relispartition
 order by 1, 2, 3;
