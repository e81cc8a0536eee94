-- groups: those that may connect to a database
-- $1 text  database
-- returns  role text
select distinct g.rolname::text as role
  from pg_database d
 cross join aclexplode(d.datacl) a
  join pg_roles g on g.oid = a.grantee
 where d.datname = $1::text
   and a.privilege_type = 'CONNECT'
   and g.rolname in ('zohosync_owner', 'zohosync_web', 'zohosync_job',
                     'zohosync_admin', 'zohosync_report')
 order by 1;
