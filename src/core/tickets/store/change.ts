import { Type } from 'typebox'
import type { BatchKind } from '../../../storage/batch.ts'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'
import { TITLE_CHARACTERS } from '../../bounds.ts'
import { EVENT_KINDS, type EventKind } from '../../events/event.ts'
import { momentOf } from '../../events/moment.ts'
import { EVENT_VIEW } from '../../events/rows.ts'
import type { IdempotencyKey } from '../../idempotency/key.ts'
import { addressKeys } from '../../messages/store.ts'
import { keysOf } from '../../search/words.ts'
import { STATUSES } from '../../words.ts'
import type { ChangeDraft, Provenance } from '../drafts.ts'
import { CHANGED_COLUMNS, changedInput, changedValues } from '../fields.ts'
import { MESSAGE_LINE, Progress, ticketView } from '../rows.ts'
import { AnswerRow, type WriteOutcome, writeOutcome } from './answers.ts'
import {
  type AttachingParts,
  attachingInput,
  attachingTargets,
  FILES,
  forwardingParts,
  WITHOUT_FILES,
} from './attaching.ts'
import {
  CALLS,
  CALLS_INPUT,
  callsInput,
  claimingOf,
  DATA,
  ENVELOPE,
  envelopeInput,
  keyTargets,
  MESSAGE,
  messageInput,
  textsOf,
  textsOfMessage,
} from './inputs.ts'
import { LIVING, namesNobody } from './people.ts'
import { recoverByEvents } from './recover.ts'
import { countingTags, tagsOf } from './tags.ts'

const { uuid, integer, bigint, text, boolean, array, absent, nullable, word } = Sql

/** A ticket and what it becomes. */
const TICKET = {
  call: integer,
  nth_ticket: integer,
  id: uuid,
  /** The version that the rules saw. */
  expected: integer,
  changed: boolean,
  moved: boolean,
  old_desk_id: uuid,
  old_status: word(STATUSES),
  /** How many characters of the description are answered; null for all. */
  shown_characters: nullable(integer),
  /** Null where it stays. */
  description: nullable(text),
  /** Of what it says anew (search/words.ts), if it does. */
  search_keys: absent(array(bigint)),
  ...CHANGED_COLUMNS,
}

const EVENT = {
  call: integer,
  nth_event: integer,
  ticket_id: uuid,
  id: uuid,
  kind: word(EVENT_KINDS),
  message_id: nullable(uuid),
  before: DATA,
  after: DATA,
  undoes: nullable(bigint),
}

const ADDED_MESSAGE = {
  call: integer,
  nth_message: integer,
  ticket_id: uuid,
  ...MESSAGE,
  ticket_status: word(STATUSES),
  /** What it was before it was sent. */
  unsent_id: nullable(uuid),
  /** What waited for its time, at a version. */
  scheduled_id: nullable(uuid),
  scheduled_version: nullable(integer),
  ...ENVELOPE,
}

/** How far calls on many tickets have come, kept in the place of these. */
const PROGRESS = { call: integer, progress: Sql.jsonb<Progress>(Progress) }

/** What changes take. */
export const TAKES = {
  tenant_id: uuid,
  calls: CALLS,
  tickets: Sql.records(TICKET),
  events: Sql.records(EVENT),
  messages: Sql.records(ADDED_MESSAGE),
  progresses: Sql.records(PROGRESS),
}

