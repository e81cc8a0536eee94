-- books_items: rows of products from the records, their stock and the prices
-- computed from theirs
-- $1 text[]  ids  records that changed
-- returns  projected bigint, recount_stock void, compute_prices void
--          no row where none of the ids is a record
--
-- The shared lock keeps adjustments and price lists, which take it alone, out
-- until this transaction ends; the functions read with a snapshot taken after
-- it. A transaction that projects those too does so before items, or two of
-- them may each wait for the other.
with held as materialized (
    select pg_advisory_xact_lock_shared(
               hashtextextended('zoho.products', 0))
), doc as materialized (
    select r.id as record_id, r.modified_time, r.deleted_at, r.version, d.*
      from held
     cross join (select distinct unnest($1::text[])) as w (id)
     cross join lateral (
        select * from mirror.record
         where module = 'books.items' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               name text, item_name text, sku text, description text,
               status text, rate text, purchase_rate text,
               purchase_description text, unit text, item_type text,
               product_type text, is_taxable text, tax_id text, tax_name text,
               tax_percentage text, track_inventory text, can_be_sold text,
               can_be_purchased text, account_id text, account_name text,
               purchase_account_id text, vendor_id text, vendor_name text,
               stock_on_hand text, available_stock text,
               actual_available_stock text, reorder_level text, upc text,
               ean text, isbn text, part_number text, brand text,
               manufacturer text, group_id text, group_name text,
               is_combo_product text, image_name text, image_type text,
               image_document_id text, custom_fields jsonb, created_time text)
), written as (
    insert into zoho.products as t (
               zoho_item_id, name, sku, description, status, is_active, price,
               purchase_price, purchase_description, unit, item_type,
               product_type, is_taxable, tax_id, tax_name, tax_percentage,
               track_inventory, can_be_sold, can_be_purchased, account_id,
               account_name, purchase_account_id, vendor_id, vendor_name,
               stock_quantity, item_stock_on_hand, available_stock,
               actual_available_stock, reorder_level, upc, ean, isbn,
               part_number, brand, manufacturer, group_id, group_name,
               is_combo_product, image_name, image_type, image_document_id,
               image_url, custom_fields, created_time, modified_time,
               deleted_at, sync_version, synced_at)
    select d.record_id, coalesce(d.name, d.item_name), d.sku, d.description,
           d.status,
           d.deleted_at is null
               and lower(coalesce(d.status, 'active')) = 'active',
           sync.to_numeric(d.rate), sync.to_numeric(d.purchase_rate),
           d.purchase_description, d.unit, d.item_type, d.product_type,
           sync.to_boolean(d.is_taxable), sync.to_id(d.tax_id), d.tax_name,
           sync.to_numeric(d.tax_percentage),
           sync.to_boolean(d.track_inventory), sync.to_boolean(d.can_be_sold),
           sync.to_boolean(d.can_be_purchased), sync.to_id(d.account_id),
           d.account_name, sync.to_id(d.purchase_account_id),
           sync.to_id(d.vendor_id), d.vendor_name,
           sync.to_numeric(d.stock_on_hand)
               + sync.adjusted_since(d.record_id, d.modified_time),
           sync.to_numeric(d.stock_on_hand),
           sync.to_numeric(d.available_stock),
           sync.to_numeric(d.actual_available_stock),
           sync.to_numeric(d.reorder_level), d.upc, d.ean, d.isbn,
           d.part_number, d.brand, d.manufacturer, sync.to_id(d.group_id),
           d.group_name, sync.to_boolean(d.is_combo_product), d.image_name,
           d.image_type, sync.to_id(d.image_document_id),
           case when coalesce(d.image_document_id, d.image_name) is not null
               then '/api/images/products/' || d.record_id || '/image' end,
           d.custom_fields, sync.to_time(d.created_time), d.modified_time,
           d.deleted_at, d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_item_id) do update
       set (name, sku, description, status, is_active, price, purchase_price,
            purchase_description, unit, item_type, product_type, is_taxable,
            tax_id, tax_name, tax_percentage, track_inventory, can_be_sold,
            can_be_purchased, account_id, account_name, purchase_account_id,
            vendor_id, vendor_name, stock_quantity, item_stock_on_hand,
            available_stock, actual_available_stock, reorder_level, upc, ean,
            isbn, part_number, brand, manufacturer, group_id, group_name,
            is_combo_product, image_name, image_type, image_document_id,
            image_url, custom_fields, created_time, modified_time, deleted_at,
            sync_version, synced_at)
         = (excluded.name, excluded.sku, excluded.description,
            excluded.status, excluded.is_active, excluded.price,
            excluded.purchase_price, excluded.purchase_description,
            excluded.unit, excluded.item_type, excluded.product_type,
            excluded.is_taxable, excluded.tax_id, excluded.tax_name,
            excluded.tax_percentage, excluded.track_inventory,
            excluded.can_be_sold, excluded.can_be_purchased,
            excluded.account_id, excluded.account_name,
            excluded.purchase_account_id, excluded.vendor_id,
            excluded.vendor_name, excluded.stock_quantity,
            excluded.item_stock_on_hand, excluded.available_stock,
            excluded.actual_available_stock, excluded.reorder_level,
            excluded.upc, excluded.ean, excluded.isbn, excluded.part_number,
            excluded.brand, excluded.manufacturer, excluded.group_id,
            excluded.group_name, excluded.is_combo_product,
            excluded.image_name, excluded.image_type,
            excluded.image_document_id, excluded.image_url,
            excluded.custom_fields, excluded.created_time,
            excluded.modified_time, excluded.deleted_at,
            excluded.sync_version, excluded.synced_at)
     returning t.zoho_item_id
)
select (select count(*) from doc) as projected,
       sync.recount_stock(ids.changed),
       sync.compute_prices(ids.changed, null)
  from (select array_agg(zoho_item_id order by zoho_item_id) as changed
          from written) ids
 where ids.changed is not null;
