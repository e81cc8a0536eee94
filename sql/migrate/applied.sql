-- applied: the schema files recorded here
-- returns  number integer, name text, checksum text, applied_at text
select number, name, checksum,
       to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           as applied_at
  from sync.migration
 order by number;
