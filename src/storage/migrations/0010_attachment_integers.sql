-- Attachments have an integer of their tenant, as tickets and messages have: by it a vendor's clients name them.
alter table tenant_counters add column attachment_integer bigint not null default 0;
alter table attachments add column integer bigint;

update attachments f set integer = n.nth
from (select a.tenant_id, a.id, row_number() over (partition by a.tenant_id order by a.created_at, a.id) as nth from attachments a) n
where f.tenant_id = n.tenant_id and f.id = n.id;
update tenant_counters c
set attachment_integer = (select count(*) from attachments f where f.tenant_id = c.tenant_id);

alter table attachments alter column integer set not null;
alter table attachments add unique (tenant_id, integer);

-- Results of keyed calls that were kept before attachments had integers get them: a repeat shows them too.
update claim_results r
set result = jsonb_set(r.result, '{messages}', (
  select jsonb_agg(
    case when m.message ? 'attachments' then jsonb_set(m.message, '{attachments}', (
      select coalesce(jsonb_agg(f.file || jsonb_build_object('integer', a.integer) order by f.nth), '[]')
      from jsonb_array_elements(m.message -> 'attachments') with ordinality f (file, nth)
      join attachments a on a.tenant_id = r.tenant_id and a.id = (f.file ->> 'id')::uuid
    )) else m.message end
    order by m.nth)
  from jsonb_array_elements(r.result -> 'messages') with ordinality m (message, nth)))
where jsonb_path_exists(r.result, '$.messages[*].attachments[*] ? (!exists(@.integer))');
