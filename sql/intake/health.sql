-- health: what the receiver needs is there
-- returns  queue boolean, dedupe boolean
select has_table_privilege('sync.inbox', 'insert')
           and has_table_privilege('sync.work', 'insert') as queue,
       has_table_privilege('sync.seen', 'insert') as dedupe;
