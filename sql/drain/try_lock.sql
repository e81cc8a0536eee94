-- try_lock: take a named lock for this session, without waiting
-- $1 text  name
-- returns  taken boolean
select pg_try_advisory_lock(hashtextextended($1::text, 0)) as taken;