/** Shows what came of each call, and keeps it for a repeat. */
export const answering = (files: AttachingParts): string => `,
standing as (
  select c.* from changed c
  union all
  select t.* from tickets t join input i on i.id = t.id join accepted a on a.call = i.call
  where t.tenant_id = :tenant_id and not i.changed
),
answered as materialized (
  select a.call, a.key, a.claimant_id, array(
    select x.id from input i, lateral (values (i.id), (i.requester_id), (i.assignee_id)) x (id)
    where i.call = a.call and x.id is not null
    union
    select n.author_id from numbered_messages n where n.call = a.call and n.author_id is not null) as shown, json_build_object(
    'tickets', (select coalesce(json_agg(v order by v.nth_ticket), '[]') from (
      select i.nth_ticket, ${ticketView('case when i.shown_characters is null then t.description else left(t.description, i.shown_characters) end')} from input i join standing t on t.id = i.id where i.call = a.call) v),
    'events', (select coalesce(json_agg(v order by v.position), '[]') from (
      select ${EVENT_VIEW} from numbered_events n join recorded e on e.id = n.id where n.call = a.call) v),
    'messages', (select coalesce(json_agg(v order by v.integer), '[]') from (
      select ${MESSAGE_LINE}, ${files.view} as attachments from numbered_messages n join said m on m.id = n.message_id
      -- The limit keeps this from becoming a join that reads all users of the tenant.
      left join lateral (select * from users x where x.tenant_id = :tenant_id and x.id = m.author_id limit 1) u on true
      where n.call = a.call) v)) as result
  from accepted a
),
kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select :tenant_id, a.claimant_id, a.key, case when p.call is null then a.shown else array[]::uuid[] end, case
    when p.call is null then a.result::jsonb
    else jsonb_build_object('tickets', '[]'::jsonb, 'events', '[]'::jsonb, 'messages', '[]'::jsonb, 'progress', p.progress) end
  from answered a left join progresses p on p.call = a.call where a.key is not null
)
select k.call, case when r.call is null then case
    when ${files.missing('k')} then 'attachment_unknown' when ${namesNobody('k')} then 'person_unknown' else 'stale' end end as problem,
  a.result, c.fingerprint as claimed_as, s.result as repeated
from calls k
left join ready r on r.call = k.call
left join answered a on a.call = k.call
left join claims c on k.key is not null and a.call is null and c.tenant_id = :tenant_id and c.credential_id = k.claimant_id and c.key = k.key
left join claim_results s on c.key is not null and s.tenant_id = :tenant_id and s.credential_id = c.credential_id and s.key = c.key
order by k.call`

/** Nothing is shown of the tickets: whoever writes so many tells what came of them by the events. */
const UNSHOWN = `
select a.call from accepted a`

/** How a statement of changes differs from others. */
interface Form {
  /** SQL of what more has to hold of a call that is ready to be written. */
  readonly allowed: string
  /** Its end: what is kept and answered. */
  readonly end: string
  readonly more?: MoreParts
}

/** What a statement does beside changes: it moves the messages of a ticket to another, or links two. */
interface MoreParts {
  /** What it begins with. */
  readonly inputs: string
  /** SQL that moves the messages of accepted calls, and what else comes before the counter. */
  readonly moved: string
  /** SQL that is true once that is done: only then the counter is taken, for which others wait. */
  readonly isMoved: string
  /** What the counts of desks lose or win, as rows of desk, status and number. */
  readonly counting: string
  /** What the counts of tags lose or win, as rows of ticket, tag and number. */
  readonly countingTags: string
  /** How far a ticket `i` counts its version up beside its change. */
  readonly aging: string
  /** What else it sets of a ticket `i`. */
  readonly setting: string
  /** What it does for the search. */
  readonly searched: string
}

export const WITHOUT_MORE: MoreParts = {
  inputs: '',
  moved: '',
  isMoved: '',
  counting: '',
  countingTags: '',
  aging: '',
  setting: '',
  searched: '',
}

/** SQL of the tickets that a statement gives other tags than they have. */
const RETAGGED = (tags: string): string => `(
      select i.id, ${tags} as tags from input i join accepted a on a.call = i.call join locked l on l.id = i.id
      where i.changed and i.tags <> l.tags) x`

