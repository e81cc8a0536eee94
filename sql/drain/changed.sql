-- changed: remember when modules last changed
-- $1 text[]  names
-- returns  nothing
update sync.module
   set last_change = now()
 where name = any ($1::text[]);
