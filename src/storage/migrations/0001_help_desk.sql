-- The help desk: tenants and who belongs to them, the catalogue, tickets with their messages, and the event log.
-- Every primary key, unique constraint and foreign key holds tenant_id, so that a tenant is a shard (docs/decisions/0004).
-- Exempt are tenants, migrations and directory, which find the tenant in the first place.

create table tenants (
  tenant_id   uuid primary key,
  name        text not null,
  created_at  timestamptz not null
);

-- By which a presented secret or a login name finds its tenant, before a tenant is known.
create table directory (
  kind       text not null,
  hash       bytea not null,
  tenant_id  uuid not null references tenants on delete cascade,
  target_id  uuid not null,
  primary key (kind, hash)
);

-- Everything a tenant counts without gaps or reuse. One row, always locked before any desk_counters row.
create table tenant_counters (
  tenant_id        uuid primary key references tenants on delete cascade,
  event_position   bigint not null default 0,
  ticket_integer   bigint not null default 0,
  message_integer  bigint not null default 0,
  user_integer     bigint not null default 0,
  desk_integer     bigint not null default 0,
  group_integer    bigint not null default 0
);

create table desks (
  tenant_id   uuid not null references tenants on delete cascade,
  id          uuid not null,
  integer     bigint not null,
  name        text not null,
  is_default  boolean not null,
  active      boolean not null default true,
  created_at  timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, integer)
);
create unique index desks_default on desks (tenant_id) where is_default;

-- The ticket number of a desk, and how many tickets it has in each status (lists show totals from here).
create table desk_counters (
  tenant_id        uuid not null,
  desk_id          uuid not null,
  ticket_number    integer not null default 0,
  new_tickets      bigint not null default 0,
  open_tickets     bigint not null default 0,
  pending_tickets  bigint not null default 0,
  on_hold_tickets  bigint not null default 0,
  solved_tickets   bigint not null default 0,
  closed_tickets   bigint not null default 0,
  primary key (tenant_id, desk_id),
  foreign key (tenant_id, desk_id) references desks on delete cascade
);

create table users (
  tenant_id        uuid not null references tenants on delete cascade,
  id               uuid not null,
  integer          bigint not null,
  kind             text not null check (kind in ('person', 'service')),
  is_owner         boolean not null default false,
  name             text not null default '',
  surname          text not null default '',
  email            text,
  email_key        text,
  username         text,
  username_key     text,
  customer_number  text,
  phone            text,
  photo_url        text,
  about            text,
  password_hash    text,
  active           boolean not null default true,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, integer),
  unique (tenant_id, email_key),
  unique (tenant_id, username_key)
);

create table memberships (
  tenant_id   uuid not null,
  id          uuid not null,
  desk_id     uuid not null,
  user_id     uuid not null,
  role        text not null check (role in ('customer', 'agent', 'admin')),
  created_at  timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, user_id, desk_id),
  foreign key (tenant_id, desk_id) references desks on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);

-- The name that a client's own system gives a user; unique on a desk.
create table external_identities (
  tenant_id    uuid not null,
  desk_id      uuid not null,
  external_id  text not null,
  user_id      uuid not null,
  primary key (tenant_id, desk_id, external_id),
  foreign key (tenant_id, desk_id) references desks on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade
);

create table groups (
  tenant_id   uuid not null references tenants on delete cascade,
  id          uuid not null,
  integer     bigint not null,
  name        text not null,
  active      boolean not null default true,
  created_at  timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, integer)
);

-- The catalogue: ids are stable integers of the tenant.
create table topics (
  tenant_id   uuid not null references tenants on delete cascade,
  id          integer not null,
  name        text not null,
  offered_in  text[] not null,
  word        text,
  active      boolean not null default true,
  primary key (tenant_id, id)
);
create table types (
  tenant_id  uuid not null references tenants on delete cascade,
  id         integer not null,
  name       text not null,
  active     boolean not null default true,
  primary key (tenant_id, id)
);
create table status_labels (
  tenant_id  uuid not null references tenants on delete cascade,
  id         integer not null,
  name       text not null,
  status     text not null check (status in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
  active     boolean not null default true,
  primary key (tenant_id, id)
);
create table priority_labels (
  tenant_id  uuid not null references tenants on delete cascade,
  id         integer not null,
  name       text not null,
  priority   text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  active     boolean not null default true,
  primary key (tenant_id, id)
);
create table channels (
  tenant_id  uuid not null references tenants on delete cascade,
  id         integer not null,
  kind       text not null,
  name       text not null,
  icon       text not null,
  active     boolean not null default true,
  primary key (tenant_id, id)
);
create table forms (
  tenant_id  uuid not null references tenants on delete cascade,
  id         integer not null,
  name       text not null,
  active     boolean not null default true,
  primary key (tenant_id, id)
);

create table credentials (
  tenant_id    uuid not null,
  id           uuid not null,
  dialect      text not null,
  kind         text not null,
  name         text not null,
  public_id    text,
  secret_hash  bytea not null,
  user_id      uuid not null,
  desk_id      uuid,
  scopes       text[] not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, desk_id) references desks on delete cascade
);
create index credentials_user on credentials (tenant_id, user_id);

