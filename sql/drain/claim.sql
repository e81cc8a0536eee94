-- claim: lock the requests that are due, in order, and read them
-- $1 integer  max    most requests
-- $2 bigint   bytes  stop after about so many bytes of bodies
-- $3 bigint   from   look only at what is due since then, microseconds since
--                    1970; 0 looks at all
-- returns  seq bigint, received_at timestamptz, tries integer,
--          crashes integer, finished text, retried boolean,
--          event_type text, route text, query text, content_type text,
--          origin text, body bytea, first_due timestamptz, known_at timestamptz;
--          the inbox columns are null where the request itself is gone;
--          first_due is the same in all rows; what it says was known at
--          known_at: when it was received, or when Zoho answered so
-- index    work_due (not_before, seq); rows others hold are passed over
with due as materialized (
    select seq, received_at, not_before, tries, crashes, finished, retried
      from sync.work
     where not_before <= now()
       and not_before >= to_timestamp($3::bigint / 1000000.0)
     order by not_before, seq
     limit $1::integer
       for update skip locked
), read as (
    select due.seq, due.received_at, due.tries, due.crashes,
           due.finished::text as finished,
           due.retried,
           i.event_type, i.route, i.query, i.content_type, i.origin, i.body,
           coalesce(i.as_of, due.received_at) as known_at,
           sum(coalesce(octet_length(i.body), 0))
               over (order by due.received_at, due.seq)
               - coalesce(octet_length(i.body), 0) as bytes_before,
           min(due.not_before) over () as first_due
      from due
      left join lateral (
           select event_type, route, query, content_type, origin, body, as_of
             from sync.inbox
            where inbox.seq = due.seq
              and inbox.received_at = due.received_at
            limit 1) i on true
)
select seq, received_at, tries, crashes, finished, retried, event_type,
       route, query, content_type, origin, body, first_due, known_at
  from read
 where bytes_before < $2::bigint
 order by received_at, seq;
