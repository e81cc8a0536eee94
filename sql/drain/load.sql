-- load: take requests out of the spool, each once, however often it is tried
-- $1 bytea[]    keys           equal keys are one event
-- $2 text[]     sources
-- $3 text[]     routes
-- $4 text[]     modules        or null
-- $5 text[]     operations     or null
-- $6 text[]     event_types
-- $7 integer[]  changes
-- $8 text[]     queries
-- $9 text[]     content_types
-- $10 text[]    headers
-- $11 text[]    remotes
-- $12 bytea[]   bodies
-- $13 text[]    names          of the spool files, oldest first
-- $14 bigint[]  received_us    when each came, microseconds since 1970
-- returns       stored bigint: without those loaded before and repeats
with given as (
    select *
      from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[],
                  $6::text[], $7::integer[], $8::text[], $9::text[],
                  $10::text[], $11::text[], $12::bytea[], $13::text[],
                  $14::bigint[]) with ordinality
           as g (key, source, route, module, operation, event_type, changes,
                 query, content_type, headers, remote, body, name, us, place)
), named as (
    insert into sync.spooled (name)
    select name from unnest($13::text[]) as name order by name
        on conflict do nothing
 returning name
), came as materialized (
    select given.*, sync.came_at(us) as at from given join named using (name)
), firsts as (
    select distinct on (key) key, place from came order by key, place
), fresh as (
    insert into sync.seen (key) select key from firsts order by key
        on conflict do nothing
 returning key
), numbered as materialized (
    select nextval('sync.request_seq') as seq, place
      from (select place from firsts join fresh using (key)
             order by place) as p
), kept as (
    insert into sync.inbox (seq, received_at, source, route, module,
           operation, event_type, changes, query, content_type, headers,
           remote, origin, body)
    select seq, at, source, route, module, operation, event_type, changes,
           query, content_type, headers, remote, 'spool', body
      from numbered join came using (place)
), queued as (
    insert into sync.work (seq, received_at, not_before)
    select seq, at, at from numbered join came using (place)
), repeated as (
    insert into sync.repeat (received_at, seen_key, source, module,
           event_type)
    select at, key, source, module, event_type
      from came
     where place not in (select place from numbered)
)
select count(*) as stored from numbered;
