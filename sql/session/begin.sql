-- begin: a run over one module that asks Zoho; runs of it that died before
--        are said to have failed
-- $1 text         kind
-- $2 text         module
-- $3 text         initiated_by
-- $4 text         program
-- $5 text         host
-- $6 integer      pid
-- $7 timestamptz  since  null for everything
-- $8 jsonb        options
-- $9 bigint       continues  a run that was cut off, or null; its place is
--                             this one's until that has one of its own
-- returns  session_id bigint
with died as (
    update sync.session s
       set state = 'failed', finished_at = now(), updated_at = now(),
           message = 'the program ended before the run did'
     where s.kind = $1::text and s.module = $2::text and s.state = 'running'
       and not exists (select from pg_stat_activity a where a.pid = s.backend)
)
insert into sync.session (kind, module, initiated_by, program, host, pid,
       since, options, continues, place)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::integer,
        $7::timestamptz, $8::jsonb, $9::bigint,
        (select s.place from sync.session s where s.session_id = $9::bigint))
returning session_id;
