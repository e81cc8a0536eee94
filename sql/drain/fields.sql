-- fields: how to normalise each field of each module; one that is gone may
--         still come in a late webhook
-- returns  module text, name text, kind text
select module, name, kind
  from sync.field
 order by module, name;
