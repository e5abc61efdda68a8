import { type Static, Type } from 'typebox'
import type { BatchKind } from '../../../storage/batch.ts'
import { absentColumns, columnsOf, Sql, type ValuesOf } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { momentOf } from '../../events/moment.ts'
import { EVENT_VIEW } from '../../events/rows.ts'
import type { IdempotencyKey } from '../../idempotency/key.ts'
import { instant } from '../../instant.ts'
import { keysOf } from '../../search/words.ts'
import { addressKey } from '../../spelling.ts'
import type { Provenance, TicketDraft } from '../drafts.ts'
import { OPENED_COLUMNS, openedInput, openedValues, recordedAt } from '../fields.ts'
import { PersonData, personView, TICKET_VIEW } from '../rows.ts'
import { AnswerRow, type WriteOutcome, writeOutcome } from './answers.ts'
import {
  type AttachingParts,
  attachingInput,
  attachingParts,
  attachingTargets,
  FILES,
  WITHOUT_FILES,
} from './attaching.ts'
import {
  DATA,
  KEY,
  keyInput,
  keyTargets,
  MESSAGE,
  messageInput,
  PROVENANCE,
  provenanceInput,
  textsOf,
  textsOfMessage,
} from './inputs.ts'
import { LIVING, namesNobody } from './people.ts'
import { recoverByEvents } from './recover.ts'
import { countingTags, tagsOf } from './tags.ts'

const OPENED_NAMES = Object.keys(OPENED_COLUMNS)

const { uuid, integer, bigint, text, boolean, array, nullable } = Sql

/** The first message, where there is one. */
const FIRST_MESSAGE = absentColumns({ author_is_requester: boolean, ...MESSAGE })

/** What a call brings beside the ticket's own fields. */
const BESIDE = {
  requester_id: nullable(uuid),
  ...FIRST_MESSAGE,
  event_id: uuid,
  event_after: DATA,
  /** Of all words (search/words.ts). */
  search_keys: array(bigint),
  ...PROVENANCE,
}

const CALL = {
  call: integer,
  ...OPENED_COLUMNS,
  ...BESIDE,
  requester_by: Sql.word(['id', 'email', 'ensured', 'nobody']),
  requester_email: nullable(text),
  requester_member: boolean,
  ...KEY,
}

