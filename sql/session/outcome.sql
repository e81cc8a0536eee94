-- outcome: what became of requests a run put into the queue
-- $1 bigint[]  seqs
-- returns  waiting bigint, applied bigint, dead bigint; changes, but for
--          those that wait, which are requests
-- index    the primary keys of sync.work and sync.outcome
select (select count(*) from sync.work w where w.seq = any ($1::bigint[]))
           as waiting,
       coalesce(sum((select count(*) from jsonb_each_text(o.changes) c
                      where c.value = 'applied')), 0)::bigint as applied,
       coalesce(sum((select count(*) from jsonb_each_text(o.changes) c
                      where c.value = 'dead')), 0)::bigint as dead
  from sync.outcome o
 where o.seq = any ($1::bigint[]);
