-- Until when a ticket is out of the everyday views; null where it is not.
alter table tickets add column snoozed_until timestamptz;
-- Which of a tenant are snoozed, and which of all are due: both are few.
create index tickets_snoozed on tickets (tenant_id, snoozed_until) where snoozed_until is not null;
create index tickets_due on tickets (snoozed_until) where snoozed_until is not null;

-- What calls were answered tells it too, so that a repeat can be answered by the same rules.
update claim_results r set result = jsonb_set(r.result, '{tickets}', (
  select coalesce(jsonb_agg(x.ticket || '{"snoozed_until": null}'::jsonb order by x.nth), '[]')
  from jsonb_array_elements(r.result -> 'tickets') with ordinality x (ticket, nth)))
where jsonb_typeof(r.result -> 'tickets') = 'array' and jsonb_array_length(r.result -> 'tickets') > 0;
