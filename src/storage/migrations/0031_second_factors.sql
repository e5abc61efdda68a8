-- What a person proves beside the password. The secret has to be readable, so it is encrypted; it counts once it is confirmed.
create table second_factors (
  tenant_id     uuid not null,
  user_id       uuid not null,
  secret        bytea not null,
  created_at    timestamptz not null,
  confirmed_at  timestamptz,
  -- Of the last code that was right: none up to it is right again.
  last_step     bigint,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
-- Each stands in for a code, once.
create table recovery_codes (
  tenant_id  uuid not null,
  user_id    uuid not null,
  hash       bytea not null,
  primary key (tenant_id, user_id, hash),
  foreign key (tenant_id, user_id) references second_factors (tenant_id, user_id) on delete cascade
);
alter table recovery_codes alter column tenant_id set (n_distinct = -0.01);
