-- Names and addresses are kept in one spelling, composed (NFC), and found by their keys in it (docs/decisions/0024). Rows
-- that are so already are not written. Of two that come to have one key the older one, or the one that has it, keeps it; the
-- other keeps what it has.

update tenants t set name = normalize(t.name, NFC) where t.name is not nfc normalized;
update desks x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update groups x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update topics x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update types x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update forms x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update status_labels x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update priority_labels x set name = normalize(x.name, NFC) where x.name is not nfc normalized;
update channels x set name = normalize(x.name, NFC) where x.name is not nfc normalized;

update users u
set name = normalize(u.name, NFC), surname = normalize(u.surname, NFC), phone = normalize(u.phone, NFC),
  customer_number = normalize(u.customer_number, NFC)
where u.name is not nfc normalized or u.surname is not nfc normalized or u.phone is not nfc normalized
  or u.customer_number is not nfc normalized;

with respelled as materialized (
  select u.tenant_id, u.id, k.key, row_number() over (partition by u.tenant_id, k.key order by u.integer) as nth
  from users u, normalize(u.email_key, NFC) k (key)
  where u.email_key is not nfc normalized
    and not exists (select 1 from users o where o.tenant_id = u.tenant_id and o.email_key = k.key)
    and not exists (select 1 from user_addresses o
      where o.tenant_id = u.tenant_id and o.kind = 'email' and o.address_key = k.key and o.user_id <> u.id)
)
update users u set email = normalize(u.email, NFC), email_key = r.key
from respelled r where u.tenant_id = r.tenant_id and u.id = r.id and r.nth = 1;

with respelled as materialized (
  select u.tenant_id, u.id, k.key, row_number() over (partition by u.tenant_id, k.key order by u.integer) as nth
  from users u, normalize(lower(btrim(normalize(u.username_key, NFKC))), NFKC) k (key)
  where k.key <> u.username_key and k.key <> ''
    and not exists (select 1 from users o where o.tenant_id = u.tenant_id and o.username_key = k.key)
)
update users u set username = normalize(u.username, NFC), username_key = r.key
from respelled r where u.tenant_id = r.tenant_id and u.id = r.id and r.nth = 1;

with respelled as materialized (
  select a.tenant_id, a.kind, a.address_key, k.key,
    row_number() over (partition by a.tenant_id, a.kind, k.key order by a.created_at, a.address_key) as nth
  from user_addresses a, normalize(a.address_key, NFC) k (key)
  where a.address_key is not nfc normalized
    and not exists (
      select 1 from user_addresses o where o.tenant_id = a.tenant_id and o.kind = a.kind and o.address_key = k.key)
    and (a.kind <> 'email' or not exists (
      select 1 from users o where o.tenant_id = a.tenant_id and o.email_key = k.key and o.id <> a.user_id))
)
update user_addresses a set address = normalize(a.address, NFC), address_key = r.key
from respelled r
where a.tenant_id = r.tenant_id and a.kind = r.kind and a.address_key = r.address_key and r.nth = 1;

with respelled as materialized (
  select x.tenant_id, x.desk_id, x.external_id, k.key,
    row_number() over (partition by x.tenant_id, x.desk_id, k.key order by x.external_id) as nth
  from external_identities x, normalize(x.external_id, NFC) k (key)
  where x.external_id is not nfc normalized
    and not exists (select 1 from external_identities o
      where o.tenant_id = x.tenant_id and o.desk_id = x.desk_id and o.external_id = k.key)
)
update external_identities x set external_id = r.key
from respelled r
where x.tenant_id = r.tenant_id and x.desk_id = r.desk_id and x.external_id = r.external_id and r.nth = 1;

update tickets t
set from_address = normalize(t.from_address, NFC), from_name = normalize(t.from_name, NFC),
  to_address = normalize(t.to_address, NFC), to_name = normalize(t.to_name, NFC),
  external_reference = normalize(t.external_reference, NFC)
where t.from_address is not nfc normalized or t.from_name is not nfc normalized or t.to_address is not nfc normalized
  or t.to_name is not nfc normalized or t.external_reference is not nfc normalized;

-- By its address keys an erasure finds a message.
update messages m
set author_name = normalize(m.author_name, NFC), external_reference = normalize(m.external_reference, NFC),
  address_keys = case when m.address_keys is not null then array(
    select normalize(k.key, NFC) from unnest(m.address_keys) with ordinality k (key, nth) order by k.nth) end
where m.author_name is not nfc normalized or m.external_reference is not nfc normalized
  or (m.address_keys is not null and array_to_string(m.address_keys, ' ') is not nfc normalized);
