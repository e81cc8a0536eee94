-- dead_drop: settle a dead letter without applying it; the request stays in
-- the inbox
-- $1 bigint  dead_id
-- returns  dropped bigint
with dropped as (
    update sync.dead
       set resolved_at = now(), resolution = 'dropped'
     where dead_id = $1::bigint and resolved_at is null
 returning 1
)
select count(*) as dropped from dropped;
