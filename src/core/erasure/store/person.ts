import { type Static, Type } from 'typebox'
import { Sql, type ValuesOf } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { CALL, claimedCall } from '../../idempotency/claimed.ts'
import { keyOf } from '../../messages/store.ts'
import { leavingDue } from '../../search/due.ts'
import { familyOf } from '../../tickets/store/family.ts'
import { KEPT, SavedRow } from '../../users/store.ts'
import { blankingDeliveries, holdingDeliveries } from '../../webhooks/deliveries/store/blanking.ts'
import { withoutPerson } from './kept.ts'

const ErasedRow = Type.Object({
  ...SavedRow.properties,
  /** Attachments whose files are to be erased after the commit. */
  files: Type.Array(Type.String()),
})

/** Every address of the person `${id}`, as an array of keys. */
const ADDRESSES_OF = (id: string): string => `array(
    select ${keyOf('x.address')} from (
      select u.email from users u where u.tenant_id = :tenant_id and u.id = ${id}
      union all
      select u.phone from users u where u.tenant_id = :tenant_id and u.id = ${id}
      union all
      select a.address from user_addresses a where a.tenant_id = :tenant_id and a.user_id = ${id}) x (address)
    where x.address is not null)`

/**
 * The tickets `t` that hold words of the person `${id}`: their own, others' on which they wrote, or that name an address of
 * theirs. With a ticket comes what was merged into it, or it was split off from: there it may have been said, and kept answers show it.
 */
const TICKETS_WITH_WORDS_OF = (id: string): string =>
  `t.tenant_id = :tenant_id and (t.requester_id = ${id} or t.id = any (array(select f.id from ${familyOf(`
    select x.id from messages w cross join lateral (values (w.ticket_id), (w.written_on)) x (id)
    where w.tenant_id = :tenant_id and w.author_id = ${id} and w.author_role = 'requester'
    union
    select x.id from messages m cross join lateral (values (m.ticket_id), (m.written_on)) x (id)
    where m.tenant_id = :tenant_id and m.address_keys && ${ADDRESSES_OF(id)}`)} f)))`

/** SQL that is true of a message `m` that was written on the ticket with an id, also where that was merged, or it was split off, since. */
const WRITTEN_ON = (id: string): string =>
  `(m.ticket_id = ${id} and m.came_from is null or m.came_from = ${id} or m.written_on = ${id})`

/** What is left of the addresses in a column of a message `m`. */
const FORGETTING = (column: string): string => `${column} = case when not d.is_own then array(
      select x.address from unnest(m.${column}) with ordinality x (address, nth)
      where ${keyOf('x.address')} <> all (k.keys) order by x.nth) end`

/**
 * What runs before an erasure, each with what the one before waited for in sight (docs/decisions/0020): the person's row,
 * so that nothing new names them; the tickets with their words; then deliveries and the counter, behind which every write
 * of the tenant takes its place in the order of events.
 */
const LOCK_PERSON = statement(
  'user.lock_to_erase',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: SavedRow },
  'select u.id from users u where u.tenant_id = :tenant_id and u.id = :id for no key update',
)

const LOCK_TICKETS = statement(
  'user.lock_tickets_to_erase',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: SavedRow },
  `select t.id from tickets t where ${TICKETS_WITH_WORDS_OF(':id::uuid')} order by t.id for no key update`,
)

const LOCK_COUNTER = statement(
  'user.lock_counter_to_erase',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ event_position: Type.Integer() }) },
  'select c.event_position from tenant_counters c where c.tenant_id = :tenant_id for no key update',
)

const ERASED = { id: Sql.uuid, ...CALL }

/**
 * Erases what is known of a user. The user's row stays, empty, for what refers to it; so do the tickets,
 * without what the person wrote. Blanks it in events, kept answers and deliveries too, ends the user's credentials, and
 * leaves a `user.erased` event. Who was erased before is erased once more. Without a row there is no such user, or the
 * key had been used.
 */
