-- legacy_archive: a legacy table goes by another name from now on
-- $1 text  table
-- returns  name text: the new one
-- note     as its owner, or a member of it
select sync.legacy_archive($1::text) as name;
