-- What backfill does, as one would write it in SQL alone: pages of 200 from
-- a staging table that COPY filled, written as record and version. Asks first
-- where it is told to.
create table public.staging (n serial primary key, id text, at timestamptz,
    data jsonb);

create procedure public.load_pages(ask boolean)
language plpgsql
as $$
declare
    page integer := 0;
    last integer := (select max(n) from public.staging);
begin
    while page * 200 < last loop
        with input as materialized (
            select s.n, s.id, s.at, s.data
              from public.staging s
             where s.n between page * 200 + 1 and page * 200 + 200
               and not (ask and exists (
                   select from mirror.record r
                    where r.module = 'crm.leads' and r.id = s.id
                      and r.modified_time >= s.at))
        ), written as (
            insert into mirror.record as t (module, id, modified_time,
                   alive_at, seq, version, data, origin)
            select 'crm.leads', id, at, at, n, 1, data, 'backfill'
              from input
             order by id
                on conflict (module, id) do update
               set modified_time = excluded.modified_time,
                   alive_at = excluded.alive_at,
                   seq = excluded.seq,
                   version = t.version + 1,
                   data = excluded.data,
                   updated_at = now()
             where excluded.modified_time > t.modified_time
         returning id, seq, version
        )
        insert into mirror.version (module, id, version, modified_time, seq,
               operation, data)
        select 'crm.leads', w.id, w.version, i.at, i.n, 'update', i.data
          from written w
          join input i on i.id = w.id;
        commit;
        page := page + 1;
    end loop;
end
$$;
