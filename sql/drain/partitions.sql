-- partitions: make those that are missing from now on
-- returns  made integer
select sync.make_partitions() as made;
