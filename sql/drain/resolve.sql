-- resolve: dead letters that were tried again and went well
-- $1 bigint[]   seq
-- $2 integer[]  ord
-- returns  nothing
update sync.dead
   set resolved_at = now(), resolution = 'applied'
  from unnest($1::bigint[], $2::integer[]) as r (seq, ord)
 where dead.seq = r.seq and dead.ord = r.ord and dead.resolved_at is null;
