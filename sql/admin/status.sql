-- status: how the queue and the mirror stand, as one document
-- returns  document text (JSON); counts of the last 24 hours end in _24h
with outcomes as (
    select outcome, count(*) as n,
           avg(extract(epoch from finished_at - received_at)) as delay_s
      from sync.outcome
     where finished_at > now() - interval '24 hours'
     group by outcome
), delays as (
    select count(*) filter (where finished_at > now() - interval '1 minute')
               as last_minute,
           count(*) as last_hour,
           percentile_cont(0.5) within group (order by
               extract(epoch from finished_at - received_at)) as p50_s,
           percentile_cont(0.95) within group (order by
               extract(epoch from finished_at - received_at)) as p95_s
      from sync.outcome
     where finished_at > now() - interval '1 hour'
), waiting as (
    select count(*) as n,
           count(*) filter (where not_before <= now()) as due,
           count(*) filter (where tries > 0) as retrying,
           coalesce(extract(epoch from now() - min(received_at)), 0)
               as oldest_s
      from sync.work
), modules as (
    select m.name, m.last_change, c.reltuples, m.priority, m.last_sync,
           (select s.next_at from sync.session s
             where s.module = m.name and s.kind = 'reconcile'
             order by s.started_at desc limit 1) as next_sync
      from sync.module m
      left join pg_class c on c.oid =
           to_regclass('mirror.record_' || replace(m.name, '.', '_'))
)
select jsonb_build_object(
    'waiting', (select n from waiting),
    'due', (select due from waiting),
    'retrying', (select retrying from waiting),
    'oldest_waiting_s', (select round(oldest_s, 1) from waiting),
    'received_24h', (select count(*) from sync.inbox
                      where received_at > now() - interval '24 hours'),
    'repeats_24h', (select count(*) from sync.repeat
                     where received_at > now() - interval '24 hours'),
    'refused_24h', (select coalesce(sum(hits), 0) from sync.refusal
                     where refused_at > now() - interval '24 hours'),
    'outcomes_24h', (select coalesce(jsonb_object_agg(outcome, n), '{}')
                       from outcomes),
    'conflicts_24h', (select count(*) from sync.conflict
                       where detected_at > now() - interval '24 hours'),
    'dead', (select count(*) from sync.dead where resolved_at is null),
    'to_fetch', (select count(*) from sync.fetch),
    'finished_last_minute', (select last_minute from delays),
    'finished_last_hour', (select last_hour from delays),
    'delay_p50_s', (select round(p50_s::numeric, 3) from delays),
    'delay_p95_s', (select round(p95_s::numeric, 3) from delays),
    'modules', (select coalesce(jsonb_agg(jsonb_build_object(
                    'module', name,
                    'records', greatest(coalesce(reltuples, 0), 0)::bigint,
                    'last_change', last_change,
                    'last_sync', last_sync,
                    'next_sync', next_sync) order by priority), '[]')
                  from modules),
    'proofs', (select coalesce(jsonb_agg(to_jsonb(p) order by p.priority,
                                             p.module), '[]')
                 from (select distinct on (s.module) s.module, m.priority,
                              s.state, s.found as records,
                              s.applied as repaired, s.started_at as at,
                              s.message
                         from sync.session s
                         join sync.module m on m.name = s.module
                        where s.kind = 'verify' and s.state <> 'running'
                        order by s.module, s.started_at desc) p),
    'budget', (select coalesce(jsonb_agg(to_jsonb(f) order by f.pool), '[]')
                 from sync.forecast() f)
)::text as document;
