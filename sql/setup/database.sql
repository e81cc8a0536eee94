-- database: whether there is one of this name
-- $1 text  database
-- returns  there boolean
select exists (select from pg_database where datname = $1::text) as there;
