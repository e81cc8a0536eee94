-- taken: whether a login has more rights than ours should have, or is another
--        organisation's
-- $1 text  login
-- $2 text  database  ours
-- returns  taken boolean
select exists (
           select from pg_roles
            where rolname = $1::text
              and (rolsuper or rolcreatedb or rolcreaterole)
       ) or exists (
           select from pg_database d
            cross join aclexplode(d.datacl) a
             join pg_roles l on l.oid = a.grantee
            where d.datname <> $2::text and l.rolname = $1::text
              and a.privilege_type = 'CONNECT'
       ) as taken;
