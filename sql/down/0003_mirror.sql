-- 0003_mirror, back
delete from sync.partitioned where parent::text = 'mirror.version';
drop function if exists sync.add_module;
drop table if exists sync.fetch, sync.conflict, mirror.version, mirror.record,
    sync.field, sync.module;
