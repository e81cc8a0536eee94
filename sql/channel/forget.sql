-- forget: there is no such channel any more
-- $1 text  module
-- returns  nothing
delete from sync.channel where module = $1::text;
