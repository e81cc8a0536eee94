-- bury: changes that will not apply, for a person to look at
-- $1 bigint[]       seq
-- $2 integer[]      ord          place in the request
-- $3 timestamptz[]  received_at
-- $4 text[]         module
-- $5 text[]         id
-- $6 text[]         event_type
-- $7 text[]         reason
-- $8 text[]         error
-- $9 integer[]      tries
-- returns  nothing
insert into sync.dead as d (seq, ord, received_at, module, id, event_type,
       reason, last_error, tries)
select *
  from unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::text[],
           $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[])
    on conflict (seq, ord) do update
   set reason = excluded.reason,
       last_error = excluded.last_error,
       tries = d.tries + excluded.tries,
       resolved_at = null,
       resolution = null;
