-- hurry: a module is to be reconciled by the next run
-- $1 text  module
-- returns  nothing
-- index    session_module
update sync.session
   set next_at = now()
 where session_id = (select s.session_id
                       from sync.session s
                      where s.module = $1::text and s.kind = 'reconcile'
                      order by s.started_at desc
                      limit 1)
   and next_at > now();
