-- 0004_outcome: what became of each request
set local role zohosync_owner;

create table sync.outcome (
    seq         bigint not null,
    finished_at timestamptz not null default now(),
    received_at timestamptz not null,
    outcome     text not null check (outcome in
        ('applied', 'stale', 'duplicate', 'ignored', 'fetched', 'dead')),
    changes     jsonb not null,
    module      text,
    event_type  text not null,
    tries       integer not null,
    primary key (seq, finished_at)
) partition by range (finished_at);
comment on table sync.outcome is 'one row for each finished request';
comment on column sync.outcome.outcome is 'the gravest of its changes: dead, applied, fetched, stale, duplicate, ignored';
comment on column sync.outcome.changes is 'each change by its place in the body: {"0":"applied","1":"stale"}';

create table sync.dead (
    dead_id      bigint generated always as identity primary key,
    seq          bigint not null,
    ord          integer not null,
    received_at  timestamptz not null,
    module       text,
    id           text,
    event_type   text not null,
    reason       text not null,
    last_error   text not null,
    tries        integer not null,
    retry_count  integer not null default 0 check (retry_count between 0 and 10),
    last_retry_at timestamptz,
    created_at   timestamptz not null default now(),
    resolved_at  timestamptz,
    resolution   text check (resolution in ('applied', 'dropped')),
    unique (seq, ord)
);
create index dead_event_type on sync.dead (event_type);
create index dead_unresolved on sync.dead (retry_count) where resolved_at is null;
comment on table sync.dead is 'changes that could not be applied and wait for a person';
comment on column sync.dead.ord is 'place of the change in its request; -1 for the request as a whole';
comment on column sync.dead.reason is 'reason class, as zohosync-dead(8) lists them: unreadable, no_record, value, crash ...';
comment on column sync.dead.retry_count is 'how often somebody had it tried again; at most 10';

create table sync.spooled (
    name      text primary key,
    loaded_at timestamptz not null default now()
);
comment on table sync.spooled is 'spool files already loaded, so that none is loaded twice';

insert into sync.partitioned (parent, step, ahead) values
    ('sync.outcome', '1 day', '8 days');
select sync.make_partitions(now() - interval '2 days');

grant select, insert on sync.outcome to zohosync_job;
grant select, insert, update on sync.dead to zohosync_job;
grant select, insert, delete on sync.spooled to zohosync_job;
grant select on sync.outcome, sync.dead, sync.spooled to zohosync_admin;
grant delete on sync.outcome to zohosync_admin;
grant update (retry_count, last_retry_at, resolved_at, resolution)
    on sync.dead to zohosync_admin;
