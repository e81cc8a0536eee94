-- save: the fields of a module, or of the rows of a subform, as Zoho describes
--       them now
-- $1 text     module
-- $2 text     prefix  "" or "Subform."
-- $3 jsonb[]  docs    as GET /settings/fields has them
-- $4 text[]   kinds   of lib/kind.c; null for an unknown data type
-- returns  field text, what text, old text, new text: what changed
select field, what, old, new
  from sync.save_fields($1::text, $2::text, $3::jsonb[], $4::text[]);
