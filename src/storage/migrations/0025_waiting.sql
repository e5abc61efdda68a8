-- Since when a requester waits for an answer: what they said last was not answered yet, and nobody said that it needs none.
alter table tickets add column waiting_since timestamptz;

update tickets t set waiting_since = case when s.author_role is null then t.created_at else s.created_at end
from tickets o left join lateral (
  select m.author_role, m.created_at from messages m
  where m.tenant_id = o.tenant_id and m.ticket_id = o.id and m.visibility = 'public' order by m.integer desc limit 1
) s on true
where t.tenant_id = o.tenant_id and t.id = o.id and o.status not in ('solved', 'closed')
  and case when s.author_role is null then o.direction = 'inbound' else s.author_role = 'requester' end;

create index tickets_waiting on tickets (tenant_id, desk_id, waiting_since) where waiting_since is not null;

-- What calls were answered tells it too, so that a repeat can be answered by the same rules.
update claim_results r set result = jsonb_set(r.result, '{tickets}', (
  select coalesce(jsonb_agg(x.ticket || '{"waiting_since": null}'::jsonb order by x.nth), '[]')
  from jsonb_array_elements(r.result -> 'tickets') with ordinality x (ticket, nth)))
where jsonb_typeof(r.result -> 'tickets') = 'array' and jsonb_array_length(r.result -> 'tickets') > 0;
