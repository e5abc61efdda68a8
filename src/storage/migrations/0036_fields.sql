-- What a tenant wants to know of its tickets beside what every ticket tells.
create domain field_type as text
  check (value in ('text', 'number', 'boolean', 'date', 'choice', 'choices', 'person'));
create domain field_requirement as text check (value in ('to_open', 'to_solve'));
create table fields (
  tenant_id    uuid not null,
  id           integer not null,
  version      integer not null default 1,
  key          text not null,
  type         field_type not null,
  label        text not null,
  description  text not null,
  -- What may be chosen, in the order in which it is offered: {"value", "label", "active"}.
  choices      jsonb not null,
  -- When a ticket has to have it; null where it need not.
  required     field_requirement,
  active       boolean not null default true,
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
alter table fields alter column tenant_id set (n_distinct = -0.01);

-- What is set of them, by key. The default is constant, so that no row is written again; and no field is a column, so that
-- one more is a row of the table above and nothing else.
alter table tickets add column fields jsonb not null default '{}';

-- Under the tenant, so that another one's tickets with the same value are not among those that are found by it.
create index tickets_by_field on tickets using gin (jsonb_set('{}', array[tenant_id::text], fields) jsonb_path_ops)
  with (fastupdate = off) where fields <> '{}';

-- What calls were answered tells it too, so that a repeat can be answered by the same rules.
update claim_results r set result = jsonb_set(r.result, '{tickets}', (
  select coalesce(jsonb_agg(x.ticket || '{"fields": {}}'::jsonb order by x.nth), '[]')
  from jsonb_array_elements(r.result -> 'tickets') with ordinality x (ticket, nth)))
where jsonb_typeof(r.result -> 'tickets') = 'array' and jsonb_array_length(r.result -> 'tickets') > 0;
