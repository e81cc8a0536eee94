-- seen: take the fields of a subform from what its rows hold
-- $1 text  module
-- $2 text  subform
-- returns  nothing of use
select sync.save_seen_fields($1::text, $2::text);
