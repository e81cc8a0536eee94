-- wake: make due what waits longer than a request ever does
-- $1 integer  seconds  the longest wait
-- returns  nothing
--
-- Such a time was written by a clock that was ahead.
with ahead as (
    select seq from sync.work
     where not_before > now() + $1::integer * interval '1 s'
       for update skip locked
)
update sync.work set not_before = now()
  from ahead
 where work.seq = ahead.seq;