export const changeText = (files: AttachingParts, { allowed, end, more = WITHOUT_MORE }: Form): string => `
with ${CALLS_INPUT},${more.inputs}
input as materialized (
  select * from json_to_recordset(:tickets::json) as i (${columnsOf(TICKET)})
),
progresses as materialized (
  select * from json_to_recordset(:progresses::json) as i (${columnsOf(PROGRESS)})
),
new_events as materialized (
  select * from json_to_recordset(:events::json) as i (${columnsOf(EVENT)})
),
new_messages as materialized (
  select * from json_to_recordset(:messages::json) as i (${columnsOf(ADDED_MESSAGE)})
),
named as materialized (
  select n.call, n.author_id as id from new_messages n where n.author_id is not null
  union all
  select n.call, (n.after ->> 'requester_id')::uuid from new_events n
  where n.kind = 'ticket.requester_changed' and n.after ->> 'requester_id' is not null
),${LIVING},
locked as materialized (
  -- After the people: one order everywhere.
  select t.id, t.integer, t.version, t.number, t.updated_at, t.change_position, t.tags from tickets t
  where t.tenant_id = :tenant_id and t.id = any (array(select i.id from input i)) and (select count(*) from living) >= 0
  order by t.id
  for no key update
),
due as materialized (
  -- After the tickets. What was changed or cancelled meanwhile is not sent.
  select n.message_id from new_messages n join scheduled_messages s on s.tenant_id = :tenant_id and s.id = n.scheduled_id
  where n.scheduled_id is not null and s.version = n.scheduled_version and (select count(*) from locked) >= 0
  for update of s
),
${files.inputs}
ready as materialized (
  select c.* from calls c
  where not exists (
    select 1 from input i left join locked l on l.id = i.id
    where i.call = c.call and l.version is distinct from i.expected)
    and not ${namesNobody('c')} and not ${files.missing('c')}
    and not exists (
      select 1 from new_messages n
      where n.call = c.call and n.scheduled_id is not null and n.message_id not in (select d.message_id from due d))${allowed}
),
${claimingOf('ready')},
numbered_events as materialized (
  select n.*, a.actor_id, a.credential_id, a.dialect, a.request_id, i.desk_id, i.requester_id, i.assignee_id,
    row_number() over (order by n.call, n.nth_event) as nth
  from new_events n join accepted a on a.call = n.call join input i on i.call = n.call and i.id = n.ticket_id
),
numbered_messages as materialized (
  select n.*, row_number() over (order by n.call, n.nth_message) as nth
  from new_messages n join accepted a on a.call = n.call
),
${files.copies}${more.moved}
totals as (
  select (select count(*) from numbered_events) as events, (select count(*) from numbered_messages) as messages,
    (select max(a.at) from accepted a) as at
),
counted as (
  update tenant_counters c
  set event_position = c.event_position + t.events, message_integer = c.message_integer + t.messages,
    latest_at = ${momentOf('t.at')}${files.counting}
  from totals t
  where c.tenant_id = :tenant_id and exists (select 1 from accepted)${more.isMoved}
  returning c.event_position - t.events as event_position, c.message_integer - t.messages as message_integer,
    c.latest_at${files.counted}
),
moments as materialized (
  -- Also behind a clock that was wrong, a ticket's own times never go back.
  select l.id, greatest(c.latest_at, l.updated_at) as at, c.event_position + e.nth as position
  from locked l left join (select n.ticket_id, max(n.nth) as nth from numbered_events n group by n.ticket_id) e on e.ticket_id = l.id,
    counted c
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
    where i.changed and (i.moved or i.status <> i.old_status)${more.counting}
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
  where d.tenant_id = :tenant_id and d.desk_id = f.desk_id
  returning d.desk_id, d.ticket_number - f.numbers as ticket_number
),
${countingTags(`${tagsOf(RETAGGED('i.tags'), 1)}
    union all
    ${tagsOf(RETAGGED('l.tags'), -1)}${more.countingTags}`)},
numbers as (
  select m.id, d.ticket_number + m.nth as number from moves m join desk_counted d on d.desk_id = m.desk_id
),
changed as (
  update tickets t
  set version = t.version + 1${more.aging},${more.setting} number = coalesce((select n.number from numbers n where n.id = i.id), t.number),
    description = coalesce(i.description, t.description), updated_at = o.at, change_position = o.position,
    ${changedValues('a.at', 'o.at')}
  from input i join accepted a on a.call = i.call join moments o on o.id = i.id
  where t.tenant_id = :tenant_id and t.id = i.id and i.changed
  returning t.*
),
left_behind as (
  insert into former_numbers (tenant_id, desk_id, number, ticket_id)
  select :tenant_id, m.old_desk_id, l.number, m.id from moves m join locked l on l.id = m.id
),
said as (
  insert into messages as m (tenant_id, id, integer, ticket_id, visibility, author_id, author_name, author_role, direction,
    channel_id, format, original, plain, safe_html, sanitizer, rendering, plain_given, ticket_status, created_at, to_addresses, cc_addresses, bcc_addresses,
    address_keys, in_reply_to, external_reference)
  select :tenant_id, n.message_id, c.message_integer + n.nth, n.ticket_id, n.visibility, n.author_id, n.author_name, n.author_role,
    n.message_direction, n.message_channel_id, n.format, n.original, n.plain, n.safe_html, n.sanitizer, n.rendering, n.plain_given, n.ticket_status, o.at,
    n.to_addresses, n.cc_addresses, n.bcc_addresses, ${addressKeys('n')}, n.in_reply_to, n.external_reference
  from numbered_messages n join moments o on o.id = n.ticket_id, counted c
  returning m.*
),
unsent_gone as (
  -- By its id: what was written since is another.
  delete from unsent_messages d using numbered_messages n, accepted a
  where d.tenant_id = :tenant_id and n.unsent_id is not null and a.call = n.call and d.user_id = a.actor_id and d.id = n.unsent_id
),
scheduled_gone as (
  delete from scheduled_messages s using numbered_messages n
  where s.tenant_id = :tenant_id and n.scheduled_id is not null and s.id = n.scheduled_id
),
${files.attached}
recorded as (
  insert into events as e (tenant_id, position, id, kind, ticket_id, message_id, actor_id, credential_id, dialect, request_id, at,
    before, after, undoes, desk_id, requester_id, assignee_id, visibility)
  select :tenant_id, c.event_position + n.nth, n.id, n.kind, n.ticket_id, n.message_id, n.actor_id, n.credential_id, n.dialect,
    n.request_id, o.at, n.before, n.after, n.undoes, n.desk_id, n.requester_id, n.assignee_id, m.visibility
  from numbered_events n join moments o on o.id = n.ticket_id left join new_messages m on m.message_id = n.message_id, counted c
  returning e.*
),
searched as (
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, l.integer, o.position, i.search_keys
  from input i join accepted a on a.call = i.call join moments o on o.id = i.id join locked l on l.id = i.id
  where i.search_keys is not null and o.position is not null
),${more.searched}
seen as (
  -- Whoever had read a ticket to its end has read their own change, too.
  insert into read_marks as k (tenant_id, user_id, ticket_id, position)
  select :tenant_id, n.actor_id, o.id, o.position
  from (select distinct n.actor_id, n.ticket_id from numbered_events n) n
  join moments o on o.id = n.ticket_id join locked l on l.id = n.ticket_id
  left join read_marks m on m.tenant_id = :tenant_id and m.user_id = n.actor_id and m.ticket_id = n.ticket_id
  left join read_beginnings b on b.tenant_id = :tenant_id and b.user_id = n.actor_id
  where coalesce(m.position, b.position) >= l.change_position
  on conflict (tenant_id, user_id, ticket_id) do update set position = greatest(k.position, excluded.position)
)${end}`

