-- dead_retry: put a dead letter's request back into the queue
-- $1 bigint  dead_id
-- returns  state text: retried; exhausted after 10 times; waiting where it
--          is in the queue already; resolved; gone where the inbox no longer
--          has it
with letter as materialized (
    select d.*,
           exists (select from sync.work w where w.seq = d.seq) as queued,
           exists (select from sync.inbox i
                    where i.seq = d.seq
                      and i.received_at = d.received_at) as kept
      from sync.dead d
     where dead_id = $1::bigint
       for update of d
), judged as materialized (
    select letter.*,
           case when resolved_at is not null then 'resolved'
                when retry_count >= 10 then 'exhausted'
                when not kept then 'gone'
                when queued then 'waiting'
                else 'retried' end as state
      from letter
), taken as (
    delete from sync.outcome o
     using judged j
     where j.state = 'retried' and o.seq = j.seq
 returning o.seq, o.changes
), queued as (
    insert into sync.work (seq, received_at, retried, finished)
    select j.seq, j.received_at, true,
           coalesce((select t.changes - j.ord::text from taken t), '{}')
      from judged j
     where j.state = 'retried'
), counted as (
    update sync.dead d
       set retry_count = d.retry_count + 1, last_retry_at = now()
      from judged j
     where j.state = 'retried' and d.dead_id = j.dead_id
)
select state from judged;
