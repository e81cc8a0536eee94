-- finish: a run is over
-- $1 bigint       session_id
-- $2 text         state    completed, partial or failed
-- $3 text         message
-- $4 integer      next_s   seconds until the next run is due
-- returns  nothing
update sync.session
   set state = $2::text, message = $3::text, finished_at = now(),
       updated_at = now(),
       place = case when $2::text <> 'completed' then place end,
       next_at = started_at + $4::integer * interval '1 s'
 where session_id = $1::bigint and state = 'running';