const FORWARDING = forwardingParts('locked')

const CHANGE = statement(
  'ticket.change',
  { takes: TAKES, row: AnswerRow },
  changeText(WITHOUT_FILES, { allowed: '', end: answering(WITHOUT_FILES) }),
)
const CHANGE_WITH_FILES = statement(
  'ticket.change_with_files',
  { takes: { ...TAKES, files: FILES }, row: AnswerRow },
  changeText(FORWARDING, { allowed: '', end: answering(FORWARDING) }),
)

/** Changes of a bulk job, as long as a worker has it. What came of each is told by whether its events are there. */
const CHANGE_IN_BULK = statement(
  'ticket.change_in_bulk',
  { takes: { ...TAKES, job_id: uuid, worker_id: uuid }, row: Type.Object({ call: Type.Integer() }) },
  changeText(WITHOUT_FILES, {
    allowed: `
    and exists (
      select 1 from bulk_jobs j
      where j.tenant_id = :tenant_id and j.id = :job_id and j.worker_id = :worker_id and j.state = 'running')`,
    end: UNSHOWN,
  }),
)

/** The changes of some tickets of a bulk job, each of which holds by itself. None of them brings messages. */
export function changesInBulk(
  tenantId: string,
  work: { readonly job_id: string; readonly worker_id: string },
  { drafts, by }: { readonly drafts: readonly ChangeDraft[]; readonly by: Provenance },
  lock: BoundStatement<unknown>,
): BoundStatement<unknown> {
  const calls = drafts.map((draft) => ({ drafts: [draft], by, idempotency: null }))
  return CHANGE_IN_BULK.with({ ...changeValues(tenantId, calls), ...work }, lock)
}

