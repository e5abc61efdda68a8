-- By what tickets are found: keys of words, never the words. A key only says where to look; what is found is read again
-- before anybody is told of it. So a key that is there without its word is no mistake, and a missing one is.

-- Written with what says the words: found right after the commit. `position` is the event that told it.
create table search_tail (
  tenant_id  uuid not null,
  ticket     bigint not null,
  position   bigint not null,
  keys       bigint[] not null,
  primary key (tenant_id, ticket, position)
);
alter table search_tail
  alter column tenant_id set (n_distinct = -0.01), alter column keys set statistics 0;

-- What a job has made of that: one row for each ticket. Here a key begins with 23 bits of its tenant and block, so that
-- the words of one ticket are on few pages of the index, and a search reads the newest block first.
create table search_tickets (
  tenant_id  uuid not null,
  ticket     bigint not null,
  keys       bigint[] not null,
  primary key (tenant_id, ticket)
);
-- One tenant, as the planner is told: else it thinks that a range of tickets is a few rows, and reads them all.
alter table search_tickets
  alter column tenant_id set (n_distinct = 1), alter column keys set statistics 0;
create index search_tickets_keys on search_tickets using gin (keys) with (fastupdate = off);

create table search_blocks (
  tenant_id  uuid not null,
  block      bigint not null,
  prefix     bigint not null,
  primary key (tenant_id, block)
);
alter table search_blocks alter column tenant_id set (n_distinct = -0.01);
