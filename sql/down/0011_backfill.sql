-- 0011_backfill, back
drop function if exists
    sync.legacy_archive(text),
    sync.legacy_rows(jsonb, text, text, text, text, integer),
    sync.legacy_value(regclass, text, text),
    sync.legacy_counts(jsonb, text),
    sync.legacy_table(jsonb);
drop function if exists sync.get_active_sessions(text);
alter table sync.session
    drop column if exists continues,
    drop column if exists place,
    drop column if exists options;
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
grant execute on function sync.get_active_sessions to zohosync_job,
    zohosync_admin;
