-- token_read: the access token and whether to use it
-- $1 text   credentials  a mark of those we would ask with
-- returns  sealed bytea, left_ms bigint, early_ms bigint, refused_ms bigint,
--          last_error text; until it ends, how long before that a new one is
--          wanted, and until one may be asked for
select sealed,
       case when expires_at > '-infinity' then
           (extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint
       end as left_ms,
       case when expires_at > '-infinity' then
           least(300000, extract(epoch from expires_at - minted_at) * 100)::bigint
       end as early_ms,
       case when refused_until > clock_timestamp() and refused_for = $1::text then
           (extract(epoch from refused_until - clock_timestamp()) * 1000)::bigint
       else 0::bigint end as refused_ms,
       last_error
  from sync.token;
