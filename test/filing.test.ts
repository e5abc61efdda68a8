import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { createDesk } from '../src/core/tenants/commands.ts'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import type { DialectName } from '../src/dialects/profiles.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { makeSite, type Site } from './contract/site.ts'
import { seeNothing } from './evidence.ts'
import { type Received, startWorld, type World } from './world.ts'

// A customer's own keys, which vendors of these dialects do not issue: no document shows them.
seeNothing()

let world: World
let site: Site
let groupId: string
let away: { readonly id: string; readonly integer: number }
const keys = new Map<DialectName, Readonly<Record<string, string>>>()
const KINDS = [
  ['native', 'api_key'],
  ['spacebring', 'access_token'],
  ['moov', 'basic'],
  ['netgroot', 'api_token'],
  ['omnidesk', 'api_key'],
] as const

before(async () => {
  world = await startWorld()
  site = await makeSite(world, 'filing')
  const database = openDatabase({ connection: world.database.connection })
  try {
    const admin = { store: database, now: new Date().toISOString(), newId: () => v7() }
    away = await createDesk(admin, site.tenantId, 'Away')
    for (const [dialect, kind] of KINDS) {
      const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind)
      const issued = await issueMinted(admin, site.tenantId, found ?? assert.fail(), 'Own', site.requester.id)
      const pair = Buffer.from(`${issued.publicId}:${issued.secret}`).toString('base64')
      const scheme = dialect === 'omnidesk' ? 'apikey' : 'Bearer'
      keys.set(dialect, {
        authorization: issued.publicId === null ? `${scheme} ${issued.secret}` : `Basic ${pair}`,
        ...(dialect === 'spacebring' && { 'spacebring-network-id': site.tenantId }),
      })
    }
  } finally {
    await database.close()
  }
  const groups = await world.send('GET', '/v1/groups', { headers: site.as('native') })
  groupId = groups.json.data[0].id
})
after(() => world?.stop())

function ask(dialect: DialectName, method: string, path: string, body: object): Promise<Received> {
  return world.send(method, path, { headers: keys.get(dialect) ?? assert.fail(dialect), body })
}

interface Filed {
  readonly field: string
  readonly create: () => Promise<Received>
  /** Null where the dialect has no such change. */
  readonly change: ((ticket: number, id: string) => Promise<Received>) | null
  /** Both are taken, or both refused; NetGroot's reference has its subscribers file, so there creating alone is. */
  readonly taken: 'neither' | 'create'
}

const native = (field: string, filed: object, changed: object | null = filed): Filed => ({
  field: `native ${field}`,
  create: () => ask('native', 'POST', '/v1/tickets', { title: 'Door', ...filed }),
  change: changed && ((_, id) => ask('native', 'PATCH', `/v1/tickets/${id}`, changed)),
  taken: 'neither',
})
const netgroot = (field: string, filed: object): Filed => ({
  field: `netgroot ${field}`,
  create: () =>
    ask('netgroot', 'POST', '/api/v1/subscriber/CreateTicket', {
      ...{ subject_id: 1, type_id: 1, status_id: 1, priority_id: 2, group_id: 1, message: 'Slow' },
      ...filed,
    }),
  change: (ticket) => ask('netgroot', 'POST', '/api/v1/Tickets/UpdateTicket', { ticket_id: ticket, ...filed }),
  taken: 'create',
})
const omnidesk = (field: string, filed: object, changed: readonly [string, number] | null): Filed => ({
  field: `omnidesk ${field}`,
  create: () =>
    ask('omnidesk', 'POST', '/api/v2/ticket', {
      channelID: 4,
      from: 'requester@filing.example',
      title: 'Door',
      ...filed,
    }),
  change:
    changed &&
    ((ticket) =>
      ask('omnidesk', 'POST', '/api/v2/ticket/batch', {
        TicketIDs: String(ticket),
        actions: [{ actionType: changed[0], value: changed[1] }],
      })),
  taken: 'neither',
})
const spacebring = (field: string, filed: object): Filed => ({
  field: `spacebring ${field}`,
  create: () =>
    ask('spacebring', 'POST', '/support/tickets/v1', {
      ticket: { type: 'internet', text: 'Slow', locationRef: site.desk.id, ...filed },
    }),
  change: null,
  taken: 'neither',
})

