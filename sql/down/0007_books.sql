-- 0007_books, back: the documents stay in mirror.record
set local role zohosync_owner;

drop view if exists zoho.customer_pricelists, sync.computed_price;
drop table if exists zoho.stock_adjustment_lines, zoho.stock_adjustments,
    zoho.credit_note_line_items, zoho.credit_notes, zoho.bill_line_items,
    zoho.bills, zoho.invoice_line_items, zoho.invoices, zoho.product_prices,
    zoho.pricelists, zoho.customer_addresses, zoho.customers, zoho.products;
drop function if exists zoho.find_pricelist, sync.compute_prices,
    sync.percentage_price, sync.recount_stock, sync.adjusted_since,
    sync.to_object, sync.to_list, sync.to_money, sync.to_integer, sync.to_id;
