-- lock: hold the standing rows of these records, in one order for everybody
-- $1 text[]  modules  of each
-- $2 text[]  ids      of each
-- returns  held bigint
with wanted as (
    select distinct module, id
      from unnest($1::text[], $2::text[]) as w (module, id)
), held as (
    select 1
      from wanted w
      join mirror.record r on r.module = w.module and r.id = w.id
     order by r.module, r.id
       for update of r
)
select count(*) as held from held;
