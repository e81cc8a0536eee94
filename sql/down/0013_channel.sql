-- 0013_channel, back
drop table if exists sync.channel;
