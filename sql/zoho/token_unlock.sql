-- token_unlock: somebody else may ask
-- returns  done boolean
select pg_advisory_unlock(hashtextextended('sync.token', 0)) as done;
