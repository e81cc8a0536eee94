-- 0002_receiving: what the web server's programs write, and nothing else
set local role zohosync_owner;

create sequence sync.request_seq;
comment on sequence sync.request_seq is 'the number of a request; gaps mean nothing';

create table sync.inbox (
    seq          bigint not null,
    received_at  timestamptz not null default now(),
    source       text not null,
    route        text not null,
    module       text,
    operation    text,
    event_type   text not null,
    changes      integer not null check (changes >= 0),
    query        text not null default '',
    content_type text not null default '',
    headers      text not null default '',
    remote       text not null default '',
    origin       text not null default 'webhook',
    body         bytea not null,
    primary key (seq, received_at)
) partition by range (received_at);
alter table sync.inbox alter body set storage external;
comment on table sync.inbox is 'each proven request as it was received, raw; only ever inserted into';
comment on column sync.inbox.seq is 'number of the request, from sync.request_seq';
comment on column sync.inbox.received_at is 'when it reached us; the day is the partition';
comment on column sync.inbox.source is 'which proof it passed: books, crm, notification or raw-hmac';
comment on column sync.inbox.route is 'path below the webhook prefix, for example invoices';
comment on column sync.inbox.module is 'module named by route and body, for example books.invoices';
comment on column sync.inbox.operation is 'create, update, delete, restore; null where there is none';
comment on column sync.inbox.event_type is 'for the log, for example invoice.update, test or unknown';
comment on column sync.inbox.changes is 'how many changes the receiver read in it';
comment on column sync.inbox.query is 'query string as received';
comment on column sync.inbox.content_type is 'Content-Type as received';
comment on column sync.inbox.headers is 'headers worth keeping, one a line; never a secret';
comment on column sync.inbox.remote is 'address of the sender';
comment on column sync.inbox.origin is 'webhook, or spool where it waited in a file first';
comment on column sync.inbox.body is 'the bytes of the body, untouched';

create table sync.seen (
    key     bytea primary key,
    seen_at timestamptz not null default now()
);
comment on table sync.seen is 'keys of requests inside the dedupe window; the drain removes old ones';

create table sync.repeat (
    received_at timestamptz not null default now(),
    seen_key    bytea not null,
    source      text not null,
    module      text,
    event_type  text not null
) partition by range (received_at);
comment on table sync.repeat is 'one row for each repeat inside the dedupe window: counted, never worked on';

create table sync.work (
    seq         bigint primary key,
    received_at timestamptz not null default now(),
    not_before  timestamptz not null default now(),
    tries       integer not null default 0,
    crashes     integer not null default 0,
    retried     boolean not null default false,
    finished    jsonb not null default '{}',
    reason      text,
    last_error  text
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    vacuum_truncate = off);
create index work_due on sync.work (not_before, seq);
comment on table sync.work is 'requests that wait for the drain; a row goes when its request is finished';
comment on column sync.work.not_before is 'due from then on; moved ahead by back-off';
comment on column sync.work.tries is 'how often the drain tried and put it back';
comment on column sync.work.crashes is 'how often a drain died while reading it';
comment on column sync.work.retried is 'a dead letter of it is being tried again';
comment on column sync.work.finished is 'changes of it that are done, by their place in the body: {"0":"applied"}';
comment on column sync.work.reason is 'reason class of the last failure';

create table sync.refusal (
    refused_at timestamptz not null default now(),
    source     text not null,
    event_type text not null,
    route      text not null,
    remote     text not null default '',
    hits       integer not null check (hits > 0),
    sample     bytea
) partition by range (refused_at);
comment on table sync.refusal is 'requests that proved nothing: counts, and a capped sample of some';
comment on column sync.refusal.event_type is 'signature_missing or signature_invalid';
comment on column sync.refusal.hits is 'how many such requests this row stands for';
comment on column sync.refusal.sample is 'the first bytes of one of them';

insert into sync.partitioned (parent, step, ahead) values
    ('sync.inbox', '1 day', '8 days'),
    ('sync.repeat', '1 day', '8 days'),
    ('sync.refusal', '1 day', '8 days');

grant usage on sequence sync.request_seq to zohosync_web, zohosync_job;
grant insert on sync.inbox, sync.seen, sync.repeat, sync.work, sync.refusal
    to zohosync_web;
grant select, insert on sync.inbox, sync.repeat to zohosync_job;
grant select, insert, delete on sync.seen to zohosync_job;
grant select, insert, update, delete on sync.work to zohosync_job;
grant select on sync.refusal to zohosync_job;
grant select on sync.inbox, sync.seen, sync.repeat, sync.work, sync.refusal
    to zohosync_admin;
grant insert on sync.work to zohosync_admin;
