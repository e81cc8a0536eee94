-- hint: wake a drain that listens; only a hint, so it need not be durable
-- returns  nothing of use
select set_config('synchronous_commit', 'off', true),
       pg_notify('zohosync_work', '');
