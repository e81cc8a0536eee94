-- store: keep a group of proven requests, but for those the window has seen
-- $1 bytea[]    keys           equal keys are one event
-- $2 text[]     sources        proof each passed
-- $3 text[]     routes         path below the prefix
-- $4 text[]     modules        or null
-- $5 text[]     operations     or null
-- $6 text[]     event_types    for the log
-- $7 integer[]  changes        read in the body
-- $8 text[]     queries        as received
-- $9 text[]     content_types  as received
-- $10 text[]    headers        worth keeping
-- $11 text[]    remotes        address of the sender
-- $12 bytea[]   bodies         raw
-- returns       place bigint: of each that is stored, ascending; the others
--               are repeats, which are only counted
--
-- Keys are taken in order, so that two groups never wait for each other in a
-- circle. The role may insert into sync.seen but not read it, so the insert
-- cannot return its keys; it returns the place noted just before each row.
with given as materialized (
    select *
      from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[],
                  $6::text[], $7::integer[], $8::text[], $9::text[],
                  $10::text[], $11::text[], $12::bytea[]) with ordinality
           as g (key, source, route, module, operation, event_type, changes,
                 query, content_type, headers, remote, body, place)
), sorted as materialized (
    select key, place from given order by key, place
), fresh as (
    insert into sync.seen (key)
    select key from sorted
     where set_config('zohosync.place', place::text, true) is not null
        on conflict do nothing
 returning current_setting('zohosync.place')::bigint as place
), numbered as materialized (
    select nextval('sync.request_seq') as seq, place
      from (select place from fresh order by place) as p
), kept as (
    insert into sync.inbox (seq, source, route, module, operation, event_type,
           changes, query, content_type, headers, remote, body)
    select seq, source, route, module, operation, event_type, changes, query,
           content_type, headers, remote, body
      from numbered join given using (place)
), queued as (
    insert into sync.work (seq)
    select seq from numbered
), repeated as (
    insert into sync.repeat (seen_key, source, module, event_type)
    select key, source, module, event_type
      from given
     where place not in (select place from numbered)
)
select place from numbered order by place;
