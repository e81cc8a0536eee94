-- 0011_backfill: loads of history, which go on where they were cut off
set local role zohosync_owner;

alter table sync.session
    add column options   jsonb not null default '{}',
    add column place     jsonb,
    add column continues bigint references sync.session on delete set null;
comment on column sync.session.options is 'what it was told to look at: filters, or the file of a legacy table''s mapping';
comment on column sync.session.place is 'how far a load came that was cut off; null where nothing is left to go on with';
comment on column sync.session.continues is 'the run that was cut off where this one began';

-- it gives whole rows of the table, which has more columns now
drop function sync.get_active_sessions(text);
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
grant execute on function sync.get_active_sessions to zohosync_job,
    zohosync_admin;
