-- 0005_fields, back
delete from sync.field
 where module in ('crm.leads', 'crm.deals', 'crm.contacts', 'crm.accounts',
    'books.items', 'books.contacts', 'books.invoices', 'books.bills',
    'books.creditnotes', 'books.inventoryadjustments', 'books.pricebooks');
