-- known: the channels as they stood at the last look
-- returns  module text, channel_id bigint, state text,
--          granted_until timestamptz, renewed_at timestamptz,
--          tried_at timestamptz, seen_at timestamptz, doubted boolean: a
--          whole reconcile brought changes of a time in which it should have
--          told of them, and nothing came since
-- index    session_module
with run as (
    select s.module, s.applied,
           lag(s.started_at) over (partition by s.module
                                   order by s.started_at) as before
      from sync.session s
     where s.kind = 'reconcile' and s.state = 'completed'
       and s.started_at > now() - interval '2 days'
)
select c.module, c.channel_id, c.state, c.granted_until, c.renewed_at,
       c.tried_at, c.seen_at,
       exists (select from run r
                where r.module = c.module and r.applied > 0
                  and r.before >= c.trusted_from
                  and coalesce(c.last_heard_at, '-infinity') < r.before)
           as doubted
  from sync.channel c
 order by c.module;