const createText = (files: AttachingParts): string => `
with input as materialized (
  select * from json_to_recordset(:calls::json) as i (${columnsOf(CALL)})
),
named as materialized (
  select i.call, i.author_id as id from input i where i.author_id is not null and not i.author_is_requester
  union all
  select i.call, i.requester_id from input i where i.requester_id is not null
),${LIVING},
reached as materialized (
  select u.id, u.email_key from (select distinct i.requester_email as email_key from input i) i, lateral (
    select x.id, x.email_key from users x where x.tenant_id = :tenant_id and x.email_key = i.email_key limit 1 for share) u
),
found as materialized (
  select i.*, coalesce(
    (select l.id from living l where l.id = i.requester_id),
    (select r.id from reached r where r.email_key = i.requester_email)) as found_id
  from input i
),
known as materialized (
  -- No EXISTS, which may be planned as a look at all memberships of the tenant.
  select f.*, (
    select m.id from memberships m where m.tenant_id = :tenant_id and m.user_id = f.found_id and m.desk_id = f.desk_id) as membership_id
  from found f
),
${files.inputs}
checked as materialized (
  select k.*, case
    when k.requester_by = 'id' and k.found_id is null then 'requester_unknown'
    when k.requester_by = 'id' and k.requester_member and k.membership_id is null then 'requester_not_member'
    when k.requester_by = 'ensured' and k.membership_id is null then 'requester_missing'
    when ${namesNobody('k')} then 'person_unknown'
    when ${files.missing('k')} then 'attachment_unknown'
  end as problem
  from known k
),
claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select :tenant_id, k.claimant_id, k.key, k.fingerprint, k.at from checked k where k.key is not null and k.problem is null
  on conflict do nothing
  returning c.credential_id, c.key
),
accepted as materialized (
  select k.*, row_number() over (order by k.call) as nth, row_number() over (partition by k.desk_id order by k.call) as nth_on_desk,
    count(k.message_id) over (order by k.call) as nth_message
  from checked k
  where k.problem is null
    and (k.key is null or exists (select 1 from claimed c where c.credential_id = k.claimant_id and c.key = k.key))
),
totals as (select count(*) as tickets, count(a.message_id) as messages, max(a.at) as at from accepted a),
counted as (
  update tenant_counters c
  set event_position = c.event_position + t.tickets, ticket_integer = c.ticket_integer + t.tickets,
    message_integer = c.message_integer + t.messages, latest_at = ${momentOf('t.at')}
  from totals t
  where c.tenant_id = :tenant_id and t.tickets > 0
  returning c.event_position - t.tickets as event_position, c.ticket_integer - t.tickets as ticket_integer,
    c.message_integer - t.messages as message_integer, c.latest_at
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
  where d.tenant_id = :tenant_id and d.desk_id = t.desk_id
  returning d.desk_id, d.ticket_number - t.tickets as ticket_number
),
${countingTags(tagsOf('accepted x', 1))},
made as (
  insert into tickets as t (tenant_id, integer, number, version, requester_id, created_at, updated_at, change_position,
    ${OPENED_NAMES.join(', ')})
  select :tenant_id, c.ticket_integer + a.nth, d.ticket_number + a.nth_on_desk, 1, a.found_id, a.at, c.latest_at, c.event_position + a.nth,
    ${openedValues((column) => `a.${column}`, 'c.latest_at')}
  from accepted a, counted c, desk_counted d
  where d.desk_id = a.desk_id
  returning t.*
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, rendering, plain_given, ticket_status, created_at)
  select :tenant_id, a.message_id, c.message_integer + a.nth_message, a.id, a.visibility,
    case when a.author_is_requester then a.found_id else a.author_id end, a.author_name, a.author_role, a.message_direction,
    a.message_channel_id, a.format, a.original, a.plain, a.safe_html, a.sanitizer, a.rendering, a.plain_given, a.status, c.latest_at
  from accepted a, counted c
  where a.message_id is not null
),
${files.attached}
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at, after,
    desk_id, requester_id, assignee_id, visibility)
  select :tenant_id, c.event_position + a.nth, a.event_id, 'ticket.created', a.id, a.message_id, a.actor_id, a.credential_id, a.dialect,
    a.request_id, c.latest_at, a.event_after, a.desk_id, a.found_id, a.assignee_id, a.visibility
  from accepted a, counted c
  returning e.*
),
searched as (
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, c.ticket_integer + a.nth, c.event_position + a.nth, a.search_keys from accepted a, counted c
),
answered as materialized (
  select a.call, a.key, a.claimant_id, array_remove(array[a.id, a.found_id, a.assignee_id], null) as shown, json_build_object(
    'tickets', json_build_array((select to_json(v) from (select ${TICKET_VIEW}) v)),
    'events', json_build_array((select to_json(v) from (select ${EVENT_VIEW}) v)),
    'messages', json_build_array()) as result
  from accepted a
  join made t on t.id = a.id
  join recorded e on e.ticket_id = a.id
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select :tenant_id, a.claimant_id, a.key, a.shown, a.result::jsonb from answered a where a.key is not null
)
select k.call, k.problem, a.result, c.fingerprint as claimed_as, s.result as repeated
from checked k
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = :tenant_id and c.credential_id = k.claimant_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = :tenant_id and s.credential_id = c.credential_id and s.key = c.key
order by k.call`

