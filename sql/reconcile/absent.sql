-- absent: living here, and not among all ids of Zoho: each is asked for
-- $1 text           module
-- $2 text[]         ids      all that Zoho listed
-- $3 timestamptz    as_of    when it began to, by its clock
-- $4 boolean        keep     false only counts
-- returns  n bigint
-- index    the module's partition of mirror.record
with gone as materialized (
    select r.id
      from mirror.record r
     where r.module = $1::text and r.deleted_at is null
       and r.alive_at < $3::timestamptz
       and not exists (select from unnest($2::text[]) as u (id)
                        where u.id = r.id)
), wanted as (
    insert into sync.fetch (module, id, reason, seq)
    select $1::text, id, 'absent', 0
      from gone
     where $4::boolean
     order by id
        on conflict (module, id) do nothing
)
select count(*) as n from gone;
