-- Webhooks: who is told of events, and every telling until it is done.

create table webhooks (
  tenant_id        uuid not null references tenants on delete cascade,
  id               uuid not null,
  -- Whose payloads, signature and retry schedule it gets.
  dialect          text not null,
  -- The only desk whose events it gets; null for all desks.
  desk_id          uuid,
  url              text not null,
  description      text not null,
  -- The dialect's own names of events; '*' is all of them.
  events           text[] not null,
  enabled          boolean not null,
  -- Why it is not enabled: what happens meanwhile is kept for it only after failures.
  disabled_by      text check (disabled_by in ('hand', 'failures')),
  -- Encrypted; the previous one signs too for a while after a rotation, where the dialect's header has room for it.
  secret           bytea not null,
  previous_secret  bytea,
  previous_until   timestamptz,
  -- The event position at which it was made: earlier events are not its.
  since            bigint not null,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  last_used_at     timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, desk_id) references desks on delete cascade,
  check (enabled = (disabled_by is null))
);

-- Up to where a tenant's event log has been made into deliveries.
create table webhook_positions (
  tenant_id  uuid primary key references tenants on delete cascade,
  position   bigint not null
);

-- One event for one webhook. Waiting ones are claimed by moving next_at past the time an attempt may take.
create table webhook_deliveries (
  tenant_id    uuid not null,
  id           uuid not null,
  webhook_id   uuid not null,
  -- What it is about: deliveries of one line go out one after the other, by position and nth.
  line         uuid not null,
  position     bigint not null,
  nth          integer not null,
  event_type   text not null,
  body         text not null,
  state        text not null check (state in ('waiting', 'delivered', 'dead')),
  -- All attempts ever, and those since it was last replayed, by which the schedule goes.
  attempts     integer not null default 0,
  tries        integer not null default 0,
  next_at      timestamptz not null,
  created_at   timestamptz not null,
  finished_at  timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, webhook_id, position, nth),
  foreign key (tenant_id, webhook_id) references webhooks on delete cascade
);
create index webhook_deliveries_due on webhook_deliveries (tenant_id, webhook_id, next_at) where state = 'waiting';
create index webhook_deliveries_line on webhook_deliveries (tenant_id, line, webhook_id, position, nth);
create index webhook_deliveries_of_webhook on webhook_deliveries (tenant_id, webhook_id, id);
create index webhook_deliveries_by_age on webhook_deliveries (tenant_id, created_at);

-- What was sent and what came back; texts are cut to a bounded length.
create table webhook_attempts (
  tenant_id        uuid not null,
  delivery_id      uuid not null,
  number           integer not null,
  at               timestamptz not null,
  duration_ms      integer not null,
  url              text not null,
  request_headers  jsonb not null,
  status           integer,
  answer_headers   jsonb,
  answer_body      text,
  -- Why there was no answer.
  problem          text,
  primary key (tenant_id, delivery_id, number),
  foreign key (tenant_id, delivery_id) references webhook_deliveries on delete cascade
);
