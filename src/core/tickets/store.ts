import { type Static, Type } from 'typebox'
import { AGAIN, type BatchKind } from '../../storage/batch.ts'
import type { Database } from '../../storage/database.ts'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import type { IdempotencyKey } from '../context.ts'
import type { ChangeDraft, MessageDraft, Provenance, TicketDraft, TicketState } from './drafts.ts'
import {
  EVENT_VIEW,
  EventRow,
  eventOf,
  MESSAGE_VIEW,
  messageOf,
  OutcomeRow,
  TICKET_VIEW,
  TicketRow,
  ticketOf,
} from './rows.ts'
import type { Ticket, TicketOutcome } from './ticket.ts'

/** What the store answers to a write. */
export type WriteOutcome =
  | { readonly done: TicketOutcome }
  /** The idempotency key was used before: what was answered then, or null when that has been erased since. */
  | { readonly repeated: TicketOutcome | null }
  | {
      readonly refused:
        | 'idempotency_mismatch'
        | 'requester_unknown'
        | 'requester_not_member'
        | 'requester_missing'
        | 'stale'
    }

const AnswerRow = Type.Object({
  call: Type.Integer(),
  problem: Type.Union([Type.String(), Type.Null()]),
  result: Type.Union([OutcomeRow, Type.Null()]),
  /** The fingerprint under which the key was claimed before, when it was. */
  claimed_as: Type.Union([Type.String(), Type.Null()]),
  repeated: Type.Union([OutcomeRow, Type.Null()]),
})
type AnswerRow = Static<typeof AnswerRow>

function outcomeOf(row: Static<typeof OutcomeRow>): TicketOutcome {
  return { tickets: row.tickets.map(ticketOf), events: row.events.map(eventOf), messages: row.messages.map(messageOf) }
}

function writeOutcome(row: AnswerRow | undefined, key: IdempotencyKey | null): WriteOutcome | typeof AGAIN {
  if (!row) throw new Error('A write did not answer every call.')
  if (row.result !== null) return { done: outcomeOf(row.result) }
  if (key !== null && row.claimed_as !== null) {
    if (row.claimed_as !== key.fingerprint) return { refused: 'idempotency_mismatch' }
    return { repeated: row.repeated === null ? null : outcomeOf(row.repeated) }
  }
  switch (row.problem) {
    case 'requester_unknown':
    case 'requester_not_member':
    case 'requester_missing':
    case 'stale':
      return { refused: row.problem }
    default:
      // A twin claimed the key between this statement's snapshot and its insert: the next look finds its answer.
      return AGAIN
  }
}

// --- create -----------------------------------------------------------------------------------------------------------

