-- hint: wake a drain that listens; only a hint, so it need not be durable
select set_config('synchronous_commit', 'off', true),
       pg_notify('zohosync_work', '');
