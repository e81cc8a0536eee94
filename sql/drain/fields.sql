-- fields: how to normalise each field of each module
-- returns  module text, name text, kind text
select module, name, kind
  from sync.field
 where gone_at is null
 order by module, name;