const CREATE = statement(
  'ticket.create',
  AnswerRow,
  `
with input as materialized (
  select * from json_to_recordset($2::json) as i (
    call integer, id uuid, desk_id uuid, title text, description text, status text, priority text, topic_id integer,
    type_id integer, group_id uuid, assignee_id uuid, channel_id integer, form_id integer, direction text,
    from_address text, from_name text, to_address text, to_name text, external_reference text, tags text[],
    first_response_at timestamptz, latest_message_at timestamptz, latest_agent_at timestamptz,
    latest_requester_at timestamptz, solved_at timestamptz, closed_at timestamptz, finished_at timestamptz,
    requester_by text, requester_id uuid, requester_email text, requester_member boolean,
    message_id uuid, visibility text, author_id uuid, author_is_requester boolean, author_name text, author_role text,
    message_direction text, message_channel_id integer, format text, original text, plain text, safe_html text,
    sanitizer text, event_id uuid, event_after jsonb,
    actor_id uuid, credential_id uuid, dialect text, request_id text, at timestamptz, key text, fingerprint text)
),
found as materialized (
  select i.*, (select u.id from users u where u.tenant_id = $1 and u.id = coalesce(i.requester_id,
    (select e.id from users e where e.tenant_id = $1 and e.email_key = i.requester_email))) as found_id
  from input i
),
known as materialized (
  -- No EXISTS, which may be planned as a look at all memberships of the tenant.
  select f.*, (
    select m.id from memberships m where m.tenant_id = $1 and m.user_id = f.found_id and m.desk_id = f.desk_id) as membership_id
  from found f
),
checked as materialized (
  select k.*, case
    when k.requester_by = 'id' and k.found_id is null then 'requester_unknown'
    when k.requester_by = 'id' and k.requester_member and k.membership_id is null then 'requester_not_member'
    when k.requester_by = 'ensured' and k.membership_id is null then 'requester_missing'
  end as problem
  from known k
),
claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select $1, k.credential_id, k.key, k.fingerprint, k.at from checked k where k.key is not null and k.problem is null
  on conflict do nothing
  returning c.credential_id, c.key
),
accepted as materialized (
  select k.*, row_number() over (order by k.call) as nth, row_number() over (partition by k.desk_id order by k.call) as nth_on_desk,
    count(k.message_id) over (order by k.call) as nth_message
  from checked k
  where k.problem is null
    and (k.key is null or exists (select 1 from claimed c where c.credential_id = k.credential_id and c.key = k.key))
),
totals as (select count(*) as tickets, count(a.message_id) as messages from accepted a),
counted as (
  update tenant_counters c
  set event_position = c.event_position + t.tickets, ticket_integer = c.ticket_integer + t.tickets,
    message_integer = c.message_integer + t.messages
  from totals t
  where c.tenant_id = $1 and t.tickets > 0
  returning c.event_position - t.tickets as event_position, c.ticket_integer - t.tickets as ticket_integer,
    c.message_integer - t.messages as message_integer
),
desk_totals as (
  select a.desk_id, count(*) as tickets,
    count(*) filter (where a.status = 'new') as n, count(*) filter (where a.status = 'open') as o,
    count(*) filter (where a.status = 'pending') as p, count(*) filter (where a.status = 'on_hold') as h,
    count(*) filter (where a.status = 'solved') as s, count(*) filter (where a.status = 'closed') as c
  from accepted a group by a.desk_id
),
desk_counted as (
  -- Joined with counted so that the tenant's row is locked before any desk's: one order everywhere.
  update desk_counters d
  set ticket_number = d.ticket_number + t.tickets, new_tickets = d.new_tickets + t.n, open_tickets = d.open_tickets + t.o,
    pending_tickets = d.pending_tickets + t.p, on_hold_tickets = d.on_hold_tickets + t.h,
    solved_tickets = d.solved_tickets + t.s, closed_tickets = d.closed_tickets + t.c
  from desk_totals t, counted
  where d.tenant_id = $1 and d.desk_id = t.desk_id
  returning d.desk_id, d.ticket_number - t.tickets as ticket_number
),
made as (
  insert into tickets as t (tenant_id, id, integer, desk_id, number, version, title, description, status, priority, topic_id,
    type_id, group_id, requester_id, assignee_id, channel_id, form_id, direction, from_address, from_name, to_address,
    to_name, external_reference, tags, created_at, updated_at, first_response_at, latest_message_at, latest_agent_at,
    latest_requester_at, solved_at, closed_at, finished_at)
  select $1, a.id, c.ticket_integer + a.nth, a.desk_id, d.ticket_number + a.nth_on_desk, 1, a.title, a.description, a.status,
    a.priority, a.topic_id, a.type_id, a.group_id, a.found_id, a.assignee_id, a.channel_id, a.form_id, a.direction,
    a.from_address, a.from_name, a.to_address, a.to_name, a.external_reference, a.tags, a.at, a.at, a.first_response_at,
    a.latest_message_at, a.latest_agent_at, a.latest_requester_at, a.solved_at, a.closed_at, a.finished_at
  from accepted a, counted c, desk_counted d
  where d.desk_id = a.desk_id
  returning t.*
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, ticket_status, created_at)
  select $1, a.message_id, c.message_integer + a.nth_message, a.id, a.visibility,
    case when a.author_is_requester then a.found_id else a.author_id end, a.author_name, a.author_role, a.message_direction,
    a.message_channel_id, a.format, a.original, a.plain, a.safe_html, a.sanitizer, a.status, a.at
  from accepted a, counted c
  where a.message_id is not null
),
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at, after)
  select $1, c.event_position + a.nth, a.event_id, 'ticket.created', a.id, a.message_id, a.actor_id, a.credential_id, a.dialect,
    a.request_id, a.at, a.event_after
  from accepted a, counted c
  returning e.*
),
answered as materialized (
  select a.call, a.key, a.credential_id, a.id, json_build_object(
    'tickets', json_build_array((select to_json(v) from (select ${TICKET_VIEW}) v)),
    'events', json_build_array((select to_json(v) from (select ${EVENT_VIEW}) v)),
    'messages', json_build_array()) as result
  from accepted a
  join made t on t.id = a.id
  join recorded e on e.ticket_id = a.id
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select $1, a.credential_id, a.key, array[a.id], a.result::jsonb from answered a where a.key is not null
)
select k.call, k.problem, a.result, c.fingerprint as claimed_as, s.result as repeated
from checked k
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = $1 and c.credential_id = k.credential_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = $1 and s.credential_id = c.credential_id and s.key = c.key
order by k.call`,
)

