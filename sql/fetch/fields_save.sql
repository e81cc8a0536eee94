-- fields_save: Zoho said what fields a module has
-- $1 text    module
-- $2 text[]  names
-- $3 text[]  texts     those that lists cut off
-- $4 boolean has_rows  whether only the single read has all of a record
-- returns  nothing
update sync.module
   set api_fields = $2::text[], api_texts = $3::text[], api_rows = $4::boolean,
       api_read_at = now()
 where name = $1::text;
