-- begin: how far a module is known here
-- $1 text  module
-- returns  changed_until timestamptz, deleted_until timestamptz,
--          swept_at timestamptz, alive bigint, spare boolean, computed boolean;
--          spare: less than half of the day's credits, or calls to Books, is
--          used; computed: it has formulas or roll-ups
-- index    the module's partition of mirror.record
select m.changed_until, m.deleted_until, m.swept_at,
       (select count(*) from mirror.record r
         where r.module = m.name and r.deleted_at is null) as alive,
       coalesce((select b.most > 2 * (select coalesce(sum(s.units), 0)
                                        from sync.spent s
                                       where s.pool = b.pool)
                   from sync.budget b
                  where b.pool = case when m.name like 'crm.%'
                                 then 'crm.credits' else 'books.day' end),
                false) as spare,
       m.computed
  from sync.module m
 where m.name = $1::text;
