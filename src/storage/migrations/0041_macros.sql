-- Changes of tickets that have a name, with what is said by them: kept for oneself, for a group or for everyone, as saved
-- replies are.
create table macros (
  tenant_id           uuid not null,
  id                  uuid not null,
  version             integer not null,
  name                text not null,
  change              jsonb not null,
  message_visibility  visibility,
  message_text        text,
  audience            view_audience not null,
  group_id            uuid,
  author_id           uuid not null,
  created_at          timestamptz not null,
  primary key (tenant_id, id),
  check ((message_visibility is null) = (message_text is null)),
  foreign key (tenant_id, group_id) references groups (tenant_id, id),
  foreign key (tenant_id, author_id) references users (tenant_id, id)
);
create index macros_of_author on macros (tenant_id, author_id);
alter table macros alter column tenant_id set (n_distinct = -0.01);
