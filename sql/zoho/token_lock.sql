-- token_lock: become the one that asks for a new access token
-- returns  ours boolean
select pg_try_advisory_lock(hashtextextended('sync.token', 0)) as ours;
