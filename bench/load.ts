/** The load: connections that each send a request after the other, to random tenants, for a bounded time. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { answerQuestions } from './child.ts'
import { percentile } from './figures.ts'
import { type Answer, Connection } from './http.ts'
import { ticketText, ticketTitle } from './texts.ts'

/** What the bare server does, too. */
export const COMMON = ['create', 'get', 'list'] as const

/** What only Polydesk does: another build of it is what these are compared with. */
export const OWN = [
  'reply',
  'change',
  'timeline',
  'create.spacebring',
  'create.moov',
  'create.netgroot',
  'create.omnidesk',
] as const

export const OPERATIONS = [...COMMON, ...OWN] as const
export type Operation = (typeof OPERATIONS)[number]

/** Tickets of a list. */
export const LIST_LIMIT = 50

/** Looking into an answer costs time that the servers need, so only one of so many is; the status is checked always. */
const LOOK_EVERY = 20

/** A create as a vendor's client sends it. */
const VendorCreate = Type.Object({
  path: Type.String(),
  head: Type.String(),
  body: Type.String(),
  status: Type.Integer(),
})
export type VendorCreate = Static<typeof VendorCreate>

/** The tickets of one tenant: where they are, which there are, and how vendors' clients make more of them. */
export const Target = Type.Object({
  path: Type.String(),
  authorization: Type.String(),
  ids: Type.Array(Type.String()),
  vendors: Type.Optional(Type.Record(Type.String(), VendorCreate)),
})
export type Target = Static<typeof Target>

/** The first question: whom to ask. Answered with an empty object. */
export const Aim = Type.Object({ url: Type.String(), targets: Type.Array(Target) })
export type Aim = Static<typeof Aim>

/** Each further question: a round. */
export const Round = Type.Object({
  operation: Type.Enum(OPERATIONS),
  connections: Type.Integer(),
  seconds: Type.Number(),
})
export type Round = Static<typeof Round>

export const Measured = Type.Object({
  requests: Type.Integer(),
  seconds: Type.Number(),
  p50: Type.Number({ description: 'Milliseconds.' }),
  p99: Type.Number({ description: 'Milliseconds.' }),
  bytes: Type.Number({ description: 'Mean size of the bodies that came back.' }),
})
export type Measured = Static<typeof Measured>

/** A request, and what a right answer to it is. */
interface Exchange {
  readonly request: string
  readonly status: number
  /** Whether the body is right. */
  readonly isRight: (body: { readonly id?: unknown; readonly title?: unknown; readonly data?: unknown }) => boolean
}

function pick<T>(list: readonly T[]): T {
  const picked = list[Math.floor(Math.random() * list.length)]
  if (picked === undefined) throw new Error('There is nothing to choose from.')
  return picked
}

function head(method: string, path: string, target: Target, more = ''): string {
  const authorization = target.authorization === '' ? '' : `authorization: ${target.authorization}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${authorization}${more}\r\n`
}

let created = 0

/** Head of a request with a JSON body. */
function withBody(method: string, path: string, target: Target, body: string, more = ''): string {
  const entity = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return head(method, path, target, entity + more) + body
}

function vendorCreate(vendor: string): (target: Target) => Exchange {
  return ({ vendors, ...target }) => {
    const { path, head: more, body, status } = vendors?.[vendor] ?? fail(`No tenant has a client of ${vendor}.`)
    const request = withBody('POST', path, { ...target, authorization: '' }, body, more)
    return { request, status, isRight: () => true }
  }
}

function fail(message: string): never {
  throw new Error(message)
}

const EXCHANGES: Readonly<Record<Operation, (target: Target) => Exchange>> = {
  create: (target) => {
    created++
    const title = ticketTitle(created)
    const body = JSON.stringify({ title, text: ticketText(created) })
    return {
      request: withBody('POST', target.path, target, body),
      status: 201,
      isRight: (ticket) => ticket.title === title && typeof ticket.id === 'string',
    }
  },
  get: (target) => {
    const id = pick(target.ids)
    return { request: head('GET', `${target.path}/${id}`, target), status: 200, isRight: (ticket) => ticket.id === id }
  },
  list: (target) => ({
    request: head('GET', `${target.path}?limit=${LIST_LIMIT}`, target),
    status: 200,
    isRight: ({ data }) => Array.isArray(data) && data.length === LIST_LIMIT,
  }),
  reply: (target) => {
    created++
    const body = JSON.stringify({ text: ticketText(created) })
    const path = `${target.path}/${pick(target.ids)}/messages`
    return { request: withBody('POST', path, target, body), status: 201, isRight: () => true }
  },
  change: (target) => {
    created++
    const id = pick(target.ids)
    const body = JSON.stringify({ status: created % 2 === 0 ? 'open' : 'pending' })
    return {
      request: withBody('PATCH', `${target.path}/${id}`, target, body),
      status: 200,
      isRight: (ticket) => ticket.id === id,
    }
  },
  timeline: (target) => ({
    request: head('GET', `${target.path}/${pick(target.ids)}/timeline`, target),
    status: 200,
    isRight: ({ data }) => Array.isArray(data) && data.length > 0,
  }),
  'create.spacebring': vendorCreate('spacebring'),
  'create.moov': vendorCreate('moov'),
  'create.netgroot': vendorCreate('netgroot'),
  'create.omnidesk': vendorCreate('omnidesk'),
}

function demandRight(exchange: Exchange, answer: Answer, look: boolean): void {
  const isRight =
    answer.status === exchange.status && (!look || exchange.isRight(JSON.parse(answer.body.toString('utf8'))))
  if (isRight) return
  throw new Error(
    `Wrong answer ${answer.status} to:\n${exchange.request}\n${answer.body.toString('utf8').slice(0, 2000)}`,
  )
}

async function measure(aim: Aim, round: Round): Promise<Measured> {
  const connections = await Promise.all(
    Array.from({ length: round.connections }, () => Connection.open(new URL(aim.url))),
  )
  const times: number[] = []
  let bytes = 0
  const begun = performance.now()
  const deadline = begun + round.seconds * 1000

  async function work(connection: Connection): Promise<void> {
    while (performance.now() < deadline) {
      const exchange = EXCHANGES[round.operation](pick(aim.targets))
      const sent = performance.now()
      const answer = await connection.send(exchange.request)
      times.push(performance.now() - sent)
      bytes += answer.body.length
      demandRight(exchange, answer, times.length % LOOK_EVERY === 1)
    }
  }
  await Promise.all(connections.map(work))
  const seconds = (performance.now() - begun) / 1000
  for (const connection of connections) connection.close()
  const sorted = Float64Array.from(times).sort()
  return {
    requests: times.length,
    seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    bytes: bytes / times.length,
  }
}

if (process.argv[1] === import.meta.filename) {
  let aim: Aim | undefined
  answerQuestions(
    async (question) => {
      if (aim) return measure(aim, Value.Parse(Round, question))
      aim = Value.Parse(Aim, question)
      return {}
    },
    async () => {},
  )
}
