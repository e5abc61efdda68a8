-- One order of what happens in a tenant, whatever the clocks of its servers say: the order of its counter row's lock.

-- The latest time at which anything was recorded; what comes later has no earlier one.
alter table tenant_counters add column latest_at timestamptz not null default '-infinity';
update tenant_counters c
set latest_at = coalesce((select e.at from events e where e.tenant_id = c.tenant_id order by e.position desc limit 1), c.latest_at);

-- The position of the event by which a ticket last changed: lists by change are in this order, and their pages begin at one.
alter table tickets add column change_position bigint;
update tickets t
set change_position = coalesce((
  select e.position from events e where e.tenant_id = t.tenant_id and e.ticket_id = t.id order by e.position desc limit 1), 0);
alter table tickets alter column change_position set not null;

drop index tickets_of_desk_by_change;
create index tickets_of_desk_by_change on tickets (tenant_id, desk_id, change_position);
create index tickets_of_requester_by_change on tickets (tenant_id, requester_id, change_position);
create index tickets_by_change on tickets (tenant_id, change_position);
