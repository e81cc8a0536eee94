-- module: make modules known, each with its partition
-- $1 text[]     names
-- $2 text[]     services
-- $3 text[]     resources
-- $4 integer[]  priorities
-- returns  nothing of use
select sync.add_module(name, service, resource, priority)
  from unnest($1::text[], $2::text[], $3::text[], $4::integer[])
       as m (name, service, resource, priority)
 where not exists (select from sync.module where module.name = m.name)
    or to_regclass('mirror.record_' || replace(m.name, '.', '_')) is null;
