-- due: records of one module that are wanted from Zoho now
-- $1 text[]   modules  that are in use
-- $2 integer  max
-- $3 boolean  found    those that a comparison with Zoho put there; false:
--                      those that were announced
-- returns  module text, id text, seq bigint, hits integer, reason text
-- index    the primary key of sync.fetch, small
with due as materialized (
    select f.module, f.id, f.seq, f.hits, f.reason, f.wanted_at
      from sync.fetch f
     where f.module = any ($1::text[])
       and f.not_before <= now()
       and (f.seq = 0) = $3::boolean
)
select module, id, seq, hits, reason
  from due
 where module = (
       select m.name
         from sync.module m
        where exists (select from due d where d.module = m.name)
        order by m.priority, m.name
        limit 1)
 order by wanted_at, id
 limit $2::integer;
