-- account: is every request accounted for, at this instant?
-- returns  received bigint, finished bigint, waiting bigint
select (select count(*) from sync.inbox) as received,
       (select count(*) from sync.outcome) as finished,
       (select count(*) from sync.work) as waiting;
