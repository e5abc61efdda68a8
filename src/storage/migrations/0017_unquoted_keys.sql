-- An Idempotency-Key in quotes, as the draft of the IETF has it, is the key inside of them. Keys that were kept with their
-- quotes are still answered when they come again, with or without these. A number behind a key is a part of a long call.
update claims c set key = regexp_replace(c.key, '^"([^"\\]+)"( \d+)?$', '\1\2')
where c.key ~ '^"[^"\\]+"( \d+)?$' and not exists (
  select 1 from claims o
  where o.tenant_id = c.tenant_id and o.credential_id = c.credential_id
    and o.key = regexp_replace(c.key, '^"([^"\\]+)"( \d+)?$', '\1\2'));
update claim_results r set key = regexp_replace(r.key, '^"([^"\\]+)"( \d+)?$', '\1\2')
where r.key ~ '^"[^"\\]+"( \d+)?$' and not exists (
  select 1 from claim_results o
  where o.tenant_id = r.tenant_id and o.credential_id = r.credential_id
    and o.key = regexp_replace(r.key, '^"([^"\\]+)"( \d+)?$', '\1\2'));
