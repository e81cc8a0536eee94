-- 0002_receiving, back
delete from sync.partitioned
 where parent::text in ('sync.inbox', 'sync.repeat', 'sync.refusal');
drop table if exists sync.refusal, sync.work, sync.repeat, sync.seen, sync.inbox;
drop sequence if exists sync.request_seq;
