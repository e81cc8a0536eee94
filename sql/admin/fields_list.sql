-- fields_list: the fields of a module
-- $1 text     module
-- $2 boolean  custom  only those that people made
-- returns  field text, column_name text, kind text, type text, rules text,
--          label text, document text (JSON)
with listed as (
    select f.*, c.percent,
           concat_ws(', ',
               case when f.gone_at is not null then 'gone' end,
               case when f.mandatory then 'mandatory' end,
               case when f.required then 'required' end,
               case when f.distinct_values then 'unique' end,
               case when f.read_only then 'read-only' end,
               f.computed,
               'up to ' || f.length,
               'decimals: ' || f.decimal_place,
               'to ' || f.lookup_module,
               'choices: ' || jsonb_array_length(f.choices)) as rules
      from sync.field f
      left join sync.field_coverage c
        on f.required and c.module = f.module and c.field = f.name
     where f.module = $1::text and (f.custom or not $2::boolean)
)
select name as field, coalesce(column_name, '-') as column_name, kind,
       coalesce(data_type, '-') as type, rules, label,
       jsonb_build_object('module', module, 'field', name, 'id', field_id,
           'label', label, 'kind', kind, 'column', column_name,
           'data_type', data_type, 'json_type', json_type, 'custom', custom,
           'mandatory', mandatory, 'required', required, 'unique',
           distinct_values, 'read_only', read_only, 'computed', computed,
           'length', length, 'decimal_place', decimal_place,
           'choices', choices, 'lookup_module', lookup_module,
           'subform_module', subform_module, 'coverage_percent', percent,
           'first_seen_at', first_seen_at, 'changed_at', changed_at,
           'gone_at', gone_at)::text as document
  from listed
 order by strpos(name, '.') > 0, left(name, strpos(name, '.')), position, name;
