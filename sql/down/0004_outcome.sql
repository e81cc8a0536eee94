-- 0004_outcome, back
delete from sync.partitioned where parent::text = 'sync.outcome';
drop table if exists sync.spooled, sync.dead, sync.outcome;
