-- Mail that came in. Each is kept as it came before whoever handed it over is told so; what became of it is decided after
-- that, and can be decided again.
create domain mail_state as text check (value in ('waiting', 'created', 'joined', 'automatic', 'held', 'discarded'));
create domain mail_authentication as text check (value in ('verified', 'unverified', 'failed'));

create table mails (
  tenant_id       uuid not null references tenants on delete cascade,
  id              uuid not null,
  state           mail_state not null,
  reason          text not null,
  received_at     timestamptz not null,
  decided_at      timestamptz,
  size            integer not null,
  -- The envelope, as far as it was told.
  recipient       text,
  sender          text,
  desk_id         uuid,
  ticket_id       uuid,
  message_id      uuid,
  from_address    text not null default '',
  from_name       text not null default '',
  subject         text not null default '',
  authentication  mail_authentication not null default 'unverified',
  -- A digest of its id and its content: a second one at the same desk is a copy.
  identity        text,
  from_key        text,
  -- The number that the writer's own desk has for it.
  foreign_key     text,
  -- Everybody whom it is from or for, but the desks.
  people_keys     text[],
  explanation     jsonb,
  -- How often it was begun, and until when whoever began it has it for itself.
  attempts        integer not null default 0,
  taken_until     timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, desk_id) references desks (tenant_id, id),
  -- What is erased of a ticket is erased of the mails that it was made of.
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade,
  foreign key (tenant_id, message_id) references messages (tenant_id, id) on delete cascade
);
create index mails_in_state on mails (tenant_id, state, id);
create index mails_waiting on mails (tenant_id, id) where state = 'waiting';
create unique index mails_once on mails (tenant_id, desk_id, identity) where identity is not null;
create index mails_of_ticket on mails (tenant_id, ticket_id) where ticket_id is not null;
create index mails_of_message on mails (tenant_id, message_id) where message_id is not null;
create index mails_of_writer on mails (tenant_id, from_key, id) where from_key is not null;
create index mails_of_people on mails using gin (people_keys) where people_keys is not null;
alter table mails alter column tenant_id set (n_distinct = -0.01);

create table mail_raws (
  tenant_id  uuid not null,
  mail_id    uuid not null,
  raw        bytea not null,
  primary key (tenant_id, mail_id),
  foreign key (tenant_id, mail_id) references mails (tenant_id, id) on delete cascade
);
alter table mail_raws alter column tenant_id set (n_distinct = -0.01);

-- Which ids of messages lead to a ticket: those of its mails, and those that these name, of which many never came here.
create table mail_ids (
  tenant_id  uuid not null,
  key        text not null,
  ticket_id  uuid not null,
  -- The desk at which the mail arrived that brought it; null for mail of ours.
  desk_id    uuid,
  -- Whether a mail here has the id; else one only names it.
  is_own     boolean not null,
  primary key (tenant_id, key, ticket_id),
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
);
create index mail_ids_of_ticket on mail_ids (tenant_id, ticket_id);
alter table mail_ids alter column tenant_id set (n_distinct = -0.01);
