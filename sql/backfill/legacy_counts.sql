-- legacy_counts: how much a legacy table has, and how much of it is here
-- $1 jsonb  mapping
-- $2 text   module
-- returns  rows bigint, keys bigint, without_id bigint, ids bigint,
--          here bigint, from_zoho bigint
select rows, keys, without_id, ids, here, from_zoho
  from sync.legacy_counts($1::jsonb, $2::text);
