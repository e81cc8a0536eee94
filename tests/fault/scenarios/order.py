"""The newest state stands, whatever the order of arrival (promise 3, R9)."""

import time

import store
from fault import scenario
from order_model import make

# How each record stands, as the model says it.
ENDS = """
select module || '|' || id || '|'
       || case when deleted_at is null then 'alive|' || (data ->> 'example_value')
          else to_char(deleted_at at time zone 'UTC',
                   'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '|' end
  from mirror.record
 union all
select 'stock|' || zoho_item_id || '||' || stock_quantity
  from zoho.products
 where deleted_at is null"""

# Rows for people that do not stand as their record does.
UNLIKE = """
select r.module, r.id from mirror.record r left join (
       select 'books.items' as module, zoho_item_id as id, sync_version, deleted_at from zoho.products
 union all select 'books.contacts', zoho_contact_id, sync_version, deleted_at from zoho.customers
 union all select 'books.invoices', zoho_invoice_id, sync_version, deleted_at from zoho.invoices
 union all select 'books.bills', zoho_bill_id, sync_version, deleted_at from zoho.bills
 union all select 'books.creditnotes', zoho_creditnote_id, sync_version, deleted_at from zoho.credit_notes
 union all select 'books.pricebooks', zoho_pricelist_id, sync_version, deleted_at from zoho.pricelists
 union all select 'books.inventoryadjustments', zoho_adjustment_id, sync_version, deleted_at
             from zoho.stock_adjustments) p using (module, id)
 where r.module like 'books.%'
   and (p.sync_version, p.deleted_at) is distinct from (r.version, r.deleted_at)"""


@scenario(short={"histories": 150, "shuffles": 4}, full={"histories": 100000, "shuffles": 10},
          split=("histories", 2000))
def order(run):
    """Histories of every module, shuffled, doubled and late, end in the state that the model says."""
    stage = store.alone(run)
    base = int(time.time()) // 86400 * 86400 - 12 * 86400
    requests, expected = make(run.seed, run.size["histories"], run.size["shuffles"], base)
    store.put(stage, requests, run.folder)
    # small batches of two workers come out of turn, large ones are quick
    batch = run.pick(**{"20": 1, "100": 2, "500": 4})
    seconds = store.drain(run, "--workers", run.pick(**{"1": 1, "2": 3, "4": 1}), DRAIN_BATCH=batch)
    compare(run, set(expected), {row[0] for row in stage.sql(ENDS)})
    run.expect([], stage.sql(UNLIKE)[:3], "tables unlike the mirror")
    figures = store.accounted(run)
    run.note(records=len(expected), batch=batch, drained_s=round(seconds, 1), **figures)


def compare(run, want, got):
    wrong = sorted((line, "wanted") for line in want - got)
    wrong += sorted((line, "got") for line in got - want)
    run.expect([], sorted(wrong)[:6], "%d lines differ from the model" % len(wrong))
