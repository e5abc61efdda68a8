-- What an erasure reaches, and what becomes of deliveries that hold what was erased.

-- How many erasures there were: whoever makes deliveries of what it read sees that nothing of it was erased since.
alter table webhook_positions add column erasures bigint not null default 0;

-- Without a body it is to be made again, without what was erased. Each erasure that reaches it begins a revision.
alter table webhook_deliveries
  alter column body drop not null,
  add column revision integer not null default 0,
  -- When next_at was set. A clock that is earlier now went back, and the wait begins anew.
  add column set_at timestamptz;
update webhook_deliveries set set_at = created_at;
alter table webhook_deliveries alter column set_at set not null;
create index webhook_deliveries_blank on webhook_deliveries (tenant_id, position) where body is null;
create index webhook_deliveries_set on webhook_deliveries (tenant_id, set_at) where state = 'waiting';

-- Skipped: an operator let it be, or its dialect has no words for what is left of it.
alter domain delivery_state drop constraint delivery_state_check;
alter domain delivery_state add constraint delivery_state_check check (value in ('waiting', 'delivered', 'dead', 'skipped'));

-- Gone: the receiver answered that it wants no more.
alter domain webhook_disabled_by drop constraint webhook_disabled_by_check;
alter domain webhook_disabled_by add constraint webhook_disabled_by_check check (value in ('hand', 'failures', 'gone'));
alter table webhooks
  -- In words: what the receiver answered last.
  add column disabled_because text,
  -- Until when the receiver asked to be left alone, and when it did.
  add column rests_until timestamptz,
  add column rests_since timestamptz;

-- A kept result is found by the people that it shows as well, so that erasing one erases it.
comment on column claim_results.ticket_ids is 'Whatever the result shows: tickets and people.';
update claim_results r set ticket_ids = r.ticket_ids || p.ids
from (
  select c.tenant_id, c.credential_id, c.key, array_agg(distinct (x.id #>> '{}')::uuid) as ids
  from claim_results c, lateral (
    select jsonb_path_query(c.result, '$.tickets[*].*.id ? (@.type() == "string")')
    union all
    select jsonb_path_query(c.result, '$.messages[*].author_id ? (@.type() == "string")')) x (id)
  group by c.tenant_id, c.credential_id, c.key
) p
where r.tenant_id = p.tenant_id and r.credential_id = p.credential_id and r.key = p.key;
