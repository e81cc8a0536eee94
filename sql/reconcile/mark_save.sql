-- mark_save: a list is known until then
-- $1 text         name
-- $2 timestamptz  at
-- returns  nothing
insert into sync.mark (name, at)
values ($1::text, $2::timestamptz)
    on conflict (name) do update
   set at = greatest(sync.mark.at, excluded.at);
