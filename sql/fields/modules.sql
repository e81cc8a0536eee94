-- modules: what Zoho says of the CRM modules that are in use
-- $1 text[]   names
-- $2 jsonb[]  docs   as GET /settings/modules has them; null where it lists none
-- returns  module text, what text, old text, new text: what changed
with said as materialized (
    select m as old, u.doc,
           coalesce(u.doc ->> 'plural_label', m.label) as label,
           concat_ws(', ',
               case when u.doc -> 'viewable' = 'true' then 'view' end,
               case when u.doc -> 'creatable' = 'true' then 'create' end,
               case when u.doc -> 'editable' = 'true' then 'edit' end,
               case when u.doc -> 'deletable' = 'true' then 'delete' end)
               as access,
           concat_ws(', ',
               case when m.viewable then 'view' end,
               case when m.creatable then 'create' end,
               case when m.editable then 'edit' end,
               case when m.deletable then 'delete' end) as old_access
      from unnest($1::text[], $2::jsonb[]) as u (name, doc)
      join sync.module m on m.name = u.name
), changed as (
    insert into sync.field_change (module, what, old, new)
    select (s.old).name, c.what, c.old, c.new
      from said s
     cross join lateral (values
           ('vanished', null, null,
               s.doc is null and (s.old).gone_at is null),
           ('returned', null, null,
               s.doc is not null and (s.old).gone_at is not null),
           ('label', (s.old).label, s.label, (s.old).label <> s.label),
           ('access', s.old_access, s.access,
               s.doc is not null and s.old_access <> s.access)
           ) as c (what, old, new, so)
     where (s.old).described_at is not null and c.so
 returning module, what, old, new
), kept as (
    update sync.module m
       set module_id = s.doc ->> 'id',
           label = s.label,
           singular_label = s.doc ->> 'singular_label',
           generated_type = s.doc ->> 'generated_type',
           api_supported = s.doc -> 'api_supported' = 'true',
           viewable = s.doc -> 'viewable' = 'true',
           creatable = s.doc -> 'creatable' = 'true',
           editable = s.doc -> 'editable' = 'true',
           deletable = s.doc -> 'deletable' = 'true',
           described_at = now(),
           gone_at = null
      from said s
     where m.name = (s.old).name and s.doc is not null
), gone as (
    update sync.module m
       set gone_at = coalesce(m.gone_at, now()), described_at = now()
      from said s
     where m.name = (s.old).name and s.doc is null
)
select module, what, old, new from changed order by module, what;
