-- The ticket on which a message was written, and its event stands, where it was split off into another one.
alter table messages add column written_on uuid;
-- What came_from was before the last split, which gives it back when that is undone.
alter table messages add column came_before uuid;
create index messages_split on messages (tenant_id, ticket_id) where written_on is not null;
create index messages_split_from on messages (tenant_id, written_on) where written_on is not null;
