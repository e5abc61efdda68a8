-- What is known of the tags that tickets have. A tag is there because a ticket has it, or because somebody described it.
create table tags (
  tenant_id    uuid not null,
  name         text collate "C" not null,
  -- Tickets that have it, without those that were merged into others.
  tickets      integer not null default 0,
  -- Whether it is there also while no ticket has it.
  kept         boolean not null default false,
  colour       text,
  description  text not null default '',
  -- What it was renamed or merged to: whoever names it means that one.
  leads_to     text,
  primary key (tenant_id, name)
);
create index tags_leading on tags (tenant_id) where leads_to is not null;
create index tags_kept on tags (tenant_id) where kept;
alter table tags alter column tenant_id set (n_distinct = -0.01);
insert into tags (tenant_id, name, tickets)
select t.tenant_id, g.name, count(distinct t.id)
from tickets t cross join lateral unnest(t.tags) g (name) where t.merged_into is null group by t.tenant_id, g.name;

-- Of a bulk job that takes a tag off all tickets: {"from", "into", "is_new"}. What has it is looked for until none has it.
alter table bulk_jobs add column retag jsonb;
