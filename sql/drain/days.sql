-- days: make the partitions that requests of the spool go into
-- $1 bigint[]  received_us  when each came, microseconds since 1970
-- returns  made bigint
select sum(sync.make_partitions(day, day)) as made
  from (select distinct date_trunc('day', sync.came_at(us), 'UTC') as day
          from unnest($1::bigint[]) as us) as days;
