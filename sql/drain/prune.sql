-- prune: forget the keys the dedupe window has passed
-- $1 integer  seconds  length of the window
-- returns  nothing
delete from sync.seen
 where seen_at < now() - $1::integer * interval '1 s';
