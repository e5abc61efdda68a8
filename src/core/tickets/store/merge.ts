import type { BatchKind } from '../../../storage/batch.ts'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { keysOfTicket } from '../../search/keys.ts'
import { AnswerRow, type WriteOutcome, writeOutcome } from './answers.ts'
import { WITHOUT_FILES } from './attaching.ts'
import { answering, type ChangeCall, changeText, changeValues, TAKES } from './change.ts'
import { familyOf } from './family.ts'
import { keyTargets } from './inputs.ts'
import { recoverByEvents } from './recover.ts'
import { tagsOf } from './tags.ts'

/**
 * A merge is a change of two tickets, and so is what takes it back: both hold only while each ticket has the version that
 * was decided on. The messages go to the other ticket in the same statement, before the tenant's counter is taken, so that
 * nobody else waits for them.
 */

/** The ticket that goes or comes back, and the one that stays. */
const MERGE = { call: Sql.integer, from_id: Sql.uuid, into_id: Sql.uuid }

const MERGES = { ...TAKES, merges: Sql.records(MERGE) }

const INPUTS = `
merges as materialized (
  select * from json_to_recordset(:merges::json) as i (${columnsOf(MERGE)})
),`

const IS_MOVED = ' and (select count(*) from settled) >= 0 and (select count(*) from relinked) >= 0'

/**
 * SQL of parts that have the links of a ticket lead to another one, and know where they led before. They are locked in the
 * order of their ids, as the tickets at their other ends may be merged at the same time.
 *
 * @param moves what of `merges m` tells the ticket that an end `end` of a link `l` leads to from now on, or null
 */
const relinking = (moves: (end: 'from' | 'to') => string, came: (end: 'from' | 'to') => string, to: string): string => `
links_held as materialized (
  select l.id, (${moves('from')}) as new_from_id, (${moves('to')}) as new_to_id
  from ticket_links l
  where l.tenant_id = :tenant_id and (l.from_id = any (array(select m.${to} from merges m join accepted a on a.call = m.call))
    or l.to_id = any (array(select m.${to} from merges m join accepted a on a.call = m.call)))
  order by l.id
  for update
),
relinked as (
  update ticket_links l
  set from_id = coalesce(h.new_from_id, l.from_id), to_id = coalesce(h.new_to_id, l.to_id),
    from_came = case when h.new_from_id is null then l.from_came else ${came('from')} end,
    to_came = case when h.new_to_id is null then l.to_came else ${came('to')} end
  from links_held h
  where l.tenant_id = :tenant_id and l.id = h.id
  returning l.id
),`

/** SQL of rows of desk, status and numbers for the ticket of each merge that is not listed any more, or is again. */
const counting = (delta: 1 | -1): string => `
    union all
    select i.desk_id, i.status, ${delta}, 0 from merges m join accepted a on a.call = m.call
    join input i on i.call = m.call and i.id = m.from_id`

/** SQL of the tags of the same ticket, which counts with them no more, or does again. */
const countingTags = (delta: 1 | -1): string => `
    union all
    ${tagsOf('merges m join accepted a on a.call = m.call join locked x on x.id = m.from_id', delta)}`

/** SQL of a part that gives a ticket the keys of another: each word may have come with the messages. */
const giving = (from: string, to: string): string => `
words_given as (
  insert into search_tail (tenant_id, ticket, position, keys)
  select :tenant_id, l.integer, o.position, k.keys
  from merges m join accepted a on a.call = m.call join locked f on f.id = m.${from} join locked l on l.id = m.${to}
  join moments o on o.id = l.id cross join lateral (select ${keysOfTicket('f.integer')} as keys) k
  where cardinality(k.keys) > 0
),`

/** SQL of a part that leaves tickets to the job that makes their keys anew. */
const leaving = (tickets: string): string => `
words_left as (
  insert into search_due as s (tenant_id, ticket, mark)
  select :tenant_id, n.ticket, 1 from (${tickets}) n
  on conflict (tenant_id, ticket) do update set mark = s.mark + 1
),`

/** A merge, by a part `settled` that gives the messages of the ticket that goes to the one that stays. */
const mergeText = (settled: string): string =>
  changeText(WITHOUT_FILES, {
    allowed: '',
    end: answering(WITHOUT_FILES),
    more: {
      inputs: INPUTS,
      moved: `
${settled}${relinking(
  (end) => `select m.into_id from merges m join accepted a on a.call = m.call where m.from_id = l.${end}_id`,
  (end) => `coalesce(l.${end}_came, l.${end}_id)`,
  'from_id',
)}`,
      isMoved: IS_MOVED,
      counting: counting(-1),
      countingTags: countingTags(-1),
      // A version is at least the number of messages, by which young tickets need not be counted; and no version that
      // somebody saw of a ticket is one that its name leads to later.
      aging:
        ' + coalesce((select f.version from merges m join locked f on f.id = m.from_id where m.into_id = i.id), 0)',
      setting: ' merged_into = (select m.into_id from merges m where m.from_id = i.id),',
      searched: `${giving('from_id', 'into_id')}${leaving(`select l.integer as ticket
    from merges m join accepted a on a.call = m.call join locked f on f.id = m.from_id join locked l on l.id = m.into_id
    where exists (select 1 from search_due d where d.tenant_id = :tenant_id and d.ticket = f.integer)`)}`,
    },
  })

