import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { type Received, startWorld, type World } from '../world.ts'
import { CONTRACTS, type Contract, type Sent } from './dialects.ts'
import { type Ids, makeSite, type Site } from './site.ts'

/** A ticket that was merged into another leads to it in every dialect, whatever is asked of it or done to it. */

let world: World
let site: Site
let tables: pg.Pool

before(async () => {
  world = await startWorld()
  site = await makeSite(world, 'merging')
  tables = new pg.Pool({ ...world.database.connection, max: 1 })
})
after(async () => {
  await tables?.end()
  await world?.stop()
})

const send = ({ method, path, headers, body }: Sent): Promise<Received> => world.send(method, path, { headers, body })

async function native(method: string, path: string, body?: object): Promise<Received> {
  const answer = await send({ method, path, headers: site.as('native'), body })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer
}

let count = 0
/** A word that occurs nowhere else. */
const word = (): string => `heron${++count}x`

async function open(text: string): Promise<Ids> {
  const about = { desk: site.desk.id, requester: { id: site.requester.id }, title: text, text, topic: 1, type: 1 }
  const { json } = await native('POST', '/v1/tickets', about)
  return { id: json.id, integer: json.integer }
}

interface Pair {
  readonly from: Ids
  readonly into: Ids
  readonly words: readonly [into: string, from: string]
}

/** Two tickets, of which the older one went into the newer: what came from it is the first of the conversation. */
async function merged(): Promise<Pair> {
  const words = [word(), word()] as const
  const from = await open(words[1])
  const into = await open(words[0])
  await native('POST', `/v1/tickets/${from.id}/merge`, { into: into.integer })
  return { from, into, words }
}

/** All that is kept under the id of a ticket. */
async function keptOf({ id }: Ids): Promise<unknown> {
  const rows = await Promise.all([
    tables.query('select * from tickets where id = $1', [id]),
    tables.query('select * from events where ticket_id = $1 order by position', [id]),
    tables.query('select id from messages where ticket_id = $1', [id]),
  ])
  return rows.map((each) => each.rows)
}

/** Whatever does something to a ticket but erase it. */
const writesOf = (contract: Contract, ticket: Ids): readonly Sent[] =>
  contract
    .touches(site, ticket)
    .filter(({ method, body }) => !['GET', 'DELETE'].includes(method) && !JSON.stringify(body).includes('"delete"'))

const readsOf = (contract: Contract, ticket: Ids): readonly Sent[] => [
  contract.read(site, ticket),
  ...contract.touches(site, ticket).filter(({ method }) => method === 'GET'),
]

/** What shows the conversation of a ticket in a dialect. */
const CONVERSATION: Readonly<Record<Contract['name'], (ticket: Ids) => Sent>> = {
  native: ({ id }) => get('native', `/v1/tickets/${id}/messages`),
  spacebring: ({ id }) => get('spacebring', `/support/tickets/v1/${id}`),
  moov: ({ id }) => get('moov', `/accounts/${site.desk.id}/tickets/${id}/messages`),
  netgroot: ({ integer }) => get('netgroot', `/api/v1/Tickets/getTicket?id=${integer}`),
  omnidesk: ({ integer }) => get('omnidesk', `/api/v2/ticket/${integer}`),
}

function get(dialect: Contract['name'], path: string): Sent {
  return { method: 'GET', path, headers: site.as(dialect) }
}

for (const contract of CONTRACTS) {
  describe(contract.name, () => {
    test('whatever is asked by the name of a merged ticket is answered with the one that stays', async () => {
      const { from, into } = await merged()
      const asked = readsOf(contract, into)
      for (const [nth, sent] of readsOf(contract, from).entries()) {
        const [byOld, byOwn] = [await send(sent), await send(asked[nth] ?? sent)]
        assert.equal(byOld.status, 200, `${sent.path}: ${byOld.text}`)
        assert.deepEqual(withoutLinks(byOld.text), withoutLinks(byOwn.text))
      }
    })

    test('the conversation shows both, each text once', async () => {
      const { from, into, words } = await merged()
      for (const ticket of [from, into]) {
        const { text } = await send(CONVERSATION[contract.name](ticket))
        assert.ok(text.includes(words[0]), text)
        // It is no description, although it is the older one.
        assert.equal(text.split(words[1]).length - 1, 1, text)
      }
    })

    test('it is in no list, and the one that stays is in these once', async () => {
      const { from, into } = await merged()
      const listed = contract.listedIds((await send(contract.list(site))).json)
      const times = (ticket: Ids) => listed.filter((id) => id === ticket[contract.idOnWire]).length
      assert.deepEqual([times(from), times(into)], [0, 1])
    })

    test('whatever is done by its name is done to the one that stays', async () => {
      const writes = writesOf(contract, { id: '', integer: 0 }).length
      for (let nth = 0; nth < writes; nth++) {
        const [pair, twin] = [await merged(), await merged()]
        const kept = await keptOf(pair.from)
        const [byOld, byOwn] = [writesOf(contract, pair.from)[nth], writesOf(contract, twin.into)[nth]]
        if (!byOld || !byOwn) throw new Error('As many writes of each.')
        const answers = [await send(byOld), await send(byOwn)]
        const about = `${byOld.method} ${byOld.path} ${JSON.stringify(byOld.body)}`
        assert.equal(answers[0]?.status, answers[1]?.status, `${about}: ${answers[0]?.text}`)
        assert.deepEqual(await keptOf(pair.from), kept, `${about} did something to what is merged`)
        assert.deepEqual(await effectOn(pair.into), await effectOn(twin.into), about)
      }
    })
  })
}

/** What was recorded on a ticket, and how it stands. */
async function effectOn({ id }: Ids): Promise<unknown> {
  const { json } = await native('GET', `/v1/tickets/${id}`)
  const { status, assignee, topic, type, priority, tags, title } = json
  const { json: timeline } = await native('GET', `/v1/tickets/${id}/timeline?limit=100`)
  const kinds = timeline.data.map((entry: { kind: string }) => entry.kind)
  return { kinds, status, assignee, topic, type, priority, tags, title: title === 'Taken' ? title : '' }
}

/** Addresses of files are signed anew each time. */
function withoutLinks(text: string): string {
  return text.replace(/https?:[^"\\]*/g, '')
}

test('erased by the name of a merged ticket, both are gone in every dialect', async () => {
  const { from, into } = await merged()
  await native('DELETE', `/v1/tickets/${from.integer}`)
  for (const contract of CONTRACTS)
    for (const ticket of [from, into]) {
      const { status } = await send(contract.read(site, ticket))
      assert.equal(status, 404, contract.name)
    }
  assert.deepEqual((await tables.query('select id from tickets where id = any ($1)', [[from.id, into.id]])).rows, [])
})
