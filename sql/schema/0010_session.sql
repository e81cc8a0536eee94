-- 0010_session: runs that ask Zoho, and how far each module is known
set local role zohosync_owner;

create table sync.session (
    session_id   bigint generated always as identity primary key,
    kind         text not null check (kind in
        ('fetch', 'reconcile', 'backfill', 'verify', 'bulk')),
    module       text not null references sync.module,
    initiated_by text not null,
    program      text not null,
    host         text not null,
    pid          integer not null,
    backend      integer not null default pg_backend_pid(),
    state        text not null default 'running' check (state in
        ('running', 'completed', 'partial', 'failed')),
    since        timestamptz,
    started_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    finished_at  timestamptz,
    next_at      timestamptz,
    expected     bigint,
    found        bigint not null default 0,
    differing    bigint not null default 0,
    applied      bigint not null default 0,
    failed       bigint not null default 0,
    calls        bigint not null default 0,
    credits      bigint not null default 0,
    message      text not null default '',
    check ((state = 'running') = (finished_at is null))
);
create index session_module on sync.session (module, started_at);
create index session_running on sync.session (module) where state = 'running';
comment on table sync.session is 'each run over one module that asks Zoho: what it expected, found and did';
comment on column sync.session.initiated_by is 'cron, or the user at the command line';
comment on column sync.session.backend is 'server process of the run; where it is gone and the state is running, the run died';
comment on column sync.session.state is 'partial: cut short, the next run goes on; failed: it did nothing, and message says why';
comment on column sync.session.since is 'it asked for what changed since then; null for everything';
comment on column sync.session.next_at is 'when the next run is due';
comment on column sync.session.expected is 'records Zoho said there are to look at; null where it does not say';
comment on column sync.session.found is 'records looked at';
comment on column sync.session.differing is 'of these, records that were not the same here, or had to be asked for to know';
comment on column sync.session.applied is 'changes of them that a drain has applied';
comment on column sync.session.failed is 'records Zoho did not give; they are asked for again';
comment on column sync.session.calls is 'calls to Zoho, tries included';
comment on column sync.session.credits is 'what they cost of a day: credits of CRM, calls to Books';

create table sync.session_log (
    session_id bigint not null references sync.session on delete cascade,
    at         timestamptz not null default clock_timestamp(),
    level      text not null check (level in ('error', 'warn', 'info')),
    message    text not null
);
create index session_log_session on sync.session_log (session_id, at);
comment on table sync.session_log is 'what happened in a run, in order';

-- What scripts and reports call: begin a run by hand, those at work, and how
-- well runs went.
create function sync.create_sync_session(session_type text, module text,
    initiated_by text)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
    insert into sync.session (kind, module, initiated_by, program, host, pid)
    values (session_type, module, initiated_by,
            coalesce(nullif(current_setting('application_name'), ''), 'sql'),
            coalesce(host(inet_client_addr()), 'local'), pg_backend_pid())
    returning session_id;
end;
comment on function sync.create_sync_session is 'begins a run; it counts as died once this connection is gone';

create function sync.get_active_sessions(of_module text default null)
returns setof sync.session
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select s.*
      from sync.session s
     where s.state = 'running'
       and (of_module is null or s.module = of_module)
       and exists (select from pg_stat_activity a where a.pid = s.backend)
     order by s.started_at;
end;
comment on function sync.get_active_sessions is 'runs at work now, of one module or all';

-- The score is the share of runs that were whole, a partial one counting half,
-- in percent; the trend is that of the later half of the time less that of the
-- earlier half. Null where there was no run.
create function sync.calculate_sync_health_metrics(days_back integer default 7,
    of_module text default null)
returns table (module text, runs bigint, completed bigint, partial bigint,
    failed bigint, score numeric, trend numeric, found bigint,
    differing bigint, applied bigint, calls bigint, credits bigint, average_s numeric,
    last_completed_at timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with run as (
        select s.*, (s.state = 'completed')::integer
                    + 0.5 * (s.state = 'partial')::integer as worth,
               s.started_at > now() - days_back * interval '12 hours' as late
          from sync.session s
         where s.state <> 'running'
           and s.started_at > now() - days_back * interval '1 day'
           and (of_module is null or s.module = of_module)
    )
    select r.module, count(*),
           count(*) filter (where r.state = 'completed'),
           count(*) filter (where r.state = 'partial'),
           count(*) filter (where r.state = 'failed'),
           round(100 * avg(r.worth), 1),
           round(100 * (avg(r.worth) filter (where r.late)
                        - avg(r.worth) filter (where not r.late)), 1),
           sum(r.found)::bigint, sum(r.differing)::bigint,
           sum(r.applied)::bigint, sum(r.calls)::bigint,
           sum(r.credits)::bigint,
           round(avg(extract(epoch from r.finished_at - r.started_at)), 1),
           max(r.finished_at) filter (where r.state = 'completed')
      from run r
     group by r.module
     order by r.module;
end;
comment on function sync.calculate_sync_health_metrics is 'how well the runs of the last days went, by module';

create table sync.mark (
    name text primary key,
    at   timestamptz not null
);
comment on table sync.mark is 'how far lists of Zoho that belong to no module are known';

alter table sync.module
    add column changed_until timestamptz,
    add column deleted_until timestamptz,
    add column swept_at timestamptz,
    add column api_fields text[],
    add column api_texts text[],
    add column api_rows boolean,
    add column api_read_at timestamptz;
comment on column sync.module.changed_until is 'all changes until then are known here';
comment on column sync.module.deleted_until is 'all deletes until then are known here';
comment on column sync.module.swept_at is 'when all its ids were last compared';
comment on column sync.module.api_fields is 'API names of its fields, as Zoho last said';
comment on column sync.module.api_texts is 'those of them that lists of records cut off';
comment on column sync.module.api_rows is 'whether it has subforms or the like, which only the read of one record gives';
comment on column sync.module.api_read_at is 'when Zoho said that';
alter table sync.inbox add column as_of timestamptz;
comment on column sync.inbox.as_of is 'when it stood so by Zoho''s clock; null for what was sent to us';
comment on column sync.inbox.source is 'which proof it passed: books, crm, notification or raw-hmac; api where we asked';
comment on column sync.inbox.origin is 'webhook, spool where it waited in a file first, fetch or reconcile where we asked';

grant select, insert, update on sync.session to zohosync_job;
grant select, insert on sync.session_log to zohosync_job;
grant select, insert, update on sync.mark to zohosync_job;
grant update (changed_until, deleted_until, swept_at, api_fields, api_texts, api_rows,
    api_read_at) on sync.module to zohosync_job;
grant select on sync.session, sync.session_log, sync.mark to zohosync_admin;
grant execute on function sync.create_sync_session to zohosync_job;
grant execute on function sync.get_active_sessions,
    sync.calculate_sync_health_metrics to zohosync_job, zohosync_admin;
