-- Saved queries over tickets, and who sees each: its author, the members of a group, or everyone who works here.
create domain view_audience as text check (value in ('private', 'group', 'everyone'));
create domain query_sort as text check (value in ('created', 'updated', 'priority', 'latest_message'));
create table views (
  tenant_id   uuid not null,
  id          uuid not null,
  version     integer not null,
  name        text not null,
  query       text not null,
  sort        query_sort not null,
  descending  boolean not null,
  audience    view_audience not null,
  group_id    uuid,
  author_id   uuid not null,
  created_at  timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, group_id) references groups (tenant_id, id),
  foreign key (tenant_id, author_id) references users (tenant_id, id)
);
create index views_of_author on views (tenant_id, author_id);
alter table views alter column tenant_id set (n_distinct = -0.01);

-- Where a person has put a view among the others. A row is made for what is moved or pinned.
create table view_places (
  tenant_id  uuid not null,
  user_id    uuid not null,
  view_id    uuid not null,
  -- Null for what was never moved: it is behind all that was.
  place      integer,
  pinned     boolean not null,
  primary key (tenant_id, user_id, view_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, view_id) references views (tenant_id, id) on delete cascade
);
create index view_places_of_view on view_places (tenant_id, view_id);
alter table view_places alter column tenant_id set (n_distinct = -0.01);

-- Who is in a group.
create table group_members (
  tenant_id   uuid not null,
  group_id    uuid not null,
  user_id     uuid not null,
  created_at  timestamptz not null,
  primary key (tenant_id, group_id, user_id),
  foreign key (tenant_id, group_id) references groups (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index group_members_of_user on group_members (tenant_id, user_id);
alter table group_members alter column tenant_id set (n_distinct = -0.01);
