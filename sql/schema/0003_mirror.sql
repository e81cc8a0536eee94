-- 0003_mirror: the registry, the records and their history
set local role zohosync_owner;

create table sync.module (
    name        text primary key check (name ~ '^(crm|books)\.[a-z0-9_]+$'),
    service     text not null check (service in ('crm', 'books')),
    resource    text not null,
    priority    integer not null default 100,
    last_change timestamptz,
    last_sync   timestamptz,
    created_at  timestamptz not null default now()
);
comment on table sync.module is 'the modules mirrored here; rows come from lib/module.c and the settings';
comment on column sync.module.name is 'name in queue, log and settings, for example crm.leads';
comment on column sync.module.resource is 'name below the API root of the service, for example Leads';
comment on column sync.module.last_change is 'when the drain last applied a change of it';
comment on column sync.module.last_sync is 'when it was last compared with Zoho';

create table sync.field (
    module      text not null,
    name        text not null,
    kind        text not null,
    column_name text,
    label       text not null default '',
    position    integer not null default 0,
    custom      boolean not null default false,
    required    boolean not null default false,
    gone_at     timestamptz,
    primary key (module, name)
);
comment on table sync.field is 'the fields of each module: how to normalise them and the column they become';
comment on column sync.field.name is 'API name; a dot leads into rows or objects: line_items.rate';
comment on column sync.field.kind is 'a kind of lib/kind.c: text, phone, date, money, ...';
comment on column sync.field.column_name is 'column of the view zoho.<module>; null where it has none';
comment on column sync.field.required is 'Zoho wants a value here';
comment on column sync.field.gone_at is 'when the metadata stopped naming it';

create table mirror.record (
    module        text not null,
    id            text not null,
    modified_time timestamptz not null,
    alive_at      timestamptz not null,
    deleted_at    timestamptz,
    seq           bigint not null,
    version       integer not null,
    owner_id      text,
    owner_name    text,
    owner_email   text,
    data          jsonb not null,
    noted         jsonb,
    origin        text not null,
    updated_at    timestamptz not null default now(),
    primary key (module, id)
) partition by list (module);
comment on table mirror.record is 'the latest state of each Zoho record';
comment on column mirror.record.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column mirror.record.alive_at is 'the latest time at which Zoho is known to have had the record';
comment on column mirror.record.deleted_at is 'tombstone: when Zoho deleted it; null while it lives';
comment on column mirror.record.seq is 'the request that brought this state; decides between equal times';
comment on column mirror.record.version is 'counts the accepted states, deletes included; 0 came from a legacy table';
comment on column mirror.record.data is 'the document, normalised';
comment on column mirror.record.noted is 'fields set aside or kept as given: [{"field","value","reason"}]';
comment on column mirror.record.origin is 'webhook, spool, fetch, reconcile, backfill or replay';

create table mirror.version (
    module        text not null,
    id            text not null,
    version       integer not null,
    accepted_at   timestamptz not null default now(),
    modified_time timestamptz not null,
    seq           bigint not null,
    operation     text not null,
    data          jsonb,
    primary key (module, id, version, accepted_at)
) partition by range (accepted_at);
comment on table mirror.version is 'every accepted state of every record';
comment on column mirror.version.data is 'the document of that state; null for a delete';

create table sync.conflict (
    conflict_id   bigint generated always as identity primary key,
    detected_at   timestamptz not null default now(),
    module        text not null,
    id            text not null,
    seq           bigint not null,
    reason        text not null,
    incoming_time timestamptz,
    standing_time timestamptz not null,
    incoming      jsonb,
    standing      jsonb not null,
    resolved_at   timestamptz,
    resolution    text
);
create index conflict_record on sync.conflict (module, id);
create index conflict_time on sync.conflict (detected_at);
comment on table sync.conflict is 'states that came too late to count, beside what stood at that time';
comment on column sync.conflict.reason is 'older: a newer state stood; deleted: the record was deleted later; outlived: a delete older than the record';

create table sync.fetch (
    module    text not null,
    id        text not null,
    reason    text not null,
    seq       bigint not null,
    wanted_at timestamptz not null default now(),
    hits      integer not null default 1,
    not_before timestamptz not null default now(),
    tries     integer not null default 0,
    last_error text,
    primary key (module, id)
);
comment on table sync.fetch is 'records wanted from Zoho, one row each however often they were announced';
comment on column sync.fetch.reason is 'announced, incomplete or doubtful_delete';
comment on column sync.fetch.hits is 'how often it was announced since it was last fetched';

-- A module's records live in a partition of their own.
create function sync.add_module(new_name text, new_service text,
    new_resource text, new_priority integer)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    child text := 'record_' || replace(new_name, '.', '_');
begin
    -- drains of several hosts may start at the same moment
    perform pg_advisory_xact_lock(hashtextextended('sync.add_module', 0));
    insert into sync.module (name, service, resource, priority)
    values (new_name, new_service, new_resource, new_priority)
        on conflict (name) do nothing;
    if to_regclass(format('mirror.%I', child)) is null then
        execute format('create table mirror.%I (like mirror.record including '
            'defaults including constraints including indexes including storage '
            'including comments) with (fillfactor = 70)', child);
        execute format('alter table mirror.record attach partition mirror.%I '
            'for values in (%L)', child, new_name);
    end if;
end
$$;
comment on function sync.add_module is 'makes a module known and gives it its partition of mirror.record';

insert into sync.partitioned (parent, step, ahead) values
    ('mirror.version', '1 month', '40 days');

grant execute on function sync.add_module to zohosync_job;
grant select, update (last_change, last_sync) on sync.module to zohosync_job;
grant select on sync.field to zohosync_job;
grant select, insert, update on mirror.record to zohosync_job;
grant select, insert on mirror.version, sync.conflict to zohosync_job;
grant select, insert, update, delete on sync.fetch to zohosync_job;
grant select on sync.module, sync.field, mirror.record, mirror.version,
    sync.conflict, sync.fetch to zohosync_admin;
