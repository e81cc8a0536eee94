-- fields_drift: what changed in Zoho's metadata
-- $1 bigint  days  look back so far
-- returns  at text, module text, field text, what text, old text, new text,
--          document text (JSON)
-- index    field_change_time
select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
       module, coalesce(field, '-') as field, what,
       coalesce(old, '-') as old, coalesce(new, '-') as new,
       jsonb_build_object('at', at, 'module', module, 'field', field,
           'id', field_id, 'what', what, 'old', old, 'new', new)::text
           as document
  from sync.field_change
 where sync.field_change.at > now() - $1::bigint * interval '1 day'
 order by change_id;
