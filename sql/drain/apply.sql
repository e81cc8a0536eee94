-- apply: judge one change each of many records, and write what is newer
-- $1 text[]         module
-- $2 text[]         id
-- $3 text[]         act        write, restore, delete or announce
-- $4 timestamptz[]  time       modified time, or null
-- $5 bigint[]       seq        request that brought it
-- $6 timestamptz[]  received   when that came, or was asked for
-- $7 text[]         operation  for the history
-- $8 jsonb[]        data       the document, null where it only announces
-- $9 jsonb[]        noted      fields set aside, or null
-- $10 text[]        owner_id
-- $11 text[]        owner_name
-- $12 text[]        owner_email
-- $13 text[]        origin
-- returns  n integer, verdict text: applied, stale, duplicate or fetched;
--          raced where another drain made the record meanwhile: do it again
--
-- The rules. A write counts when (time, seq) is greater than what stands; over
-- a tombstone its time must be later than the delete. A restore needs to have
-- been received after the delete. A delete counts unless the record was known
-- to live later than it; one without a time of its own is then not trusted
-- and Zoho is asked. Equal states are duplicates, older ones conflicts. What
-- came from a legacy table (version 0) gives way to all that comes from Zoho,
-- and never stands against it.
with input as materialized (
    select u.n::integer as n, u.module, u.id, u.act, u.seq, u.received,
           u.operation, u.data, u.noted, u.owner_id, u.owner_name,
           u.owner_email, u.origin, u.time,
           coalesce(u.time, u.received) as at
      from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[],
               $5::bigint[], $6::timestamptz[], $7::text[], $8::jsonb[],
               $9::jsonb[], $10::text[], $11::text[], $12::text[],
               $13::text[])
           with ordinality as u (module, id, act, time, seq, received,
               operation, data, noted, owner_id, owner_name, owner_email,
               origin, n)
), judged as materialized (
    select i.*, r.modified_time as standing_time, r.data as standing_data,
           r.alive_at, case when i.origin = 'legacy' then 0
               else coalesce(r.version, 0) + 1 end as version,
           case
           when i.act = 'announce' then 'fetched'
           when r.id is null then 'applied'
           when i.origin = 'legacy' and r.origin <> 'legacy' then 'stale'
           when r.origin = 'legacy' and i.origin <> 'legacy' then 'applied'
           when i.act = 'delete' and i.at <= r.deleted_at then 'duplicate'
           when i.act = 'delete' and i.at >= r.alive_at then 'applied'
           when i.act = 'delete' and i.time is null then 'fetched'
           when i.act = 'delete' then 'stale'
           when i.time = r.modified_time and i.data = r.data
                and r.deleted_at is null then 'duplicate'
           when r.deleted_at is not null
                and (i.time > r.deleted_at
                     or i.act = 'restore' and i.received > r.deleted_at
                        and i.time >= r.modified_time) then 'applied'
           when r.deleted_at is null
                and (i.time, i.seq) > (r.modified_time, r.seq) then 'applied'
           when exists (select from mirror.version v
                         where v.module = i.module and v.id = i.id
                           and v.modified_time = i.time
                           and v.data = i.data) then 'duplicate'
           else 'stale'
           end as verdict,
           case
           when i.act = 'delete' then 'outlived'
           when r.deleted_at is not null then 'deleted'
           else 'older'
           end as against
      from input i
      left join mirror.record r on r.module = i.module and r.id = i.id
), written as (
    insert into mirror.record as t (module, id, modified_time, alive_at,
           deleted_at, seq, version, owner_id, owner_name, owner_email, data,
           noted, origin)
    select module, id,
           case act when 'delete' then '-infinity' else time end,
           case when origin = 'legacy' then '-infinity'
                when act = 'restore' then greatest(time, received)
                when act = 'delete' then '-infinity' else time end,
           case act when 'delete' then at end,
           seq, version, owner_id, owner_name, owner_email,
           case act when 'delete' then '{}' else data end, noted, origin
      from judged
     where verdict = 'applied'
     order by module, id
        on conflict (module, id) do update
       set modified_time = case when excluded.deleted_at is null
               then excluded.modified_time else t.modified_time end,
           alive_at = greatest(t.alive_at, excluded.alive_at),
           deleted_at = excluded.deleted_at,
           seq = excluded.seq,
           version = excluded.version,
           owner_id = case when excluded.deleted_at is null
               then excluded.owner_id else t.owner_id end,
           owner_name = case when excluded.deleted_at is null
               then excluded.owner_name else t.owner_name end,
           owner_email = case when excluded.deleted_at is null
               then excluded.owner_email else t.owner_email end,
           data = case when excluded.deleted_at is null
               then excluded.data else t.data end,
           noted = case when excluded.deleted_at is null
               then excluded.noted else t.noted end,
           origin = excluded.origin,
           updated_at = now()
     where t.version = excluded.version - 1
        or t.origin = 'legacy' and excluded.origin = 'legacy'
 returning module, id
), proven as (
    -- What stands came again: of states of one second the last to come
    -- stands, and a restore says how long it has lived.
    update mirror.record r
       set seq = greatest(r.seq, j.seq),
           origin = case when j.origin in ('fetch', 'reconcile', 'backfill')
               then j.origin else r.origin end,
           alive_at = case j.act when 'restore'
               then greatest(r.alive_at, j.received) else r.alive_at end
      from judged j
     where j.verdict = 'duplicate' and j.act in ('write', 'restore')
       and r.module = j.module and r.id = j.id
       and j.time = r.modified_time and r.deleted_at is null
       and j.data = r.data
       and (j.seq > r.seq or j.act = 'restore' and r.alive_at < j.received)
), kept as (
    insert into mirror.version (module, id, version, modified_time, seq,
           operation, data)
    select j.module, j.id, j.version, j.at, j.seq, j.operation,
           case act when 'delete' then null else j.data end
      from judged j
      join written w on w.module = j.module and w.id = j.id
     where j.verdict = 'applied'
), conflicting as (
    insert into sync.conflict (module, id, seq, reason, incoming_time,
           standing_time, incoming, standing)
    select module, id, seq, against, at, standing_time, data, standing_data
      from judged
     where verdict = 'stale'
), wanted as (
    insert into sync.fetch as f (module, id, reason, seq)
    select module, id,
           case when act = 'delete' then 'doubtful_delete'
                when data is not null then 'incomplete'
                else 'announced' end,
           seq
      from judged
     where verdict = 'fetched'
     order by module, id
        on conflict (module, id) do update
       set hits = f.hits + 1, seq = excluded.seq, reason = excluded.reason,
           not_before = least(f.not_before, now())
)
select j.n, case when j.verdict = 'applied' and w.id is null
                 then 'raced' else j.verdict end as verdict
  from judged j
  left join written w on w.module = j.module and w.id = j.id
 order by j.n;
