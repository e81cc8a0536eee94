-- heard: what came by notification since the last look
-- returns  nothing
-- index    the primary keys of the inbox's partitions
with came as materialized (
    select i.seq, i.module, i.source, i.received_at
      from sync.inbox i
     where i.seq > (select min(heard_seq) from sync.channel)
), newest as (
    select module, max(received_at) as at
      from came
     where source = 'notification'
     group by module
)
update sync.channel c
   set heard_seq = greatest(c.heard_seq, (select max(seq) from came)),
       last_heard_at = greatest(c.last_heard_at, n.at),
       state = case when c.state = 'silent' and n.at is not null
               then 'alive' else c.state end
  from sync.channel k
  left join newest n on n.module = k.module
 where k.module = c.module and exists (select from came);
