-- Whose forms of words the search knows; null knows none. Nothing that is kept depends on it.
alter table tenants add column search_language text;
