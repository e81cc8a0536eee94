-- books_inventoryadjustments: rows of adjustments, their lines, and the stock
-- $1 text[]  ids  records that changed
-- returns  projected bigint, recount_stock void
-- index    pkey of zoho.stock_adjustment_lines (adjustment_id, line_number)
--
-- Stock is counted anew from all lines, never moved by a difference, so an
-- adjustment applied twice counts once. The lock is taken before any row and
-- held to the end: items take it shared, so that neither side misses what the
-- other has not committed yet. sync.recount_stock() reads with a later
-- snapshot than this statement; the last conditions make it run when all rows
-- are written.
with held as materialized (
    select pg_advisory_xact_lock(
               hashtextextended('zoho.products', 0))
), doc as materialized (
    select r.id as record_id, r.modified_time, r.deleted_at, r.version, d.*
      from held
     cross join (select distinct unnest($1::text[])) as w (id)
     cross join lateral (
        select * from mirror.record
         where module = 'books.inventoryadjustments' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               date text, reason text, reason_id text, description text,
               reference_number text, adjustment_type text, status text,
               location_id text, warehouse_id text, location_name text,
               warehouse_name text, total text, custom_fields jsonb,
               created_time text, line_items jsonb)
), before as materialized (
    select distinct t.zoho_item_id
      from zoho.stock_adjustment_lines t
     where t.adjustment_id = any ($1::text[]) and t.zoho_item_id is not null
), written as (
    insert into zoho.stock_adjustments as t (
               zoho_adjustment_id, adjustment_date, reason, reason_id,
               description, reference_number, adjustment_type, status,
               moves_stock, location_id, location_name, total, custom_fields,
               created_time, modified_time, deleted_at, sync_version,
               synced_at)
    select d.record_id, sync.to_date(d.date), d.reason,
           sync.to_id(d.reason_id), d.description, d.reference_number,
           d.adjustment_type, d.status,
           d.deleted_at is null
               and lower(coalesce(d.status, 'adjusted')) = 'adjusted'
               and lower(coalesce(d.adjustment_type, 'quantity')) = 'quantity',
           sync.to_id(coalesce(d.location_id, d.warehouse_id)),
           coalesce(d.location_name, d.warehouse_name),
           sync.to_numeric(d.total), d.custom_fields,
           sync.to_time(d.created_time), d.modified_time, d.deleted_at,
           d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_adjustment_id) do update
       set (adjustment_date, reason, reason_id, description, reference_number,
            adjustment_type, status, moves_stock, location_id, location_name,
            total, custom_fields, created_time, modified_time, deleted_at,
            sync_version, synced_at)
         = (excluded.adjustment_date, excluded.reason, excluded.reason_id,
            excluded.description, excluded.reference_number,
            excluded.adjustment_type, excluded.status, excluded.moves_stock,
            excluded.location_id, excluded.location_name, excluded.total,
            excluded.custom_fields, excluded.created_time,
            excluded.modified_time, excluded.deleted_at,
            excluded.sync_version, excluded.synced_at)
     returning 1
), lines as (
    insert into zoho.stock_adjustment_lines as t (
               adjustment_id, line_number, line_item_id, zoho_item_id,
               product_name, sku, description, quantity_adjusted,
               value_adjusted, unit, rate, line_total, adjustment_account_id,
               adjustment_account_name, location_id, location_name, item_order)
    select doc.record_id, e.number, sync.to_id(d.line_item_id),
           sync.to_id(d.item_id), d.name, d.sku, d.description,
           sync.to_numeric(d.quantity_adjusted),
           sync.to_numeric(d.value_adjusted), d.unit, sync.to_numeric(d.rate),
           sync.to_numeric(d.item_total), sync.to_id(d.adjustment_account_id),
           d.adjustment_account_name,
           sync.to_id(coalesce(d.location_id, d.warehouse_id)),
           coalesce(d.location_name, d.warehouse_name),
           sync.to_integer(d.item_order)
      from doc
     cross join jsonb_array_elements(sync.to_list(doc.line_items))
           with ordinality as e (line, number)
     cross join jsonb_to_record(sync.to_object(e.line)) as d (
               line_item_id text, item_id text, name text, sku text,
               description text, quantity_adjusted text, value_adjusted text,
               unit text, rate text, item_total text, adjustment_account_id text,
               adjustment_account_name text, location_id text, warehouse_id text,
               location_name text, warehouse_name text, item_order text)
     order by doc.record_id, e.number
        on conflict (adjustment_id, line_number) do update
       set (line_item_id, zoho_item_id, product_name, sku, description,
            quantity_adjusted, value_adjusted, unit, rate, line_total,
            adjustment_account_id, adjustment_account_name, location_id,
            location_name, item_order)
         = (excluded.line_item_id, excluded.zoho_item_id,
            excluded.product_name, excluded.sku, excluded.description,
            excluded.quantity_adjusted, excluded.value_adjusted,
            excluded.unit, excluded.rate, excluded.line_total,
            excluded.adjustment_account_id, excluded.adjustment_account_name,
            excluded.location_id, excluded.location_name, excluded.item_order)
     returning t.zoho_item_id
), gone as (
    delete from zoho.stock_adjustment_lines t
     using doc
     where t.adjustment_id = any ($1::text[])
       and t.adjustment_id = doc.record_id
       and jsonb_typeof(doc.line_items) = 'array'
       and t.line_number > jsonb_array_length(sync.to_list(doc.line_items))
     returning 1
), touched as (
    select zoho_item_id from before
     union
    select zoho_item_id from lines where zoho_item_id is not null
)
select (select count(*) from doc) as projected,
       sync.recount_stock(array(select zoho_item_id from touched))
 where (select count(*) from written) >= 0
   and (select count(*) from gone) >= 0;
