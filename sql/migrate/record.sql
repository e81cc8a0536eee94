-- record: a schema file was applied
-- $1 integer  number
-- $2 text     name
-- $3 text     checksum  SHA-256 of the file's text, hex
-- returns  nothing
insert into sync.migration (number, name, checksum)
values ($1::integer, $2::text, $3::text);
