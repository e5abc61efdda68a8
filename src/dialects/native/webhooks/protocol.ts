import { EVENT_KINDS } from '../../../core/events/event.ts'
import { personOn } from '../../../core/tickets/queries/people.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { News, Notice, Protocol } from '../../../core/webhooks/protocol.ts'
import { newStandardSecret, standardHeaders } from '../../standard-webhooks.ts'
import { namesOf } from '../names.ts'
import { encodeTicket, encodeTimelineEntry } from '../tickets/codec.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Every event of the log, as Standard Webhooks (https://www.standardwebhooks.com), on the schedule it recommends. */
export const webhooks: Protocol = {
  eventTypes: EVENT_KINDS.map((name) => ({ name, about: name.replace('.', ' ').replaceAll('_', ' ') })),
  defaultEvents: ['*'],
  hasEverything: true,
  timeoutMs: 15 * SECOND,
  retryDelaysMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  disables: () => false,
  newSecret: newStandardSecret,
  encode,
  test: (_, at) => notice('webhook.test', at, {}),
  sign: (signing) => standardHeaders('webhook', signing),
}

/** The entry of the timeline, and the ticket as it is now; null once it is deleted. */
function encode({ event, ticket, message, users, tenant, linkTo }: News): readonly Notice[] {
  const names = namesOf(tenant)
  const actor = users.get(event.actorId ?? '')
  const entry: TimelineEntry = {
    event,
    message,
    actor: actor && ticket ? personOn(actor, ticket.deskId) : null,
    credentialName: null,
    cameFrom: null,
  }
  const data = {
    ...encodeTimelineEntry(names, entry, linkTo),
    ticket_id: event.ticketId,
    ticket: ticket && encodeTicket(names, ticket),
  }
  return [notice(event.kind, event.at, data)]
}

function notice(type: string, timestamp: string, data: object): Notice {
  return { type, body: JSON.stringify({ type, timestamp, data }) }
}
