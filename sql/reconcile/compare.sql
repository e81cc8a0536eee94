-- compare: records as Zoho lists them with what stands here; what cannot be
--          taken from the list is wanted from then on
-- $1 text           module
-- $2 text[]         ids
-- $3 timestamptz[]  times   of the last change, or null where it is not said
-- $4 jsonb[]        docs    normalised, all of it or a part; or null
-- $5 boolean        whole   the documents are all of their records
-- $6 timestamptz    as_of   when Zoho listed them, by its clock
-- $7 boolean        keep    false only looks
-- $8 boolean        prove   ask for what may have been edited once more
-- returns  n integer, verdict text: same, missing, older, differs, unproven
--          or restored
-- index    the primary key of the module's partition of mirror.record
--
-- Members the other side lacks are no difference: a list has fewer of them,
-- and other ones. Two states of one second are told apart by their content
-- alone, and only when that second is over for Zoho. Where the list has not
-- all of a record, a state of the same second that came by a webhook is
-- unproven: another edit may have followed it. What stands here for a
-- deleted record while Zoho lists it was restored.
with listed as materialized (
    select u.n::integer as n, u.id, u.time, u.doc
      from unnest($2::text[], $3::timestamptz[], $4::jsonb[])
           with ordinality as u (id, time, doc, n)
), judged as materialized (
    select l.n, l.id,
           case
           when r.id is null then 'missing'
           when r.origin = 'legacy' then 'older'
           when r.deleted_at > $6::timestamptz then 'same'
           when r.deleted_at is not null then 'restored'
           when l.time > r.modified_time then 'older'
           when l.time < r.modified_time then 'same'
           when l.time > $6::timestamptz - interval '2 s' then 'same'
           when exists (select from jsonb_each(l.doc) m
                         where r.data ? m.key
                           and r.data -> m.key <> m.value) then 'differs'
           when $8::boolean and l.time is not null
                and (r.origin in ('webhook', 'spool')
                     or r.updated_at < r.modified_time + interval '2 s')
           then 'unproven'
           else 'same'
           end as verdict
      from listed l
      -- one by one: a plan made while the module was empty would read all
      left join lateral (
           select id, modified_time, deleted_at, origin, updated_at, data
             from mirror.record
            where module = $1::text and record.id = l.id
           offset 0) r on true
), wanted as (
    insert into sync.fetch as f (module, id, reason, seq)
    select $1::text, id, verdict, 0
      from judged
     where $7::boolean
       and (verdict = 'restored' or verdict <> 'same' and not $5::boolean)
     order by id
        on conflict (module, id) do update
       set hits = f.hits + 1, reason = excluded.reason,
           not_before = least(f.not_before, now())
)
select n, verdict
  from judged
 order by n;
