-- What people write on tickets and have not sent: a reply and a note of each person on each ticket.
create table unsent_messages (
  tenant_id       uuid not null,
  id              uuid not null,
  version         integer not null,
  user_id         uuid not null,
  ticket_id       uuid not null,
  visibility      visibility not null,
  format          text not null,
  text            text not null,
  attachment_ids  uuid[] not null,
  updated_at      timestamptz not null,
  primary key (tenant_id, user_id, ticket_id, visibility),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
);
create index unsent_messages_of_ticket on unsent_messages (tenant_id, ticket_id);
alter table unsent_messages alter column tenant_id set (n_distinct = -0.01);
