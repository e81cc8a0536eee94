-- subforms: those of a module
-- $1 text  module
-- returns  name text, of text: the module that its rows are; null where Zoho
--          does not say it
select name, subform_module as of
  from sync.field
 where module = $1::text and kind = 'rows' and gone_at is null
   and strpos(name, '.') = 0
 order by name;
