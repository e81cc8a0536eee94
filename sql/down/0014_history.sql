-- 0014_history, back
do $$
declare
    made record;
begin
    for made in
        select c.relname from pg_class c
         where c.relnamespace = 'zoho'::regnamespace and c.relkind = 'v'
           and c.relname like '%\_history'
    loop
        execute format('drop view zoho.%I', made.relname);
    end loop;
    for made in
        select p.proname from pg_proc p
         where p.pronamespace = 'zoho'::regnamespace
           and p.proname like '%\_as\_of'
    loop
        execute format('drop function zoho.%I(timestamptz)', made.proname);
    end loop;
end
$$;
drop function if exists sync.make_history(text), mirror.changes(text, text),
    mirror.as_of(text, timestamptz);
