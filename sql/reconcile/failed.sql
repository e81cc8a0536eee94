-- failed: records whose webhooks did not reach us are wanted
-- $1 text[]         modules
-- $2 text[]         ids
-- $3 timestamptz[]  times    of the failure, by Zoho's clock
-- $4 timestamptz    since    older ones were looked at before; or null
-- $5 boolean        keep     false only counts
-- returns  n bigint
-- index    the primary key of mirror.record
with missed as materialized (
    select distinct u.module, u.id
      from unnest($1::text[], $2::text[], $3::timestamptz[])
           as u (module, id, time)
      left join mirror.record r on r.module = u.module and r.id = u.id
     where ($4::timestamptz is null or u.time >= $4::timestamptz)
       and (r.id is null or r.alive_at <= u.time)
), wanted as (
    insert into sync.fetch as f (module, id, reason, seq)
    select module, id, 'webhook_failed', 0
      from missed
     where $5::boolean
     order by module, id
        on conflict (module, id) do nothing
)
select count(*) as n from missed;