export interface CreateCall {
  readonly draft: TicketDraft
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

type CreateInput = Readonly<Record<string, unknown>>

function createInput(each: CreateCall, call: number): CreateInput {
  const { state, requester, message, event } = each.draft
  return {
    call,
    ...stateInput(state),
    requester_by: requester.by === 'email' && requester.create ? 'ensured' : requester.by,
    requester_id: requester.by === 'id' ? requester.id : null,
    requester_email: requester.by === 'email' ? requester.email.toLowerCase() : null,
    requester_member: requester.by === 'id' && requester.member,
    ...(message ? messageInput(message) : {}),
    event_id: event.id,
    event_after: event.after,
    ...provenanceInput(each.by),
    ...keyInput(each.idempotency),
  }
}

/** What `CREATE_LONE` is given for a ticket, beside the tenant: the names of `createInput` with their types. */
const LONE_TICKET = {
  ...{ id: 'uuid', desk_id: 'uuid', title: 'text', description: 'text', status: 'text', priority: 'text' },
  ...{ topic_id: 'integer', type_id: 'integer', group_id: 'uuid', requester_id: 'uuid', assignee_id: 'uuid' },
  ...{ channel_id: 'integer', form_id: 'integer', direction: 'text', from_address: 'text', from_name: 'text' },
  ...{ to_address: 'text', to_name: 'text', external_reference: 'text', tags: 'text[]' },
  ...{ first_response_at: 'timestamptz', latest_message_at: 'timestamptz', latest_agent_at: 'timestamptz' },
  ...{ latest_requester_at: 'timestamptz', solved_at: 'timestamptz', closed_at: 'timestamptz' },
  ...{ finished_at: 'timestamptz' },
}
const LONE_INPUT: Readonly<Record<string, string>> = {
  ...LONE_TICKET,
  ...{ message_id: 'uuid', visibility: 'text', author_id: 'uuid', author_is_requester: 'boolean', author_name: 'text' },
  ...{
    author_role: 'text',
    message_direction: 'text',
    message_channel_id: 'integer',
    format: 'text',
    original: 'text',
  },
  ...{ plain: 'text', safe_html: 'text', sanitizer: 'text', event_id: 'uuid', event_after: 'jsonb', actor_id: 'uuid' },
  ...{ credential_id: 'uuid', dialect: 'text', request_id: 'text', at: 'timestamptz' },
}
const LONE_NAMES = Object.keys(LONE_INPUT)

/** SQL with `:name` for each value of `LONE_INPUT`. */
function withParameters(sql: string): string {
  return sql.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    const index = LONE_NAMES.indexOf(name)
    if (index === -1) throw new Error(`There is no value ${name}.`)
    return `$${index + 2}::${LONE_INPUT[name]}`
  })
}

/**
 * What `CREATE` does, for the usual case of one ticket without a key whose requester is known by id or nobody. Over many
 * tenants most flushes hold one call for each, and then all that sorts out lists, keys and addresses costs twice as much
 * as the ticket itself.
 */
const CREATE_LONE = statement(
  'ticket.create_lone',
  AnswerRow,
  withParameters(`
with counted as (
  update tenant_counters c
  set event_position = c.event_position + 1, ticket_integer = c.ticket_integer + 1,
    message_integer = c.message_integer + (:message_id is not null)::integer
  where c.tenant_id = $1
    and (:requester_id is null or exists (select 1 from users u where u.tenant_id = $1 and u.id = :requester_id))
  returning c.event_position, c.ticket_integer, c.message_integer
),
desk_counted as (
  -- Joined with counted so that the tenant's row is locked before any desk's: one order everywhere.
  update desk_counters d
  set ticket_number = d.ticket_number + 1, new_tickets = d.new_tickets + (:status = 'new')::integer,
    open_tickets = d.open_tickets + (:status = 'open')::integer,
    pending_tickets = d.pending_tickets + (:status = 'pending')::integer,
    on_hold_tickets = d.on_hold_tickets + (:status = 'on_hold')::integer,
    solved_tickets = d.solved_tickets + (:status = 'solved')::integer,
    closed_tickets = d.closed_tickets + (:status = 'closed')::integer
  from counted c
  where d.tenant_id = $1 and d.desk_id = :desk_id
  returning d.ticket_number, c.event_position, c.ticket_integer, c.message_integer
),
made as (
  insert into tickets as t (tenant_id, integer, number, version, created_at, updated_at, ${Object.keys(LONE_TICKET).join(', ')})
  select $1, d.ticket_integer, d.ticket_number, 1, :at, :at, ${Object.keys(LONE_TICKET)
    .map((name) => `:${name}`)
    .join(', ')}
  from desk_counted d
  returning t.*
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, ticket_status, created_at)
  select $1, :message_id, d.message_integer, :id, :visibility,
    case when :author_is_requester then :requester_id else :author_id end, :author_name, :author_role, :message_direction,
    :message_channel_id, :format, :original, :plain, :safe_html, :sanitizer, :status, :at
  from desk_counted d
  where :message_id is not null
),
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at, after)
  select $1, d.event_position, :event_id, 'ticket.created', :id, :message_id, :actor_id, :credential_id, :dialect, :request_id, :at,
    :event_after
  from desk_counted d
  returning e.*
)
select 0 as call, case when t.id is null then 'requester_unknown' end as problem,
  case when t.id is not null then json_build_object(
    'tickets', json_build_array((select to_json(v) from (select ${TICKET_VIEW}) v)),
    'events', json_build_array((select to_json(v) from (select ${EVENT_VIEW}) v)),
    'messages', json_build_array()) end as result,
  null as claimed_as, null as repeated
from (select) one left join made t on true left join recorded e on true`),
)

