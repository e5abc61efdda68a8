-- Texts that are said often, and for whom each is: its author, the members of a group, or everyone who works here. What used
-- to be the audience of a view is that of whatever is shared.
create table saved_replies (
  tenant_id   uuid not null,
  id          uuid not null,
  version     integer not null,
  name        text not null,
  folder      text not null,
  language    text,
  text        text not null,
  audience    view_audience not null,
  group_id    uuid,
  author_id   uuid not null,
  created_at  timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, group_id) references groups (tenant_id, id),
  foreign key (tenant_id, author_id) references users (tenant_id, id)
);
create index saved_replies_of_author on saved_replies (tenant_id, author_id);
alter table saved_replies alter column tenant_id set (n_distinct = -0.01);

-- When a person last used one.
create table saved_reply_uses (
  tenant_id  uuid not null,
  user_id    uuid not null,
  reply_id   uuid not null,
  used_at    timestamptz not null,
  primary key (tenant_id, user_id, reply_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, reply_id) references saved_replies (tenant_id, id) on delete cascade
);
create index saved_reply_uses_of_reply on saved_reply_uses (tenant_id, reply_id);
alter table saved_reply_uses alter column tenant_id set (n_distinct = -0.01);