const TAKES = { tenant_id: uuid, calls: Sql.records(CALL) }
const CREATE = statement('ticket.create', { takes: TAKES, row: AnswerRow }, createText(WITHOUT_FILES))
const CREATE_WITH_FILES = statement(
  'ticket.create_with_files',
  { takes: { ...TAKES, files: FILES }, row: AnswerRow },
  createText(attachingParts('known')),
)

export interface CreateCall {
  readonly draft: TicketDraft
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

function createInput(each: CreateCall, call: number) {
  const { requester } = each.draft
  return {
    call,
    ...openedInput(each.draft.state),
    ...givenBeside(each),
    requester_by: requester.by === 'email' && requester.create ? ('ensured' as const) : requester.by,
    requester_email: requester.by === 'email' ? addressKey(requester.email) : null,
    requester_member: requester.by === 'id' && requester.member,
    ...keyInput(each.idempotency),
  }
}

function givenBeside({ draft: { state, requester, message, event }, by }: CreateCall): ValuesOf<typeof BESIDE> {
  return {
    ...(message ? messageInput(message) : {}),
    requester_id: requester.by === 'id' ? requester.id : null,
    author_is_requester: message?.authorId === 'requester',
    event_id: event.id,
    event_after: event.after,
    search_keys: keysOf([...textsOf(state), ...(message ? textsOfMessage(message) : [])]),
    ...provenanceInput(by),
  }
}

/** What `CREATE_LONE` takes beside the tenant. */
const LONE = { ...OPENED_COLUMNS, ...BESIDE, people: array(uuid) }

/** SQL in which each value of `LONE` tells its type: nothing else there does. */
function withTypes(sql: string): string {
  const types: Readonly<Record<string, { readonly sql: string }>> = LONE
  return sql.replace(/(?<!:):([a-z_]+)/g, (parameter, name: string) => {
    const type = types[name]
    return type ? `${parameter}::${type.sql}` : parameter
  })
}

/** What only the store knows of a lone ticket. No row: its requester or its author is not there, or erased. */
const LoneRow = Type.Object({
  recorded_at: Type.String(),
  integer: Type.Integer(),
  number: Type.Integer(),
  position: Type.Integer(),
  requester: PersonData,
})
type LoneRow = Static<typeof LoneRow>

/**
 * What `CREATE` does, for the usual case of one ticket without a key, tags or an assignee whose requester is known by id or
 * nobody. Over many tenants most flushes hold one call for each, and then all that sorts out lists, keys and addresses
 * costs twice as much as the ticket itself. So does to read back what was just written: it answers what is new.
 */
const CREATE_LONE = statement(
  'ticket.create_lone',
  { takes: { tenant_id: uuid, ...LONE }, row: LoneRow },
  withTypes(`
with living as materialized (
  -- As in 'people.ts'.
  select u.id from unnest(:people) n (id), lateral (
    select x.id from users x where x.tenant_id = :tenant_id and x.id = n.id and x.erased_at is null limit 1 for share) u
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + 1, ticket_integer = c.ticket_integer + 1,
    message_integer = c.message_integer + (:message_id is not null)::integer, latest_at = ${momentOf(':at')}
  where c.tenant_id = :tenant_id
    and (select count(*) from living) = cardinality(:people)
  returning c.event_position, c.ticket_integer, c.message_integer, c.latest_at
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
  where d.tenant_id = :tenant_id and d.desk_id = :desk_id
  returning d.ticket_number, c.event_position, c.ticket_integer, c.message_integer, c.latest_at
),
made as (
  insert into tickets (tenant_id, integer, number, version, requester_id, created_at, updated_at, change_position,
    ${OPENED_NAMES.join(', ')})
  select :tenant_id, d.ticket_integer, d.ticket_number, 1, :requester_id, :at, d.latest_at, d.event_position,
    ${openedValues((column) => `:${column}`, 'd.latest_at')}
  from desk_counted d
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, rendering, plain_given, ticket_status, created_at)
  select :tenant_id, :message_id, d.message_integer, :id, :visibility,
    case when :author_is_requester then :requester_id else :author_id end, :author_name, :author_role, :message_direction,
    :message_channel_id, :format, :original, :plain, :safe_html, :sanitizer, :rendering, :plain_given, :status, d.latest_at
  from desk_counted d
  where :message_id is not null
),
recorded as (
  insert into events (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at, after,
    desk_id, requester_id, visibility)
  select :tenant_id, d.event_position, :event_id, 'ticket.created', :id, :message_id, :actor_id, :credential_id, :dialect, :request_id,
    d.latest_at, :event_after, :desk_id, :requester_id, :visibility
  from desk_counted d
),
searched as (
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, d.ticket_integer, d.event_position, :search_keys from desk_counted d
)
select d.latest_at as recorded_at, d.ticket_integer as integer, d.ticket_number as number, d.event_position as position,
  ${personView(':requester_id', ':desk_id')} as requester
from desk_counted d`),
)

function loneOf(calls: readonly CreateCall[]): CreateCall | undefined {
  const [first] = calls
  if (calls.length !== 1 || !first || first.idempotency !== null) return undefined
  const { state, requester, message } = first.draft
  if (state.assigneeId !== null || state.tags.length > 0 || (message && message.attachmentIds.length > 0))
    return undefined
  return requester.by === 'nobody' || (requester.by === 'id' && !requester.member) ? first : undefined
}

/** Who a lone ticket names: its requester, and who wrote its message. */
function peopleIn({ draft: { requester, message } }: CreateCall): readonly string[] {
  const author = message?.authorId === 'requester' ? null : (message?.authorId ?? null)
  return [...new Set([requester.by === 'id' ? requester.id : null, author].filter((id) => id !== null))]
}

function isLoneRow(row: AnswerRow | LoneRow): row is LoneRow {
  return 'position' in row
}

function loneOutcome({ draft, by }: CreateCall, row: LoneRow | undefined): WriteOutcome {
  if (!row) return { refused: draft.requester.by === 'nobody' ? 'person_unknown' : 'requester_unknown' }
  const { integer, number, position, requester } = row
  const at = instant(row.recorded_at)
  const { assigneeId: _, ...state } = recordedAt(draft.state, at)
  const event = { ...draft.event, ...by, at, position, ticketId: state.id, undoes: null }
  return {
    done: { tickets: [{ ...state, integer, number, requester, assignee: null }], events: [event], messages: [] },
  }
}

function createStatement(tenantId: string, calls: readonly CreateCall[]): BoundStatement<AnswerRow | LoneRow> {
  const lone = loneOf(calls)
  if (lone) {
    const opened = openedInput(lone.draft.state)
    return CREATE_LONE.with({ ...givenBeside(lone), ...opened, tenant_id: tenantId, people: peopleIn(lone) })
  }
  const values = { tenant_id: tenantId, calls: calls.map(createInput) }
  const files = attachingInput(
    calls.flatMap(({ draft: { message } }, call) => (message === null ? [] : [{ call, message }])),
  )
  return files.length === 0 ? CREATE.with(values) : CREATE_WITH_FILES.with({ ...values, files })
}

export const CREATE_TICKETS: BatchKind<CreateCall, AnswerRow | LoneRow, WriteOutcome> = {
  name: 'ticket.create',
  readOnly: false,
  targets: (call) => [
    ...keyTargets(call.idempotency),
    ...attachingTargets(call.draft.message ? [call.draft.message] : []),
  ],
  statement: createStatement,
  outcomes(calls, rows) {
    const lone = loneOf(calls)
    if (lone) return [loneOutcome(lone, rows.find(isLoneRow))]
    const answers = rows.filter((row): row is AnswerRow => !isLoneRow(row))
    return calls.map((call, index) => writeOutcome(answers[index], call.idempotency))
  },
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, (call) => ({
      ticketIds: [call.draft.state.id],
      eventIds: [call.draft.event.id],
    })),
}