create table tickets (
  tenant_id            uuid not null,
  id                   uuid not null,
  integer              bigint not null,
  desk_id              uuid not null,
  number               integer not null,
  version              integer not null,
  title                text not null,
  -- Plain text of the first public message: three of four vendors show it in their lists.
  description          text not null,
  status               text not null check (status in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
  priority             text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  topic_id             integer,
  type_id              integer,
  group_id             uuid,
  requester_id         uuid,
  assignee_id          uuid,
  channel_id           integer not null,
  form_id              integer,
  direction            text not null check (direction in ('inbound', 'outbound')),
  from_address         text not null,
  from_name            text not null,
  to_address           text not null,
  to_name              text not null,
  external_reference   text,
  tags                 text[] not null,
  created_at           timestamptz not null,
  updated_at           timestamptz not null,
  status_changed_at    timestamptz,
  first_response_at    timestamptz,
  latest_message_at    timestamptz,
  latest_agent_at      timestamptz,
  latest_requester_at  timestamptz,
  solved_at            timestamptz,
  closed_at            timestamptz,
  -- When it last became solved or closed; null while it is neither.
  finished_at          timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, integer),
  unique (tenant_id, desk_id, number),
  foreign key (tenant_id, desk_id) references desks,
  foreign key (tenant_id, requester_id) references users,
  foreign key (tenant_id, assignee_id) references users,
  foreign key (tenant_id, group_id) references groups,
  foreign key (tenant_id, topic_id) references topics,
  foreign key (tenant_id, type_id) references types,
  foreign key (tenant_id, channel_id) references channels,
  foreign key (tenant_id, form_id) references forms
);
create index tickets_of_requester on tickets (tenant_id, requester_id, id);
create index tickets_of_desk on tickets (tenant_id, desk_id, id);
create index tickets_of_desk_by_change on tickets (tenant_id, desk_id, updated_at, id);

-- The numbers a ticket had before it moved to another desk: they still lead to it.
create table former_numbers (
  tenant_id  uuid not null,
  desk_id    uuid not null,
  number     integer not null,
  ticket_id  uuid not null,
  primary key (tenant_id, desk_id, number),
  foreign key (tenant_id, desk_id) references desks,
  foreign key (tenant_id, ticket_id) references tickets on delete cascade
);
create index former_numbers_of_ticket on former_numbers (tenant_id, ticket_id);

create table messages (
  tenant_id          uuid not null,
  id                 uuid not null,
  integer            bigint not null,
  ticket_id          uuid not null,
  visibility         text not null check (visibility in ('public', 'internal')),
  author_id          uuid,
  author_name        text,
  author_role        text not null check (author_role in ('requester', 'agent')),
  direction          text not null check (direction in ('inbound', 'outbound')),
  channel_id         integer not null,
  format             text not null check (format in ('text', 'html')),
  original           text not null,
  plain              text not null,
  -- What a browser may be given, and the sanitiser that made it; null for plain text, which is escaped when shown.
  safe_html          text,
  sanitizer          text,
  -- The status the ticket had after this message.
  ticket_status      text not null,
  created_at         timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, integer),
  foreign key (tenant_id, ticket_id) references tickets on delete cascade,
  foreign key (tenant_id, author_id) references users,
  foreign key (tenant_id, channel_id) references channels
);
create index messages_of_ticket on messages (tenant_id, ticket_id, integer);

-- Append-only. No foreign key to what an event is about: the record outlives it.
create table events (
  tenant_id      uuid not null,
  position       bigint not null,
  id             uuid not null,
  kind           text not null,
  ticket_id      uuid,
  message_id     uuid,
  subject_id     uuid,
  actor_id       uuid,
  credential_id  uuid,
  dialect        text not null,
  request_id     text not null,
  at             timestamptz not null,
  before         jsonb,
  after          jsonb,
  primary key (tenant_id, position)
);
create index events_of_ticket on events (tenant_id, ticket_id, position);

-- One row for each Idempotency-Key that took effect. Inserting it is what lets the effect happen.
create table claims (
  tenant_id      uuid not null references tenants on delete cascade,
  credential_id  uuid not null,
  key            text not null,
  fingerprint    text not null,
  created_at     timestamptz not null,
  primary key (tenant_id, credential_id, key)
);
create index claims_by_age on claims (tenant_id, created_at);
-- What the core answered, kept so that a repeat can be encoded again.
create table claim_results (
  tenant_id      uuid not null references tenants on delete cascade,
  credential_id  uuid not null,
  key            text not null,
  -- The tickets that the result shows, so that erasing one erases it here too.
  ticket_ids     uuid[] not null,
  result         jsonb,
  primary key (tenant_id, credential_id, key)
);

-- The planner shall take every tenant to have many rows (it would take the mean, which many small tenants pull down to one
-- or two). Else it finds reading all rows of a tenant as cheap as reading the one that the whole key names, plans that,
-- and a tenant of 50,000 users pays for it at each ticket. Negative: this part of all rows is as many as there are tenants.
alter table users alter column tenant_id set (n_distinct = -0.01);
alter table memberships alter column tenant_id set (n_distinct = -0.01);
alter table external_identities alter column tenant_id set (n_distinct = -0.01);
alter table credentials alter column tenant_id set (n_distinct = -0.01);
alter table tickets alter column tenant_id set (n_distinct = -0.01);
alter table former_numbers alter column tenant_id set (n_distinct = -0.01);
alter table messages alter column tenant_id set (n_distinct = -0.01);
alter table events alter column tenant_id set (n_distinct = -0.01);
alter table claims alter column tenant_id set (n_distinct = -0.01);
alter table claim_results alter column tenant_id set (n_distinct = -0.01);
