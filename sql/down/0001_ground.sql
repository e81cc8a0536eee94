-- 0001_ground, back: everything goes. The roles stay, because another
-- database of this cluster may use them.
alter default privileges for role zohosync_owner
    grant execute on functions to public;
drop schema if exists zoho cascade;
drop schema if exists mirror cascade;
drop schema if exists sync cascade;
