-- standing: the last load of a module with the same options, where it was
--           cut off
-- $1 text   module
-- $2 jsonb  options
-- returns  session_id bigint, place text; no row: begin anew
-- index    session_module
select l.session_id, l.place::text as place
  from (select s.session_id, s.place, s.state
          from sync.session s
         where s.module = $1::text and s.kind = 'backfill'
           and s.options = $2::jsonb
         order by s.started_at desc, s.session_id desc
         limit 1) l
 where l.place is not null and l.state <> 'completed';