const MERGE_TICKET = statement(
  'ticket.merge',
  { takes: MERGES, row: AnswerRow },
  mergeText(`settled as (
  update messages x set ticket_id = m.into_id, came_from = coalesce(x.came_from, m.from_id)
  from merges m join accepted a on a.call = m.call
  where x.tenant_id = :tenant_id and x.ticket_id = m.from_id
  returning x.id
),`),
)

/** As a merge, where the messages were before, and are so again: each knows of it what it knew then. */
const UNSPLIT_TICKET = statement(
  'ticket.unsplit',
  { takes: MERGES, row: AnswerRow },
  mergeText(`settled as (
  update messages x
  set ticket_id = m.into_id, came_from = x.came_before, came_before = null,
    written_on = nullif(x.written_on, coalesce(x.came_before, m.into_id))
  from merges m join accepted a on a.call = m.call
  where x.tenant_id = :tenant_id and x.ticket_id = m.from_id
  returning x.id
),
mails_settled as (
  update mails x set ticket_id = m.into_id
  from merges m join accepted a on a.call = m.call
  where x.tenant_id = :tenant_id and x.ticket_id = m.from_id
  returning x.id
),`),
)

const UNMERGE_TICKET = statement(
  'ticket.unmerge',
  { takes: MERGES, row: AnswerRow },
  changeText(WITHOUT_FILES, {
    allowed: '',
    end: answering(WITHOUT_FILES),
    more: {
      inputs: INPUTS,
      moved: `
settled as (
  update messages x set ticket_id = m.from_id, came_from = nullif(x.came_from, m.from_id)
  from merges m join accepted a on a.call = m.call
  where x.tenant_id = :tenant_id and x.ticket_id = m.into_id
    and x.came_from = any (array(select f.id from ${familyOf('select m.from_id')} f))
  returning x.id
),${relinking(
        (end) => `select m.from_id from merges m join accepted a on a.call = m.call
    where m.into_id = l.${end}_id and l.${end}_came = any (array(select f.id from ${familyOf('select m.from_id')} f))`,
        (end) => `nullif(l.${end}_came, h.new_${end}_id)`,
        'into_id',
      )}`,
      isMoved: IS_MOVED,
      counting: counting(1),
      countingTags: countingTags(1),
      aging:
        ' + coalesce((select greatest(l.version - t.version, 0) from merges m join locked l on l.id = m.into_id where m.from_id = i.id), 0)',
      setting: ' merged_into = null,',
      searched: `${giving('into_id', 'from_id')}${leaving(
        'select l.integer as ticket from locked l where exists (select 1 from accepted)',
      )}`,
    },
  }),
)

/** One call: both tickets as they become. */
export interface MergeCall extends ChangeCall {
  readonly fromId: string
  readonly intoId: string
}

export const MERGE_TICKETS = merging('ticket.merge', MERGE_TICKET)
export const UNSPLIT_TICKETS = merging('ticket.unsplit', UNSPLIT_TICKET)
export const UNMERGE_TICKETS = merging('ticket.unmerge', UNMERGE_TICKET)

function merging(name: string, text: typeof MERGE_TICKET): BatchKind<MergeCall, AnswerRow, WriteOutcome> {
  return {
    name,
    readOnly: false,
    targets: ({ drafts, idempotency }) => [...drafts.map(({ id }) => id), ...keyTargets(idempotency)],
    statement: (tenantId, calls) => {
      const values = changeValues(tenantId, calls)
      return text.with({
        ...values,
        // What is said anew is among what the search gives or makes anew.
        tickets: values.tickets.map((ticket) => ({ ...ticket, search_keys: null })),
        merges: calls.map(({ fromId, intoId }, call) => ({ call, from_id: fromId, into_id: intoId })),
      })
    },
    outcomes: (calls, rows) => calls.map((call, index) => writeOutcome(rows[index], call.idempotency)),
    recover: (database, tenantId, calls) =>
      recoverByEvents(database, tenantId, calls, ({ drafts }) => ({
        ticketIds: drafts.map(({ id }) => id),
        eventIds: drafts.flatMap(({ events }) => events.map(({ id }) => id)),
      })),
  }
}
