-- enter: one of so many places for calls at the same time
-- $1 integer    kind   of places
-- $2 integer    most   places there are
-- $3 integer[]  ours   places this session has already: a lock of one's own
--                      is never refused
-- returns  place integer; it counts from 1, no row where all are taken
with recursive tried (place, taken) as (
    select 0, false
     union all
    select place + 1,
           case when place + 1 = any ($3::integer[]) then false
                else pg_try_advisory_lock(
                    hashtext('sync.places') + $1::integer, place + 1) end
      from tried
     where not taken and place < $2::integer
)
select place from tried where taken;
