-- store_one: one request, stored as a hand would write it: what receive.sh gives
-- pgbench to do, as the yardstick of sql/intake/store.sql
-- $1 bytea    key           equal keys are one event
-- $2 text     source        proof it passed
-- $3 text     route         path below the prefix
-- $4 text     module        or null
-- $5 text     operation     or null
-- $6 text     event_type    for the log
-- $7 integer  changes       read in the body
-- $8 text     query         as received
-- $9 text     content_type  as received
-- $10 text    headers       worth keeping
-- $11 text    remote        address of the sender
-- $12 bytea   body          raw
-- returns     stored bigint: 1, or 0 for a repeat, which is only counted
with fresh as (
    insert into sync.seen (key) values ($1::bytea)
        on conflict do nothing
 returning 1
), numbered as materialized (
    select nextval('sync.request_seq') as seq from fresh
), kept as (
    insert into sync.inbox (seq, source, route, module, operation, event_type,
           changes, query, content_type, headers, remote, body)
    select seq, $2::text, $3::text, $4::text, $5::text, $6::text,
           $7::integer, $8::text, $9::text, $10::text, $11::text, $12::bytea
      from numbered
), queued as (
    insert into sync.work (seq)
    select seq from numbered
), repeated as (
    insert into sync.repeat (seen_key, source, module, event_type)
    select $1::bytea, $2::text, $4::text, $6::text
     where not exists (select from fresh)
)
select count(*) as stored from fresh;
