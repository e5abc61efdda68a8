-- What reports are read from: what each ticket counts as, and what all of them come to by day. All of it follows from tickets and
-- their log, and can be made anew of these.

-- Up to where a tenant's log is counted.
create table report_positions (
  tenant_id   uuid primary key references tenants on delete cascade,
  -- By which rules it is counted: under others all of it is counted anew.
  rules       integer not null,
  -- Goes up whenever all is counted anew: rows of an earlier one count no more.
  generation  integer not null,
  position    bigint not null,
  -- While all is counted anew, the integer of the ticket up to which; null when that is done.
  walked      bigint,
  -- Whether there are rows of an earlier one.
  stale       boolean not null
);

-- What a ticket belongs to.
create table report_tickets (
  tenant_id   uuid not null,
  ticket_id   uuid not null,
  generation  integer not null,
  desk_id     uuid not null,
  -- A dimension with the value that it has there: "group 0193...", "tag vip".
  parts       text[] not null,
  primary key (tenant_id, ticket_id)
);
alter table report_tickets alter column tenant_id set (n_distinct = -0.01);

-- When it counts as what, and for how much.
create table report_marks (
  tenant_id   uuid not null,
  ticket_id   uuid not null,
  metric      text not null,
  generation  integer not null,
  at          timestamptz not null,
  amount      bigint not null,
  primary key (tenant_id, ticket_id, metric)
);
create index report_marks_by_time on report_marks (tenant_id, metric, at, ticket_id);
alter table report_marks alter column tenant_id set (n_distinct = -0.01);

-- The sum of marks of a day, or of 32 days, for a value of a dimension on a desk.
create table report_cells (
  tenant_id   uuid not null,
  metric      text not null,
  dimension   text not null,
  -- Of so many days, from a day on that is counted from the beginning of 1970, in UTC.
  span        integer not null,
  day         integer not null,
  value       text not null,
  desk_id     uuid not null,
  generation  integer not null,
  tickets     bigint not null,
  amount      bigint not null,
  -- Of a single day what each quarter of an hour holds: its number, tickets, amount, and so on. By it any time zone has its days.
  quarters    bigint[] not null,
  primary key (tenant_id, metric, dimension, span, day, value, desk_id)
);
alter table report_cells alter column tenant_id set (n_distinct = -0.01);
