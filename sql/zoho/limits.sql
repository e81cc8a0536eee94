-- limits: what the settings say that Zoho allows
-- $1 text[]     pools
-- $2 integer[]  most
-- returns  nothing; rows that say so already are left alone
update sync.budget b
   set most = u.most
  from unnest($1::text[], $2::integer[]) as u (pool, most)
 where b.pool = u.pool and b.most <> u.most;
