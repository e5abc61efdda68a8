import { DEFAULT_BOUNDS } from '../../bounds.ts'
import { IMPORT_DIALECT } from '../../import/record.ts'
import type { News, Notice } from '../protocol.ts'
import { EVERYTHING } from '../webhook.ts'
import type { EventToTell, NewsSystem } from './news.ts'
import { newsFor, newsOf, noticesOf } from './news.ts'
import { ADVANCE, type MadeDelivery, NEXT_EVENTS, OPEN_WEBHOOKS } from './store/make.ts'

/** Events that are made into deliveries at a time. */
const EVENTS_AT_ONCE = 200
/** Bytes of texts with which these end. */
const TEXTS_AT_ONCE = DEFAULT_BOUNDS.pageBytes

type OpenWebhook = NonNullable<(typeof OPEN_WEBHOOKS)['rowType']>

/**
 * Makes the next events of a tenant's log into deliveries and moves the stored position past them, in one statement: each
 * event exactly once, however many processes try, and none of what was erased since it was read.
 *
 * @returns whether there may be more.
 */
export async function consume(given: NewsSystem): Promise<boolean> {
  const { store, tenant } = given
  const events = await store.run(
    NEXT_EVENTS.with({ tenant_id: tenant.id, limit: EVENTS_AT_ONCE, before_bytes: TEXTS_AT_ONCE }),
  )
  const [first] = events
  const last = events.at(-1)
  if (!first || !last) return false
  const webhooks = await store.run(OPEN_WEBHOOKS.with({ tenant_id: tenant.id }))
  const deliveries = webhooks.length === 0 ? [] : await deliveriesOf(given, events, webhooks)
  const { from_position, erasures } = first
  const advance = { from_position, to_position: last.position, deliveries, now: given.now, erasures }
  const [moved] = await store.run(ADVANCE.with({ tenant_id: tenant.id, ...advance }))
  // Another process was faster, or something of what was read has been erased.
  return moved === undefined || events.length === EVENTS_AT_ONCE || last.bytes >= TEXTS_AT_ONCE
}

async function deliveriesOf(
  given: NewsSystem,
  events: readonly EventToTell[],
  webhooks: readonly OpenWebhook[],
): Promise<readonly MadeDelivery[]> {
  // What was imported happened elsewhere: nobody is told of it as if it were new.
  const news = await newsOf(
    given,
    events.filter(({ dialect }) => dialect !== IMPORT_DIALECT),
  )
  const byDialect = [...Map.groupBy(webhooks, (webhook) => webhook.dialect)]
  return news.flatMap((each) =>
    byDialect.flatMap(([dialect, theirs]) => {
      const notices = noticesOf(given, dialect, each)
      return theirs.flatMap((webhook) => rowsFor(given, webhook, each, notices))
    }),
  )
}

/** @param all what the webhook's dialect tells where all may be told. */
function rowsFor(given: NewsSystem, webhook: OpenWebhook, news: News, all: readonly Notice[]): MadeDelivery[] {
  const { newId } = given
  const { event } = news
  if (event.position <= webhook.since) return []
  if (webhook.desk_id !== null && !isOn(webhook.desk_id, news)) return []
  const told = newsFor(webhook.desk_id, news)
  if (told === null) return []
  const notices = told === news ? all : noticesOf(given, webhook.dialect, told)
  return notices.flatMap(({ type, body }, nth) =>
    webhook.events.includes(type) || webhook.events.includes(EVERYTHING)
      ? [
          {
            id: newId(),
            webhook_id: webhook.id,
            // In order for each ticket and each user; by it an erasure finds what waits.
            line: event.ticketId ?? news.subjectId ?? event.id,
            position: event.position,
            nth,
            event_type: type,
            body,
          },
        ]
      : [],
  )
}

/** Whether what an event is about belongs to a desk: a ticket to one, a user to each that they have a membership on. */
function isOn(deskId: string, { ticket, gone, subject }: News): boolean {
  if (subject) return subject.memberships.some((each) => each.deskId === deskId)
  return deskId === (ticket ?? gone)?.deskId
}
