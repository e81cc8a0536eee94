-- due: whether a module's turn has come: the last run over it was not whole,
--      or its interval is over within a minute
-- $1 text  module
-- returns  due boolean
-- index    session_module
select coalesce(
    (select s.state <> 'completed' or s.next_at <= now() + interval '1 minute'
       from sync.session s
      where s.module = $1::text and s.kind = 'reconcile'
      order by s.started_at desc
      limit 1), true) as due;
