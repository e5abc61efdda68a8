-- How far each person has read. A ticket is unread to them when it changed after what they saw of it: their mark on it, or
-- where they have none the point from which they read at all. Rows are made for what is opened, not for what there is.
create table read_marks (
  tenant_id  uuid not null,
  user_id    uuid not null,
  ticket_id  uuid not null,
  -- Of the last event that was seen; 0 for what somebody wants to find unread.
  position   bigint not null,
  primary key (tenant_id, user_id, ticket_id),
  foreign key (tenant_id, ticket_id) references tickets (tenant_id, id) on delete cascade
);
create index read_marks_of_ticket on read_marks (tenant_id, ticket_id);
create table read_beginnings (
  tenant_id  uuid not null,
  user_id    uuid not null,
  position   bigint not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
alter table read_marks alter column tenant_id set (n_distinct = -0.01);
