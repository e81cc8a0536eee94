-- done: all that changed in a module until then is known here
-- $1 text         module
-- $2 timestamptz  changed_until  null leaves it
-- $3 timestamptz  deleted_until  null leaves it
-- $4 timestamptz  swept_at       null leaves it
-- returns  nothing
update sync.module
   set changed_until = coalesce($2::timestamptz, changed_until),
       deleted_until = coalesce($3::timestamptz, deleted_until),
       swept_at = coalesce($4::timestamptz, swept_at),
       last_sync = now()
 where name = $1::text;
