-- alone: the one login that everything here was made for, without the groups
-- returns  role text: no row where nothing was applied, or with the groups
select r.rolname::text as role
  from pg_namespace n
  join pg_roles r on r.oid = n.nspowner
 where n.nspname = 'sync' and r.rolname <> 'zohosync_owner';
