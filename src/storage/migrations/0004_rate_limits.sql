-- How much of its rate each credential has used. Unlogged: after a crash of PostgreSQL every bucket is full again, and
-- until then a lease costs no write to the log.
create unlogged table rate_buckets (
  tenant_id    uuid not null references tenants on delete cascade,
  -- Whose bucket: the dialect, the credential, and the address where that counts.
  name         text not null,
  -- When everything leased so far will have been earned, in microseconds since 1970: the later, the emptier.
  spent_until  bigint not null,
  -- What the latest lease got.
  granted      integer not null,
  primary key (tenant_id, name)
);