function isLone(calls: readonly CreateCall[]): boolean {
  const [first] = calls
  if (calls.length !== 1 || !first || first.idempotency !== null) return false
  const { requester } = first.draft
  return requester.by === 'nobody' || (requester.by === 'id' && !requester.member)
}

function createStatement(tenantId: string, calls: readonly CreateCall[]): BoundStatement<AnswerRow> {
  const inputs = calls.map(createInput)
  const [first] = inputs
  if (first && isLone(calls))
    return { statement: CREATE_LONE, values: [tenantId, ...LONE_NAMES.map((name) => first[name])] }
  return { statement: CREATE, values: [tenantId, JSON.stringify(inputs)] }
}

function keyTargets(by: Provenance, key: IdempotencyKey | null): string[] {
  return key === null ? [] : [`key ${by.credentialId} ${key.key}`]
}

export const CREATE_TICKETS: BatchKind<CreateCall, AnswerRow, WriteOutcome> = {
  name: 'ticket.create',
  readOnly: false,
  targets: (call) => keyTargets(call.by, call.idempotency),
  statement: createStatement,
  outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, (call) => ({
      ticketIds: [call.draft.state.id],
      eventIds: [call.draft.event.id],
    })),
}

// --- change -----------------------------------------------------------------------------------------------------------