const ERASE_PROFILE = statement(
  'user.erase',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(ERASED) }, row: ErasedRow, announces: 'access' },
  `
with ${claimedCall(ERASED)},
tickets_of as materialized (
  select t.id, t.integer, t.requester_id, t.description from tickets t
  where ${TICKETS_WITH_WORDS_OF('(select a.id from accepted a)')}
  order by t.id
  -- Others than those locked before were written to at an address a moment ago. Whoever holds one by now waits for the
  -- counter: then all of this begins again.
  for no key update nowait
),
locked as materialized (
  select u.id from users u where u.tenant_id = :tenant_id and u.id = (select a.id from accepted a)
  for no key update
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from locked)
  returning c.event_position
),
told_of as materialized (
  -- What shows all of the ticket has to go: the ticket is the person's, or they began a conversation that is another's now.
  select o.id, o.requester_id is not distinct from l.id as is_own, not exists (
      select 1 from events e where e.tenant_id = :tenant_id and e.ticket_id = o.id and e.kind = 'ticket.title_changed'
        and e.actor_id is distinct from l.id) as has_first_title
  from tickets_of o, locked l
  where o.requester_id = l.id or (o.description <> '' and exists (select 1 from messages m
    where m.tenant_id = :tenant_id and ${WRITTEN_ON('o.id')} and m.author_id = l.id and m.author_role = 'requester' and m.plain = o.description))
),
keys_of as materialized (select ${ADDRESSES_OF('l.id')} as keys from locked l),
addressed as materialized (
  -- On the person's own tickets all addresses go: whoever was written to, it was about them.
  select m.id, o.requester_id is not distinct from l.id as is_own
  from locked l, keys_of k, tickets_of o join messages m on m.tenant_id = :tenant_id and ${WRITTEN_ON('o.id')}
  where m.address_keys is not null and (o.requester_id = l.id or m.address_keys && k.keys)
),
emptied as (
  update users u
  set name = '', surname = '', email = null, email_key = null, username = null, username_key = null, customer_number = null,
    phone = null, photo_url = null, about = null, password_hash = null, active = false, fields = '{}', updated_at = a.at,
    erased_at = coalesce(u.erased_at, a.at)
  from locked l, accepted a, counted
  where u.tenant_id = :tenant_id and u.id = l.id
),
addresses_gone as (delete from user_addresses x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
keys_gone as (delete from search_people x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
names_gone as (delete from external_identities x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
factor_gone as (delete from second_factors x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
roles_gone as (delete from memberships x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
views_gone as (
  delete from views v
  where v.tenant_id = :tenant_id and v.author_id = (select l.id from locked l) and v.audience = 'private'
),
replies_gone as (
  delete from saved_replies r
  where r.tenant_id = :tenant_id and r.author_id = (select l.id from locked l) and r.audience = 'private'
),
macros_gone as (
  delete from macros m
  where m.tenant_id = :tenant_id and m.author_id = (select l.id from locked l) and m.audience = 'private'
),
unsent_gone as (delete from unsent_messages x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
scheduled_gone as (delete from scheduled_messages x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
reply_uses_gone as (delete from saved_reply_uses x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
view_places_gone as (delete from view_places x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
groups_left as (delete from group_members x where x.tenant_id = :tenant_id and x.user_id = (select l.id from locked l)),
revoked as (
  update credentials c set revoked_at = coalesce(c.revoked_at, a.at), name = '' from locked l, accepted a
  where c.tenant_id = :tenant_id and c.user_id = l.id
  returning c.dialect, c.kind, c.secret_hash
),
secrets_forgotten as (
  delete from directory d using revoked r where d.kind = 'credential ' || r.dialect || ' ' || r.kind and d.hash = r.secret_hash
),
words_of_fields as materialized (
  -- What people wrote into fields of the tenant, and whom these name; choices are the desk's.
  select array(select f.key from fields f where f.tenant_id = :tenant_id and f.type in ('text', 'person')) as keys
),
tickets_blanked as (
  update tickets t
  set version = t.version + 1,
    title = case when t.direction = 'inbound' and (o.is_own or o.has_first_title) then '' else t.title end,
    description = case when o.is_own and t.direction = 'outbound' then t.description else '' end,
    from_address = case when o.is_own and t.direction = 'inbound' then '' else t.from_address end,
    from_name = case when o.is_own and t.direction = 'inbound' then '' else t.from_name end,
    to_address = case when o.is_own and t.direction = 'outbound' then '' else t.to_address end,
    to_name = case when o.is_own and t.direction = 'outbound' then '' else t.to_name end,
    fields = case when o.is_own then t.fields - w.keys else t.fields end
  from told_of o, words_of_fields w, counted
  where t.tenant_id = :tenant_id and t.id = o.id
),
files_gone as (
  -- Those of the person's messages, and those that wait for one.
  delete from attachments f using locked l
  where f.tenant_id = :tenant_id and (f.message_id is null and f.uploader_id = l.id or f.message_id = any (array(
    select m.id from messages m where m.tenant_id = :tenant_id and m.author_id = (select o.id from locked o) and m.author_role = 'requester')))
  returning f.id
),
messages_blanked as (
  update messages m set original = '', plain = '', safe_html = null, sanitizer = null, format = 'text', author_name = null,
    to_addresses = null, cc_addresses = null, bcc_addresses = null, address_keys = null,
    external_reference = null
  from locked l
  where m.tenant_id = :tenant_id and m.author_id = l.id and m.author_role = 'requester'
),
envelopes_blanked as (
  update messages m
  set ${['to_addresses', 'cc_addresses', 'bcc_addresses'].map(FORGETTING).join(',\n    ')},
    address_keys = l.id::text || array(
      select x.key from unnest(m.address_keys) x (key) where not d.is_own and x.key <> all (k.keys))
  from addressed d, keys_of k, locked l
  where m.tenant_id = :tenant_id and m.id = d.id and not (m.author_id is not distinct from l.id and m.author_role = 'requester')
),
mails_gone as (
  -- As they came, whoever wrote them: what they were made into is blanked by itself, and bytes cannot be.
  delete from mails x using keys_of k, locked l
  where x.tenant_id = :tenant_id and (x.from_key = any (k.keys) or x.people_keys && k.keys
    or x.ticket_id = any (array(select o.id from told_of o where o.is_own)))
),
addresses_cleared as (
  delete from undeliverable_addresses d using keys_of k, locked l where d.tenant_id = :tenant_id and d.address_key = any (k.keys)
),
user_events_blanked as (
  update events e set before = null, after = null
  where e.tenant_id = :tenant_id and e.subject_id = (select l.id from locked l)
),
ticket_events_blanked as (
  -- Of a conversation that is another's now, what it was called first, and what they called it.
  update events e set before = e.before - 'title',
    after = case when o.is_own or e.kind = 'ticket.created' or e.actor_id = l.id then e.after - 'title' else e.after end
  from told_of o, locked l
  where e.tenant_id = :tenant_id and e.ticket_id = o.id and (e.before ? 'title' or e.after ? 'title')
),
ticket_fields_blanked as (
  update events e set before = jsonb_set(e.before, '{fields}', (e.before -> 'fields') - w.keys),
    after = jsonb_set(e.after, '{fields}', (e.after -> 'fields') - w.keys)
  from told_of o, words_of_fields w
  where e.tenant_id = :tenant_id and e.ticket_id = o.id and o.is_own and e.kind = 'ticket.fields_changed'
),
acts as materialized (
  -- What deliveries may tell of them beside their own words: what they did, and tickets that were theirs to ask or to work on.
  select e.position, e.ticket_id,
    l.id::text in (e.before ->> 'requester_id', e.after ->> 'requester_id', e.before ->> 'assignee_id', e.after ->> 'assignee_id') as is_theirs
  from locked l, events e
  where e.tenant_id = :tenant_id and e.position >= (select min(d.position) from webhook_deliveries d where d.tenant_id = :tenant_id)
    and (e.actor_id = l.id
      or e.message_id = any (array(select m.id from messages m where m.tenant_id = :tenant_id and m.author_id = (select o.id from locked o)))
      or l.id::text in (e.before ->> 'requester_id', e.after ->> 'requester_id', e.before ->> 'assignee_id', e.after ->> 'assignee_id'))
),
${blankingDeliveries(`d.line = (select l.id from locked l) or d.line = any (array(select o.id from tickets_of o, locked))
    or d.position = any (array(select a.position from acts a))
    or d.line = any (array(select a.ticket_id from acts a where a.is_theirs
      union all select t.id from tickets t, locked l where t.tenant_id = :tenant_id and t.assignee_id = l.id))`)},
-- In two parts, as a cluster makes no JSON within an update.
blank as materialized (
  select r.credential_id, r.key,
    ${withoutPerson('r.result', '(select l.id from locked l)', 'array(select o.id from tickets_of o)')} as result
  from claim_results r
  where r.tenant_id = :tenant_id and r.ticket_ids && (array(select o.id from tickets_of o, locked) || array(select l.id from locked l)) and r.result is not null
  for no key update
),
answers_blanked as (
  update claim_results r set result = b.result from blank b
  where r.tenant_id = :tenant_id and r.credential_id = b.credential_id and r.key = b.key
),
${leavingDue('select o.integer as ticket from tickets_of o, counted')},
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at)
  select :tenant_id, c.event_position, a.event_id, 'user.erased', l.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at
  from locked l, accepted a, counted c
),
${KEPT('locked')}
select l.id, array(select f.id from files_gone f) as files from locked l`,
)

/** The erasure of one person. Fails as not available (55P03) when it has to begin again. */
export function eraseProfile(
  tenantId: string,
  call: ValuesOf<typeof ERASED>,
): BoundStatement<Static<typeof ErasedRow>> {
  const person = { tenant_id: tenantId, id: call.id }
  const tickets = LOCK_TICKETS.with(person, LOCK_PERSON.with(person))
  const counter = LOCK_COUNTER.with({ tenant_id: tenantId }, holdingDeliveries(tenantId, tickets))
  return ERASE_PROFILE.with({ tenant_id: tenantId, call }, counter)
}
