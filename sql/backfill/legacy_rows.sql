-- legacy_rows: some rows of a legacy table as records, in the order of its key
-- $1 jsonb    mapping
-- $2 text     module
-- $3 text     id_field
-- $4 text     changed_field
-- $5 text     behind         the last key of the rows before, or null
-- $6 integer  most
-- returns  key text, id text, known boolean, record text
select key, id, known, record::text
  from sync.legacy_rows($1::jsonb, $2::text, $3::text, $4::text, $5::text,
           $6::integer);