const CHANGE = statement(
  'ticket.change',
  AnswerRow,
  `
with calls as materialized (
  select * from json_to_recordset($2::json) as i (
    call integer, actor_id uuid, credential_id uuid, dialect text, request_id text, at timestamptz, key text, fingerprint text)
),
input as materialized (
  select * from json_to_recordset($3::json) as i (
    call integer, nth_ticket integer, id uuid, expected integer, changed boolean, moved boolean, old_desk_id uuid, old_status text,
    desk_id uuid, title text, description text, status text, priority text, topic_id integer, type_id integer, group_id uuid,
    requester_id uuid, assignee_id uuid, form_id integer, tags text[], updated_at timestamptz,
    status_changed_at timestamptz, first_response_at timestamptz, latest_message_at timestamptz,
    latest_agent_at timestamptz, latest_requester_at timestamptz, solved_at timestamptz, closed_at timestamptz,
    finished_at timestamptz)
),
new_events as materialized (
  select * from json_to_recordset($4::json) as i (
    call integer, nth_event integer, ticket_id uuid, id uuid, kind text, message_id uuid, before jsonb, after jsonb)
),
new_messages as materialized (
  select * from json_to_recordset($5::json) as i (
    call integer, nth_message integer, ticket_id uuid, message_id uuid, visibility text, author_id uuid, author_name text,
    author_role text, message_direction text, message_channel_id integer, format text, original text, plain text,
    safe_html text, sanitizer text, ticket_status text)
),
locked as materialized (
  select t.id, t.version, t.number from tickets t
  where t.tenant_id = $1 and t.id = any (array(select i.id from input i))
  order by t.id
  for no key update
),
ready as materialized (
  select c.* from calls c
  where not exists (
    select 1 from input i left join locked l on l.id = i.id
    where i.call = c.call and l.version is distinct from i.expected)
),
claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select $1, r.credential_id, r.key, r.fingerprint, r.at from ready r where r.key is not null
  on conflict do nothing
  returning c.credential_id, c.key
),
accepted as materialized (
  select r.* from ready r
  where r.key is null or exists (select 1 from claimed c where c.credential_id = r.credential_id and c.key = r.key)
),
numbered_events as materialized (
  select n.*, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at, row_number() over (order by n.call, n.nth_event) as nth
  from new_events n join accepted a on a.call = n.call
),
numbered_messages as materialized (
  select n.*, a.at, row_number() over (order by n.call, n.nth_message) as nth
  from new_messages n join accepted a on a.call = n.call
),
totals as (
  select (select count(*) from numbered_events) as events, (select count(*) from numbered_messages) as messages
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + t.events, message_integer = c.message_integer + t.messages
  from totals t
  where c.tenant_id = $1 and exists (select 1 from accepted)
  returning c.event_position - t.events as event_position, c.message_integer - t.messages as message_integer
),
moves as materialized (
  select i.*, row_number() over (partition by i.desk_id order by i.call, i.nth_ticket) as nth
  from input i join accepted a on a.call = i.call
  where i.changed and i.moved
),
flows as (
  select f.desk_id, sum(f.numbers) as numbers,
    sum(f.delta) filter (where f.status = 'new') as n, sum(f.delta) filter (where f.status = 'open') as o,
    sum(f.delta) filter (where f.status = 'pending') as p, sum(f.delta) filter (where f.status = 'on_hold') as h,
    sum(f.delta) filter (where f.status = 'solved') as s, sum(f.delta) filter (where f.status = 'closed') as c
  from (
    select i.desk_id, i.status, 1 as delta, i.moved::integer as numbers from input i join accepted a on a.call = i.call
    where i.changed and (i.moved or i.status <> i.old_status)
    union all
    select i.old_desk_id, i.old_status, -1, 0 from input i join accepted a on a.call = i.call
    where i.changed and (i.moved or i.status <> i.old_status)
  ) f
  group by f.desk_id
),
desk_counted as (
  update desk_counters d
  set ticket_number = d.ticket_number + f.numbers, new_tickets = d.new_tickets + coalesce(f.n, 0),
    open_tickets = d.open_tickets + coalesce(f.o, 0), pending_tickets = d.pending_tickets + coalesce(f.p, 0),
    on_hold_tickets = d.on_hold_tickets + coalesce(f.h, 0), solved_tickets = d.solved_tickets + coalesce(f.s, 0),
    closed_tickets = d.closed_tickets + coalesce(f.c, 0)
  from flows f, counted
  where d.tenant_id = $1 and d.desk_id = f.desk_id
  returning d.desk_id, d.ticket_number - f.numbers as ticket_number
),
numbers as (
  select m.id, d.ticket_number + m.nth as number from moves m join desk_counted d on d.desk_id = m.desk_id
),
changed as (
  update tickets t
  set version = t.version + 1, desk_id = i.desk_id,
    number = coalesce((select n.number from numbers n where n.id = i.id), t.number),
    title = i.title, description = i.description, status = i.status, priority = i.priority, topic_id = i.topic_id,
    type_id = i.type_id, group_id = i.group_id, requester_id = i.requester_id, assignee_id = i.assignee_id,
    form_id = i.form_id, tags = i.tags, updated_at = i.updated_at, status_changed_at = i.status_changed_at,
    first_response_at = i.first_response_at, latest_message_at = i.latest_message_at, latest_agent_at = i.latest_agent_at,
    latest_requester_at = i.latest_requester_at, solved_at = i.solved_at, closed_at = i.closed_at, finished_at = i.finished_at
  from input i join accepted a on a.call = i.call
  where t.tenant_id = $1 and t.id = i.id and i.changed
  returning t.*
),
left_behind as (
  insert into former_numbers (tenant_id, desk_id, number, ticket_id)
  select $1, m.old_desk_id, l.number, m.id from moves m join locked l on l.id = m.id
),
said as (
  insert into messages as m (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, ticket_status, created_at)
  select $1, n.message_id, c.message_integer + n.nth, n.ticket_id, n.visibility, n.author_id, n.author_name, n.author_role,
    n.message_direction, n.message_channel_id, n.format, n.original, n.plain, n.safe_html, n.sanitizer, n.ticket_status, n.at
  from numbered_messages n, counted c
  returning m.*
),
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at,
    before, after)
  select $1, c.event_position + n.nth, n.id, n.kind, n.ticket_id, n.message_id, n.actor_id, n.credential_id, n.dialect,
    n.request_id, n.at, n.before, n.after
  from numbered_events n, counted c
  returning e.*
),
standing as (
  select c.* from changed c
  union all
  select t.* from tickets t join input i on i.id = t.id join accepted a on a.call = i.call
  where t.tenant_id = $1 and not i.changed
),
answered as materialized (
  select a.call, a.key, a.credential_id, array(select i.id from input i where i.call = a.call) as ticket_ids, json_build_object(
    'tickets', (select coalesce(json_agg(v order by v.nth_ticket), '[]') from (
      select i.nth_ticket, ${TICKET_VIEW} from input i join standing t on t.id = i.id where i.call = a.call) v),
    'events', (select coalesce(json_agg(v order by v.position), '[]') from (
      select ${EVENT_VIEW} from numbered_events n join recorded e on e.id = n.id where n.call = a.call) v),
    'messages', (select coalesce(json_agg(v order by v.integer), '[]') from (
      select ${MESSAGE_VIEW} from numbered_messages n join said m on m.id = n.message_id
      -- The limit keeps this from becoming a join that reads all users of the tenant.
      left join lateral (select * from users x where x.tenant_id = $1 and x.id = m.author_id limit 1) u on true
      where n.call = a.call) v)) as result
  from accepted a
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select $1, a.credential_id, a.key, a.ticket_ids, a.result::jsonb from answered a where a.key is not null
)
select k.call, case when r.call is null then 'stale' end as problem, a.result, c.fingerprint as claimed_as, s.result as repeated
from calls k
left join ready r on r.call = k.call
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = $1 and c.credential_id = k.credential_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = $1 and s.credential_id = c.credential_id and s.key = c.key
order by k.call`,
)

