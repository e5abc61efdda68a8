-- Getting in: what clients were granted, and failed logins.

-- A credential that comes in a pair is a client of the authorization server; its public half is listed in the directory.
-- `redirect_uris` are where its users may be sent back to, `origins` from where its tokens may be used (none: anywhere).
-- An access token that the authorization server issued names its grant.
alter table credentials
  add column redirect_uris  text[] not null default '{}',
  add column origins        text[] not null default '{}',
  add column grant_id       uuid;

-- What a user, or a client for itself, allowed a client to do. Codes and tokens are kept as hashes only.
create table grants (
  tenant_id           uuid not null,
  id                  uuid not null,
  client_id           uuid not null,
  user_id             uuid not null,
  desk_id             uuid,
  scopes              text[] not null,
  -- The authorization code: null when the client asked for itself.
  code_hash           bytea,
  code_challenge      text,
  redirect_uri        text,
  code_expires_at     timestamptz,
  code_used_at        timestamptz,
  refresh_hash        bytea,
  refresh_expires_at  timestamptz,
  created_at          timestamptz not null,
  revoked_at          timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code_hash),
  unique (tenant_id, refresh_hash),
  foreign key (tenant_id, client_id) references credentials on delete cascade,
  foreign key (tenant_id, user_id) references users on delete cascade,
  foreign key (tenant_id, desk_id) references desks on delete cascade
);
create index grants_of_client on grants (tenant_id, client_id);
create index grants_of_user on grants (tenant_id, user_id);

alter table credentials add foreign key (tenant_id, grant_id) references grants on delete cascade;
create index credentials_of_grant on credentials (tenant_id, grant_id) where grant_id is not null;
create index credentials_by_end on credentials (tenant_id, expires_at) where expires_at is not null;

-- Failed logins of one name from one address. `since` begins the window in which they are counted.
create table login_failures (
  tenant_id  uuid not null references tenants on delete cascade,
  key        bytea not null,
  failures   integer not null,
  since      timestamptz not null,
  primary key (tenant_id, key)
);
create index login_failures_by_age on login_failures (tenant_id, since);
