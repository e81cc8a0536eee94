-- known: records as they stand here, and whether they are known to have stood
--        so a while ago
-- $1 text    module
-- $2 text[]  ids
-- $3 bigint  age_s   how long a while is
-- returns  n integer, here boolean, deleted boolean, fresh boolean, data text;
--          n counts from 1, deleted is of those that are here
-- index    the primary key of the module's partition of mirror.record
select u.n::integer as n, r.id is not null as here,
       coalesce(r.deleted_at is not null, false) as deleted,
       coalesce(greatest(r.updated_at, m.changed_until)
                > now() - $3::bigint * interval '1 s', false) as fresh,
       r.data::text as data
  from unnest($2::text[]) with ordinality as u (id, n)
  join sync.module m on m.name = $1::text
  left join mirror.record r on r.module = $1::text and r.id = u.id
 order by u.n;
