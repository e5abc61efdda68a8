-- Each order of a list is an index, and each condition that lets few tickets through leads to these by one.
create index tickets_by_priority on tickets
  (tenant_id, array_position(array['low', 'normal', 'high', 'urgent'], priority), id);
create index tickets_by_latest_message on tickets (tenant_id, coalesce(latest_message_at, created_at), id);
create index tickets_by_status on tickets (tenant_id, status, assignee_id);
create index tickets_of_group on tickets (tenant_id, group_id, status) where group_id is not null;
