-- 0008_old_names: what people knew under older names, as views
--
-- Logs of the machinery stand in schema sync, data in schema zoho.
set local role zohosync_owner;

create view sync.zoho_webhook_log as
select i.seq as id,
       i.received_at,
       i.module,
       i.event_type,
       i.source,
       w.body ->> 'operation' as wrapper_operation,
       case when jsonb_typeof(w.body) = 'object'
            then w.body - 'data' end as wrapper_metadata,
       w.body as payload
  from sync.inbox i
 cross join lateral (
    select sync.try_jsonb(i.body) as body offset 0) w;
comment on view sync.zoho_webhook_log is 'every request received, its body read as JSON; a form or a broken body has none';
comment on column sync.zoho_webhook_log.id is 'number of the request';
comment on column sync.zoho_webhook_log.received_at is 'when it reached us; a condition on it reads only those days';
comment on column sync.zoho_webhook_log.module is 'module named by route and body';
comment on column sync.zoho_webhook_log.event_type is 'such as invoice.update, test or unknown';
comment on column sync.zoho_webhook_log.source is 'which proof it passed';
comment on column sync.zoho_webhook_log.wrapper_operation is 'operation as the sender wrote it, such as Leads.edit';
comment on column sync.zoho_webhook_log.wrapper_metadata is 'the wrapper without its data: source, user, timestamp';
comment on column sync.zoho_webhook_log.payload is 'the whole body';

create view sync.webhook_logs as
select o.seq as id,
       o.event_type,
       o.module,
       case when o.outcome = 'dead' then 'error'
            when o.outcome in ('stale', 'duplicate', 'ignored') then 'ignored'
            else 'success' end as status,
       o.received_at as created_at,
       o.finished_at as processed_at,
       1 as hits
  from sync.outcome o
 union all
select null, r.event_type, r.module, 'ignored', r.received_at, r.received_at, 1
  from sync.repeat r
 union all
select null, f.event_type, null, 'error', f.refused_at, f.refused_at, f.hits
  from sync.refusal f;
comment on view sync.webhook_logs is 'what became of each request: finished ones, repeats, and refusals by signature';
comment on column sync.webhook_logs.id is 'number of the request; null for a repeat or a refusal, which have none';
comment on column sync.webhook_logs.event_type is 'such as invoice.update, signature_missing or signature_invalid';
comment on column sync.webhook_logs.module is 'module it was about, where known';
comment on column sync.webhook_logs.status is 'success, error or ignored';
comment on column sync.webhook_logs.created_at is 'when it was received';
comment on column sync.webhook_logs.processed_at is 'when it was finished';
comment on column sync.webhook_logs.hits is 'requests this row stands for; more than one only for refusals';

create view sync.tds_inbox_events as
select i.seq as id,
       i.source,
       i.module as entity_type,
       i.operation,
       i.event_type,
       i.content_type,
       i.origin,
       i.received_at,
       i.body as raw_payload
  from sync.inbox i;
comment on view sync.tds_inbox_events is 'every request as it was received, before any work on it';
comment on column sync.tds_inbox_events.id is 'number of the request';
comment on column sync.tds_inbox_events.source is 'which proof it passed';
comment on column sync.tds_inbox_events.entity_type is 'module named by route and body';
comment on column sync.tds_inbox_events.operation is 'create, update, delete, restore; null where there is none';
comment on column sync.tds_inbox_events.event_type is 'such as invoice.update, test or unknown';
comment on column sync.tds_inbox_events.content_type is 'Content-Type as received';
comment on column sync.tds_inbox_events.origin is 'webhook, or spool where it waited in a file first';
comment on column sync.tds_inbox_events.received_at is 'when it reached us';
comment on column sync.tds_inbox_events.raw_payload is 'the bytes of the body';

-- A request that waits has a row in sync.work, a finished one in sync.outcome.
-- While it is worked on its row in sync.work is locked and shows the state
-- before, so "processing" stands for one a drain has tried before.
create view sync.tds_sync_queue as
select w.seq as id,
       i.module as entity_type,
       i.event_type,
       case when w.tries > 0 or w.finished <> '{}' then 'processing'
            else 'pending' end as status,
       w.tries as retry_count,
       w.last_error as error_message,
       w.received_at as queued_at,
       w.not_before as next_retry_at,
       null::timestamptz as processing_completed_at
  from sync.work w
  left join sync.inbox i
    on i.seq = w.seq and i.received_at = w.received_at
 union all
select o.seq, o.module, o.event_type,
       case o.outcome when 'dead' then 'failed' else 'completed' end,
       o.tries,
       case o.outcome when 'dead' then (
           select string_agg(d.last_error, '; ' order by d.ord)
             from sync.dead d
            where d.seq = o.seq) end,
       o.received_at, null, o.finished_at
  from sync.outcome o;
comment on view sync.tds_sync_queue is 'the queue: requests that wait and those that are finished';
comment on column sync.tds_sync_queue.id is 'number of the request';
comment on column sync.tds_sync_queue.entity_type is 'module it is about, such as books.items';
comment on column sync.tds_sync_queue.event_type is 'such as invoice.update, test or unknown';
comment on column sync.tds_sync_queue.status is 'pending; processing: tried and due again; completed; failed';
comment on column sync.tds_sync_queue.retry_count is 'how often it was tried';
comment on column sync.tds_sync_queue.error_message is 'why the last try failed';
comment on column sync.tds_sync_queue.queued_at is 'when it was received';
comment on column sync.tds_sync_queue.next_retry_at is 'due from then on; null where finished';
comment on column sync.tds_sync_queue.processing_completed_at is 'when it was finished; null while it waits';

