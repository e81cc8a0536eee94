-- keep: what Zoho answered goes the way of every request; these are no
--       longer wanted, unless they were announced again meanwhile
-- $1 text         module
-- $2 text         route
-- $3 text         operation   or null
-- $4 text         event_type
-- $5 integer      changes     records in the body
-- $6 bytea        body
-- $7 text         origin
-- $8 timestamptz  as_of       when it stood so, by Zoho's clock
-- $9 text[]       ids
-- $10 bigint[]    seqs        as due.sql gave them
-- $11 integer[]   hits
-- returns  seq bigint, received_at timestamptz
with numbered as materialized (
    select nextval('sync.request_seq') as seq
), kept as (
    insert into sync.inbox (seq, source, route, module, operation, event_type,
           changes, content_type, origin, as_of, body)
    select seq, 'api', $2::text, $1::text, $3::text, $4::text, $5::integer,
           'application/json', $7::text, $8::timestamptz, $6::bytea
      from numbered
), queued as (
    insert into sync.work (seq) select seq from numbered
), done as (
    delete from sync.fetch f
     using unnest($9::text[], $10::bigint[], $11::integer[])
           as u (id, seq, hits)
     where f.module = $1::text and f.id = u.id
       and f.seq = u.seq and f.hits = u.hits
)
select seq, now() as received_at from numbered;
