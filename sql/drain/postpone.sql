-- postpone: put requests back, due again later
-- $1 bigint[]  seq
-- $2 integer[] wait_ms   until they are due
-- $3 jsonb[]   finished  what is done of each, by its place
-- $4 text[]    reason    class of the failure
-- $5 text[]    error     in words
-- returns  nothing
update sync.work
   set tries = work.tries + 1,
       not_before = now() + p.wait_ms * interval '1 ms',
       finished = p.finished,
       reason = p.reason,
       last_error = p.error
  from unnest($1::bigint[], $2::integer[], $3::jsonb[], $4::text[],
           $5::text[]) as p (seq, wait_ms, finished, reason, error)
 where work.seq = p.seq;
