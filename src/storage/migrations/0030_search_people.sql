-- By what requesters are found: keys of their names, addresses and numbers, as the job and the writes of people keep them.
-- A key begins with 23 bits of the tenant. One that outlived its name is no mistake, as what is found is read again.
create table search_people (
  tenant_id  uuid not null,
  user_id    uuid not null,
  keys       bigint[] not null,
  -- Above zero while the keys are to be made anew; goes up with each change meanwhile.
  mark       integer not null,
  primary key (tenant_id, user_id)
);
-- As for search_tickets.
alter table search_people
  alter column tenant_id set (n_distinct = 1), alter column keys set statistics 0;
create index search_people_keys on search_people using gin (keys) with (fastupdate = off);
create index search_people_due on search_people (tenant_id, user_id) where mark > 0;
insert into search_people (tenant_id, user_id, keys, mark) select u.tenant_id, u.id, '{}', 1 from users u where u.erased_at is null;