create view sync.webhook_dead_letter_queue as
select d.dead_id as id,
       d.seq as original_log_id,
       d.event_type,
       sync.try_jsonb(i.body) as payload,
       d.reason || ': ' || d.last_error as failure_reason,
       d.retry_count,
       d.last_retry_at,
       d.created_at,
       d.resolved_at
  from sync.dead d
  left join sync.inbox i
    on i.seq = d.seq and i.received_at = d.received_at;
comment on view sync.webhook_dead_letter_queue is 'changes that could not be applied and wait for a person';
comment on column sync.webhook_dead_letter_queue.id is 'number of the dead letter';
comment on column sync.webhook_dead_letter_queue.original_log_id is 'number of the request, id in zoho_webhook_log';
comment on column sync.webhook_dead_letter_queue.event_type is 'such as invoice.update';
comment on column sync.webhook_dead_letter_queue.payload is 'body of the request; null where it is no JSON or was archived';
comment on column sync.webhook_dead_letter_queue.failure_reason is 'reason class and the last error';
comment on column sync.webhook_dead_letter_queue.retry_count is 'how often somebody had it tried again; at most 10';
comment on column sync.webhook_dead_letter_queue.last_retry_at is 'when that was last';
comment on column sync.webhook_dead_letter_queue.created_at is 'when it was set aside';
comment on column sync.webhook_dead_letter_queue.resolved_at is 'when it was settled; null while it waits';

create view sync.zoho_sync_conflicts as
select c.conflict_id as id,
       c.module,
       c.id as zoho_id,
       c.reason as conflict_type,
       c.incoming_time as incoming_modified_time,
       c.standing_time as existing_modified_time,
       c.incoming as incoming_payload,
       c.standing as existing_payload,
       c.resolution,
       c.detected_at,
       c.resolved_at
  from sync.conflict c;
comment on view sync.zoho_sync_conflicts is 'states that came too late to count, beside what stood';
comment on column sync.zoho_sync_conflicts.id is 'number of the conflict';
comment on column sync.zoho_sync_conflicts.module is 'module of the record';
comment on column sync.zoho_sync_conflicts.zoho_id is 'id of the record in Zoho';
comment on column sync.zoho_sync_conflicts.conflict_type is 'older, deleted or outlived';
comment on column sync.zoho_sync_conflicts.incoming_modified_time is 'modified time of the state that came';
comment on column sync.zoho_sync_conflicts.existing_modified_time is 'modified time of the state that stood';
comment on column sync.zoho_sync_conflicts.incoming_payload is 'the document that came';
comment on column sync.zoho_sync_conflicts.existing_payload is 'the document that stood';
comment on column sync.zoho_sync_conflicts.resolution is 'what a person decided';
comment on column sync.zoho_sync_conflicts.detected_at is 'when it was seen';
comment on column sync.zoho_sync_conflicts.resolved_at is 'when it was settled';

create view sync.zoho_sync_metadata as
select m.name as module,
       m.service,
       m.resource,
       m.priority,
       m.last_change as last_change_at,
       m.last_sync as last_sync_at,
       m.created_at
  from sync.module m;
comment on view sync.zoho_sync_metadata is 'how far each module is synchronised';
comment on column sync.zoho_sync_metadata.module is 'name of the module, such as crm.leads';
comment on column sync.zoho_sync_metadata.service is 'crm or books';
comment on column sync.zoho_sync_metadata.resource is 'name in the API of Zoho';
comment on column sync.zoho_sync_metadata.priority is 'order of work, small first';
comment on column sync.zoho_sync_metadata.last_change_at is 'when a change of it was last applied';
comment on column sync.zoho_sync_metadata.last_sync_at is 'when it was last compared with Zoho';
comment on column sync.zoho_sync_metadata.created_at is 'when it was made known here';

-- Deleted records stay in these, as they did in the tables of that name;
-- zoho.leads and its like show the living ones with a column for each field.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['leads', 'deals', 'contacts', 'accounts'] loop
        execute format($view$
            create view zoho.%1$I as
            select r.id as zoho_id,
                   r.data as data_payload,
                   r.version as sync_version,
                   r.owner_id,
                   r.owner_name,
                   r.owner_email,
                   nullif(r.modified_time, '-infinity') as modified_time,
                   r.deleted_at,
                   r.updated_at
              from mirror.record r
             where r.module = %2$L;
            comment on view zoho.%1$I is %3$L;
            comment on column zoho.%1$I.zoho_id is 'id of the record in Zoho';
            comment on column zoho.%1$I.data_payload is 'the document, normalised';
            comment on column zoho.%1$I.sync_version is 'counts the accepted states; 0 came from a legacy table';
            comment on column zoho.%1$I.owner_id is 'id of the owner in Zoho';
            comment on column zoho.%1$I.owner_name is 'name of the owner';
            comment on column zoho.%1$I.owner_email is 'e-mail address of the owner';
            comment on column zoho.%1$I.modified_time is 'when Zoho says this state was made';
            comment on column zoho.%1$I.deleted_at is 'when Zoho deleted it; null while it lives';
            comment on column zoho.%1$I.updated_at is 'when it was last written here';
            grant select on zoho.%1$I to zohosync_report, zohosync_admin;
            $view$, 'zoho_' || wanted, 'crm.' || wanted,
            'all records of crm.' || wanted || ' as documents, deleted ones included');
    end loop;
end
$$;

grant select on sync.zoho_webhook_log, sync.webhook_logs,
    sync.tds_inbox_events, sync.tds_sync_queue,
    sync.webhook_dead_letter_queue, sync.zoho_sync_conflicts,
    sync.zoho_sync_metadata to zohosync_admin;
