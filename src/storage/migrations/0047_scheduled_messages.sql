-- Messages that are sent later. One that was sent, or cancelled by hand, is here no more.
create table scheduled_messages (
  tenant_id         uuid not null,
  id                uuid not null,
  version           integer not null,
  ticket_id         uuid not null,
  -- Whose it is, and with which rights it is sent: no more than its author had, nor than they have by then.
  user_id           uuid not null,
  credential_id     uuid not null,
  dialect           text not null,
  permissions       text[] not null,
  visibility        visibility not null,
  format            text not null,
  text              text not null,
  attachment_ids    uuid[] not null,
  -- The status that the ticket gets with it; null for the one by the lifecycle.
  status            text,
  send_at           timestamptz not null,
  unless_answered   boolean not null,
  created_at        timestamptz not null,
  -- Until when a server is sending it, and nobody else touches it.
  taken_until       timestamptz,
  -- Why it was not sent; null while it waits.
  problem           jsonb,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
);
create index scheduled_messages_of_ticket on scheduled_messages (tenant_id, ticket_id);
create index scheduled_messages_of_user on scheduled_messages (tenant_id, user_id);
create index scheduled_messages_due on scheduled_messages (send_at) where problem is null;
alter table scheduled_messages alter column tenant_id set (n_distinct = -0.01);
