-- unlock: give a named lock back
-- $1 text  name
-- returns  was_held boolean
select pg_advisory_unlock(hashtextextended($1::text, 0)) as was_held;
