-- The idempotency keys of a token are its client's or person's: whoever refreshes it or logs in again may still send a call
-- once more. What was claimed before is theirs too; of the same key under two tokens of one owner the first call counts,
-- which is the one that a repeat means. The column keeps its name, by which servers of the version before still write.
comment on column claims.credential_id is 'Whose key it is: a client, a person by way of a client or dialect, or a credential';

with claimants as (
  select c.tenant_id, c.id as credential_id,
    case
      when g.id is null then substr(encode(sha256(convert_to('login ' || c.dialect || ' ' || c.user_id, 'UTF8')), 'hex'), 1, 32)::uuid
      when g.code_hash is null then g.client_id
      else substr(encode(sha256(convert_to('consent ' || g.client_id || ' ' || g.user_id, 'UTF8')), 'hex'), 1, 32)::uuid
    end as claimant_id
  from credentials c left join grants g on g.tenant_id = c.tenant_id and g.id = c.grant_id
  where g.id is not null or c.kind = 'login'
),
moved as materialized (
  select distinct on (c.tenant_id, o.claimant_id, c.key) c.tenant_id, c.credential_id, c.key, o.claimant_id
  from claims c join claimants o on o.tenant_id = c.tenant_id and o.credential_id = c.credential_id
  where not exists (
    select 1 from claims k where k.tenant_id = c.tenant_id and k.credential_id = o.claimant_id and k.key = c.key)
  order by c.tenant_id, o.claimant_id, c.key, c.created_at
),
results as (
  update claim_results r set credential_id = m.claimant_id from moved m
  where r.tenant_id = m.tenant_id and r.credential_id = m.credential_id and r.key = m.key
)
update claims c set credential_id = m.claimant_id from moved m
where c.tenant_id = m.tenant_id and c.credential_id = m.credential_id and c.key = m.key;
