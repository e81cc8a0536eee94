-- later: these could not be fetched; try again, each time after a longer wait
-- $1 text    module
-- $2 text[]  ids
-- $3 text    why
-- returns  nothing
update sync.fetch
   set tries = tries + 1, last_error = $3::text,
       not_before = now() + least(interval '1 hour',
           interval '15 s' * 2 ^ least(tries, 10))
 where module = $1::text and id = any ($2::text[]);
