-- books_contacts: rows of customers and vendors and their addresses
-- $1 text[]  ids  records that changed
-- returns  projected bigint
-- index    pkey of zoho.customer_addresses (zoho_contact_id, kind, number)
--
-- A kind of address that a contact does not mention keeps the rows it has; one
-- that came empty loses them. Rows to delete are found by key and then by
-- place: the record is locked, so nobody moves them in between.
-- The OFFSET keeps the record's own index in use even where a plan was made
-- while the table was empty; = any () would then read the whole partition.
with doc as materialized (
    select r.id as record_id, r.modified_time, r.deleted_at, r.version, d.*
      from (select distinct unnest($1::text[])) as w (id)
     cross join lateral (
        select * from mirror.record
         where module = 'books.contacts' and id = w.id
        offset 0) r
     cross join jsonb_to_record(sync.to_object(r.data)) as d (
               contact_name text, company_name text, contact_type text,
               customer_sub_type text, status text, first_name text,
               last_name text, email text, phone text, mobile text,
               website text, currency_id text, currency_code text,
               payment_terms text, payment_terms_label text,
               pricebook_id text, pricebook_name text, credit_limit text,
               outstanding_receivable_amount text,
               unused_credits_receivable_amount text,
               outstanding_payable_amount text,
               unused_credits_payable_amount text, is_taxable text,
               tax_id text, owner_id text, primary_contact_id text,
               contact_persons jsonb, is_linked_with_zohocrm text,
               zcrm_account_id text, zcrm_contact_id text, notes text,
               custom_fields jsonb, created_time text, billing_address jsonb,
               shipping_address jsonb, addresses jsonb)
), written as (
    insert into zoho.customers as t (
               zoho_contact_id, contact_name, company_name, contact_type,
               customer_sub_type, status, is_active, first_name, last_name,
               email, phone, mobile, website, currency_id, currency_code,
               payment_terms, payment_terms_label, zoho_pricelist_id,
               pricelist_name, credit_limit, outstanding_receivable,
               unused_credits_receivable, outstanding_payable,
               unused_credits_payable, is_taxable, tax_id, owner_id,
               primary_contact_id, contact_persons, is_linked_with_zohocrm,
               zcrm_account_id, zcrm_contact_id, notes, custom_fields,
               created_time, modified_time, deleted_at, sync_version,
               synced_at)
    select d.record_id, d.contact_name, d.company_name, d.contact_type,
           d.customer_sub_type, d.status,
           d.deleted_at is null
               and lower(coalesce(d.status, 'active')) = 'active',
           d.first_name, d.last_name, d.email, d.phone, d.mobile, d.website,
           sync.to_id(d.currency_id), d.currency_code,
           sync.to_integer(d.payment_terms), d.payment_terms_label,
           sync.to_id(d.pricebook_id), d.pricebook_name,
           sync.to_numeric(d.credit_limit),
           sync.to_numeric(d.outstanding_receivable_amount),
           sync.to_numeric(d.unused_credits_receivable_amount),
           sync.to_numeric(d.outstanding_payable_amount),
           sync.to_numeric(d.unused_credits_payable_amount),
           sync.to_boolean(d.is_taxable), sync.to_id(d.tax_id),
           sync.to_id(d.owner_id), sync.to_id(d.primary_contact_id),
           d.contact_persons, sync.to_boolean(d.is_linked_with_zohocrm),
           sync.to_id(d.zcrm_account_id), sync.to_id(d.zcrm_contact_id),
           d.notes, d.custom_fields, sync.to_time(d.created_time),
           d.modified_time, d.deleted_at, d.version, now()
      from doc d
     order by d.record_id
        on conflict (zoho_contact_id) do update
       set (contact_name, company_name, contact_type, customer_sub_type,
            status, is_active, first_name, last_name, email, phone, mobile,
            website, currency_id, currency_code, payment_terms,
            payment_terms_label, zoho_pricelist_id, pricelist_name,
            credit_limit, outstanding_receivable, unused_credits_receivable,
            outstanding_payable, unused_credits_payable, is_taxable, tax_id,
            owner_id, primary_contact_id, contact_persons,
            is_linked_with_zohocrm, zcrm_account_id, zcrm_contact_id, notes,
            custom_fields, created_time, modified_time, deleted_at,
            sync_version, synced_at)
         = (excluded.contact_name, excluded.company_name,
            excluded.contact_type, excluded.customer_sub_type,
            excluded.status, excluded.is_active, excluded.first_name,
            excluded.last_name, excluded.email, excluded.phone,
            excluded.mobile, excluded.website, excluded.currency_id,
            excluded.currency_code, excluded.payment_terms,
            excluded.payment_terms_label, excluded.zoho_pricelist_id,
            excluded.pricelist_name, excluded.credit_limit,
            excluded.outstanding_receivable,
            excluded.unused_credits_receivable, excluded.outstanding_payable,
            excluded.unused_credits_payable, excluded.is_taxable,
            excluded.tax_id, excluded.owner_id, excluded.primary_contact_id,
            excluded.contact_persons, excluded.is_linked_with_zohocrm,
            excluded.zcrm_account_id, excluded.zcrm_contact_id,
            excluded.notes, excluded.custom_fields, excluded.created_time,
            excluded.modified_time, excluded.deleted_at,
            excluded.sync_version, excluded.synced_at)
), given as materialized (
    select doc.record_id, g.kind, g.number, g.address
      from doc
     cross join lateral (
        select 'billing' as kind, 1 as number, doc.billing_address as address
         where jsonb_typeof(doc.billing_address) = 'object'
         union all
        select 'shipping', 1, doc.shipping_address
         where jsonb_typeof(doc.shipping_address) = 'object'
         union all
        select 'additional', e.number::integer, e.address
          from jsonb_array_elements(sync.to_list(doc.addresses))
               with ordinality as e (address, number)) g
), filled as materialized (
    select g.record_id, g.kind, g.number, d.*
      from given g
     cross join jsonb_to_record(sync.to_object(g.address)) as d (
               address_id text, attention text, address text, street2 text,
               city text, state text, state_code text, zip text, country text,
               country_code text, phone text, fax text)
     where coalesce(d.attention, d.address, d.street2, d.city, d.state,
                    d.state_code, d.zip, d.country, d.country_code, d.phone,
                    d.fax) is not null
), addresses as (
    insert into zoho.customer_addresses as t (
               zoho_contact_id, kind, number, zoho_address_id, attention,
               address, street2, city, state, state_code, zip, country,
               country_code, phone, fax)
    select d.record_id, d.kind, d.number, sync.to_id(d.address_id),
           d.attention, d.address, d.street2, d.city, d.state, d.state_code,
           d.zip, d.country, d.country_code, d.phone, d.fax
      from filled d
     order by d.record_id, d.kind, d.number
        on conflict (zoho_contact_id, kind, number) do update
       set (zoho_address_id, attention, address, street2, city, state,
            state_code, zip, country, country_code, phone, fax)
         = (excluded.zoho_address_id, excluded.attention, excluded.address,
            excluded.street2, excluded.city, excluded.state,
            excluded.state_code, excluded.zip, excluded.country,
            excluded.country_code, excluded.phone, excluded.fax)
     where t.* is distinct from excluded.*
), stale as materialized (
    select a.place
      from doc
     cross join lateral (
        select t.ctid as place, t.kind, t.number
          from zoho.customer_addresses t
         where t.zoho_contact_id = doc.record_id
        offset 0) a
     where case a.kind
           when 'billing' then jsonb_typeof(doc.billing_address) = 'object'
           when 'shipping' then jsonb_typeof(doc.shipping_address) = 'object'
           else jsonb_typeof(doc.addresses) = 'array' end
       and (doc.record_id, a.kind, a.number) not in (
               select record_id, kind, number from filled)
), gone as (
    delete from zoho.customer_addresses
     where ctid = any (array(select place from stale))
)
select count(*) as projected from doc;
