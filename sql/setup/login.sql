-- login: what is there of a login of an organisation
-- $1 text  login
-- $2 text  role      the group it belongs to
-- $3 text  database
-- returns  there boolean, member boolean, connects boolean
select exists (select from pg_roles where rolname = $1::text) as there,
       exists (select from pg_auth_members m
                 join pg_roles g on g.oid = m.roleid
                 join pg_roles l on l.oid = m.member
                where l.rolname = $1::text and g.rolname = $2::text) as member,
       exists (select from pg_database d
                cross join aclexplode(d.datacl) a
                 join pg_roles l on l.oid = a.grantee
                where d.datname = $3::text and l.rolname = $1::text
                  and a.privilege_type = 'CONNECT') as connects;
