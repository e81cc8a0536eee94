-- crash: a drain died while it read this request; wait a little before the
-- next try
-- $1 bigint  seq
-- $2 text    error
-- returns  crashes integer
update sync.work
   set crashes = crashes + 1, tries = tries + 1, reason = 'crash',
       last_error = $2::text, not_before = now() + interval '2 s'
 where seq = $1::bigint
returning crashes;
