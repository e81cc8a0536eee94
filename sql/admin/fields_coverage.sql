-- fields_coverage: how many records have a value in each required field
-- $1 text  module  null for all
-- returns  module text, field text, records text, filled text, percent text,
--          zoho text, label text, document text (JSON)
select module, field, records::text as records, filled::text as filled,
       coalesce(percent::text, '-') as percent,
       case in_zoho when true then 'yes' when false then 'no' else '-' end
           as zoho, label,
       jsonb_build_object('module', module, 'field', field, 'label', label,
           'records', records, 'filled', filled, 'percent', percent,
           'mandatory', mandatory, 'custom', custom,
           'in_zoho', in_zoho)::text as document
  from sync.field_coverage
 where module = coalesce($1::text, module)
 order by module, percent, field;
