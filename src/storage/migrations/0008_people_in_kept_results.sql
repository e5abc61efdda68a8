-- Results of keyed calls that were kept by the first migration's version have the people of a ticket in columns of their
-- own (requester_name, ...). They became objects; without this a repeat of such a call would find no people.
update claim_results r
set result = jsonb_set(r.result, '{tickets}', (
  select jsonb_agg(
    (
      select jsonb_object_agg(f.key, f.value) from jsonb_each(t.ticket) f
      where f.key in ('requester_id', 'assignee_id') or f.key !~ '^(requester|assignee)_'
    ) || (
      select jsonb_object_agg(p.who, case when t.ticket ->> (p.who || '_integer') is null then 'null' else jsonb_build_object(
        'id', t.ticket -> (p.who || '_id'),
        'integer', t.ticket -> (p.who || '_integer'),
        'kind', t.ticket -> (p.who || '_kind'),
        'isOwner', t.ticket -> (p.who || '_is_owner'),
        'name', t.ticket -> (p.who || '_name'),
        'surname', t.ticket -> (p.who || '_surname'),
        'email', t.ticket -> (p.who || '_email'),
        'phone', t.ticket -> (p.who || '_phone'),
        'photoUrl', t.ticket -> (p.who || '_photo_url'),
        'about', t.ticket -> (p.who || '_about'),
        'customerNumber', t.ticket -> (p.who || '_customer_number'),
        'active', t.ticket -> (p.who || '_active'),
        'membership', case when t.ticket ->> (p.who || '_membership_id') is null then 'null' else jsonb_build_object(
          'id', t.ticket -> (p.who || '_membership_id'),
          'role', t.ticket -> (p.who || '_membership_role')) end
      ) end)
      from (values ('requester'), ('assignee')) p (who)
    ) order by t.nth)
  from jsonb_array_elements(r.result -> 'tickets') with ordinality t (ticket, nth)))
where r.result -> 'tickets' -> 0 ? 'requester_integer';
