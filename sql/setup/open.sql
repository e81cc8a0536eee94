-- open: databases beside ours that let a group in, and so every organisation
-- $1 text  database  ours
-- returns  database text
select distinct d.datname::text as database
  from pg_database d
 cross join aclexplode(d.datacl) a
  join pg_roles g on g.oid = a.grantee
 where d.datname <> $1::text
   and a.privilege_type = 'CONNECT'
   and g.rolname in ('zohosync_owner', 'zohosync_web', 'zohosync_job',
                     'zohosync_admin', 'zohosync_report')
 order by 1;
