-- The label of `new` was `Open`, which stood beside the status `open`; a dialect with a word of its own goes on to show that.
-- A name that a tenant gave, and a tenant that has another label of the new name, stay as they are.
update status_labels l set name = 'New'
where l.id = 1 and l.status = 'new' and l.name = 'Open' and not exists (
  select 1 from status_labels o where o.tenant_id = l.tenant_id and o.id <> l.id and lower(o.name) = 'new');
