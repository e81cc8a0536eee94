-- module: make a module known, with its partition
-- $1 text     name
-- $2 text     service
-- $3 text     resource
-- $4 integer  priority
-- returns  nothing of use
select sync.add_module($1::text, $2::text, $3::text, $4::integer)
 where not exists (select from sync.module where name = $1::text)
    or to_regclass('mirror.record_' || replace($1::text, '.', '_')) is null;
