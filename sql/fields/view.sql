-- view: make the views of a module as its fields are now
-- $1 text  module
-- returns  view text
select sync.make_view($1::text) as view;
