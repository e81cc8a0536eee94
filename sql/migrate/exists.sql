-- exists: whether anything was ever applied here
-- returns  there boolean
select to_regclass('sync.migration') is not null as there;
