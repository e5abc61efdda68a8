import { type Static, Type } from 'typebox'
import type { BatchKind } from '../../../storage/batch.ts'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { STATUSES } from '../../words.ts'
import { LINK_KINDS, type Link, MOST_ABOVE } from '../rules/links.ts'
import { AnswerRow, type WriteOutcome, writeOutcome } from './answers.ts'
import { WITHOUT_FILES } from './attaching.ts'
import { answering, type ChangeCall, changeText, changeValues, TAKES, WITHOUT_MORE } from './change.ts'
import { keyTargets } from './inputs.ts'
import { recoverByEvents } from './recover.ts'

/**
 * A link is a change of both of its tickets, and so is what takes it away: each holds only while both have the version that
 * was decided on, and those that have to stay as they are for it, too.
 */

const LINK = {
  ...{ call: Sql.integer, id: Sql.uuid, kind: Sql.word(LINK_KINDS), from_id: Sql.uuid, to_id: Sql.uuid },
  removed: Sql.boolean,
}

const LINK_TICKETS_TEXT = statement(
  'ticket.link',
  { takes: { ...TAKES, links: Sql.records(LINK) }, row: AnswerRow },
  changeText(WITHOUT_FILES, {
    allowed: '',
    end: answering(WITHOUT_FILES),
    more: {
      ...WITHOUT_MORE,
      inputs: `
links as materialized (
  select * from json_to_recordset(:links::json) as i (${columnsOf(LINK)})
),`,
      moved: `
linked as (
  -- One that was taken away comes back to where its tickets lead by now.
  insert into ticket_links as x (tenant_id, id, kind, from_id, to_id, created_at)
  select :tenant_id, l.id, l.kind, l.from_id, l.to_id, a.at from links l join accepted a on a.call = l.call
  where not l.removed
  on conflict (tenant_id, id) do update set removed_at = null
  returning x.id
),
unlinked as (
  update ticket_links x set removed_at = a.at from links l join accepted a on a.call = l.call
  where x.tenant_id = :tenant_id and x.id = l.id and l.removed
  returning x.id
),`,
      isMoved: ' and (select count(*) from linked) >= 0 and (select count(*) from unlinked) >= 0',
    },
  }),
)

/** One call: both tickets, those that stay as they are, and the link between the two. */
export interface LinkCall extends ChangeCall {
  readonly link: Link
  readonly isRemoved: boolean
}

export const LINK_TICKETS: BatchKind<LinkCall, AnswerRow, WriteOutcome> = {
  name: 'ticket.link',
  readOnly: false,
  targets: ({ drafts, idempotency }) => [...drafts.map(({ id }) => id), ...keyTargets(idempotency)],
  statement: (tenantId, calls) =>
    LINK_TICKETS_TEXT.with({
      ...changeValues(tenantId, calls),
      links: calls.map(({ link: { id, kind, fromId, toId }, isRemoved }, call) => ({
        ...{ call, id, kind, from_id: fromId, to_id: toId, removed: isRemoved },
      })),
    }),
  outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
  recover: (database, tenantId, calls) =>
    recoverByEvents(database, tenantId, calls, ({ drafts }) => ({
      ticketIds: drafts.map(({ id }) => id),
      eventIds: drafts.flatMap(({ events }) => events.map(({ id }) => id)),
    })),
}

const LinkedRow = Type.Object({
  ticket_id: Type.String(),
  id: Type.String(),
  kind: Type.Enum(LINK_KINDS),
  is_from: Type.Boolean(),
  created_at: Type.String(),
  other_id: Type.String(),
  other_integer: Type.Integer(),
  other_number: Type.Integer(),
  other_desk_id: Type.String(),
  other_requester_id: Type.Union([Type.String(), Type.Null()]),
  other_title: Type.String(),
  other_status: Type.Enum(STATUSES),
})
export type LinkedRow = Static<typeof LinkedRow>

/** SQL that is true of a link `l` that is there, and not between tickets that have become one. */
export const IS_LINKED = 'l.removed_at is null and l.from_id <> l.to_id'

/** The links of tickets with what is at their other ends, the oldest first; whoever asks. */
export const LINKS_OF = statement(
  'ticket_link.of_tickets',
  { takes: { tenant_id: Sql.uuid, ticket_ids: Sql.array(Sql.uuid), limit: Sql.bigint }, row: LinkedRow },
  `select s.id as ticket_id, l.id, l.kind, l.is_from, l.created_at, o.id as other_id, o.integer as other_integer,
  o.number as other_number, o.desk_id as other_desk_id, o.requester_id as other_requester_id, o.title as other_title,
  o.status as other_status
from unnest(:ticket_ids::uuid[]) s (id) cross join lateral (
  select l.id, l.kind, true as is_from, l.created_at, l.to_id as other_id from ticket_links l
  where l.tenant_id = :tenant_id and l.from_id = s.id and ${IS_LINKED}
  union all
  select l.id, l.kind, false, l.created_at, l.from_id from ticket_links l
  where l.tenant_id = :tenant_id and l.to_id = s.id and ${IS_LINKED}
  order by created_at, id limit :limit
) l cross join lateral (
  select * from tickets x where x.tenant_id = :tenant_id and x.id = l.other_id limit 1) o
order by l.created_at, l.id`,
)

const LinkRow = Type.Object({
  id: Type.String(),
  kind: Type.Enum(LINK_KINDS),
  from_id: Type.String(),
  to_id: Type.String(),
  is_removed: Type.Boolean(),
})
export type LinkRow = Static<typeof LinkRow>

/** A link by its id, also one that is taken away; whoever asks. */
export const LINK_BY_ID = statement(
  'ticket_link.by_id',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: LinkRow },
  `select l.id, l.kind, l.from_id, l.to_id, l.removed_at is not null as is_removed from ticket_links l
where l.tenant_id = :tenant_id and l.id = :id`,
)

/** A ticket and those above it, each with its version at that moment. A merge may have made a circle of them. */
export const ABOVE = statement(
  'ticket_link.above',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({ id: Type.String(), version: Type.Integer() }),
  },
  `with recursive above (id) as (
  select :id::uuid
  union
  select l.to_id from above a cross join lateral (
    select x.to_id from ticket_links x
    where x.tenant_id = :tenant_id and x.from_id = a.id and x.kind = 'child' and x.removed_at is null offset 0) l
)
select t.id, t.version from (select a.id from above a limit ${MOST_ABOVE} + 1) a
cross join lateral (select x.id, x.version from tickets x where x.tenant_id = :tenant_id and x.id = a.id limit 1) t`,
)
