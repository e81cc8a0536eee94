-- 0010_session, back
alter table sync.module
    drop column if exists changed_until,
    drop column if exists deleted_until,
    drop column if exists swept_at,
    drop column if exists api_fields,
    drop column if exists api_texts,
    drop column if exists api_rows,
    drop column if exists api_read_at;
alter table sync.inbox drop column if exists as_of;
drop function if exists sync.calculate_sync_health_metrics(integer, text);
drop function if exists sync.get_active_sessions(text);
drop function if exists sync.create_sync_session(text, text, text);
drop table if exists sync.session_log, sync.session, sync.mark;