/** One call: changes of one or many tickets that hold together or not at all. */
export interface ChangeCall {
  readonly drafts: readonly ChangeDraft[]
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

export const CHANGE_TICKETS: BatchKind<ChangeCall, AnswerRow, WriteOutcome> = {
  name: 'ticket.change',
  readOnly: false,
  targets: (call) => [...call.drafts.map((draft) => draft.id), ...keyTargets(call.by, call.idempotency)],
  statement: (tenantId, calls) => ({ statement: CHANGE, values: changeValues(tenantId, calls) }),
  outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, (call) => ({
      ticketIds: call.drafts.map((draft) => draft.id),
      eventIds: call.drafts.flatMap((draft) => draft.events.map((event) => event.id)),
    })),
}

function changeValues(tenantId: string, calls: readonly ChangeCall[]): unknown[] {
  const rows = calls.map((each, call) => ({ call, ...provenanceInput(each.by), ...keyInput(each.idempotency) }))
  const tickets = calls.flatMap((each, call) =>
    each.drafts.map((draft, index) => ({
      call,
      nth_ticket: index,
      expected: draft.version,
      changed: draft.changed,
      moved: draft.before.deskId !== draft.state.deskId,
      old_desk_id: draft.before.deskId,
      old_status: draft.before.status,
      requester_id: draft.state.requesterId,
      updated_at: draft.state.updatedAt,
      status_changed_at: draft.state.statusChangedAt,
      ...stateInput(draft.state),
    })),
  )
  const events = calls.flatMap((each, call) =>
    each.drafts
      .flatMap((draft) => draft.events.map((event) => ({ draft, event })))
      .map(({ draft, event }, index) => ({
        call,
        nth_event: index,
        ticket_id: draft.id,
        id: event.id,
        kind: event.kind,
        message_id: event.messageId,
        before: event.before,
        after: event.after,
      })),
  )
  const messages = calls.flatMap((each, call) =>
    each.drafts
      .flatMap((draft) => draft.messages.map((message) => ({ draft, message })))
      .map(({ draft, message }, index) => ({
        call,
        nth_message: index,
        ticket_id: draft.id,
        ticket_status: message.ticketStatus,
        ...messageInput(message),
      })),
  )
  return [tenantId, ...[rows, tickets, events, messages].map((each) => JSON.stringify(each))]
}

// --- delete -----------------------------------------------------------------------------------------------------------

const Deleted = Type.Array(Type.Object({ id: Type.String(), integer: Type.Integer() }))

const DeletedRow = Type.Object({
  call: Type.Integer(),
  /** What this call erased, or what the call that used its key before did; null when that is not visible yet. */
  deleted: Type.Union([Deleted, Type.Null()]),
  claimed_as: Type.Union([Type.String(), Type.Null()]),
})

