-- rights: whether this login may make databases and roles
-- returns  enough boolean, login text
select rolsuper or (rolcreatedb and rolcreaterole) as enough,
       rolname::text as login
  from pg_roles
 where rolname = current_user;
