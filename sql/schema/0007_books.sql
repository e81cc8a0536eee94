-- 0007_books: Zoho Books as tables for people and their reports
--
-- Rows are made from mirror.record by sql/projections, in the transaction that
-- changes the record. Nothing here may refuse a row: references are plain
-- columns, because an invoice may arrive before its customer, and what cannot
-- be read as its type is null here and stands as it came in mirror.record.
set local role zohosync_owner;

-- More readers like those of 0006: null instead of an error.
create function sync.to_id(value text)
returns text
language sql
immutable
parallel safe
as $$
    select case when length(value) between 1 and 64 then value end
$$;
comment on function sync.to_id is 'a text as an id, null where it is too long for one and for an index';

create function sync.to_integer(value text)
returns integer
language sql
immutable
parallel safe
as $$
    select substring(value from '^\s*([+-]?\d{1,9})(?:\.0*)?\s*$')::integer
$$;
comment on function sync.to_integer is 'a text as an integer, null where it is none or has more than nine digits';

create function sync.to_money(value text)
returns numeric
language sql
immutable
parallel safe
as $$
    select case when abs(sync.to_numeric(value)) < 9999999999999.99
        then sync.to_numeric(value)::numeric(15,2) end
$$;
comment on function sync.to_money is 'a text as an amount with two decimals, null where it is none or needs more than 13 digits before them';