const DELETE = statement(
  'ticket.delete',
  DeletedRow,
  `
with calls as materialized (
  select * from json_to_recordset($2::json) as i (
    call integer, actor_id uuid, credential_id uuid, dialect text, request_id text, at timestamptz, key text, fingerprint text)
),
input as materialized (
  select * from json_to_recordset($3::json) as i (call integer, nth integer, id uuid, event_id uuid)
),
claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select $1, k.credential_id, k.key, k.fingerprint, k.at from calls k where k.key is not null
  on conflict do nothing
  returning c.credential_id, c.key
),
accepted as materialized (
  select k.* from calls k
  where k.key is null or exists (select 1 from claimed c where c.credential_id = k.credential_id and c.key = k.key)
),
locked as materialized (
  select t.id, t.integer, t.desk_id, t.status from tickets t
  where t.tenant_id = $1 and t.id = any (array(select i.id from input i join accepted a on a.call = i.call))
  order by t.id
  for update
),
doomed as materialized (
  select l.*, i.call, i.event_id, row_number() over (order by i.call, i.nth) as nth from locked l join input i on i.id = l.id
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + (select count(*) from doomed)
  where c.tenant_id = $1 and exists (select 1 from doomed)
  returning c.event_position - (select count(*) from doomed) as event_position
),
flows as (
  select d.desk_id,
    count(*) filter (where d.status = 'new') as n, count(*) filter (where d.status = 'open') as o,
    count(*) filter (where d.status = 'pending') as p, count(*) filter (where d.status = 'on_hold') as h,
    count(*) filter (where d.status = 'solved') as s, count(*) filter (where d.status = 'closed') as c
  from doomed d group by d.desk_id
),
desk_counted as (
  update desk_counters d
  set new_tickets = d.new_tickets - f.n, open_tickets = d.open_tickets - f.o, pending_tickets = d.pending_tickets - f.p,
    on_hold_tickets = d.on_hold_tickets - f.h, solved_tickets = d.solved_tickets - f.s, closed_tickets = d.closed_tickets - f.c
  from flows f, counted
  where d.tenant_id = $1 and d.desk_id = f.desk_id
),
blanked as (
  update events e set before = null, after = null
  where e.tenant_id = $1 and e.ticket_id = any (array(select d.id from doomed d)) and (e.before is not null or e.after is not null)
),
forgotten as (
  update claim_results r set result = null
  where r.tenant_id = $1 and r.ticket_ids && array(select d.id from doomed d) and r.result is not null
),
erased as (
  delete from tickets t where t.tenant_id = $1 and t.id = any (array(select d.id from doomed d))
),
recorded as (
  -- Which ticket it was, for those who know it by its integer or only see one desk; nothing of what it said.
  insert into events (tenant_id, position, id, kind, ticket_id, actor_id, credential_id, dialect, request_id, at, before)
  select $1, c.event_position + d.nth, d.event_id, 'ticket.deleted', d.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('integer', d.integer, 'desk_id', d.desk_id)
  from doomed d join accepted a on a.call = d.call, counted c
),
answered as materialized (
  select a.call, a.key, a.credential_id, coalesce((
    select json_agg(json_build_object('id', d.id, 'integer', d.integer) order by d.nth) from doomed d where d.call = a.call
  ), '[]') as deleted
  from accepted a
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select $1, a.credential_id, a.key, array[]::uuid[],
    jsonb_build_object('tickets', '[]'::jsonb, 'events', '[]'::jsonb, 'messages', '[]'::jsonb, 'deleted', a.deleted)
  from answered a where a.key is not null
)
select k.call, coalesce(a.deleted, (s.result -> 'deleted')::json) as deleted, c.fingerprint as claimed_as
from calls k
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = $1 and c.credential_id = k.credential_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = $1 and s.credential_id = c.credential_id and s.key = c.key
order by k.call`,
)

