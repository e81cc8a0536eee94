-- The same queue beside what is there already, for records of their own.
with e as (
    select g, nextval('sync.request_seq') as seq,
           :round::text || lpad((g % (:events / 5))::text, 6, '0') as record,
           timestamptz '2026-01-01 00:00:00+00'
               + g * interval '1 s'
               - case g % 10 when 7 then interval '20 days'
                             else interval '0' end as at
      from generate_series(1, :events) g
), kept as (
    insert into sync.inbox (seq, source, route, module, operation,
           event_type, changes, body)
    select seq, 'books', 'invoices', 'books.invoices', 'update',
           'invoice.update', 1,
           convert_to(jsonb_build_object('invoice', jsonb_build_object(
               'invoice_id', '46000000000' || record,
               'invoice_number', 'INV-' || record,
               'date', '2026-01-31', 'due_date', '2026-02-28',
               'status', 'sent', 'customer_id', '460000000017138',
               'customer_name', 'Example ' || record,
               'currency_code', 'EUR', 'exchange_rate', 1.00,
               'sub_total', 130.75, 'total', 130.75, 'balance', 0,
               'reference_number', 'PO-' || g,
               'notes', repeat('an example of a note ', 25),
               'line_items', jsonb_build_array(
                   jsonb_build_object('line_item_id', '1' || record,
                       'item_id', '460000000017088', 'name', 'Lamp',
                       'quantity', 2, 'rate', 60.25, 'item_total', 120.50),
                   jsonb_build_object('line_item_id', '2' || record,
                       'item_id', '460000000017089', 'name', 'Shade',
                       'quantity', 1, 'rate', 10.25, 'item_total', 10.25)),
               'created_time', '2026-01-01T00:00:00+0000',
               'last_modified_time',
               to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+0000"')
           ))::text, 'UTF8')
      from e
 returning seq
)
insert into sync.work (seq)
select seq from kept;
analyze sync.work;
