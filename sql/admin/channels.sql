-- channels: the notification channels, by module
-- returns  module text, state text, channel_id bigint, events text,
--          notify_url text, granted_until text, half_life text,
--          last_heard_at text, lapsed_at text, last_error text
select module, state, channel_id, events, notify_url,
       to_char(granted_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as granted_until,
       to_char(renewed_at at time zone 'UTC' + (granted_until - renewed_at) / 2,
               'YYYY-MM-DD"T"HH24:MI:SS"Z"') as half_life,
       to_char(last_heard_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as last_heard_at,
       to_char(lapsed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as lapsed_at,
       last_error
  from sync.channel
 order by module;
