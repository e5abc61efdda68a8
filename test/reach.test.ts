import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { addExternalId, createDesk, createTenant, createUser, type NewUser } from '../src/core/tenants/commands.ts'
import { FRESH_CATALOGUE } from '../src/dialects/catalogue.ts'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import type { DialectName } from '../src/dialects/profiles.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { type Database, openDatabase } from '../src/storage/database.ts'
import { seeNothing } from './evidence.ts'
import { type Received, startWorld, type World } from './world.ts'

// Asks by every way for everybody: more than a document should show.
seeNothing()

/** Everybody of the tenant, named by what they are there. Desk A is where callers work or ask; B is another one. */
const PEOPLE = [
  'customer of A',
  'customer of A and B',
  'customer of A, agent of B',
  'agent of A',
  'admin of A',
  'another agent of A',
  'customer of B',
  'agent of B',
  'of no desk',
  'owner',
  'erased',
] as const
type PersonName = (typeof PEOPLE)[number]

const CALLERS = ['agent of A', 'admin of A', 'owner by a key of A', 'customer of A', 'owner'] as const
type CallerName = (typeof CALLERS)[number]

/** Who somebody is on the wires; also of one who does not exist. */
interface Known {
  readonly name: string
  readonly id: string
  readonly integer: number
  readonly email: string
  readonly externalId: string
  readonly membershipOnA: string
}

/** Nobody at all: whoever is out of reach is answered for as this one is. */
const NOBODY: Known = {
  name: 'Nobody',
  id: v7(),
  integer: 999_999,
  email: 'nobody@reach.example',
  externalId: 'ext nobody',
  membershipOnA: v7(),
}

let world: World
let database: Database
let deskA = ''
let deskB = ''
let ticket: { readonly id: string; readonly integer: number }
const people = new Map<PersonName, Known & { readonly membershipOnB: string | null }>()
const headers = new Map<string, Readonly<Record<string, string>>>()

const person = (name: PersonName) => people.get(name) ?? assert.fail(name)

before(async () => {
  world = await startWorld()
  database = openDatabase({ connection: world.database.connection })
  const admin = { store: database, now: new Date().toISOString(), newId: () => v7() }
  const made = await createTenant(admin, { name: 'Reach', deskName: 'A', catalogue: FRESH_CATALOGUE })
  const { tenantId } = made
  deskA = made.deskId
  deskB = (await createDesk(admin, tenantId, 'B')).id
  type Places = readonly (readonly ['A' | 'B', NewUser['memberships'][number]['role']])[]
  const add = async (name: PersonName, places: Places, changes: Partial<NewUser> = {}): Promise<void> => {
    const email = `${name.replaceAll(/[^a-zA-Z]+/g, '.')}@reach.example`
    const memberships = places.map(([desk, role]) => ({ deskId: desk === 'A' ? deskA : deskB, role }))
    const about = { kind: 'person', isOwner: false, name: `Name ${name}`, email } as const
    const user = await createUser(admin, tenantId, { ...about, memberships, ...changes })
    const externalId = `ext ${user.integer}`
    for (const { deskId } of memberships) await addExternalId(admin, tenantId, deskId, externalId, user.id)
    const rows = await membershipsOf(tenantId, user.id)
    const on = (desk: string) => rows.find(({ desk_id }) => desk_id === desk)?.id ?? null
    people.set(name, {
      ...user,
      name: `Name ${name}`,
      email,
      externalId,
      membershipOnA: on(deskA) ?? v7(),
      membershipOnB: on(deskB),
    })
  }
  const [customer, agent, works] = ['customer', 'agent', 'admin'] as const
  await add('customer of A', [['A', customer]])
  await add('customer of A and B', [
    ['A', customer],
    ['B', customer],
  ])
  await add('customer of A, agent of B', [
    ['A', customer],
    ['B', agent],
  ])
  await add('agent of A', [['A', agent]])
  await add('admin of A', [['A', works]])
  await add('another agent of A', [['A', agent]])
  await add('customer of B', [['B', customer]])
  await add('agent of B', [['B', agent]])
  await add('of no desk', [])
  await add('erased', [['A', customer]])
  await add(
    'owner',
    [
      ['A', works],
      ['B', works],
    ],
    { isOwner: true },
  )
  for (const caller of CALLERS) {
    const name = caller === 'owner by a key of A' ? 'owner' : caller
    const bound = caller === 'owner by a key of A' ? { deskId: deskA } : {}
    for (const [dialect, kind] of KINDS) {
      const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind)
      const issued = await issueMinted(admin, tenantId, found ?? assert.fail(), caller, person(name).id, bound)
      const word = dialect === 'omnidesk' ? 'apikey' : issued.publicId === null ? 'Bearer' : 'Basic'
      const secret =
        issued.publicId === null ? issued.secret : Buffer.from(`${issued.publicId}:${issued.secret}`).toString('base64')
      headers.set(`${caller} ${dialect}`, {
        authorization: `${word} ${secret}`,
        ...(dialect === 'spacebring' && { 'spacebring-network-id': tenantId }),
      })
    }
  }
  const erased = await ask('owner', { dialect: 'native', method: 'DELETE', path: `/v1/users/${person('erased').id}` })
  assert.equal(erased.status, 204, erased.text)
  ticket = (await ask('owner', { dialect: 'native', method: 'POST', path: '/v1/tickets', body: newTicket() })).json
})
after(async () => {
  await database?.close()
  await world?.stop()
})

