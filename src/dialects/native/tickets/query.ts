import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import { instant, isInstant } from '../../../core/instant.ts'
import type { Conditions } from '../../../core/query/conditions.ts'
import { demandQuery, QUERY_SORTS, type QueryCursor, type QueryPage, type QuerySort } from '../../../core/query/list.ts'
import { bothOf } from '../../../core/query/resolve.ts'
import type { TicketFilter } from '../../../core/tickets/ticket.ts'
import { UUID } from '../../../core/uuid.ts'
import { getView } from '../../../core/views/queries.ts'
import type { View } from '../../../core/views/view.ts'
import { decodeLimit } from '../paging.ts'
import type { TicketQuery } from './schema.ts'

/** Whether a list is asked for by more than the plain parameters. */
export function isQuery({ q, view, sort }: TicketQuery): boolean {
  return q !== undefined || view !== undefined || sort !== undefined
}

/** The view whose list it is, if it is one's. @throws Refusal `not_found`, `forbidden` */
export async function viewOf(ctx: Context, { view }: TicketQuery): Promise<View | null> {
  return view === undefined ? null : getView(ctx, view)
}

/** What is asked for by the view, `q` and the plain parameters, which all have to hold. @throws Refusal `invalid` */
export async function decodeQuery(
  ctx: Context,
  view: View | null,
  q: string,
  filter: TicketFilter,
): Promise<Conditions> {
  const ofView = view ? await demandQuery(ctx, view.query, 'view') : {}
  return bothOf(bothOf(conditionsOf(filter), ofView), await demandQuery(ctx, q, 'q'))
}

function conditionsOf({ unassigned, externalReference, assigneeIds, words: _, ...filter }: TicketFilter): Conditions {
  return {
    ...filter,
    ...(assigneeIds && { assigneeIds }),
    ...(unassigned === true && { assigneeIds: [null] }),
    ...(unassigned === false && { notAssigneeIds: [null] }),
    ...(externalReference !== undefined && { references: [externalReference] }),
  }
}

export function encodeSort({ sort, descending }: { readonly sort: QuerySort; readonly descending: boolean }): string {
  return `${descending ? '-' : ''}${sort}`
}

/** An order by its name. @throws Refusal `invalid` */
export function decodeSort(asked: string): { readonly sort: QuerySort; readonly descending: boolean } {
  const sort = QUERY_SORTS.find((each) => each === asked.replace('-', ''))
  if (!sort || !/^-?\w+$/.test(asked))
    return refuseField(
      ['sort'],
      'choice',
      `Must be one of ${QUERY_SORTS.join(', ')}, with - in front for the other way.`,
    )
  return { sort, descending: asked.startsWith('-') }
}

/** Which page, in which order: that of the view unless another is asked for. @throws Refusal `invalid` */
export function decodeQueryPage(view: View | null, query: TicketQuery): QueryPage {
  const asked = query.sort ?? (view ? encodeSort(view) : '-created')
  const order = decodeSort(asked)
  const cursor = query.cursor === undefined ? null : cursorIn(query.cursor, { sort: order.sort, asked })
  return { ...order, cursor, limit: decodeLimit(query) }
}

/** The cursor of a place; it is good for the order that it was made in. */
export function encodeCursor(place: QueryCursor | null, page: QueryPage): string | null {
  if (place === null) return null
  const direction = (place.isBack ? '<' : '>') + (place.isExact ? '!' : '')
  return Buffer.from(`${direction}${encodeSort(page)} ${place.id} ${place.key}`).toString('base64url')
}

/** A time as PostgreSQL writes it in our sessions, to the microsecond. */
const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00$/
const isTime = (key: string): boolean => TIME.test(key) && isInstant(instant(key))

const isPosition = (key: string): boolean => /^\d{1,18}$/.test(key)

/** Whether an order can have a place: what PostgreSQL cannot read would be a failure, and not the caller's mistake. */
const HAS_PLACE: Readonly<Record<QuerySort, (key: string) => boolean>> = {
  created: isPosition,
  latest_message: isTime,
  updated: isPosition,
  priority: (key) => /^[1-4]$/.test(key),
}

function cursorIn(cursor: string, { sort, asked }: { readonly sort: QuerySort; readonly asked: string }): QueryCursor {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const [head = '', id = '', ...rest] = text.split(' ')
  const key = rest.join(' ')
  const isOurs = Buffer.from(text, 'latin1').toString('base64url') === cursor
  const [, direction = '', mark, order] = /^([<>])(!?)(.*)$/s.exec(head) ?? []
  if (!isOurs || order !== asked || !UUID.test(id) || !HAS_PLACE[sort](key))
    return refuseField(['cursor'], 'format', 'Is not the `next` or `previous` of a page of this list.')
  return { isBack: direction === '<', isExact: mark === '!', id, key }
}
