-- say: one line for the log of a run
-- $1 bigint  session_id
-- $2 text    level    error, warn or info
-- $3 text    message
-- returns  nothing
insert into sync.session_log (session_id, level, message)
values ($1::bigint, $2::text, $3::text);
