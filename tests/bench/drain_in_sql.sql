-- What the drain does, as one would write it in SQL alone: claim, unwrap,
-- keep the newest, write record, version, rows for people and outcome.
create procedure public.drain_in_sql(batch integer)
language plpgsql
as $$
declare
    done integer;
    ids text[];
begin
    loop
        with due as materialized (
            select seq, received_at
              from sync.work
             where not_before <= now()
             order by not_before, seq
             limit batch
               for update skip locked
        ), gone as (
            delete from sync.work w using due where w.seq = due.seq
        ), read as materialized (
            select i.seq, i.received_at,
                   sync.try_jsonb(i.body) -> 'invoice' as data
              from due
              join sync.inbox i on i.seq = due.seq
                               and i.received_at = due.received_at
        ), input as materialized (
            select seq, received_at, data, data ->> 'invoice_id' as id,
                   (data ->> 'last_modified_time')::timestamptz as at
              from read
        ), newest as (
            select distinct on (id) *
              from input
             order by id, at desc, seq desc
        ), written as (
            insert into mirror.record as t (module, id, modified_time,
                   alive_at, seq, version, data, origin)
            select 'books.invoices', id, at, at, seq, 1, data, 'webhook'
              from newest
             order by id
                on conflict (module, id) do update
               set modified_time = excluded.modified_time,
                   alive_at = excluded.alive_at,
                   seq = excluded.seq,
                   version = t.version + 1,
                   data = excluded.data,
                   updated_at = now()
             where (excluded.modified_time, excluded.seq)
                   > (t.modified_time, t.seq)
         returning id, seq, version
        ), kept as (
            insert into mirror.version (module, id, version, modified_time,
                   seq, operation, data)
            select 'books.invoices', w.id, w.version, i.at, i.seq, 'update',
                   i.data
              from written w
              join input i on i.seq = w.seq
        ), outcomes as (
            insert into sync.outcome (seq, received_at, outcome, changes,
                   module, event_type, tries)
            select i.seq, i.received_at,
                   case when w.seq is null then 'stale' else 'applied' end,
                   '{"0": "applied"}', 'books.invoices', 'invoice.update', 0
              from input i
              left join written w on w.seq = i.seq
        )
        select count(*), array_agg(w.id)
               filter (where w.id is not null)
          into done, ids
          from input i
          left join written w on w.seq = i.seq;
        exit when done = 0;
        if ids is not null then
            perform public.project(ids);
        end if;
        commit;
    end loop;
end
$$;
