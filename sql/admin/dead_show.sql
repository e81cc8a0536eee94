-- dead_show: one dead letter with its request
-- $1 bigint  dead_id
-- returns  as dead_list, then state text, route text, source text,
--          received text, query text, content_type text, headers text,
--          body bytea; the request's columns are null where it is archived
select d.dead_id, d.seq, d.ord,
       to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as created,
       coalesce(d.module, '') as module, coalesce(d.id, '') as id,
       d.event_type, d.reason, d.last_error as error, d.tries, d.retry_count,
       case when d.resolved_at is null then 'waits for a person'
            else d.resolution end as state,
       i.route, i.source,
       to_char(d.received_at at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as received,
       i.query, i.content_type, i.headers, i.body
  from sync.dead d
  left join sync.inbox i on i.seq = d.seq and i.received_at = d.received_at
 where d.dead_id = $1::bigint;
