-- Who may read an event is judged by where its ticket stood at that moment: on which desk, whose it was, who worked on it,
-- and whether what was said was a note. So each event of a ticket carries these itself: a reader of the log needs no look
-- at tickets, which have moved on since or are gone.
alter table events add column desk_id uuid, add column requester_id uuid, add column assignee_id uuid, add column visibility text;

-- Events of before get what their ticket has now, the nearest that is known. Those of a deleted ticket know their desk.
update events e set desk_id = t.desk_id, requester_id = t.requester_id, assignee_id = t.assignee_id
from tickets t where t.tenant_id = e.tenant_id and t.id = e.ticket_id;
update events e set desk_id = (e.before ->> 'desk_id')::uuid where e.kind = 'ticket.deleted';
update events e set visibility = m.visibility from messages m where m.tenant_id = e.tenant_id and m.id = e.message_id;
update events e set visibility = e.before ->> 'visibility' where e.kind = 'message.deleted';
