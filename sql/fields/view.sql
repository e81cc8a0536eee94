-- view: make the views of a module as its fields are now, and those of its past
-- $1 text  module
-- returns  view text, history text
with made as materialized (
    select sync.make_view($1::text) as view
)
select view, sync.make_history($1::text) as history
  from made;
