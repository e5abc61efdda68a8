import { Type } from 'typebox'
import type { BatchKind } from '../../../storage/batch.ts'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { TITLE_CHARACTERS } from '../../bounds.ts'
import { momentOf } from '../../events/moment.ts'
import { EVENT_VIEW } from '../../events/rows.ts'
import type { IdempotencyKey } from '../../idempotency/key.ts'
import { keysOfTicket } from '../../search/keys.ts'
import type { Provenance } from '../drafts.ts'
import { OPENED_COLUMNS, openedInput } from '../fields.ts'
import { describedBriefly, ticketView } from '../rows.ts'
import type { SplitDraft } from '../rules/split.ts'
import { AnswerRow, type WriteOutcome, writeOutcome } from './answers.ts'
import { CALLS, CALLS_INPUT, callsInput, claimingOf, DATA, keyTargets } from './inputs.ts'
import { recoverByEvents } from './recover.ts'
import { countingTags, tagsOf } from './tags.ts'

/** Every message of a ticket, without what it says; whoever asks. */
export const SAID_ON = statement(
  'message.said_on',
  {
    takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid },
    row: Type.Object({
      id: Type.String(),
      integer: Type.Integer(),
      visibility: Type.Enum(['public', 'internal'] as const),
      author_role: Type.Enum(['requester', 'agent'] as const),
      created_at: Type.String(),
      is_guest: Type.Boolean(),
    }),
  },
  `select m.id, m.integer, m.visibility, m.author_role, m.created_at,
  m.came_from is not null or m.written_on is not null as is_guest
from messages m where m.tenant_id = :tenant_id and m.ticket_id = :ticket_id order by m.integer`,
)

const { uuid, integer, timestamptz, array, nullable } = Sql

const OPENED_NAMES = Object.keys(OPENED_COLUMNS)

/** The new ticket, as any that is opened, and what becomes of the other one, `old`. */
const SPLIT = {
  ...OPENED_COLUMNS,
  /** At least the number of its messages, by which young tickets need not be counted. */
  version: integer,
  requester_id: nullable(uuid),
  old_id: uuid,
  expected: integer,
  message_ids: array(uuid),
  link_id: uuid,
  old_first_response_at: nullable(timestamptz),
  old_latest_message_at: nullable(timestamptz),
  old_latest_requester_at: nullable(timestamptz),
  old_waiting_since: nullable(timestamptz),
  created_event_id: uuid,
  created_after: DATA,
  split_off_event_id: uuid,
  split_off_after: DATA,
  split_event_id: uuid,
  split_before: DATA,
  split_after: DATA,
}

const BRIEF = describedBriefly(TITLE_CHARACTERS)

/**
 * Makes messages of a ticket a ticket of their own, linked to that one: while it has the version that was decided on. One
 * statement for one call.
 */