const filings = (): readonly Filed[] => [
  native('status', { status: 'pending' }),
  native('priority', { priority: 'urgent' }),
  native('tags', { tags: ['vip'] }, { add_tags: ['vip'] }),
  native('group', { group: groupId }),
  native('reference', { reference: 'ours' }, null),
  native('channel', { channel: 'telephone' }, null),
  native('assignee', { assignee: site.agent.id }),
  native('requester', { requester: { id: site.agent.id } }, { requester: site.agent.id }),
  native('requester by address', { requester: { email: 'agent@filing.example' } }, null),
  native('desk', { desk: away.id }),
  netgroot('status', { status_id: 2 }),
  netgroot('priority', { priority_id: 4 }),
  netgroot('group', { group_id: 2 }),
  omnidesk('group', { assignedGroupID: 2 }, ['assignedGroupID', 2]),
  omnidesk('channel', { channelID: 3 }, null),
  omnidesk('direction', { direction: 'outbound' }, null),
  omnidesk('brand', { brandID: away.integer }, ['brandID', away.integer]),
  omnidesk('sender', { from: 'agent@filing.example' }, null),
  spacebring('location', { locationRef: away.id }),
  spacebring('requester', { userRefRequester: site.agent.id }),
  {
    field: 'moov contact',
    create: () =>
      ask('moov', 'POST', `/accounts/${site.desk.id}/tickets`, {
        ...{ title: 'Door', body: 'Slow', contact: { email: 'agent@filing.example' } },
      }),
    change: (_, id) => ask('moov', 'PATCH', `/accounts/${site.desk.id}/tickets/${id}`, { status: 'in-progress' }),
    taken: 'neither',
  },
]

test('Customers set of a new ticket what they may change of one, and nothing else; in NetGroot how it is filed at first', async () => {
  const made = await ask('native', 'POST', '/v1/tickets', { title: 'Door', text: 'Slow' })
  assert.equal(made.status, 201, made.text)
  const { id, integer } = made.json
  for (const { field, create, change, taken } of filings()) {
    const created = await create()
    assert.equal(created.status < 300, taken === 'create', `${field}: ${created.status} ${created.text}`)
    const changed = await change?.(integer, id)
    assert.ok(!changed || changed.status >= 400, `${field}: ${changed?.status} ${changed?.text}`)
    for (const each of [created, changed])
      if (each && each.status >= 400) assert.ok([400, 403, 404].includes(each.status), `${field}: ${each.status}`)
  }
  const now = await world.send('GET', `/v1/tickets/${id}`, { headers: site.as('native') })
  assert.deepEqual([now.json.version, now.json.status, now.json.tags], [1, 'new', []])
})

test('What a new ticket gets anyway a customer may say, and what it is about', async () => {
  const said = {
    title: 'Door',
    text: 'Slow',
    topic: 1,
    type: 1,
    status: 'new',
    priority: 'normal',
    tags: [],
    group: null,
  }
  const own = {
    desk: site.otherDesk.id,
    requester: { id: site.requester.id },
    channel: 'api',
    reference: null,
    assignee: null,
  }
  const made = await ask('native', 'POST', '/v1/tickets', { ...said, ...own })
  assert.equal(made.status, 201, made.text)
  const { status, priority, tags, group, requester, topic } = made.json
  assert.deepEqual(
    [status, priority, tags, group, requester.id, topic.id],
    ['new', 'normal', [], null, site.requester.id, 1],
  )
  const filed = await ask('omnidesk', 'POST', '/api/v2/ticket', {
    ...{ channelID: 13, direction: 'inbound', from: 'requester@filing.example', title: 'Door' },
  })
  assert.equal(filed.status, 200, filed.text)
})
