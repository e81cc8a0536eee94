-- settle: these are no longer wanted, and nothing is to be changed for them
-- $1 text       module
-- $2 text[]     ids
-- $3 bigint[]   seqs    as due.sql gave them
-- $4 integer[]  hits
-- returns  nothing
delete from sync.fetch f
 using unnest($2::text[], $3::bigint[], $4::integer[]) as u (id, seq, hits)
 where f.module = $1::text and f.id = u.id
   and f.seq = u.seq and f.hits = u.hits;
