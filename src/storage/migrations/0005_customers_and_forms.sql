-- What more is known of people: the addresses by which they are reached, and fields of the tenant's own.

-- Beside the e-mail address that names a user: telephones, handles, further e-mail addresses. One person for each.
create table user_addresses (
  tenant_id    uuid not null,
  kind         text not null check (kind in ('email', 'telephone', 'facebook', 'twitter')),
  address_key  text not null,
  address      text not null,
  user_id      uuid not null,
  created_at   timestamptz not null,
  primary key (tenant_id, kind, address_key),
  foreign key (tenant_id, user_id) references users on delete cascade
);
create index user_addresses_of_user on user_addresses (tenant_id, user_id);
create index external_identities_of_user on external_identities (tenant_id, user_id);

-- Texts by name; which names there are is the tenant's business.
alter table users add column fields jsonb not null default '{}';
-- Since when nothing is known of this person any more; the row stays for what refers to it.
alter table users add column erased_at timestamptz;

-- Which tickets a new address of a person belongs to.
create index tickets_of_nobody on tickets (tenant_id, desk_id, lower(from_address)) where requester_id is null and from_address <> '';
-- What an erasure has to find.
create index messages_of_requester on messages (tenant_id, author_id) where author_role = 'requester';
create index events_of_subject on events (tenant_id, subject_id) where subject_id is not null;
