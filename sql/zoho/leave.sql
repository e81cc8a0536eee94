-- leave: give a place back
-- $1 integer  kind
-- $2 integer  place
-- returns  done boolean
select pg_advisory_unlock(hashtext('sync.places') + $1::integer, $2::integer)
           as done;
