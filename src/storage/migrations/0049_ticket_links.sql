-- Tickets that belong together. The first is the child or the follow-up, where a link has a direction.
create domain link_kind as text check (value in ('related', 'child', 'follow_up'));
create table ticket_links (
  tenant_id   uuid not null,
  id          uuid not null,
  kind        link_kind not null,
  from_id     uuid not null,
  to_id       uuid not null,
  -- The ticket that an end was made for, where that was merged into the one it is at now.
  from_came   uuid,
  to_came     uuid,
  created_at  timestamptz not null,
  -- Since when it is taken away. Its row stays, so that this can be undone.
  removed_at  timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, from_id) references tickets (tenant_id, id) on delete cascade,
  foreign key (tenant_id, to_id) references tickets (tenant_id, id) on delete cascade
);
create index ticket_links_from on ticket_links (tenant_id, from_id);
create index ticket_links_to on ticket_links (tenant_id, to_id);
create index ticket_links_of_kind on ticket_links (tenant_id, kind) where removed_at is null;
alter table ticket_links alter column tenant_id set (n_distinct = -0.01);
