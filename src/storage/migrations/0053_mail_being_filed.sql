-- The ids by which a mail leads to its ticket, while it is filed: until it is put down what became of it, what it did is known by
-- its key alone.
alter table mails add column own_ids text[], add column named_ids text[];
create index mails_being_filed on mails (tenant_id) where own_ids is not null;
