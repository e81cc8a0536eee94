-- put: what sql/intake/store.sql does for one request, for each line, in order
with numbered as materialized (
    select nextval('sync.request_seq') as seq, body
      from (select body from line order by n) l
), kept as (
    insert into sync.inbox (seq, source, route, event_type, changes, origin,
           content_type, body)
    select seq, 'books', :'route', 'test.put', 1, :'origin',
           'application/json', convert_to(body, 'UTF8')
      from numbered
)
insert into sync.work (seq) select seq from numbered;
