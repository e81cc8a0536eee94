-- save: how a channel stands now; null, or an empty text, leaves what is
--       known
-- $1 text          module
-- $2 bigint        channel_id
-- $3 text          events
-- $4 text          notify_url
-- $5 text          state
-- $6 timestamptz   asked_until
-- $7 timestamptz   granted_until
-- $8 timestamptz   renewed_at
-- $9 timestamptz   tried_at
-- $10 timestamptz  seen_at
-- $11 timestamptz  lapsed_at
-- $12 boolean      trusted     it is to tell of all that changes from now on
-- $13 text         last_error  empty for none
-- returns  nothing
insert into sync.channel as c (module, channel_id, events, notify_url, state,
       asked_until, granted_until, renewed_at, tried_at, seen_at, lapsed_at,
       trusted_from, last_error, heard_seq)
values ($1::text, $2::bigint, $3::text, $4::text, $5::text, $6::timestamptz,
        $7::timestamptz, $8::timestamptz, $9::timestamptz, $10::timestamptz,
        $11::timestamptz, case when $12::boolean then now() end, $13::text,
        coalesce((select max(seq) from sync.inbox), 0))
    on conflict (module) do update
   set events = coalesce(nullif(excluded.events, ''), c.events),
       notify_url = coalesce(nullif(excluded.notify_url, ''), c.notify_url),
       state = excluded.state,
       asked_until = coalesce(excluded.asked_until, c.asked_until),
       granted_until = coalesce(excluded.granted_until, c.granted_until),
       renewed_at = coalesce(excluded.renewed_at, c.renewed_at),
       tried_at = coalesce(excluded.tried_at, c.tried_at),
       seen_at = coalesce(excluded.seen_at, c.seen_at),
       lapsed_at = coalesce(excluded.lapsed_at, c.lapsed_at),
       trusted_from = coalesce(excluded.trusted_from, c.trusted_from),
       last_error = excluded.last_error;
