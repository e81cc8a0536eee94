-- token_read: the access token and whether to use it
-- returns  sealed bytea, left_ms bigint, refused_ms bigint, last_error text;
--          until it ends, and until a new one may be asked for
select sealed,
       case when expires_at > '-infinity' then
           (extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint
       end as left_ms,
       case when refused_until > clock_timestamp() then
           (extract(epoch from refused_until - clock_timestamp()) * 1000)::bigint
       else 0::bigint end as refused_ms,
       last_error
  from sync.token;