const KINDS = [
  ['native', 'api_key'],
  ['spacebring', 'access_token'],
  ['moov', 'basic'],
  ['netgroot', 'api_token'],
  ['omnidesk', 'api_key'],
] as const

async function membershipsOf(tenantId: string, userId: string) {
  const client = new pg.Client(world.database.connection)
  await client.connect()
  try {
    const sql = 'select id, desk_id from memberships where tenant_id = $1 and user_id = $2'
    return (await client.query<{ id: string; desk_id: string }>(sql, [tenantId, userId])).rows
  } finally {
    await client.end()
  }
}

interface Request {
  readonly dialect: DialectName
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

function ask(caller: CallerName, { dialect, method, path, body }: Request): Promise<Received> {
  const presented = headers.get(`${caller} ${dialect}`) ?? assert.fail(`${caller} ${dialect}`)
  return world.send(method, path, { headers: presented, ...(body === undefined ? {} : { body }) })
}

const newTicket = (rest: object = {}) => ({ desk: deskA, title: 'Door', ...rest })

/** Who is there for a caller, as the rule says: oneself, and who is on the desk that one works on; all for an owner. */
function reached(caller: CallerName): readonly PersonName[] {
  const living = PEOPLE.filter((name) => name !== 'erased')
  if (caller === 'owner') return living
  if (caller === 'customer of A') return [caller]
  return living.filter(isOnA)
}

const isOnA = (name: PersonName): boolean => / A\b/.test(name) || name === 'owner'
const worksOnA = (name: PersonName): boolean => isOnA(name) && !name.startsWith('customer')
const worksOnB = (name: PersonName): boolean => /agent of B/.test(name) || name === 'owner'
const worksSomewhere = (name: PersonName): boolean => worksOnA(name) || worksOnB(name)

/** A way to a person: what a caller sends to read or name them. */
interface Way {
  readonly name: string
  readonly request: (whom: Known) => Request
  /** Who of those in reach can be named this way; everybody unless told. */
  readonly takes?: (name: PersonName, caller: CallerName) => boolean
  /** It changes who they are: only asked of whom it must not reach. */
  readonly destroys?: boolean
  /** Callers whose rights do not go so far for anybody. */
  readonly refuses?: readonly CallerName[]
}

const CUSTOMER = ['customer of A'] as const

const get = (dialect: DialectName, path: string): Request => ({ dialect, method: 'GET', path })
const send = (dialect: DialectName, method: string, path: string, body: unknown): Request => ({
  dialect,
  method,
  path,
  body,
})
const batch = (actionType: string, value: unknown): Request =>
  send('omnidesk', 'POST', '/api/v2/ticket/batch', {
    TicketIDs: String(ticket.integer),
    actions: [{ actionType, value }],
  })
const opening = { type: 'internet', text: 'Slow', locationRef: '' }

const WAYS: readonly Way[] = [
  { name: 'native: by id', request: ({ id }) => get('native', `/v1/users/${id}`), refuses: CUSTOMER },
  { name: 'native: by integer', request: ({ integer }) => get('native', `/v1/users/${integer}`), refuses: CUSTOMER },
  {
    name: 'native: requester of a new ticket',
    request: ({ id }) => send('native', 'POST', '/v1/tickets', newTicket({ requester: { id } })),
  },
  {
    name: 'native: requester of a ticket',
    request: ({ id }) => send('native', 'PATCH', `/v1/tickets/${ticket.id}`, { requester: id }),
    refuses: CUSTOMER,
  },
  {
    name: 'native: assignee of a new ticket',
    request: ({ id }) => send('native', 'POST', '/v1/tickets', newTicket({ assignee: id })),
    takes: worksOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'native: assignee of a ticket',
    request: ({ id }) => send('native', 'PATCH', `/v1/tickets/${ticket.id}`, { assignee: id }),
    takes: worksOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'native: to change them',
    request: ({ id }) => send('native', 'PATCH', `/v1/users/${id}`, { about: 'Taken' }),
    destroys: true,
  },
  {
    name: 'native: to give them a role',
    request: ({ id }) =>
      send('native', 'PATCH', `/v1/users/${id}`, { memberships: [{ desk: deskA, role: 'customer' }] }),
    destroys: true,
  },
  {
    name: 'spacebring: membership',
    request: ({ membershipOnA }) => get('spacebring', `/community/memberships/v1/${membershipOnA}`),
    takes: isOnA,
  },
  {
    name: 'spacebring: requester',
    request: ({ id }) =>
      send('spacebring', 'POST', '/support/tickets/v1', {
        ticket: { ...opening, locationRef: deskA, userRefRequester: id },
      }),
    takes: isOnA,
  },
  {
    name: 'spacebring: assignee',
    request: ({ id }) =>
      send('spacebring', 'PUT', `/support/tickets/v1/${ticket.id}/assignee`, { ticket: { userRefAssignee: id } }),
    takes: worksOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'spacebring: assignee by membership',
    request: ({ membershipOnA }) =>
      send('spacebring', 'PUT', `/support/tickets/v1/${ticket.id}/assignee`, {
        ticket: { membershipRefAssignee: membershipOnA },
      }),
    takes: worksOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'spacebring: list by requester',
    request: ({ membershipOnA }) =>
      get('spacebring', `/support/tickets/v1?locationRef=${deskA}&membershipRefRequester=${membershipOnA}`),
    takes: isOnA,
  },
  {
    name: 'spacebring: list by assignee',
    request: ({ id }) => get('spacebring', `/support/tickets/v1?locationRef=${deskA}&userRefAssignee=${id}`),
    refuses: CUSTOMER,
  },
  {
    name: 'netgroot: details',
    request: ({ integer }) => get('netgroot', `/api/v1/subscriber/getCustomerDetails?id=${integer}`),
    // Who works somewhere is no subscriber; where else they work only an owner sees.
    takes: (name, caller) => !(caller === 'owner' ? worksSomewhere(name) : worksOnA(name)),
  },
  {
    name: 'netgroot: list by subscriber',
    request: ({ integer }) => get('netgroot', `/api/v1/Tickets/getTickets?subscriber_id=${integer}`),
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: customer',
    request: ({ integer }) => get('omnidesk', `/api/v2/customer/${integer}`),
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: assignee',
    request: ({ integer }) => batch('assignedUserID', integer),
    takes: worksOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: author of a note',
    request: ({ integer }) =>
      send('omnidesk', 'POST', '/api/v2/message', {
        ...{ ticketID: ticket.integer, type: '5', message: 'A note', userID: integer },
      }),
    takes: (name, caller) => (caller === 'owner' ? worksSomewhere(name) : worksOnA(name)),
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: requester by external id',
    request: ({ externalId }) =>
      send('omnidesk', 'PUT', `/api/v2/ticket/${ticket.integer}`, { externalPrimaryID: externalId }),
    takes: isOnA,
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: timeline of a customer',
    request: ({ externalId }) =>
      get(
        'omnidesk',
        `/api/v2/customer/timelineByCustomerExternalID?brand_id=1&externalPrimaryID=${encodeURIComponent(externalId)}`,
      ),
    takes: isOnA,
    refuses: CUSTOMER,
  },
]

/** What a way led to. Whose answers tell nothing of a person are compared with what is answered for nobody. */
function outcome({ status }: Received): 'there' | 'refused' {
  return status < 300 ? 'there' : 'refused'
}

/** An answer without what is different each time and what the caller wrote. */
function bare({ status, text }: Received, whom: Known): string {
  let shown = text.replaceAll(/"request_id":"[^"]*"/g, '')
  for (const word of [whom.id, whom.membershipOnA, whom.externalId]) shown = shown.replaceAll(word, '?')
  return `${status} ${shown}`
}

/** A list of people, and who of those in reach is on it. */
interface List {
  readonly name: string
  readonly request: Request | ((whom: Known) => Request)
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly ids: (json: any) => readonly (string | number)[]
  readonly holds: (name: PersonName, caller: CallerName) => boolean
  readonly refuses?: readonly CallerName[]
}

const IS_CUSTOMER: Readonly<Partial<Record<PersonName, readonly ('A' | 'B')[]>>> = {
  'customer of A': ['A'],
  'customer of A and B': ['A', 'B'],
  'customer of A, agent of B': ['A'],
  'customer of B': ['B'],
}
const integers = (json: { readonly items: readonly { readonly id?: number; readonly user_id?: number }[] }) =>
  json.items.map(({ id, user_id }) => id ?? user_id ?? 0)

const lists = (): readonly List[] => [
  {
    name: 'native: users',
    request: get('native', '/v1/users?limit=200'),
    ids: (json) => json.data.map(({ id }: Known) => id),
    holds: () => true,
    refuses: CUSTOMER,
  },
  {
    name: 'native: search for users',
    request: ({ email }) => get('native', `/v1/users?query=${email}`),
    ids: (json) => json.data.map(({ id }: Known) => id),
    holds: () => true,
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: users',
    request: get('omnidesk', '/api/v2/user?itemLimit=100'),
    ids: integers,
    holds: (name, caller) => (caller === 'owner' ? worksSomewhere(name) : worksOnA(name)),
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: customers',
    request: get('omnidesk', '/api/v2/customer?itemLimit=50'),
    ids: integers,
    holds: (name, caller) => IS_CUSTOMER[name]?.some((desk) => desk === 'A' || caller === 'owner') ?? false,
    refuses: CUSTOMER,
  },
  {
    name: 'omnidesk: search for customers',
    request: ({ externalId }) =>
      send('omnidesk', 'POST', '/api/v2/customer/searchByPrimaryExternalId', { externalPrimaryID: externalId }),
    ids: integers,
    holds: (name, caller) => isOnA(name) || (caller === 'owner' && name !== 'of no desk'),
    refuses: CUSTOMER,
  },
  {
    name: 'spacebring: memberships of A',
    request: get('spacebring', `/community/memberships/v1?locationRef=${deskA}&limit=100`),
    ids: (json) => json.memberships.map(({ user }: { user: Known }) => user.id),
    holds: isOnA,
  },
  {
    name: 'spacebring: memberships of A by user',
    request: ({ id }) => get('spacebring', `/community/memberships/v1?locationRef=${deskA}&userRef=${id}`),
    ids: (json) => json.memberships.map(({ user }: { user: Known }) => user.id),
    holds: isOnA,
  },
  {
    name: 'spacebring: memberships of B',
    request: get('spacebring', `/community/memberships/v1?locationRef=${deskB}&limit=100`),
    ids: (json) => json.memberships.map(({ user }: { user: Known }) => user.id),
    holds: (name) => worksOnB(name) || (IS_CUSTOMER[name]?.includes('B') ?? false),
    refuses: CALLERS.filter((each) => each !== 'owner'),
  },
]

for (const caller of CALLERS) {
  describe(`To the ${caller}`, () => {
    for (const way of WAYS) {
      test(`${way.name}: whoever is not listed does not exist, and whoever is can be named`, async () => {
        const refuses = way.refuses?.includes(caller) ?? false
        const nobodys = await ask(caller, way.request(NOBODY))
        assert.equal(outcome(nobodys), 'refused', nobodys.text)
        for (const name of PEOPLE) {
          const isReached = reached(caller).includes(name)
          if (way.destroys && isReached) continue
          const whom = person(name)
          const answer = await ask(caller, way.request(whom))
          const isTaken = isReached && (way.takes?.(name, caller) ?? true) && !refuses
          assert.equal(outcome(answer), isTaken ? 'there' : 'refused', `${name}: ${answer.status} ${answer.text}`)
          if (!isReached && !refuses) assert.equal(bare(answer, whom), bare(nobodys, NOBODY), name)
        }
      })
    }

    test('lists and searches hold whoever is there, and nothing of what they are elsewhere', async () => {
      for (const { name, request, ids, holds, refuses = [] } of lists()) {
        const listed = new Set<string | number>()
        for (const whom of typeof request === 'function' ? [NOBODY, ...people.values()] : [NOBODY]) {
          const answer = await ask(caller, typeof request === 'function' ? request(whom) : request)
          assert.equal(outcome(answer), refuses.includes(caller) ? 'refused' : 'there', `${name}: ${answer.text}`)
          if (refuses.includes(caller)) continue
          for (const id of ids(answer.json)) listed.add(id)
          // Of oneself everything is told.
          if (!caller.startsWith('owner')) assert.doesNotMatch(answer.text, new RegExp(deskB), name)
        }
        const found = PEOPLE.filter((each) => listed.has(person(each).id) || listed.has(person(each).integer))
        const wanted = reached(caller).filter((each) => !refuses.includes(caller) && holds(each, caller))
        assert.deepEqual(found.toSorted(), wanted.toSorted(), name)
        assert.equal(listed.size, wanted.length, name)
      }
    })
  })
}

test('An address out of reach is taken, and that is all that is told of whose it is', async () => {
  const { email, name } = person('customer of B')
  const make = send('native', 'POST', '/v1/users', {
    ...{ name: 'Other', email, memberships: [{ desk: deskA, role: 'customer' }] },
  })
  const complete = send('omnidesk', 'POST', '/api/v2/customer', {
    ...{ brand_id: 1, primary_id: 'ext other', channel_id: 'email', customer_link_channel: email },
  })
  for (const request of [make, complete]) {
    const answer = await ask('admin of A', request)
    assert.ok([400, 422].includes(answer.status), answer.text)
    assert.doesNotMatch(answer.text, new RegExp(name))
  }
  const answer = await ask('admin of A', get('native', `/v1/users?query=${email}`))
  assert.deepEqual(answer.json.data, [])
})

test('Whoever is asked for by an e-mail address is a customer of the desk from then on, by every way', async () => {
  const whom = person('agent of B')
  const asking = newTicket({ requester: { email: whom.email } })
  const asked = await ask('agent of A', send('native', 'POST', '/v1/tickets', asking))
  assert.deepEqual([asked.status, asked.json.requester.id, asked.json.requester.role], [201, whom.id, 'customer'])
  for (const request of [get('native', `/v1/users/${whom.id}`), get('omnidesk', `/api/v2/customer/${whom.integer}`)]) {
    const answer = await ask('agent of A', request)
    assert.equal(answer.status, 200, answer.text)
    assert.doesNotMatch(answer.text, new RegExp(deskB))
  }
  const listed = await ask('agent of A', get('native', `/v1/users?query=${whom.email}`))
  assert.deepEqual(
    listed.json.data.flatMap((each: { id: string; memberships: object[] }) =>
      each.id === whom.id ? each.memberships.length : [],
    ),
    [1],
  )
  const refused = await ask('customer of A', send('native', 'POST', '/v1/tickets', asking))
  assert.equal(refused.status, 403, refused.text)
})
