-- 0001_ground, back: everything goes. The roles stay, because another
-- database of this cluster may use them.
drop schema if exists zoho cascade;
drop schema if exists mirror cascade;
drop schema if exists sync cascade;
