-- 0011_backfill: loads of history, which go on where they were cut off
set local role zohosync_owner;

alter table sync.session
    add column options   jsonb not null default '{}',
    add column place     jsonb,
    add column continues bigint references sync.session on delete set null;
comment on column sync.session.options is 'what it was told to look at: filters, or the file of a legacy table''s mapping';
comment on column sync.session.place is 'how far a load came that was cut off; null where nothing is left to go on with';
comment on column sync.session.continues is 'the run that was cut off where this one began';