create function sync.to_list(value jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    select case when jsonb_typeof(value) = 'array' then value else '[]' end
$$;
comment on function sync.to_list is 'a list as it is, an empty one for anything else';

create function sync.to_object(value jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    select case when jsonb_typeof(value) = 'object' then value else '{}' end
$$;
comment on function sync.to_object is 'an object as it is, an empty one for anything else';

create table zoho.products (
    zoho_item_id           text primary key,
    name                   text,
    sku                    text,
    description            text,
    status                 text,
    is_active              boolean not null,
    price                  numeric,
    purchase_price         numeric,
    purchase_description   text,
    unit                   text,
    item_type              text,
    product_type           text,
    is_taxable             boolean,
    tax_id                 text,
    tax_name               text,
    tax_percentage         numeric,
    track_inventory        boolean,
    can_be_sold            boolean,
    can_be_purchased       boolean,
    account_id             text,
    account_name           text,
    purchase_account_id    text,
    vendor_id              text,
    vendor_name            text,
    stock_quantity         numeric,
    item_stock_on_hand     numeric,
    available_stock        numeric,
    actual_available_stock numeric,
    reorder_level          numeric,
    upc                    text,
    ean                    text,
    isbn                   text,
    part_number            text,
    brand                  text,
    manufacturer           text,
    group_id               text,
    group_name             text,
    is_combo_product       boolean,
    image_name             text,
    image_type             text,
    image_document_id      text,
    image_url              text,
    custom_fields          jsonb,
    created_time           timestamptz,
    modified_time          timestamptz not null,
    deleted_at             timestamptz,
    sync_version           integer not null,
    synced_at              timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.products is 'the items of Books: what is bought, sold and stocked';
comment on column zoho.products.zoho_item_id is 'id of the item in Zoho';
comment on column zoho.products.name is 'name of the item';
comment on column zoho.products.sku is 'stock keeping unit';
comment on column zoho.products.description is 'text for sales';
comment on column zoho.products.status is 'active or inactive, as Zoho says';
comment on column zoho.products.is_active is 'may be traded: neither inactive nor deleted';
comment on column zoho.products.price is 'price for sales, in the base currency';
comment on column zoho.products.purchase_price is 'price for purchases, in the base currency';
comment on column zoho.products.purchase_description is 'text for purchases';
comment on column zoho.products.unit is 'unit it is counted in';
comment on column zoho.products.item_type is 'inventory, sales, purchases or sales_and_purchases';
comment on column zoho.products.product_type is 'goods or service';
comment on column zoho.products.is_taxable is 'taxed at all';
comment on column zoho.products.tax_id is 'id of the tax in Zoho';
comment on column zoho.products.tax_name is 'name of the tax';
comment on column zoho.products.tax_percentage is 'rate of the tax in percent';
comment on column zoho.products.track_inventory is 'stock is counted';
comment on column zoho.products.can_be_sold is 'may stand on invoices';
comment on column zoho.products.can_be_purchased is 'may stand on bills';
comment on column zoho.products.account_id is 'id of the account for sales';
comment on column zoho.products.account_name is 'name of the account for sales';
comment on column zoho.products.purchase_account_id is 'id of the account for purchases';
comment on column zoho.products.vendor_id is 'preferred vendor, zoho.customers';
comment on column zoho.products.vendor_name is 'name of the preferred vendor';
comment on column zoho.products.stock_quantity is 'stock now: item_stock_on_hand and the adjustments after modified_time';
comment on column zoho.products.item_stock_on_hand is 'stock as the item itself said at modified_time';
comment on column zoho.products.available_stock is 'stock not promised, by the books';
comment on column zoho.products.actual_available_stock is 'stock not promised, by what was shipped';
comment on column zoho.products.reorder_level is 'stock at which to buy again';
comment on column zoho.products.upc is 'universal product code';
comment on column zoho.products.ean is 'European article number';
comment on column zoho.products.isbn is 'book number';
comment on column zoho.products.part_number is 'number of the maker';
comment on column zoho.products.brand is 'brand';
comment on column zoho.products.manufacturer is 'maker';
comment on column zoho.products.group_id is 'id of the item group in Zoho';
comment on column zoho.products.group_name is 'name of the item group';
comment on column zoho.products.is_combo_product is 'made of other items';
comment on column zoho.products.image_name is 'file name of the image';
comment on column zoho.products.image_type is 'file type of the image';
comment on column zoho.products.image_document_id is 'id of the image in Zoho; changes with the image';
comment on column zoho.products.image_url is 'path of the image on this server; null where it has none';
comment on column zoho.products.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.products.created_time is 'when it was made in Zoho';
comment on column zoho.products.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.products.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.products.sync_version is 'counts the states accepted here';
comment on column zoho.products.synced_at is 'when this row was last written here';
-- Hash indexes take texts of any length; a b-tree would refuse a row whose
-- value is longer than a third of a page.
create index products_sku on zoho.products using hash (sku);
create index products_modified on zoho.products (modified_time);

create table zoho.customers (
    zoho_contact_id           text primary key,
    contact_name              text,
    company_name              text,
    contact_type              text,
    customer_sub_type         text,
    status                    text,
    is_active                 boolean not null,
    first_name                text,
    last_name                 text,
    email                     text,
    phone                     text,
    mobile                    text,
    website                   text,
    currency_id               text,
    currency_code             text,
    payment_terms             integer,
    payment_terms_label       text,
    zoho_pricelist_id         text,
    pricelist_name            text,
    credit_limit              numeric,
    outstanding_receivable    numeric,
    unused_credits_receivable numeric,
    outstanding_payable       numeric,
    unused_credits_payable    numeric,
    is_taxable                boolean,
    tax_id                    text,
    owner_id                  text,
    primary_contact_id        text,
    contact_persons           jsonb,
    is_linked_with_zohocrm    boolean,
    zcrm_account_id           text,
    zcrm_contact_id           text,
    notes                     text,
    custom_fields             jsonb,
    created_time              timestamptz,
    modified_time             timestamptz not null,
    deleted_at                timestamptz,
    sync_version              integer not null,
    synced_at                 timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.customers is 'the contacts of Books: customers and vendors';
comment on column zoho.customers.zoho_contact_id is 'id of the contact in Zoho';
comment on column zoho.customers.contact_name is 'name to show';
comment on column zoho.customers.company_name is 'name of the company';
comment on column zoho.customers.contact_type is 'customer or vendor';
comment on column zoho.customers.customer_sub_type is 'business or individual';
comment on column zoho.customers.status is 'active or inactive, as Zoho says';
comment on column zoho.customers.is_active is 'neither inactive nor deleted';
comment on column zoho.customers.first_name is 'first name of the main person';
comment on column zoho.customers.last_name is 'last name of the main person';
comment on column zoho.customers.email is 'address for mail';
comment on column zoho.customers.phone is 'telephone number, E.164 where it could be read';
comment on column zoho.customers.mobile is 'mobile number, E.164 where it could be read';
comment on column zoho.customers.website is 'address of the website';
comment on column zoho.customers.currency_id is 'id of the currency in Zoho';
comment on column zoho.customers.currency_code is 'ISO code of the currency';
comment on column zoho.customers.payment_terms is 'days until an invoice is due';
comment on column zoho.customers.payment_terms_label is 'name of the terms';
comment on column zoho.customers.zoho_pricelist_id is 'price list as Zoho names it by id, zoho.pricelists';
comment on column zoho.customers.pricelist_name is 'price list as Zoho names it by name';
comment on column zoho.customers.credit_limit is 'limit of credit';
comment on column zoho.customers.outstanding_receivable is 'what the customer owes';
comment on column zoho.customers.unused_credits_receivable is 'credit the customer has not used';
comment on column zoho.customers.outstanding_payable is 'what is owed to the vendor';
comment on column zoho.customers.unused_credits_payable is 'credit at the vendor not used yet';
comment on column zoho.customers.is_taxable is 'taxed at all';
comment on column zoho.customers.tax_id is 'id of the tax in Zoho';
comment on column zoho.customers.owner_id is 'id of the user who looks after it';
comment on column zoho.customers.primary_contact_id is 'id of the main person in contact_persons';
comment on column zoho.customers.contact_persons is 'the persons, as Zoho gives them';
comment on column zoho.customers.is_linked_with_zohocrm is 'also kept in Zoho CRM';
comment on column zoho.customers.zcrm_account_id is 'the account in Zoho CRM';
comment on column zoho.customers.zcrm_contact_id is 'the contact in Zoho CRM';
comment on column zoho.customers.notes is 'notes for the other side';
comment on column zoho.customers.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.customers.created_time is 'when it was made in Zoho';
comment on column zoho.customers.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.customers.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.customers.sync_version is 'counts the states accepted here';
comment on column zoho.customers.synced_at is 'when this row was last written here';
create index customers_modified on zoho.customers (modified_time);

create table zoho.customer_addresses (
    zoho_contact_id text not null,
    kind            text not null
                    check (kind in ('billing', 'shipping', 'additional')),
    number          integer not null,
    zoho_address_id text,
    attention       text,
    address         text,
    street2         text,
    city            text,
    state           text,
    state_code      text,
    zip             text,
    country         text,
    country_code    text,
    phone           text,
    fax             text,
    primary key (zoho_contact_id, kind, number)
);
comment on table zoho.customer_addresses is 'the addresses of customers and vendors';
comment on column zoho.customer_addresses.zoho_contact_id is 'the contact, zoho.customers';
comment on column zoho.customer_addresses.kind is 'billing, shipping or additional';
comment on column zoho.customer_addresses.number is 'place among the addresses of that kind';
comment on column zoho.customer_addresses.zoho_address_id is 'id of the address in Zoho';
comment on column zoho.customer_addresses.attention is 'for whose attention';
comment on column zoho.customer_addresses.address is 'street, first line';
comment on column zoho.customer_addresses.street2 is 'street, second line';
comment on column zoho.customer_addresses.city is 'city';
comment on column zoho.customer_addresses.state is 'state or province';
comment on column zoho.customer_addresses.state_code is 'short form of the state';
comment on column zoho.customer_addresses.zip is 'postal code';
comment on column zoho.customer_addresses.country is 'country';
comment on column zoho.customer_addresses.country_code is 'ISO code of the country';
comment on column zoho.customer_addresses.phone is 'telephone number, E.164 where it could be read';
comment on column zoho.customer_addresses.fax is 'fax number, likewise';

create table zoho.pricelists (
    zoho_pricelist_id      text primary key,
    name                   text,
    description            text,
    currency_id            text,
    currency_code          text,
    pricelist_type         text,
    pricing_scheme         text,
    percentage             numeric,
    is_increase            boolean,
    rounding_type          text,
    decimal_place          integer,
    sales_or_purchase_type text,
    is_default             boolean,
    status                 text,
    is_active              boolean not null,
    created_time           timestamptz,
    modified_time          timestamptz not null,
    deleted_at             timestamptz,
    sync_version           integer not null,
    synced_at              timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.pricelists is 'the price lists of Books';
comment on column zoho.pricelists.zoho_pricelist_id is 'id of the price list (pricebook) in Zoho';
comment on column zoho.pricelists.name is 'name of the list';
comment on column zoho.pricelists.description is 'what it is for';
comment on column zoho.pricelists.currency_id is 'id of the currency in Zoho';
comment on column zoho.pricelists.currency_code is 'ISO code of the currency';
comment on column zoho.pricelists.pricelist_type is 'per_item: prices are listed; fixed_percentage: computed from the price of the product';
comment on column zoho.pricelists.pricing_scheme is 'unit, or volume: the price depends on the quantity';
comment on column zoho.pricelists.percentage is 'of a fixed_percentage list: how far from the price';
comment on column zoho.pricelists.is_increase is 'of a fixed_percentage list: true adds, false takes off';
comment on column zoho.pricelists.rounding_type is 'of a fixed_percentage list: how computed prices are rounded';
comment on column zoho.pricelists.decimal_place is 'decimals of computed prices';
comment on column zoho.pricelists.sales_or_purchase_type is 'sales or purchases';
comment on column zoho.pricelists.is_default is 'the list for those without one';
comment on column zoho.pricelists.status is 'active or inactive, as Zoho says';
comment on column zoho.pricelists.is_active is 'neither inactive nor deleted';
comment on column zoho.pricelists.created_time is 'when it was made in Zoho';
comment on column zoho.pricelists.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.pricelists.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.pricelists.sync_version is 'counts the states accepted here';
comment on column zoho.pricelists.synced_at is 'when this row was last written here';

create table zoho.product_prices (
    zoho_item_id      text not null,
    zoho_pricelist_id text not null,
    price             numeric not null,
    currency          text,
    origin            text not null default 'filled'
                      check (origin in ('listed', 'computed', 'filled')),
    pricing_scheme    text,
    discount          text,
    price_brackets    jsonb,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    primary key (zoho_item_id, zoho_pricelist_id)
) with (fillfactor = 85);
create index product_prices_pricelist
    on zoho.product_prices (zoho_pricelist_id, zoho_item_id);
comment on table zoho.product_prices is 'what a product costs by each price list';
comment on column zoho.product_prices.zoho_item_id is 'the product, zoho.products';
comment on column zoho.product_prices.zoho_pricelist_id is 'the price list, zoho.pricelists';
comment on column zoho.product_prices.price is 'price of one; of a volume list that of the smallest quantity';
comment on column zoho.product_prices.currency is 'ISO code of the currency of the list';
comment on column zoho.product_prices.origin is 'listed by Zoho, computed from a percentage, or filled in here because none was known';
comment on column zoho.product_prices.pricing_scheme is 'unit, or volume: see price_brackets';
comment on column zoho.product_prices.discount is 'discount as given, such as 5%';
comment on column zoho.product_prices.price_brackets is 'prices by quantity, as Zoho gives them';
comment on column zoho.product_prices.created_at is 'when the row came here';
comment on column zoho.product_prices.updated_at is 'when the row last changed here';

create table zoho.invoices (
    zoho_invoice_id   text primary key,
    invoice_number    text,
    customer_id       text,
    customer_name     text,
    invoice_date      date,
    due_date          date,
    status            text,
    total             numeric(15,2),
    exact_total       numeric,
    balance           numeric,
    reference_number  text,
    currency_id       text,
    currency_code     text,
    exchange_rate     numeric,
    sub_total         numeric,
    tax_total         numeric,
    discount_total    numeric,
    adjustment        numeric,
    shipping_charge   numeric,
    payment_made      numeric,
    credits_applied   numeric,
    write_off_amount  numeric,
    payment_terms     integer,
    is_inclusive_tax  boolean,
    salesorder_id     text,
    salesperson_id    text,
    salesperson_name  text,
    zoho_pricelist_id text,
    invoice_url       text,
    notes             text,
    custom_fields     jsonb,
    created_time      timestamptz,
    modified_time     timestamptz not null,
    deleted_at        timestamptz,
    sync_version      integer not null,
    synced_at         timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.invoices is 'the invoices of Books';
comment on column zoho.invoices.zoho_invoice_id is 'id of the invoice in Zoho';
comment on column zoho.invoices.invoice_number is 'number as printed';
comment on column zoho.invoices.customer_id is 'the customer, zoho.customers';
comment on column zoho.invoices.customer_name is 'name of the customer as printed';
comment on column zoho.invoices.invoice_date is 'date of the invoice';
comment on column zoho.invoices.due_date is 'when it is to be paid';
comment on column zoho.invoices.status is 'draft, sent, viewed, overdue, paid, partially_paid, unpaid or void';
comment on column zoho.invoices.total is 'amount to pay, to two decimals; exact_total has all digits';
comment on column zoho.invoices.exact_total is 'amount to pay, all digits';
comment on column zoho.invoices.balance is 'what is still to be paid';
comment on column zoho.invoices.reference_number is 'number of the other side';
comment on column zoho.invoices.currency_id is 'id of the currency in Zoho';
comment on column zoho.invoices.currency_code is 'ISO code of the currency';
comment on column zoho.invoices.exchange_rate is 'units of the base currency for one of this currency';
comment on column zoho.invoices.sub_total is 'sum of the lines before tax';
comment on column zoho.invoices.tax_total is 'sum of the taxes';
comment on column zoho.invoices.discount_total is 'sum of the discounts';
comment on column zoho.invoices.adjustment is 'correction added to the total by hand';
comment on column zoho.invoices.shipping_charge is 'charge for shipping';
comment on column zoho.invoices.payment_made is 'what was paid';
comment on column zoho.invoices.credits_applied is 'what credit notes covered';
comment on column zoho.invoices.write_off_amount is 'what was given up';
comment on column zoho.invoices.payment_terms is 'days until it is due';
comment on column zoho.invoices.is_inclusive_tax is 'prices include tax';
comment on column zoho.invoices.salesorder_id is 'the sales order it came from';
comment on column zoho.invoices.salesperson_id is 'id of the salesperson';
comment on column zoho.invoices.salesperson_name is 'name of the salesperson';
comment on column zoho.invoices.zoho_pricelist_id is 'the price list used, zoho.pricelists';
comment on column zoho.invoices.invoice_url is 'page of the invoice for the customer';
comment on column zoho.invoices.notes is 'notes for the other side';
comment on column zoho.invoices.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.invoices.created_time is 'when it was made in Zoho';
comment on column zoho.invoices.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.invoices.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.invoices.sync_version is 'counts the states accepted here';
comment on column zoho.invoices.synced_at is 'when this row was last written here';
create index invoices_customer on zoho.invoices (customer_id);
create index invoices_date on zoho.invoices (invoice_date);
create index invoices_due on zoho.invoices (due_date);
create index invoices_modified on zoho.invoices (modified_time);
create index invoices_number on zoho.invoices
    using hash (invoice_number);

create table zoho.invoice_line_items (
    invoice_id      text not null,
    line_number     integer not null,
    line_item_id    text,
    zoho_item_id    text,
    product_name    text,
    sku             text,
    description     text,
    quantity        numeric(15,2),
    unit_price      numeric(15,2),
    exact_quantity  numeric,
    rate            numeric,
    unit            text,
    discount        text,
    discount_amount numeric,
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric,
    account_id      text,
    line_total      numeric,
    item_order      integer,
    primary key (invoice_id, line_number)
);
comment on table zoho.invoice_line_items is 'the lines of invoices';
comment on column zoho.invoice_line_items.invoice_id is 'the document, zoho.invoices';
comment on column zoho.invoice_line_items.line_number is 'place of the line in the document, from 1';
comment on column zoho.invoice_line_items.line_item_id is 'id of the line in Zoho; not unique where a sender repeats it';
comment on column zoho.invoice_line_items.zoho_item_id is 'the product, zoho.products; null for a line of free text';
comment on column zoho.invoice_line_items.product_name is 'name as printed on the line';
comment on column zoho.invoice_line_items.sku is 'stock keeping unit';
comment on column zoho.invoice_line_items.description is 'text below the name';
comment on column zoho.invoice_line_items.quantity is 'how many, to two decimals; exact_quantity has all digits';
comment on column zoho.invoice_line_items.unit_price is 'price of one, to two decimals; rate has all digits';
comment on column zoho.invoice_line_items.exact_quantity is 'how many, all digits';
comment on column zoho.invoice_line_items.rate is 'price of one, all digits';
comment on column zoho.invoice_line_items.unit is 'unit of the quantity';
comment on column zoho.invoice_line_items.discount is 'as given: an amount or a percentage such as 10%';
comment on column zoho.invoice_line_items.discount_amount is 'the discount as an amount';
comment on column zoho.invoice_line_items.tax_id is 'id of the tax in Zoho';
comment on column zoho.invoice_line_items.tax_name is 'name of the tax';
comment on column zoho.invoice_line_items.tax_percentage is 'rate of the tax in percent';
comment on column zoho.invoice_line_items.account_id is 'id of the account in Zoho';
comment on column zoho.invoice_line_items.line_total is 'amount of the line';
comment on column zoho.invoice_line_items.item_order is 'place on the printed document';
create index invoice_line_items_item
    on zoho.invoice_line_items (zoho_item_id);

create table zoho.bills (
    zoho_bill_id           text primary key,
    bill_number            text,
    vendor_id              text,
    vendor_name            text,
    bill_date              date,
    due_date               date,
    status                 text,
    total                  numeric,
    balance                numeric,
    reference_number       text,
    currency_id            text,
    currency_code          text,
    exchange_rate          numeric,
    sub_total              numeric,
    tax_total              numeric,
    discount_total         numeric,
    adjustment             numeric,
    payment_made           numeric,
    vendor_credits_applied numeric,
    payment_terms          integer,
    is_inclusive_tax       boolean,
    purchaseorder_id       text,
    payments               jsonb,
    notes                  text,
    custom_fields          jsonb,
    created_time           timestamptz,
    modified_time          timestamptz not null,
    deleted_at             timestamptz,
    sync_version           integer not null,
    synced_at              timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.bills is 'the bills of vendors in Books';
comment on column zoho.bills.zoho_bill_id is 'id of the bill in Zoho';
comment on column zoho.bills.bill_number is 'number the vendor gave it';
comment on column zoho.bills.vendor_id is 'the vendor, zoho.customers';
comment on column zoho.bills.vendor_name is 'name of the vendor as printed';
comment on column zoho.bills.bill_date is 'date of the bill';
comment on column zoho.bills.due_date is 'when it is to be paid';
comment on column zoho.bills.status is 'draft, open, overdue, paid, partially_paid or void';
comment on column zoho.bills.total is 'amount to pay';
comment on column zoho.bills.balance is 'what is still to be paid';
comment on column zoho.bills.reference_number is 'number of the other side';
comment on column zoho.bills.currency_id is 'id of the currency in Zoho';
comment on column zoho.bills.currency_code is 'ISO code of the currency';
comment on column zoho.bills.exchange_rate is 'units of the base currency for one of this currency';
comment on column zoho.bills.sub_total is 'sum of the lines before tax';
comment on column zoho.bills.tax_total is 'sum of the taxes';
comment on column zoho.bills.discount_total is 'sum of the discounts';
comment on column zoho.bills.adjustment is 'correction added to the total by hand';
comment on column zoho.bills.payment_made is 'what was paid';
comment on column zoho.bills.vendor_credits_applied is 'what credits of the vendor covered';
comment on column zoho.bills.payment_terms is 'days until it is due';
comment on column zoho.bills.is_inclusive_tax is 'prices include tax';
comment on column zoho.bills.purchaseorder_id is 'the purchase order it came from';
comment on column zoho.bills.payments is 'payments, as Zoho gives them';
comment on column zoho.bills.notes is 'notes for the other side';
comment on column zoho.bills.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.bills.created_time is 'when it was made in Zoho';
comment on column zoho.bills.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.bills.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.bills.sync_version is 'counts the states accepted here';
comment on column zoho.bills.synced_at is 'when this row was last written here';
create index bills_vendor on zoho.bills (vendor_id);
create index bills_date on zoho.bills (bill_date);
create index bills_due on zoho.bills (due_date);
create index bills_modified on zoho.bills (modified_time);
create index bills_number on zoho.bills
    using hash (bill_number);

create table zoho.bill_line_items (
    bill_id         text not null,
    line_number     integer not null,
    line_item_id    text,
    zoho_item_id    text,
    product_name    text,
    sku             text,
    description     text,
    quantity        numeric,
    unit_price      numeric,
    unit            text,
    discount        text,
    discount_amount numeric,
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric,
    account_id      text,
    line_total      numeric,
    item_order      integer,
    primary key (bill_id, line_number)
);
comment on table zoho.bill_line_items is 'the lines of bills';
comment on column zoho.bill_line_items.bill_id is 'the document, zoho.bills';
comment on column zoho.bill_line_items.line_number is 'place of the line in the document, from 1';
comment on column zoho.bill_line_items.line_item_id is 'id of the line in Zoho; not unique where a sender repeats it';
comment on column zoho.bill_line_items.zoho_item_id is 'the product, zoho.products; null for a line of free text';
comment on column zoho.bill_line_items.product_name is 'name as printed on the line';
comment on column zoho.bill_line_items.sku is 'stock keeping unit';
comment on column zoho.bill_line_items.description is 'text below the name';
comment on column zoho.bill_line_items.quantity is 'how many';
comment on column zoho.bill_line_items.unit_price is 'price of one';
comment on column zoho.bill_line_items.unit is 'unit of the quantity';
comment on column zoho.bill_line_items.discount is 'as given: an amount or a percentage such as 10%';
comment on column zoho.bill_line_items.discount_amount is 'the discount as an amount';
comment on column zoho.bill_line_items.tax_id is 'id of the tax in Zoho';
comment on column zoho.bill_line_items.tax_name is 'name of the tax';
comment on column zoho.bill_line_items.tax_percentage is 'rate of the tax in percent';
comment on column zoho.bill_line_items.account_id is 'id of the account in Zoho';
comment on column zoho.bill_line_items.line_total is 'amount of the line';
comment on column zoho.bill_line_items.item_order is 'place on the printed document';
create index bill_line_items_item
    on zoho.bill_line_items (zoho_item_id);

create table zoho.credit_notes (
    zoho_creditnote_id    text primary key,
    creditnote_number     text,
    customer_id           text,
    customer_name         text,
    credit_note_date      date,
    status                text,
    total                 numeric,
    balance               numeric,
    total_credits_used    numeric,
    total_refunded_amount numeric,
    reference_number      text,
    currency_id           text,
    currency_code         text,
    exchange_rate         numeric,
    sub_total             numeric,
    tax_total             numeric,
    discount_total        numeric,
    adjustment            numeric,
    is_inclusive_tax      boolean,
    zoho_invoice_id       text,
    invoice_number        text,
    salesperson_id        text,
    salesperson_name      text,
    invoices              jsonb,
    notes                 text,
    custom_fields         jsonb,
    created_time          timestamptz,
    modified_time         timestamptz not null,
    deleted_at            timestamptz,
    sync_version          integer not null,
    synced_at             timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.credit_notes is 'the credit notes of Books';
comment on column zoho.credit_notes.zoho_creditnote_id is 'id of the credit note in Zoho';
comment on column zoho.credit_notes.creditnote_number is 'number as printed';
comment on column zoho.credit_notes.customer_id is 'the customer, zoho.customers';
comment on column zoho.credit_notes.customer_name is 'name of the customer as printed';
comment on column zoho.credit_notes.credit_note_date is 'date of the credit note';
comment on column zoho.credit_notes.status is 'open, closed, void or draft';
comment on column zoho.credit_notes.total is 'amount credited';
comment on column zoho.credit_notes.balance is 'what is not used yet';
comment on column zoho.credit_notes.total_credits_used is 'what was used for invoices';
comment on column zoho.credit_notes.total_refunded_amount is 'what was paid back';
comment on column zoho.credit_notes.reference_number is 'number of the other side';
comment on column zoho.credit_notes.currency_id is 'id of the currency in Zoho';
comment on column zoho.credit_notes.currency_code is 'ISO code of the currency';
comment on column zoho.credit_notes.exchange_rate is 'units of the base currency for one of this currency';
comment on column zoho.credit_notes.sub_total is 'sum of the lines before tax';
comment on column zoho.credit_notes.tax_total is 'sum of the taxes';
comment on column zoho.credit_notes.discount_total is 'sum of the discounts';
comment on column zoho.credit_notes.adjustment is 'correction added to the total by hand';
comment on column zoho.credit_notes.is_inclusive_tax is 'prices include tax';
comment on column zoho.credit_notes.zoho_invoice_id is 'the invoice it came from, zoho.invoices';
comment on column zoho.credit_notes.invoice_number is 'number of that invoice';
comment on column zoho.credit_notes.salesperson_id is 'id of the salesperson';
comment on column zoho.credit_notes.salesperson_name is 'name of the salesperson';
comment on column zoho.credit_notes.invoices is 'the invoices it was used for, as Zoho gives them';
comment on column zoho.credit_notes.notes is 'notes for the other side';
comment on column zoho.credit_notes.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.credit_notes.created_time is 'when it was made in Zoho';
comment on column zoho.credit_notes.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.credit_notes.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.credit_notes.sync_version is 'counts the states accepted here';
comment on column zoho.credit_notes.synced_at is 'when this row was last written here';
create index credit_notes_customer on zoho.credit_notes (customer_id);
create index credit_notes_date on zoho.credit_notes (credit_note_date);
create index credit_notes_modified on zoho.credit_notes (modified_time);
create index credit_notes_number on zoho.credit_notes
    using hash (creditnote_number);

create table zoho.credit_note_line_items (
    creditnote_id   text not null,
    line_number     integer not null,
    line_item_id    text,
    zoho_item_id    text,
    product_name    text,
    sku             text,
    description     text,
    quantity        numeric,
    unit_price      numeric,
    unit            text,
    discount        text,
    discount_amount numeric,
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric,
    account_id      text,
    line_total      numeric,
    item_order      integer,
    primary key (creditnote_id, line_number)
);
comment on table zoho.credit_note_line_items is 'the lines of credit notes';
comment on column zoho.credit_note_line_items.creditnote_id is 'the document, zoho.credit_notes';
comment on column zoho.credit_note_line_items.line_number is 'place of the line in the document, from 1';
comment on column zoho.credit_note_line_items.line_item_id is 'id of the line in Zoho; not unique where a sender repeats it';
comment on column zoho.credit_note_line_items.zoho_item_id is 'the product, zoho.products; null for a line of free text';
comment on column zoho.credit_note_line_items.product_name is 'name as printed on the line';
comment on column zoho.credit_note_line_items.sku is 'stock keeping unit';
comment on column zoho.credit_note_line_items.description is 'text below the name';
comment on column zoho.credit_note_line_items.quantity is 'how many';
comment on column zoho.credit_note_line_items.unit_price is 'price of one';
comment on column zoho.credit_note_line_items.unit is 'unit of the quantity';
comment on column zoho.credit_note_line_items.discount is 'as given: an amount or a percentage such as 10%';
comment on column zoho.credit_note_line_items.discount_amount is 'the discount as an amount';
comment on column zoho.credit_note_line_items.tax_id is 'id of the tax in Zoho';
comment on column zoho.credit_note_line_items.tax_name is 'name of the tax';
comment on column zoho.credit_note_line_items.tax_percentage is 'rate of the tax in percent';
comment on column zoho.credit_note_line_items.account_id is 'id of the account in Zoho';
comment on column zoho.credit_note_line_items.line_total is 'amount of the line';
comment on column zoho.credit_note_line_items.item_order is 'place on the printed document';
create index credit_note_line_items_item
    on zoho.credit_note_line_items (zoho_item_id);

create table zoho.stock_adjustments (
    zoho_adjustment_id text primary key,
    adjustment_date    date,
    reason             text,
    reason_id          text,
    description        text,
    reference_number   text,
    adjustment_type    text,
    status             text,
    moves_stock        boolean not null,
    location_id        text,
    location_name      text,
    total              numeric,
    custom_fields      jsonb,
    created_time       timestamptz,
    modified_time      timestamptz not null,
    deleted_at         timestamptz,
    sync_version       integer not null,
    synced_at          timestamptz not null default now()
) with (fillfactor = 85);
comment on table zoho.stock_adjustments is 'the inventory adjustments of Books';
comment on column zoho.stock_adjustments.zoho_adjustment_id is 'id of the adjustment in Zoho';
comment on column zoho.stock_adjustments.adjustment_date is 'date of the adjustment';
comment on column zoho.stock_adjustments.reason is 'why';
comment on column zoho.stock_adjustments.reason_id is 'id of the reason in Zoho';
comment on column zoho.stock_adjustments.description is 'in more words';
comment on column zoho.stock_adjustments.reference_number is 'number given by hand';
comment on column zoho.stock_adjustments.adjustment_type is 'quantity, or value: stock keeps its quantity';
comment on column zoho.stock_adjustments.status is 'adjusted, or draft: not in force';
comment on column zoho.stock_adjustments.moves_stock is 'in force and of quantities: its lines count in stock_quantity';
comment on column zoho.stock_adjustments.location_id is 'id of the location or warehouse';
comment on column zoho.stock_adjustments.location_name is 'name of the location or warehouse';
comment on column zoho.stock_adjustments.total is 'value of the adjustment';
comment on column zoho.stock_adjustments.custom_fields is 'custom fields as Zoho gives them';
comment on column zoho.stock_adjustments.created_time is 'when it was made in Zoho';
comment on column zoho.stock_adjustments.modified_time is 'when Zoho says this state was made; -infinity where only its delete is known';
comment on column zoho.stock_adjustments.deleted_at is 'when Zoho deleted it; null while it lives';
comment on column zoho.stock_adjustments.sync_version is 'counts the states accepted here';
comment on column zoho.stock_adjustments.synced_at is 'when this row was last written here';
create index stock_adjustments_modified on zoho.stock_adjustments (modified_time);

create table zoho.stock_adjustment_lines (
    adjustment_id           text not null,
    line_number             integer not null,
    line_item_id            text,
    zoho_item_id            text,
    product_name            text,
    sku                     text,
    description             text,
    quantity_adjusted       numeric,
    value_adjusted          numeric,
    unit                    text,
    rate                    numeric,
    line_total              numeric,
    adjustment_account_id   text,
    adjustment_account_name text,
    location_id             text,
    location_name           text,
    item_order              integer,
    primary key (adjustment_id, line_number)
);
comment on table zoho.stock_adjustment_lines is 'the lines of inventory adjustments';
comment on column zoho.stock_adjustment_lines.adjustment_id is 'the document, zoho.stock_adjustments';
comment on column zoho.stock_adjustment_lines.line_number is 'place of the line in the document, from 1';
comment on column zoho.stock_adjustment_lines.line_item_id is 'id of the line in Zoho; not unique where a sender repeats it';
comment on column zoho.stock_adjustment_lines.zoho_item_id is 'the product, zoho.products';
comment on column zoho.stock_adjustment_lines.product_name is 'name of the product';
comment on column zoho.stock_adjustment_lines.sku is 'stock keeping unit';
comment on column zoho.stock_adjustment_lines.description is 'text of the line';
comment on column zoho.stock_adjustment_lines.quantity_adjusted is 'how many came (positive) or went (negative)';
comment on column zoho.stock_adjustment_lines.value_adjusted is 'change of the value';
comment on column zoho.stock_adjustment_lines.unit is 'unit of the quantity';
comment on column zoho.stock_adjustment_lines.rate is 'value of one';
comment on column zoho.stock_adjustment_lines.line_total is 'value of the line';
comment on column zoho.stock_adjustment_lines.adjustment_account_id is 'id of the account it is booked on';
comment on column zoho.stock_adjustment_lines.adjustment_account_name is 'name of that account';
comment on column zoho.stock_adjustment_lines.location_id is 'id of the location or warehouse';
comment on column zoho.stock_adjustment_lines.location_name is 'name of the location or warehouse';
comment on column zoho.stock_adjustment_lines.item_order is 'place on the document';
create index stock_adjustment_lines_item on zoho.stock_adjustment_lines
    (zoho_item_id) include (adjustment_id, quantity_adjusted);

-- Stock is what the item said it had, and what was adjusted after that. So it
-- comes out the same in whatever order and however often both arrive. The
-- adjustment is looked up for each line on purpose: as a join it would be
-- planned as a scan of all adjustments while their statistics are young.
create function sync.adjusted_since(item text, since timestamptz)
returns numeric
language sql
stable
as $$
    select coalesce(sum(l.quantity_adjusted), 0)
      from zoho.stock_adjustment_lines l
     where l.zoho_item_id = item
       and (select a.moves_stock and a.modified_time > since
              from zoho.stock_adjustments a
             where a.zoho_adjustment_id = l.adjustment_id)
$$;
comment on function sync.adjusted_since is 'how much the stock of a product was adjusted after a time';

-- Volatile: each statement in it sees what the calling statement has written
-- and what others have committed meanwhile.
create function sync.recount_stock(items text[])
returns void
language plpgsql
set enable_seqscan = off
as $$
begin
    update zoho.products p
       set stock_quantity = p.item_stock_on_hand
               + sync.adjusted_since(p.zoho_item_id, p.modified_time)
     where p.zoho_item_id = any (items)
       and p.stock_quantity is distinct from p.item_stock_on_hand
               + sync.adjusted_since(p.zoho_item_id, p.modified_time);
end
$$;
comment on function sync.recount_stock is 'brings stock_quantity of these products up to date';

create function sync.percentage_price(base numeric, percentage numeric,
    is_increase boolean, rounding_type text, decimal_place integer)
returns numeric
language sql
immutable
parallel safe
as $$
    select greatest(0, case rounding_type
        when 'round_to_dollor' then round(exact)
        when 'round_to_dollar' then round(exact)
        when 'round_to_dollar_minus_01' then round(exact) - 0.01
        when 'round_to_half_dollar' then round(exact * 2) * 0.5
        when 'round_to_half_dollar_minus_01' then round(exact * 2) * 0.5 - 0.01
        else case when decimal_place between 0 and 20
            then round(exact, decimal_place) else exact end end)
      from (values (base * 0.01 * case when is_increase
          then 100 + percentage else 100 - percentage end)) as v (exact)
     where exact is not null and is_increase is not null
$$;
comment on function sync.percentage_price is 'a price raised or lowered by a percentage and rounded as a price list of Zoho says; null where one of these is unknown. round_to_dollor is how Zoho spells it';

-- Volatile for the same reason as sync.recount_stock().
create view sync.computed_price as
select p.zoho_item_id, l.zoho_pricelist_id, l.currency_code, v.price
  from zoho.pricelists l
 cross join zoho.products p
 cross join lateral sync.percentage_price(
           case l.sales_or_purchase_type when 'purchases'
               then p.purchase_price else p.price end,
           l.percentage, l.is_increase, l.rounding_type, l.decimal_place)
       as v (price)
 where l.pricelist_type = 'fixed_percentage'
   and l.deleted_at is null
   and v.price is not null;
comment on view sync.computed_price is 'what products cost by the living fixed_percentage lists';
comment on column sync.computed_price.zoho_item_id is 'the product, zoho.products';
comment on column sync.computed_price.zoho_pricelist_id is 'the price list, zoho.pricelists';
comment on column sync.computed_price.currency_code is 'ISO code of the currency of the list';
comment on column sync.computed_price.price is 'price of the product, changed by the percentage and rounded';

create function sync.compute_prices(items text[], lists text[])
returns void
language plpgsql
set enable_seqscan = off
as $$
begin
    if lists is null and not exists (
        select from zoho.pricelists
         where pricelist_type = 'fixed_percentage') then
        return;
    end if;
    delete from zoho.product_prices t
     where t.origin = 'computed'
       and (lists is null or t.zoho_pricelist_id = any (lists))
       and (items is null or t.zoho_item_id = any (items))
       and not exists (
           select from sync.computed_price c
            where c.zoho_item_id = t.zoho_item_id
              and c.zoho_pricelist_id = t.zoho_pricelist_id);
    insert into zoho.product_prices as t (zoho_item_id, zoho_pricelist_id,
           price, currency, origin)
    select zoho_item_id, zoho_pricelist_id, price, currency_code, 'computed'
      from sync.computed_price
     where (lists is null or zoho_pricelist_id = any (lists))
       and (items is null or zoho_item_id = any (items))
     order by zoho_pricelist_id, zoho_item_id
        on conflict (zoho_item_id, zoho_pricelist_id) do update
       set (price, currency, origin, pricing_scheme, discount,
           price_brackets, updated_at)
         = (excluded.price, excluded.currency, 'computed', null, null,
           null, now())
     where (t.price, t.currency, t.origin)
        is distinct from (excluded.price, excluded.currency, 'computed');
end
$$;
comment on function sync.compute_prices is 'brings the prices of fixed_percentage lists up to date, for these products and lists; null stands for all';

-- By id first, else by name, else by currency; of several the default list,
-- then one in use, then the one of the lowest id.
create function zoho.find_pricelist(zoho_id text, list_name text,
    currency text)
returns text
language sql
stable
parallel safe
as $$
    select l.zoho_pricelist_id
      from zoho.pricelists l
     where l.deleted_at is null
       and (l.zoho_pricelist_id = zoho_id
            or lower(l.name) = lower(list_name)
            or lower(l.currency_code) = lower(currency))
     order by l.zoho_pricelist_id = zoho_id desc nulls last,
           lower(l.name) = lower(list_name) desc nulls last,
           coalesce(l.is_default, false) desc, l.is_active desc,
           l.zoho_pricelist_id collate "C"
     limit 1
$$;
comment on function zoho.find_pricelist is 'id of the living price list with that id, else that name, else that currency; null where there is none';

-- A view and not a column: it is right whichever came first, customer or list,
-- and follows when a list is renamed.
create view zoho.customer_pricelists as
select c.zoho_contact_id,
       zoho.find_pricelist(c.zoho_pricelist_id, c.pricelist_name,
           c.currency_code) as zoho_pricelist_id
  from zoho.customers c
 where c.deleted_at is null;
comment on view zoho.customer_pricelists is 'the price list of each customer: the one it names by id or name, else one in its currency';
comment on column zoho.customer_pricelists.zoho_contact_id is 'the customer, zoho.customers';
comment on column zoho.customer_pricelists.zoho_pricelist_id is 'the price list, zoho.pricelists; null where none fits';

grant select on
    zoho.products, zoho.customers, zoho.customer_addresses, zoho.pricelists,
    zoho.product_prices, zoho.invoices, zoho.invoice_line_items, zoho.bills,
    zoho.bill_line_items, zoho.credit_notes, zoho.credit_note_line_items,
    zoho.stock_adjustments, zoho.stock_adjustment_lines,
    zoho.customer_pricelists
    to zohosync_report, zohosync_admin, zohosync_job;
grant select on sync.computed_price to zohosync_job;
grant insert, update, delete on
    zoho.products, zoho.customers, zoho.customer_addresses, zoho.pricelists,
    zoho.product_prices, zoho.invoices, zoho.invoice_line_items, zoho.bills,
    zoho.bill_line_items, zoho.credit_notes, zoho.credit_note_line_items,
    zoho.stock_adjustments, zoho.stock_adjustment_lines
    to zohosync_job;

grant execute on function sync.to_id, sync.to_integer, sync.to_money,
    sync.to_list, sync.to_object, sync.adjusted_since, sync.recount_stock,
    sync.percentage_price, sync.compute_prices to zohosync_job;
grant execute on function zoho.find_pricelist
    to zohosync_job, zohosync_admin, zohosync_report;
