-- partitions: make those that are missing from a time on
-- $1 bigint  from_us  microseconds since 1970-01-01 UTC
-- returns  made integer
select sync.make_partitions(greatest(now() - interval '400 days',
           least(now(), to_timestamp($1::bigint / 1000000.0)))) as made;
