-- What goes out by mail: a letter for each public answer of an agent to somebody with an address. Its words are the message's,
-- so that what is erased there is in no letter.
create domain outgoing_state as text check (value in ('waiting', 'sending', 'sent', 'uncertain', 'refused', 'bounced', 'held'));
create table outgoing_mails (
  tenant_id    uuid not null,
  message_id   uuid not null,
  -- Of the event that it was made of: letters of a ticket go out in this order.
  position     bigint not null,
  -- Its Message-ID, without brackets, which never changes.
  mail_id      text not null,
  state        outgoing_state not null,
  attempts     integer not null default 0,
  -- Those since it was made, or sent again by hand.
  tries        integer not null default 0,
  -- When it is due; of one that is being sent, by when that is over.
  next_at      timestamptz not null,
  -- What the relay said last.
  answer       text not null default '',
  created_at   timestamptz not null,
  finished_at  timestamptz,
  primary key (tenant_id, message_id),
  foreign key (tenant_id, message_id) references messages (tenant_id, id) on delete cascade
);
create index outgoing_mails_due on outgoing_mails (tenant_id, next_at) where state in ('waiting', 'sending');
create index outgoing_mails_by_id on outgoing_mails (tenant_id, mail_id);
alter table outgoing_mails alter column tenant_id set (n_distinct = -0.01);

-- Up to where a tenant's event log has been made into letters.
create table outgoing_positions (
  tenant_id  uuid primary key references tenants on delete cascade,
  position   bigint not null
);
