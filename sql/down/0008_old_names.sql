-- 0008_old_names, back: only views, nothing is lost
set local role zohosync_owner;

drop view if exists zoho.zoho_accounts, zoho.zoho_contacts, zoho.zoho_deals,
    zoho.zoho_leads;
drop view if exists sync.zoho_sync_metadata, sync.zoho_sync_conflicts,
    sync.webhook_dead_letter_queue, sync.tds_sync_queue,
    sync.tds_inbox_events, sync.webhook_logs, sync.zoho_webhook_log;
