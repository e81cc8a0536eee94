-- records: ids of a module's records after one of them, in order
-- $1 text  module  whose records
-- $2 text  after   the last id of the page before, "" for the first page
-- returns  id text
select id
  from mirror.record
 where module = $1::text
   and id > $2::text
 order by id
 limit 500;
