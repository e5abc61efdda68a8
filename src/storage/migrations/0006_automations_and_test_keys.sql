-- Machines that act by themselves, keys for trying things out, and who belongs to a desk.

-- A service is what a key without a person acts as; an automation decides by itself, and dialects say so where they can.
alter table users
  drop constraint users_kind_check,
  add constraint users_kind_check check (kind in ('person', 'service', 'automation'));

-- A key for trying things out: it does the same, at the lower rate of its dialect. Its tokens follow it.
alter table credentials add column test_mode boolean not null default false;

-- The people of a desk, page by page.
create index memberships_of_desk on memberships (tenant_id, desk_id, id);
