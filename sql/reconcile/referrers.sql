-- referrers: records that refer to one of these, which Zoho has no longer:
--            after a merge they may lead elsewhere, whatever their time of
--            change says; they are asked for
-- $1 text[]  modules  of the CRM that are in use
-- $2 text[]  ids
-- returns  n bigint
-- index    none: it reads all that lives in these modules, which is why it is
--          asked after the rare deletes alone that no recycle bin has seen
with found as materialized (
    select r.module, r.id
      from mirror.record r
     where r.module = any ($1::text[]) and r.deleted_at is null
       and exists (select from jsonb_each(r.data) m
                    where jsonb_typeof(m.value) = 'object'
                      and m.value ->> 'id' = any ($2::text[]))
), wanted as (
    insert into sync.fetch as f (module, id, reason, seq)
    select module, id, 'referrer', 0
      from found
     order by module, id
        on conflict (module, id) do update
       set hits = f.hits + 1, not_before = least(f.not_before, now())
)
select count(*) as n from found;
