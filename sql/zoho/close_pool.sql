-- close_pool: Zoho said that a limit is reached
-- $1 text    pool
-- $2 bigint  for_ms  how long nothing is asked
-- $3 text    why     in whose words
-- returns  close_pool void
select sync.close_pool($1::text, $2::bigint, $3::text);
