-- finish: these requests are done; say what became of each
-- $1 bigint[]       seq
-- $2 timestamptz[]  received_at
-- $3 text[]         outcome
-- $4 jsonb[]        changes      each change by its place
-- $5 text[]         module
-- $6 text[]         event_type
-- $7 integer[]      tries
-- returns  nothing
with done as (
    select *
      from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::jsonb[],
               $5::text[], $6::text[], $7::integer[])
           as d (seq, received_at, outcome, changes, module, event_type,
               tries)
), gone as (
    delete from sync.work
     where seq = any ($1::bigint[])
)
insert into sync.outcome (seq, received_at, outcome, changes, module,
       event_type, tries)
select seq, received_at, outcome, changes, module, event_type, tries
  from done;