/** One call: changes of one or many tickets that hold together or not at all. */
export interface ChangeCall {
  readonly drafts: readonly ChangeDraft[]
  readonly by: Provenance
  readonly idempotency: IdempotencyKey | null
  /** Kept for a repeat in the place of the tickets, where the call is a part of one on many tickets. */
  readonly progress?: Progress | null
}

export const CHANGE_TICKETS: BatchKind<ChangeCall, AnswerRow, WriteOutcome> = {
  name: 'ticket.change',
  readOnly: false,
  targets: (call) => [
    ...call.drafts.map((draft) => draft.id),
    ...keyTargets(call.idempotency),
    ...attachingTargets(call.drafts.flatMap((draft) => draft.messages)),
  ],
  statement: (tenantId, calls) => {
    const values = changeValues(tenantId, calls)
    const files = attachingInput(
      calls.flatMap((each, call) =>
        each.drafts.flatMap((draft) => draft.messages.map((message) => ({ call, message }))),
      ),
    )
    return files.length === 0 ? CHANGE.with(values) : CHANGE_WITH_FILES.with({ ...values, files })
  },
  outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, (call) => ({
      ticketIds: call.drafts.map((draft) => draft.id),
      eventIds: call.drafts.flatMap((draft) => draft.events.map((event) => event.id)),
    })),
}

/** The events by which a ticket is called something else. */
const SEARCHED: readonly EventKind[] = ['ticket.title_changed', 'ticket.tags_changed', 'ticket.fields_changed']

/** The keys of what a change says anew, or null. */
function keysOfDraft({ state, messages, events, describes }: ChangeDraft): readonly number[] | null {
  const isNamed = events.some(({ kind }) => SEARCHED.includes(kind))
  const texts = [...(isNamed || describes ? textsOf(state) : []), ...messages.flatMap(textsOfMessage)]
  return texts.length === 0 ? null : keysOf(texts)
}

/** Calls as `TAKES`. */
export function changeValues(tenantId: string, calls: readonly ChangeCall[]) {
  const tickets = calls.flatMap((each, call) =>
    each.drafts.map((draft, index) => ({
      call,
      nth_ticket: index,
      id: draft.id,
      expected: draft.version,
      changed: draft.changed,
      // Nobody is shown the descriptions of many, which together can be anything.
      shown_characters: each.drafts.length > 1 ? TITLE_CHARACTERS : null,
      moved: draft.before.deskId !== draft.state.deskId,
      old_desk_id: draft.before.deskId,
      old_status: draft.before.status,
      ...changedInput(draft.state),
      search_keys: keysOfDraft(draft),
      // Left alone where it stays: it may be rendered anew at the same time.
      description: draft.describes ? draft.state.description : null,
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
        undoes: event.undoes ?? null,
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
        unsent_id: message.unsentId ?? null,
        scheduled_id: message.scheduled?.id ?? null,
        scheduled_version: message.scheduled?.version ?? null,
        ...messageInput(message),
        ...envelopeInput(message),
      })),
  )
  const progresses = calls.flatMap(({ progress }, call) => (progress ? { call, progress } : []))
  return { tenant_id: tenantId, calls: callsInput(calls), tickets, events, messages, progresses }
}
