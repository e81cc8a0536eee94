-- refuse: count requests that proved nothing
-- $1 text     source      whose proof was wanted
-- $2 text     event_type  signature_missing or signature_invalid
-- $3 text     route       path below the prefix
-- $4 text     remote      address of the last of them
-- $5 integer  hits        how many
-- $6 bytea    sample      first bytes of the last of them, or null
insert into sync.refusal (source, event_type, route, remote, hits, sample)
values ($1::text, $2::text, $3::text, $4::text, $5::integer, $6::bytea);
