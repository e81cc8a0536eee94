-- mark: how far a list is known
-- $1 text  name
-- returns  at timestamptz
select at from sync.mark where name = $1::text;
