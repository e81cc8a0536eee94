-- books_pricebooks: rows of price lists, and the prices they list
-- $1 text[]  ids  records that changed
-- returns  projected bigint, compute_prices void
--          no row where none of the ids is a record
-- index    product_prices_pricelist (zoho_pricelist_id, zoho_item_id)
--
-- Of an item listed twice the last line counts. A list that comes without its
-- items keeps the prices that stand. Prices of fixed_percentage lists are
-- computed by sync.compute_prices(), which sees the rows written here. The
-- lock is the one of books_items, taken alone.
with held as materialized (
    select pg_advisory_xact_lock(
               hashtextextended('zoho.products', 0))
), doc as materialized (
    select r.id as record_id, r.modified_time, r.deleted_at, r.version, d.*
      from held
     cross join (select distinct unnest($1::text[])) as w (id)
     cross join lateral (
        select * from mirror.record
         where module = 'books.pricebooks' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               name text, description text, currency_id text,
               currency_code text, pricebook_type text, pricing_scheme text,
               percentage text, is_increase text, rounding_type text,
               decimal_place text, sales_or_purchase_type text,
               is_default text, status text, created_time text,
               pricebook_items jsonb)
), written as (
    insert into zoho.pricelists as t (
               zoho_pricelist_id, name, description, currency_id,
               currency_code, pricelist_type, pricing_scheme, percentage,
               is_increase, rounding_type, decimal_place,
               sales_or_purchase_type, is_default, status, is_active,
               created_time, modified_time, deleted_at, sync_version,
               synced_at)
    select d.record_id, d.name, d.description, sync.to_id(d.currency_id),
           d.currency_code, d.pricebook_type, d.pricing_scheme,
           sync.to_numeric(d.percentage), sync.to_boolean(d.is_increase),
           d.rounding_type, sync.to_integer(d.decimal_place),
           d.sales_or_purchase_type, sync.to_boolean(d.is_default), d.status,
           d.deleted_at is null
               and lower(coalesce(d.status, 'active')) = 'active',
           sync.to_time(d.created_time), d.modified_time, d.deleted_at,
           d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_pricelist_id) do update
       set (name, description, currency_id, currency_code, pricelist_type,
            pricing_scheme, percentage, is_increase, rounding_type,
            decimal_place, sales_or_purchase_type, is_default, status,
            is_active, created_time, modified_time, deleted_at, sync_version,
            synced_at)
         = (excluded.name, excluded.description, excluded.currency_id,
            excluded.currency_code, excluded.pricelist_type,
            excluded.pricing_scheme, excluded.percentage,
            excluded.is_increase, excluded.rounding_type,
            excluded.decimal_place, excluded.sales_or_purchase_type,
            excluded.is_default, excluded.status, excluded.is_active,
            excluded.created_time, excluded.modified_time,
            excluded.deleted_at, excluded.sync_version, excluded.synced_at)
     returning t.zoho_pricelist_id
), listed as materialized (
    select distinct on (doc.record_id, sync.to_id(d.item_id)) doc.record_id,
           sync.to_id(d.item_id) as item_id,
           coalesce(sync.to_numeric(d.pricebook_rate), (
               select sync.to_numeric(b.bracket ->> 'pricebook_rate')
                 from jsonb_array_elements(sync.to_list(d.price_brackets))
                      as b (bracket)
                order by sync.to_numeric(b.bracket ->> 'start_quantity')
                limit 1)) as price,
           doc.currency_code, d.pricing_scheme, d.pricebook_discount,
           d.price_brackets
      from doc
     cross join jsonb_array_elements(sync.to_list(doc.pricebook_items))
           with ordinality as e (line, number)
     cross join jsonb_to_record(sync.to_object(e.line)) as d (
               item_id text, pricebook_rate text, pricing_scheme text,
               pricebook_discount text, price_brackets jsonb)
     where doc.deleted_at is null
       and doc.pricebook_type is distinct from 'fixed_percentage'
       and sync.to_id(d.item_id) is not null
     order by doc.record_id, sync.to_id(d.item_id), e.number desc
), prices as (
    insert into zoho.product_prices as t (zoho_item_id, zoho_pricelist_id,
           price, currency, origin, pricing_scheme, discount, price_brackets)
    select item_id, record_id, price, currency_code, 'listed', pricing_scheme,
           pricebook_discount, price_brackets
      from listed
     where price is not null
     order by record_id, item_id
        on conflict (zoho_item_id, zoho_pricelist_id) do update
       set (price, currency, origin, pricing_scheme, discount, price_brackets,
           updated_at)
         = (excluded.price, excluded.currency, excluded.origin,
           excluded.pricing_scheme, excluded.discount,
           excluded.price_brackets, now())
     where (t.price, t.currency, t.origin, t.pricing_scheme, t.discount,
           t.price_brackets)
        is distinct from (excluded.price, excluded.currency, excluded.origin,
           excluded.pricing_scheme, excluded.discount,
           excluded.price_brackets)
     returning 1
), gone as (
    delete from zoho.product_prices t
     using doc
     where t.zoho_pricelist_id = any ($1::text[])
       and t.zoho_pricelist_id = doc.record_id
       and (doc.deleted_at is not null
            or t.origin = 'listed'
               and (doc.pricebook_type = 'fixed_percentage'
                    or jsonb_typeof(doc.pricebook_items) = 'array')
               and (t.zoho_pricelist_id, t.zoho_item_id) not in (
                       select record_id, item_id from listed
                        where price is not null))
     returning 1
)
select (select count(*) from doc) as projected,
       sync.compute_prices(null, ids.changed)
  from (select array_agg(zoho_pricelist_id order by zoho_pricelist_id)
                   as changed
          from written) ids
 where ids.changed is not null
   and (select count(*) from prices) >= 0
   and (select count(*) from gone) >= 0;
