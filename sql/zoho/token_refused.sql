-- token_refused: no new access token was to be had
-- $1 bigint  for_ms       nobody asks again before
-- $2 text    why
-- $3 text    credentials  a mark of those that asked
-- returns  nothing
update sync.token
   set refused_until = clock_timestamp() + $1::bigint * interval '1 millisecond',
       last_error = $2::text, refused_for = $3::text;
