-- deleted: which of these, deleted in Zoho, still live here
-- $1 text           module
-- $2 text[]         ids
-- $3 timestamptz[]  times    of their deletion
-- $4 boolean        unknown  also those that never were here
-- returns  id text, time text, lived boolean; the time as ISO 8601
-- index    the primary key of the module's partition of mirror.record
select u.id,
       to_char(u.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as time,
       r.id is not null as lived
  from unnest($2::text[], $3::timestamptz[]) as u (id, time)
  left join mirror.record r on r.module = $1::text and r.id = u.id
 where case when r.id is null then $4::boolean
            else r.deleted_at is null and u.time >= r.alive_at end
 order by u.time, u.id;
