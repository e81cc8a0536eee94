-- take: units out of budgets, or when to come again
-- $1 text[]     pools
-- $2 integer[]  costs    units of each that one call takes
-- $3 integer    wanted   calls
-- $4 integer    rank     who asks: sync.share_kept
-- returns  granted integer, wait_ms bigint; null where it never will be any
select granted, wait_ms
  from sync.take($1::text[], $2::integer[], $3::integer, $4::integer);
