-- One change of many tickets, done in the background, and what came of each of them.
create domain bulk_job_state as text check (value in ('running', 'done', 'cancelled'));
create domain bulk_outcome as text check (value in ('changed', 'unchanged', 'refused'));
create table bulk_jobs (
  tenant_id      uuid not null,
  id             uuid not null,
  -- Who asked for it and by what, and what they were allowed by that.
  user_id        uuid not null,
  credential_id  uuid not null,
  dialect        text not null,
  request_id     text not null,
  permissions    text[] not null,
  -- What its tickets were looked for by; null where they were named.
  view_id        text,
  query          text,
  -- Null for what takes another one back.
  change         jsonb,
  undoes         uuid,
  undone_by      uuid,
  state          bulk_job_state not null,
  total          integer not null,
  changed        integer not null default 0,
  unchanged      integer not null default 0,
  refused        integer not null default 0,
  created_at     timestamptz not null,
  finished_at    timestamptz,
  -- Which worker has it now, and how long it may be silent before another one goes on.
  worker_id      uuid,
  worker_until   timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id)
);
create index bulk_jobs_of_user on bulk_jobs (tenant_id, user_id, id);
create index bulk_jobs_running on bulk_jobs (tenant_id) where state = 'running';
create index bulk_jobs_finished on bulk_jobs (tenant_id, finished_at) where finished_at is not null;
alter table bulk_jobs alter column tenant_id set (n_distinct = -0.01);

create table bulk_job_tickets (
  tenant_id       uuid not null,
  job_id          uuid not null,
  nth             integer not null,
  ticket_id       uuid not null,
  -- Null until it was its turn.
  outcome         bulk_outcome,
  -- Why it was refused.
  problem         jsonb,
  -- Of the events that tell the change.
  first_position  bigint,
  last_position   bigint,
  -- Since when the requester had waited, where the change ended that.
  waiting_since   timestamptz,
  primary key (tenant_id, job_id, nth),
  foreign key (tenant_id, job_id) references bulk_jobs (tenant_id, id) on delete cascade
);
create index bulk_job_tickets_left on bulk_job_tickets (tenant_id, job_id, nth) where outcome is null;
alter table bulk_job_tickets alter column tenant_id set (n_distinct = -0.01);
