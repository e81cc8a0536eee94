-- books_invoices: rows of invoices and their lines from the records
-- $1 text[]  ids  records that changed
-- returns  projected bigint
-- index    pkey of zoho.invoice_line_items (invoice_id, line_number)
--
-- A document that holds no list of lines says nothing about them: the lines
-- that stand are kept.
-- The OFFSET keeps the record's own index in use even where a plan was made
-- while the table was empty; = any () would then read the whole partition.
with doc as materialized (
    select r.id as record_id, r.modified_time, r.deleted_at, r.version, d.*
      from (select distinct unnest($1::text[])) as w (id)
     cross join lateral (
        select * from mirror.record
         where module = 'books.invoices' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               invoice_number text, customer_id text, customer_name text,
               date text, due_date text, status text, total text,
               balance text, reference_number text, currency_id text,
               currency_code text, exchange_rate text, sub_total text,
               tax_total text, discount_total text, adjustment text,
               shipping_charge text, payment_made text, credits_applied text,
               write_off_amount text, payment_terms text,
               is_inclusive_tax text, salesorder_id text, salesperson_id text,
               salesperson_name text, pricebook_id text, invoice_url text,
               notes text, custom_fields jsonb, created_time text,
               line_items jsonb)
), written as (
    insert into zoho.invoices as t (
               zoho_invoice_id, invoice_number, customer_id, customer_name,
               invoice_date, due_date, status, total, exact_total, balance,
               reference_number, currency_id, currency_code, exchange_rate,
               sub_total, tax_total, discount_total, adjustment,
               shipping_charge, payment_made, credits_applied,
               write_off_amount, payment_terms, is_inclusive_tax,
               salesorder_id, salesperson_id, salesperson_name,
               zoho_pricelist_id, invoice_url, notes, custom_fields,
               created_time, modified_time, deleted_at, sync_version,
               synced_at)
    select d.record_id, d.invoice_number, sync.to_id(d.customer_id),
           d.customer_name, sync.to_date(d.date), sync.to_date(d.due_date),
           d.status, sync.to_money(d.total), sync.to_numeric(d.total),
           sync.to_numeric(d.balance), d.reference_number,
           sync.to_id(d.currency_id), d.currency_code,
           sync.to_numeric(d.exchange_rate), sync.to_numeric(d.sub_total),
           sync.to_numeric(d.tax_total), sync.to_numeric(d.discount_total),
           sync.to_numeric(d.adjustment), sync.to_numeric(d.shipping_charge),
           sync.to_numeric(d.payment_made),
           sync.to_numeric(d.credits_applied),
           sync.to_numeric(d.write_off_amount),
           sync.to_integer(d.payment_terms),
           sync.to_boolean(d.is_inclusive_tax), sync.to_id(d.salesorder_id),
           sync.to_id(d.salesperson_id), d.salesperson_name,
           sync.to_id(d.pricebook_id), d.invoice_url, d.notes,
           d.custom_fields, sync.to_time(d.created_time), d.modified_time,
           d.deleted_at, d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_invoice_id) do update
       set (invoice_number, customer_id, customer_name, invoice_date,
            due_date, status, total, exact_total, balance, reference_number,
            currency_id, currency_code, exchange_rate, sub_total, tax_total,
            discount_total, adjustment, shipping_charge, payment_made,
            credits_applied, write_off_amount, payment_terms,
            is_inclusive_tax, salesorder_id, salesperson_id, salesperson_name,
            zoho_pricelist_id, invoice_url, notes, custom_fields,
            created_time, modified_time, deleted_at, sync_version, synced_at)
         = (excluded.invoice_number, excluded.customer_id,
            excluded.customer_name, excluded.invoice_date, excluded.due_date,
            excluded.status, excluded.total, excluded.exact_total,
            excluded.balance, excluded.reference_number, excluded.currency_id,
            excluded.currency_code, excluded.exchange_rate,
            excluded.sub_total, excluded.tax_total, excluded.discount_total,
            excluded.adjustment, excluded.shipping_charge,
            excluded.payment_made, excluded.credits_applied,
            excluded.write_off_amount, excluded.payment_terms,
            excluded.is_inclusive_tax, excluded.salesorder_id,
            excluded.salesperson_id, excluded.salesperson_name,
            excluded.zoho_pricelist_id, excluded.invoice_url, excluded.notes,
            excluded.custom_fields, excluded.created_time,
            excluded.modified_time, excluded.deleted_at,
            excluded.sync_version, excluded.synced_at)
), lines as (
    insert into zoho.invoice_line_items as t (
               invoice_id, line_number, line_item_id, zoho_item_id,
               product_name, sku, description, quantity, unit_price,
               exact_quantity, rate, unit, discount, discount_amount, tax_id,
               tax_name, tax_percentage, account_id, line_total, item_order)
    select doc.record_id, e.number, sync.to_id(d.line_item_id),
           sync.to_id(d.item_id), d.name, d.sku, d.description,
           sync.to_money(d.quantity), sync.to_money(d.rate),
           sync.to_numeric(d.quantity), sync.to_numeric(d.rate), d.unit,
           d.discount, sync.to_numeric(d.discount_amount),
           sync.to_id(d.tax_id), d.tax_name,
           sync.to_numeric(d.tax_percentage), sync.to_id(d.account_id),
           sync.to_numeric(d.item_total), sync.to_integer(d.item_order)
      from doc
     cross join jsonb_array_elements(sync.to_list(doc.line_items))
           with ordinality as e (line, number)
     cross join jsonb_to_record(sync.to_object(e.line)) as d (
               line_item_id text, item_id text, name text, sku text,
               description text, quantity text, rate text, unit text,
               discount text, discount_amount text, tax_id text, tax_name text,
               tax_percentage text, account_id text, item_total text,
               item_order text)
     order by doc.record_id, e.number
        on conflict (invoice_id, line_number) do update
       set (line_item_id, zoho_item_id, product_name, sku, description,
            quantity, unit_price, exact_quantity, rate, unit, discount,
            discount_amount, tax_id, tax_name, tax_percentage, account_id,
            line_total, item_order)
         = (excluded.line_item_id, excluded.zoho_item_id,
            excluded.product_name, excluded.sku, excluded.description,
            excluded.quantity, excluded.unit_price, excluded.exact_quantity,
            excluded.rate, excluded.unit, excluded.discount,
            excluded.discount_amount, excluded.tax_id, excluded.tax_name,
            excluded.tax_percentage, excluded.account_id, excluded.line_total,
            excluded.item_order)
     where t.* is distinct from excluded.*
), gone as (
    delete from zoho.invoice_line_items t
     using doc
     where t.invoice_id = any ($1::text[])
       and t.invoice_id = doc.record_id
       and jsonb_typeof(doc.line_items) = 'array'
       and t.line_number > jsonb_array_length(sync.to_list(doc.line_items))
)
select count(*) as projected from doc;
