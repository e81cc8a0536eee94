-- 0006_crm_views, back: refused where somebody's own view stands on one of these
do $$
declare
    module text;
begin
    for module in select distinct f.module from sync.field f
                   where f.module like 'crm.%' loop
        execute format('drop view if exists zoho.%I', sync.view_name(module));
    end loop;
end
$$;
drop function if exists sync.make_view, sync.view_columns, sync.view_name,
    sync.to_texts, sync.to_boolean, sync.to_time, sync.to_date, sync.to_numeric;
