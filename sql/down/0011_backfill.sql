-- 0011_backfill, back
alter table sync.session
    drop column if exists continues,
    drop column if exists place,
    drop column if exists options;
