-- fields: the API names that a whole record of a module has
-- $1 text  module
-- returns  names text, texts text, has_rows boolean, fresh boolean; names
--          apart by commas, those of long texts in a list of their own; null
--          where they are not known
select array_to_string(api_fields, ',') as names,
       coalesce(array_to_string(api_texts, ','), '') as texts,
       coalesce(api_rows, false) as has_rows,
       coalesce(api_read_at > now() - interval '1 day', false) as fresh
  from sync.module
 where name = $1::text;
