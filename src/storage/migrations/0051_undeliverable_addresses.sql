-- Addresses at which mail did not arrive for good: nothing more is sent there until somebody clears them.
create table undeliverable_addresses (
  tenant_id    uuid not null references tenants on delete cascade,
  id           uuid not null,
  address_key  text not null,
  address      text not null,
  -- What the server said of it, without addresses.
  answer       text not null,
  since        timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, address_key)
);
alter table undeliverable_addresses alter column tenant_id set (n_distinct = -0.01);

-- Why a letter is held; null for one that is not.
create domain held_reason as text check (value in ('by_hand', 'no_address', 'no_desk_address', 'undeliverable'));
alter table outgoing_mails add column held_because held_reason;

-- The outbox is listed by state.
create index outgoing_mails_in_state on outgoing_mails (tenant_id, state, message_id);
