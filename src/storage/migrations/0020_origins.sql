-- A browser asks from where a page may call before it presents a credential: whether any lists the page's origin.
create index credentials_origins on credentials using gin (origins) where origins <> '{}';
-- For whom a network's own credential makes tickets.
create index users_owners on users (tenant_id, integer) where is_owner;
