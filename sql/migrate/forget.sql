-- forget: a schema file is being taken back
-- $1 integer  number
-- returns  nothing
delete from sync.migration where number = $1::integer;
