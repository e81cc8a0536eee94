-- books_creditnotes: rows of credit notes and their lines from the records
-- $1 text[]  ids  records that changed
-- returns  projected bigint
-- index    pkey of zoho.credit_note_line_items (creditnote_id, line_number)
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
         where module = 'books.creditnotes' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               creditnote_number text, customer_id text, customer_name text,
               date text, status text, total text, balance text,
               total_credits_used text, total_refunded_amount text,
               reference_number text, currency_id text, currency_code text,
               exchange_rate text, sub_total text, tax_total text,
               discount_total text, adjustment text, is_inclusive_tax text,
               invoice_id text, invoice_number text, salesperson_id text,
               salesperson_name text, invoices jsonb, notes text,
               custom_fields jsonb, created_time text, line_items jsonb)
), written as (
    insert into zoho.credit_notes as t (
               zoho_creditnote_id, creditnote_number, customer_id,
               customer_name, credit_note_date, status, total, balance,
               total_credits_used, total_refunded_amount, reference_number,
               currency_id, currency_code, exchange_rate, sub_total,
               tax_total, discount_total, adjustment, is_inclusive_tax,
               zoho_invoice_id, invoice_number, salesperson_id,
               salesperson_name, invoices, notes, custom_fields, created_time,
               modified_time, deleted_at, sync_version, synced_at)
    select d.record_id, d.creditnote_number, sync.to_id(d.customer_id),
           d.customer_name, sync.to_date(d.date), d.status,
           sync.to_numeric(d.total), sync.to_numeric(d.balance),
           sync.to_numeric(d.total_credits_used),
           sync.to_numeric(d.total_refunded_amount), d.reference_number,
           sync.to_id(d.currency_id), d.currency_code,
           sync.to_numeric(d.exchange_rate), sync.to_numeric(d.sub_total),
           sync.to_numeric(d.tax_total), sync.to_numeric(d.discount_total),
           sync.to_numeric(d.adjustment), sync.to_boolean(d.is_inclusive_tax),
           sync.to_id(d.invoice_id), d.invoice_number,
           sync.to_id(d.salesperson_id), d.salesperson_name, d.invoices,
           d.notes, d.custom_fields, sync.to_time(d.created_time),
           d.modified_time, d.deleted_at, d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_creditnote_id) do update
       set (creditnote_number, customer_id, customer_name, credit_note_date,
            status, total, balance, total_credits_used, total_refunded_amount,
            reference_number, currency_id, currency_code, exchange_rate,
            sub_total, tax_total, discount_total, adjustment,
            is_inclusive_tax, zoho_invoice_id, invoice_number, salesperson_id,
            salesperson_name, invoices, notes, custom_fields, created_time,
            modified_time, deleted_at, sync_version, synced_at)
         = (excluded.creditnote_number, excluded.customer_id,
            excluded.customer_name, excluded.credit_note_date,
            excluded.status, excluded.total, excluded.balance,
            excluded.total_credits_used, excluded.total_refunded_amount,
            excluded.reference_number, excluded.currency_id,
            excluded.currency_code, excluded.exchange_rate,
            excluded.sub_total, excluded.tax_total, excluded.discount_total,
            excluded.adjustment, excluded.is_inclusive_tax,
            excluded.zoho_invoice_id, excluded.invoice_number,
            excluded.salesperson_id, excluded.salesperson_name,
            excluded.invoices, excluded.notes, excluded.custom_fields,
            excluded.created_time, excluded.modified_time,
            excluded.deleted_at, excluded.sync_version, excluded.synced_at)
), lines as (
    insert into zoho.credit_note_line_items as t (
               creditnote_id, line_number, line_item_id, zoho_item_id,
               product_name, sku, description, quantity, unit_price, unit,
               discount, discount_amount, tax_id, tax_name, tax_percentage,
               account_id, line_total, item_order)
    select doc.record_id, e.number, sync.to_id(d.line_item_id),
           sync.to_id(d.item_id), d.name, d.sku, d.description,
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
        on conflict (creditnote_id, line_number) do update
       set (line_item_id, zoho_item_id, product_name, sku, description,
            quantity, unit_price, unit, discount, discount_amount, tax_id,
            tax_name, tax_percentage, account_id, line_total, item_order)
         = (excluded.line_item_id, excluded.zoho_item_id,
            excluded.product_name, excluded.sku, excluded.description,
            excluded.quantity, excluded.unit_price, excluded.unit,
            excluded.discount, excluded.discount_amount, excluded.tax_id,
            excluded.tax_name, excluded.tax_percentage, excluded.account_id,
            excluded.line_total, excluded.item_order)
     where t.* is distinct from excluded.*
), gone as (
    delete from zoho.credit_note_line_items t
     using doc
     where t.creditnote_id = any ($1::text[])
       and t.creditnote_id = doc.record_id
       and jsonb_typeof(doc.line_items) = 'array'
       and t.line_number > jsonb_array_length(sync.to_list(doc.line_items))
)
select count(*) as projected from doc;
