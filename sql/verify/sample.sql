-- sample: some records of a module are wanted, others each day
-- $1 text     module
-- $2 integer  most   null for all
-- returns  n bigint
-- index    the module's partition of mirror.record, all of it
with drawn as materialized (
    select r.id
      from mirror.record r
     where r.module = $1::text and r.deleted_at is null
     order by md5(r.id || current_date::text)
     limit $2::integer
), wanted as (
    insert into sync.fetch (module, id, reason, seq)
    select $1::text, id, 'sampled', 0
      from drawn
     order by id
        on conflict (module, id) do nothing
)
select count(*) as n from drawn;
