-- token_save: a new access token
-- $1 bytea   sealed
-- $2 bigint  life_ms     from now
-- $3 text    api_domain
-- returns  nothing
update sync.token
   set sealed = $1::bytea, minted_at = clock_timestamp(),
       expires_at = clock_timestamp() + $2::bigint * interval '1 millisecond',
       api_domain = $3::text, refused_until = '-infinity', last_error = '';
