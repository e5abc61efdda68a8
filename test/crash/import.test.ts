import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Installation, laterInstallation, type Served, until } from '../process.ts'

const TICKETS = 200
const ROUNDS = 3

let installation: Installation
let server: Served
before(async () => {
  installation = await laterInstallation()
  server = await installation.start()
})
after(() => installation?.remove())

const headers = () => ({ authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}` })

const line = (round: number, nth: number): string =>
  `${JSON.stringify({
    ...{ kind: 'ticket', source: 'elsewhere', id: `${round}-${nth}`, title: `Ticket ${nth}`, tags: [`round${round}`] },
    requester: { id: `${nth % 7}`, name: 'Mona' },
    messages: [1, 2, 3].map((message) => ({ id: `${round}-${nth}-${message}`, text: `Said ${message}` })),
  })}\n`

interface Imported {
  readonly created: { readonly ticket?: number; readonly message?: number }
  readonly refused: object
}

async function imported(round: number): Promise<Imported> {
  const body = Array.from({ length: TICKETS }, (_, nth) => line(round, nth)).join('')
  const type = { 'content-type': 'application/x-ndjson' }
  const answer = await fetch(`${server.url}/v1/import`, { method: 'POST', headers: { ...headers(), ...type }, body })
  assert.equal(answer.status, 200)
  return (await answer.json()) as Imported
}

/** The tickets of a round, each with how many messages it has. */
async function messagesByTicket(round: number): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${server.url}/v1/export?q=tag:round${round}`, { headers: headers() })
  const lines = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each))
  return new Map(lines.filter(({ kind }) => kind === 'ticket').map(({ title, messages }) => [title, messages.length]))
}

test('a server that is killed while it imports keeps whole tickets, and the same import again makes the others once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const least = 1 + randomInt(TICKETS / 2)
    const cut = imported(round).then(
      () => 'done',
      () => 'cut',
    )
    await until('some are there', async () => ((await messagesByTicket(round)).size >= least ? true : undefined))
    server.signal('SIGKILL')
    await server.ended
    await cut
    server = await installation.start()
    const before = await messagesByTicket(round)
    assert.ok(before.size >= least)
    for (const [title, messages] of before) assert.equal(messages, 3, title)
    const { created, refused } = await imported(round)
    assert.deepEqual(
      [created.ticket ?? 0, created.message ?? 0, refused],
      [TICKETS - before.size, 3 * (TICKETS - before.size), {}],
    )
    const after = await messagesByTicket(round)
    assert.equal(after.size, TICKETS)
    for (const [title, messages] of after) assert.equal(messages, 3, title)
  }
})
