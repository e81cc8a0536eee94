-- left_over: Zoho said how many units are left
-- $1 text     pool
-- $2 integer  left
-- returns  left_over void
select sync.left_over($1::text, $2::integer);
