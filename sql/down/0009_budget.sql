-- 0009_budget, back
drop function if exists sync.forecast, sync.close_pool, sync.left_over, sync.take,
    sync.window_of, sync.share_kept;
drop table if exists sync.token, sync.spent, sync.budget;