const SPLIT_TICKET = statement(
  'ticket.split',
  { takes: { tenant_id: uuid, calls: CALLS, split: Sql.record(SPLIT) }, row: AnswerRow },
  `
with ${CALLS_INPUT},
input as materialized (
  select * from json_to_record(:split::json) as i (${columnsOf(SPLIT)})
),
locked as materialized (
  select t.id, t.integer, t.version, t.updated_at, t.change_position from tickets t
  where t.tenant_id = :tenant_id and t.id = (select i.old_id from input i) and t.merged_into is null
  for no key update
),
ready as materialized (
  select c.* from calls c where exists (select 1 from locked l where l.version = (select i.expected from input i))
),
${claimingOf('ready')},
settled as (
  update messages m
  set ticket_id = i.id, came_from = null, came_before = m.came_from,
    written_on = coalesce(m.written_on, m.came_from, m.ticket_id)
  from input i, accepted a
  where m.tenant_id = :tenant_id and m.ticket_id = i.old_id and m.id = any (i.message_ids)
  returning m.id
),
mails_moved as (
  update mails x set ticket_id = i.id from input i, accepted a
  where x.tenant_id = :tenant_id and x.message_id = any (i.message_ids)
  returning x.id
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + 3, ticket_integer = c.ticket_integer + 1, latest_at = ${momentOf('a.at')}
  from accepted a
  where c.tenant_id = :tenant_id and (select count(*) from settled) >= 0 and (select count(*) from mails_moved) >= 0
  returning c.event_position - 3 as event_position, c.ticket_integer, c.latest_at
),
moments as materialized (
  select greatest(c.latest_at, l.updated_at) as at, c.event_position, c.ticket_integer from counted c, locked l
),
desk_counted as (
  update desk_counters d
  set ticket_number = d.ticket_number + 1, new_tickets = d.new_tickets + (i.status = 'new')::integer,
    open_tickets = d.open_tickets + (i.status = 'open')::integer
  from input i, counted c
  where d.tenant_id = :tenant_id and d.desk_id = i.desk_id
  returning d.ticket_number
),
${countingTags(tagsOf('input x join counted c on true', 1))},
made as (
  insert into tickets as t (tenant_id, integer, number, version, requester_id, created_at, updated_at, change_position,
    ${OPENED_NAMES.join(', ')})
  select :tenant_id, o.ticket_integer, d.ticket_number, i.version, i.requester_id, o.at, o.at, o.event_position + 2,
    ${OPENED_NAMES.map((name) => (name === 'latest_agent_at' ? 'o.at' : `i.${name}`)).join(', ')}
  from input i, moments o, desk_counted d
  returning t.*
),
changed as (
  update tickets t
  set version = t.version + 1, first_response_at = i.old_first_response_at, latest_message_at = i.old_latest_message_at,
    latest_requester_at = i.old_latest_requester_at, waiting_since = i.old_waiting_since, latest_agent_at = o.at,
    updated_at = o.at, change_position = o.event_position + 3
  from input i, moments o
  where t.tenant_id = :tenant_id and t.id = i.old_id
  returning t.*
),
linked as (
  insert into ticket_links (tenant_id, id, kind, from_id, to_id, created_at)
  select :tenant_id, i.link_id, 'related', i.id, i.old_id, o.at from input i, moments o
),
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, actor_id, credential_id, dialect, request_id, at,
    before, after, desk_id, requester_id, assignee_id)
  select :tenant_id, o.event_position + n.nth, n.id, n.kind, n.ticket_id, a.actor_id, a.credential_id, a.dialect, a.request_id, o.at,
    n.before, n.after, i.desk_id, i.requester_id, i.assignee_id
  from input i, accepted a, moments o, lateral (values
    (1, i.created_event_id, 'ticket.created', i.id, null::jsonb, i.created_after),
    (2, i.split_off_event_id, 'ticket.split_off', i.id, null::jsonb, i.split_off_after),
    (3, i.split_event_id, 'ticket.split', i.old_id, i.split_before, i.split_after)
  ) n (nth, id, kind, ticket_id, before, after)
  returning e.*
),
searched as (
  -- Each word of the other one may have come with the messages, until both are looked at.
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, o.ticket_integer, o.event_position + 2, k.keys
  from moments o, locked l cross join lateral (select ${keysOfTicket('l.integer')} as keys) k
),
words_left as (
  insert into search_due as s (tenant_id, ticket, mark)
  select :tenant_id, n.ticket, 1 from moments o, locked l, lateral (values (o.ticket_integer), (l.integer)) n (ticket)
  on conflict (tenant_id, ticket) do update set mark = s.mark + 1
),
seen as (
  -- Whoever had read the ticket to its end has read their own change, too.
  insert into read_marks as k (tenant_id, user_id, ticket_id, position)
  select :tenant_id, a.actor_id, l.id, o.event_position + 3
  from accepted a, moments o, locked l
  left join read_marks m on m.tenant_id = :tenant_id and m.user_id = (select a.actor_id from accepted a) and m.ticket_id = l.id
  left join read_beginnings b on b.tenant_id = :tenant_id and b.user_id = (select a.actor_id from accepted a)
  where coalesce(m.position, b.position) >= l.change_position
  on conflict (tenant_id, user_id, ticket_id) do update set position = greatest(k.position, excluded.position)
),
standing as (
  select 1 as nth, m.* from made m
  union all
  select 2, c.* from changed c
),
answered as materialized (
  select a.call, a.key, a.claimant_id, array_remove(array[i.id, i.old_id, i.requester_id, i.assignee_id], null) as shown, json_build_object(
    'tickets', (select json_agg(v order by v.nth) from (select t.nth, ${ticketView(BRIEF)} from standing t) v),
    'events', (select json_agg(v order by v.position) from (select ${EVENT_VIEW} from recorded e) v),
    'messages', json_build_array()) as result
  from accepted a, input i
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select :tenant_id, a.claimant_id, a.key, a.shown, a.result::jsonb from answered a where a.key is not null
)
select k.call, case when r.call is null then 'stale' end as problem, a.result, c.fingerprint as claimed_as, s.result as repeated
from calls k
left join ready r on r.call = k.call
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = :tenant_id and c.credential_id = k.claimant_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = :tenant_id and s.credential_id = c.credential_id and s.key = c.key`,
)

export interface SplitCall {
  readonly draft: SplitDraft
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
}

const eventsIn = ({ events: { created, splitOff, split } }: SplitDraft) => [created, splitOff, split]

export const SPLIT_TICKETS: BatchKind<SplitCall, AnswerRow, WriteOutcome> = {
  name: 'ticket.split',
  readOnly: false,
  // What all of them have in common: the statement is for one.
  targets: ({ draft, idempotency }) => ['one', draft.ticket.id, ...keyTargets(idempotency)],
  statement: (tenantId, calls) => {
    const [call] = calls
    if (!call || calls.length > 1) throw new Error('A split is one call.')
    const { ticket, state, messageIds, moments, link, events } = call.draft
    return SPLIT_TICKET.with({
      tenant_id: tenantId,
      calls: callsInput(calls),
      split: {
        ...openedInput(state),
        ...{ version: state.version, requester_id: state.requesterId, old_id: ticket.id, expected: ticket.version },
        ...{ message_ids: messageIds, link_id: link.id },
        old_first_response_at: moments.firstResponseAt,
        old_latest_message_at: moments.latestMessageAt,
        old_latest_requester_at: moments.latestRequesterAt,
        old_waiting_since: moments.waitingSince,
        ...{ created_event_id: events.created.id, created_after: events.created.after },
        ...{ split_off_event_id: events.splitOff.id, split_off_after: events.splitOff.after },
        ...{ split_event_id: events.split.id, split_before: events.split.before, split_after: events.split.after },
      },
    })
  },
  outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, ({ draft }) => ({
      ticketIds: [draft.state.id, draft.ticket.id],
      eventIds: eventsIn(draft).map(({ id }) => id),
    })),
}
