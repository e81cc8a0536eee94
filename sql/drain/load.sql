-- load: take a request out of the spool, once, however often it is tried
-- $1 text        name          of the spool file
-- $2 bigint      received_us   when it came, microseconds since 1970
-- $3 bytea       key
-- $4 text        source
-- $5 text        route
-- $6 text        module        or null
-- $7 text        operation     or null
-- $8 text        event_type
-- $9 integer     changes
-- $10 text       query
-- $11 text       content_type
-- $12 text       headers
-- $13 text       remote
-- $14 bytea      body
-- returns  stored bigint: 1, or 0 where it was loaded before or is a repeat
with came as materialized (
    select greatest(now() - interval '400 days',
               least(now(), to_timestamp($2::bigint / 1000000.0))) as at
), new as (
    insert into sync.spooled (name) values ($1::text)
        on conflict do nothing
 returning 1
), fresh as (
    insert into sync.seen (key) select $3::bytea from new
        on conflict do nothing
 returning 1
), numbered as materialized (
    select nextval('sync.request_seq') as seq, came.at from fresh, came
), kept as (
    insert into sync.inbox (seq, received_at, source, route, module,
           operation, event_type, changes, query, content_type, headers,
           remote, origin, body)
    select seq, at, $4::text, $5::text, $6::text, $7::text, $8::text,
           $9::integer, $10::text, $11::text, $12::text, $13::text, 'spool',
           $14::bytea
      from numbered
), queued as (
    insert into sync.work (seq, received_at, not_before)
    select seq, at, at from numbered
), repeated as (
    insert into sync.repeat (received_at, seen_key, source, module,
           event_type)
    select came.at, $3::bytea, $4::text, $6::text, $8::text
      from new, came
     where not exists (select from fresh)
)
select count(*) as stored from fresh;
