-- Tickets whose keys are to be made anew of what they say now: those that were here before there were keys, and those of
-- which words were erased. Until then they are found by the keys that they have.
create table search_due (
  tenant_id  uuid not null,
  ticket     bigint not null,
  -- Goes up when more is erased meanwhile.
  mark       integer not null,
  primary key (tenant_id, ticket)
);
alter table search_due alter column tenant_id set (n_distinct = -0.01);
insert into search_due (tenant_id, ticket, mark) select t.tenant_id, t.integer, 1 from tickets t;
