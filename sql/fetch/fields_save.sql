-- fields_save: Zoho said what fields a module has
-- $1 text    module
-- $2 text[]  computed  formulas and roll-ups
-- $3 text[]  names     the others
-- $4 text[]  texts     those that lists cut off
-- $5 boolean has_rows  whether only the single read has all of a record
-- returns  nothing
update sync.module
   set api_fields = $2::text[] || $3::text[], api_texts = $4::text[],
       api_rows = $5::boolean, computed = cardinality($2::text[]) > 0,
       api_read_at = now()
 where name = $1::text;
