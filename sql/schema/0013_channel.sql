-- 0013_channel: notification channels of the CRM, one a module
set local role zohosync_owner;

create table sync.channel (
    module        text primary key references sync.module,
    channel_id    bigint not null unique check (channel_id > 0),
    events        text not null,
    notify_url    text not null,
    state         text not null check (state in
        ('alive', 'silent', 'missing', 'unsupported', 'dropped')),
    asked_until   timestamptz,
    granted_until timestamptz,
    renewed_at    timestamptz,
    tried_at      timestamptz,
    seen_at       timestamptz,
    lapsed_at     timestamptz,
    trusted_from  timestamptz,
    last_heard_at timestamptz,
    heard_seq     bigint not null default 0,
    last_error    text not null default ''
);
comment on table sync.channel is 'notification channels of the CRM: what was asked for, granted and heard';
comment on column sync.channel.channel_id is 'by which Zoho knows it; ours to choose, and never changed';
comment on column sync.channel.events is 'what it tells of, for example Leads.all';
comment on column sync.channel.notify_url is 'where it tells it';
comment on column sync.channel.state is 'alive; silent: changes were found that it did not tell of; missing: it is not there in Zoho; unsupported: Zoho has none for this module; dropped: by a person, until it is renewed';
comment on column sync.channel.asked_until is 'life asked for the last time';
comment on column sync.channel.granted_until is 'life Zoho gave: an hour where it did not like what was asked';
comment on column sync.channel.renewed_at is 'when it gave that, by Zoho''s clock, as the two before and the three behind';
comment on column sync.channel.tried_at is 'when Zoho was last asked for it';
comment on column sync.channel.seen_at is 'when it was last seen to be there';
comment on column sync.channel.lapsed_at is 'since when it was away, the last time that it was';
comment on column sync.channel.trusted_from is 'changes from then on should have been told, by our clock';
comment on column sync.channel.last_heard_at is 'when a notification of this module last came, by our clock';
comment on column sync.channel.heard_seq is 'requests up to this number were looked at for that';
comment on column sync.channel.last_error is 'why the last try failed; empty where it did not';

grant select, insert, update, delete on sync.channel to zohosync_job;
grant select on sync.channel to zohosync_admin;
