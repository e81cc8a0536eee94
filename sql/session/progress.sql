-- progress: how far a run is
-- $1 bigint  session_id
-- $2 bigint  expected   null where Zoho does not say
-- $3 bigint  found
-- $4 bigint  differing
-- $5 bigint  applied
-- $6 bigint  failed
-- $7 bigint  calls
-- $8 bigint  credits
-- $9 jsonb   place      null leaves it
-- returns  nothing
update sync.session
   set expected = $2::bigint, found = $3::bigint, differing = $4::bigint,
       applied = $5::bigint, failed = $6::bigint, calls = $7::bigint,
       credits = $8::bigint, place = coalesce($9::jsonb, place),
       updated_at = now()
 where session_id = $1::bigint;