export interface DeleteCall {
  readonly tickets: readonly { readonly id: string; readonly integer: number; readonly eventId: string }[]
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

/** What became of a deletion. */
export type DeleteOutcome = { readonly deleted: readonly TicketIds[] } | { readonly refused: 'idempotency_mismatch' }

/** All that is left of an erased ticket. */
export interface TicketIds {
  readonly id: string
  readonly integer: number
}

export const DELETE_TICKETS: BatchKind<DeleteCall, Static<typeof DeletedRow>, DeleteOutcome> = {
  name: 'ticket.delete',
  readOnly: false,
  targets: (call) => [...call.tickets.map((ticket) => ticket.id), ...keyTargets(call.by, call.idempotency)],
  statement: (tenantId, calls) => ({
    statement: DELETE,
    values: [
      tenantId,
      JSON.stringify(calls.map((each, call) => ({ call, ...provenanceInput(each.by), ...keyInput(each.idempotency) }))),
      JSON.stringify(
        calls.flatMap((each, call) =>
          each.tickets.map((ticket, nth) => ({ call, nth, id: ticket.id, event_id: ticket.eventId })),
        ),
      ),
    ],
  }),
  outcomes: (calls, rows) =>
    calls.map((call, index) => {
      const row = rows[index]
      if (!row) throw new Error('A deletion did not answer every call.')
      if (row.claimed_as !== null && row.claimed_as !== call.idempotency?.fingerprint)
        return { refused: 'idempotency_mismatch' }
      return row.deleted === null ? AGAIN : { deleted: row.deleted }
    }),
  recover: async (database, tenantId, calls) => {
    const ids = calls.flatMap((call) => call.tickets.map((ticket) => ticket.id))
    const events = await database.run(eventsOfTickets(tenantId, ids))
    const seen = new Set(events.map((event) => event.id))
    return calls.map((call) => {
      const gone = call.tickets.filter((ticket) => seen.has(ticket.eventId))
      return gone.length > 0 ? { deleted: gone } : undefined
    })
  },
}

// --- after a lost connection ------------------------------------------------------------------------------------------

const EVENTS_OF_TICKETS = statement(
  'event.of_tickets',
  EventRow,
  `select ${EVENT_VIEW} from events e where e.tenant_id = $1 and e.ticket_id = any ($2::uuid[]) order by e.position`,
)

function eventsOfTickets(tenantId: string, ticketIds: readonly string[]): BoundStatement<Static<typeof EventRow>> {
  return { statement: EVENTS_OF_TICKETS, values: [tenantId, ticketIds] }
}

/** A call that recorded its events has committed; its answer is then made of what stands now. */
async function recoverByEvents<Call>(
  database: Database,
  tenantId: string,
  calls: readonly Call[],
  wrote: (call: Call) => { readonly ticketIds: readonly string[]; readonly eventIds: readonly string[] },
): Promise<(WriteOutcome | undefined)[]> {
  const ticketIds = calls.flatMap((call) => wrote(call).ticketIds)
  const events = await database.run(eventsOfTickets(tenantId, ticketIds))
  const byId = new Map(events.map((event) => [event.id, eventOf(event)]))
  const tickets = await database.run(FIND_BY_ID.statement(tenantId, ticketIds))
  return calls.map((call) => {
    const recorded = wrote(call).eventIds.flatMap((id) => byId.get(id) ?? [])
    if (recorded.length === 0) return undefined
    const wanted = new Set(wrote(call).ticketIds)
    return {
      done: { tickets: tickets.filter((row) => wanted.has(row.id)).map(ticketOf), events: recorded, messages: [] },
    }
  })
}

// --- find -------------------------------------------------------------------------------------------------------------

const BY_ID = statement(
  'ticket.by_id',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.id = any ($2::uuid[])`,
)

const BY_INTEGER = statement(
  'ticket.by_integer',
  TicketRow,
  `select ${TICKET_VIEW} from tickets t where t.tenant_id = $1 and t.integer = any ($2::bigint[])`,
)

/** Tickets by UUID, whoever asks: sight is the caller's business. */
export const FIND_BY_ID: BatchKind<string, TicketRow, Ticket | null> = {
  name: 'ticket.by_id',
  readOnly: true,
  targets: () => [],
  statement: (tenantId, ids) => ({ statement: BY_ID, values: [tenantId, [...new Set(ids)]] }),
  outcomes: (ids, rows) => {
    const found = new Map(rows.map((row) => [row.id, ticketOf(row)]))
    return ids.map((id) => found.get(id) ?? null)
  },
}

/** Tickets by their integer, as `FIND_BY_ID`. */
export const FIND_BY_INTEGER: BatchKind<number, TicketRow, Ticket | null> = {
  name: 'ticket.by_integer',
  readOnly: true,
  targets: () => [],
  statement: (tenantId, integers) => ({ statement: BY_INTEGER, values: [tenantId, [...new Set(integers)]] }),
  outcomes: (integers, rows) => {
    const found = new Map(rows.map((row) => [row.integer, ticketOf(row)]))
    return integers.map((integer) => found.get(integer) ?? null)
  },
}

// --- how drafts become JSON for the statements ------------------------------------------------------------------------

function stateInput(state: Omit<TicketState, 'integer' | 'number' | 'requesterId'>): object {
  return {
    id: state.id,
    desk_id: state.deskId,
    title: state.title,
    description: state.description,
    status: state.status,
    priority: state.priority,
    topic_id: state.topicId,
    type_id: state.typeId,
    group_id: state.groupId,
    assignee_id: state.assigneeId,
    channel_id: state.channelId,
    form_id: state.formId,
    direction: state.direction,
    from_address: state.fromAddress,
    from_name: state.fromName,
    to_address: state.toAddress,
    to_name: state.toName,
    external_reference: state.externalReference,
    tags: state.tags,
    first_response_at: state.firstResponseAt,
    latest_message_at: state.latestMessageAt,
    latest_agent_at: state.latestAgentAt,
    latest_requester_at: state.latestRequesterAt,
    solved_at: state.solvedAt,
    closed_at: state.closedAt,
    finished_at: state.finishedAt,
  }
}

function messageInput(message: MessageDraft): object {
  return {
    message_id: message.id,
    visibility: message.visibility,
    author_id: message.authorId === 'requester' ? null : message.authorId,
    author_is_requester: message.authorId === 'requester',
    author_name: message.authorName,
    author_role: message.authorRole,
    message_direction: message.direction,
    message_channel_id: message.channelId,
    format: message.format,
    original: message.original,
    plain: message.plain,
    safe_html: message.safeHtml,
    sanitizer: message.sanitizer,
  }
}

function provenanceInput(by: Provenance): object {
  return {
    actor_id: by.actorId,
    credential_id: by.credentialId,
    dialect: by.dialect,
    request_id: by.requestId,
    at: by.at,
  }
}

function keyInput(key: IdempotencyKey | null): object {
  return { key: key?.key ?? null, fingerprint: key?.fingerprint ?? null }
}
