-- dead_list: dead letters that wait for a person, oldest first
-- $1 integer  max
-- returns  dead_id bigint, seq bigint, ord integer, created text,
--          module text, id text, event_type text, reason text, error text,
--          tries integer, retry_count integer
select dead_id, seq, ord,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as created,
       coalesce(module, '') as module, coalesce(id, '') as id, event_type,
       reason, last_error as error, tries, retry_count
  from sync.dead
 where resolved_at is null
 order by dead_id
 limit $1::integer;
