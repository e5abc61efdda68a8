import { ERASED_COLUMNS, ERASED_IN_EVENTS } from '../../tickets/fields.ts'

/**
 * What is left of a kept result when what it shows is deleted: a repeat is answered with what was done, and that its text is
 * gone. Words and people go, ids, numbers, times and statuses stay.
 */

const TICKET = { ...ERASED_COLUMNS, requester: null, assignee: null }

const MESSAGE = {
  author_id: null,
  author_name: null,
  user_integer: null,
  user_name: null,
  user_surname: null,
  user_email: null,
  user_photo_url: null,
  original: '',
  plain: '',
  safe_html: null,
  to_addresses: null,
  cc_addresses: null,
  bcc_addresses: null,
  external_reference: null,
  attachments: [],
}

/** What events tell of a ticket in its own words. */
const WORDS_OF_EVENTS = `{${ERASED_IN_EVENTS.join(',')}}`

const jsonb = (value: object): string => `'${JSON.stringify(value)}'::jsonb`

/** SQL of a list in a result, of which the items that `isGone` is true of become what `blanked` makes of `x.item`. */
function blanking(result: string, list: string, isGone: string, blanked: string): string {
  return `'${list}', (select coalesce(jsonb_agg(case when ${isGone} then ${blanked} else x.item end order by x.nth), '[]')
      from jsonb_array_elements(${result} -> '${list}') with ordinality x (item, nth))`
}

function withoutWords(side: 'before' | 'after'): string {
  return `'${side}', case jsonb_typeof(x.item -> '${side}') when 'object' then (x.item -> '${side}') - '${WORDS_OF_EVENTS}'::text[] end`
}

/** What is blank in a kept result, each as SQL that is true of an item `x.item`. */
interface Gone {
  readonly ticket: string
  readonly message: string
  readonly event: string
}

function without(result: string, { ticket, message, event }: Gone): string {
  return `${result} || jsonb_build_object(
    ${blanking(result, 'tickets', ticket, `x.item || ${jsonb(TICKET)}`)},
    ${blanking(result, 'messages', message, `x.item || ${jsonb(MESSAGE)}`)},
    ${blanking(result, 'events', event, `x.item || jsonb_build_object(${withoutWords('before')}, ${withoutWords('after')})`)})`
}

/** SQL of a kept result without what it shows of the tickets `ids`, and of the messages `messageIds`, both UUID arrays. */
export function withoutTickets(result: string, ids: string, messageIds: string): string {
  const isOf = (key: string): string => `(x.item ->> '${key}')::uuid = any (${ids})`
  const message = `${isOf('ticket_id')} or (x.item ->> 'id')::uuid = any (${messageIds})`
  return without(result, { ticket: isOf('id'), message, event: isOf('ticket_id') })
}

/**
 * SQL of a kept result that shows the person `id`, without them and without what it shows of the tickets `ids`, a UUID
 * array, which hold their words.
 */
export function withoutPerson(result: string, id: string, ids: string): string {
  const isOf = (key: string): string => `(x.item ->> '${key}')::uuid = any (${ids})`
  const isPerson = (path: string): string => `(x.item #>> '{${path}}')::uuid = ${id}`
  return without(result, {
    ticket: [isOf('id'), isPerson('requester,id'), isPerson('assignee,id')].join(' or '),
    message: [isOf('ticket_id'), isPerson('author_id')].join(' or '),
    // Which of the ticket's words were whose it does not tell.
    event: 'true',
  })
}

/** SQL of a kept result without the words of a message `id`, which `isOpening` tells to be how the ticket `ticketId` began. */
export function withoutMessage(
  result: string,
  { id, ticketId, isOpening }: { readonly id: string; readonly ticketId: string; readonly isOpening: string },
): string {
  const isTold = `${isOpening} and (x.item ->> 'id')::uuid = ${ticketId}`
  return `${result} || jsonb_build_object(
    ${blanking(result, 'tickets', isTold, `x.item || ${jsonb({ description: '' })}`)},
    ${blanking(result, 'messages', `(x.item ->> 'id')::uuid = ${id}`, `x.item || ${jsonb(MESSAGE)}`)})`
}
