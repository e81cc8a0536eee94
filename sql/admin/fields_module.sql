-- fields_module: what may be done with a module
-- $1 text  module
-- returns  module text, label text, type text, id text, api text, access text,
--          may text, bulk text, fields text, computed text, described text,
--          compared text, document text (JSON)
--
-- Zoho does not say which modules its bulk calls take: those of records, and
-- not notes, attachments and mails (zoho-api.md 2.10).
with described as (
    select m.*,
           concat_ws(', ', case when m.viewable then 'view' end,
               case when m.creatable then 'create' end,
               case when m.editable then 'edit' end,
               case when m.deletable then 'delete' end) as may,
           case when m.described_at is null then 'unknown'
                when m.gone_at is not null or not m.api_supported
                     or not m.viewable then 'none'
                when m.creatable and m.editable and m.deletable then 'full'
                when m.creatable or m.editable then 'write'
                else 'read' end as access,
           m.service = 'crm' and m.gone_at is null and m.api_supported
               and m.generated_type in ('default', 'custom')
               and m.resource not in ('Notes', 'Attachments', 'Emails') as bulk,
           (select count(*) from sync.field f
             where f.module = m.name and f.gone_at is null
               and strpos(f.name, '.') = 0) as fields,
           (select count(*) from sync.field f
             where f.module = m.name and f.gone_at is null and f.custom
               and strpos(f.name, '.') = 0) as custom_fields
      from sync.module m
     where m.name = $1::text
)
select name as module, coalesce(label, '-') as label,
       coalesce(generated_type, '-') as type, coalesce(module_id, '-') as id,
       case api_supported when true then 'yes' when false then 'no'
            else '-' end as api,
       access, coalesce(nullif(may, ''), '-') as may,
       case when bulk then 'read, write' else '-' end as bulk,
       format('%s, %s of them custom', fields, custom_fields) as fields,
       case when computed then 'has formulas or roll-ups' else '-' end
           as computed,
       coalesce(to_char(described_at at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'never') as described,
       coalesce(to_char(swept_at at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'never') as compared,
       jsonb_build_object('module', name, 'service', service,
           'resource', resource, 'id', module_id, 'label', label,
           'singular_label', singular_label,
           'generated_type', generated_type, 'api_supported', api_supported,
           'viewable', viewable, 'creatable', creatable, 'editable', editable,
           'deletable', deletable, 'access', access,
           'bulk_read', coalesce(bulk, false),
           'bulk_write', coalesce(bulk and creatable, false),
           'fields', fields, 'custom_fields', custom_fields,
           'computed', computed, 'described_at', described_at,
           'fields_read_at', fields_read_at, 'swept_at', swept_at,
           'gone_at', gone_at)::text as document
  from described;
