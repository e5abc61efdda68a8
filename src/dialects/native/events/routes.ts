import { refuse } from '../../../core/errors.ts'
import { getEvents } from '../../../core/events/queries.ts'
import { type Call, type Route, route } from '../../route.ts'
import { type Need, readerNow } from '../auth.ts'
import { decodeLimit } from '../paging.ts'
import { decodeAfter, decodeWait, encodeEvent, positionIn } from './codec.ts'
import { EventListAnswer, EventQuery } from './schema.ts'
import { eventStream } from './stream.ts'

const STREAM_TYPE = 'text/event-stream'
const STREAM_HEADERS = {
  'content-type': STREAM_TYPE,
  'cache-control': 'no-store, no-transform',
  // nginx keeps what it gets until there is more of it, unless it is told.
  'x-accel-buffering': 'no',
  // A connection that becomes idle while the server stops would hold it up.
  connection: 'close',
}

export const eventRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/events',
    operationId: 'listEvents',
    summary: `List what happened after a position, in its order; as ${STREAM_TYPE} with what happens from then on`,
    headers: {
      Accept: `${STREAM_TYPE} for server-sent events, whose id is the position.`,
      'Last-Event-ID': 'The position to go on after, in a stream that was interrupted.',
    },
    need: [
      'ticket.read',
      'message.read_internal',
      'user.read',
      'catalogue.read',
      'view.read',
      'view.manage',
      'credential.manage',
      'ticket.bulk',
      'export',
      'audit.read',
    ],
    query: EventQuery,
    answers: { 200: EventListAnswer },
    handle: async ({ ctx, query, headers, services }) => {
      const { feed } = services
      const asked = decodeAfter(query)
      const [limit, waitMs] = [decodeLimit(query), decodeWait(query)]
      const after = asked ?? (await feed.latest(ctx.tenant.id))
      if (wantsStream(headers)) {
        const reader = { actor: ctx.actor, whoNow: () => readerNow(headers, services) }
        const stream = eventStream(feed, positionIn(headers['last-event-id']) ?? after, reader)
        return { status: 200, headers: STREAM_HEADERS, body: stream }
      }
      const page = { after, limit, waitMs: asked === null ? 0 : waitMs }
      const { events, next } = await whileReader(headers, services, (signal) =>
        getEvents(feed, ctx.actor, { ...page, signal }),
      )
      return { status: 200, body: { data: events.map(encodeEvent), next } }
    },
  }),
]

type Headers = Call<never, never, never>['headers']

function wantsStream({ accept }: Headers): boolean {
  return typeof accept === 'string' && accept.includes(STREAM_TYPE)
}

/** How often it is looked whether who waits may still read, in milliseconds. */
const LOOK_MS = 2_000

/** Does what waits, for as long as the caller may read. @throws Refusal `unauthenticated` once they may not. */
async function whileReader<Result>(
  headers: Headers,
  services: Call<never, never, never>['services'],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController()
  const looking = setInterval(() => {
    // A store that is away ends nobody's waiting.
    readerNow(headers, services).then(
      (actor) => actor === null && ending.abort(),
      () => {},
    )
  }, LOOK_MS)
  try {
    const result = await work(ending.signal)
    return ending.signal.aborted ? refuse({ code: 'unauthenticated' }) : result
  } finally {
    clearInterval(looking)
  }
}
