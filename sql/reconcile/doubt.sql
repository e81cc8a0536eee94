-- doubt: deleted here, the latest first: are they deleted in Zoho, too?
-- $1 text     module
-- $2 integer  max
-- $3 boolean  keep  false only counts
-- returns  n bigint: so many are asked for
-- index    the module's partition of mirror.record
with doubted as (
    select r.id
      from mirror.record r
     where r.module = $1::text and r.deleted_at is not null
     order by r.deleted_at desc, r.id
     limit $2::integer
), wanted as (
    insert into sync.fetch (module, id, reason, seq)
    select $1::text, id, 'restored', 0
      from doubted
     where $3::boolean
     order by id
        on conflict (module, id) do nothing
)
select count(*) as n from doubted;
