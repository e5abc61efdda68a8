import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Received, startWorld, type World } from '../world.ts'
import { assertRefused } from './answers.ts'
import { CONTRACTS, type Contract, type Sent, type Words } from './dialects.ts'
import { type Ids, makeSite, type Site } from './site.ts'
import { type StoreWatch, watchStore } from './store.ts'

/** How every dialect takes values as people, their programs and their systems really write them. */

let world: World
let store: StoreWatch
let site: Site

before(async () => {
  world = await startWorld()
  store = await watchStore(world)
  site = await makeSite(world, 'values')
})
after(async () => {
  await store?.close()
  await world?.stop()
})

function send({ method, path, headers, body }: Sent): Promise<Received> {
  return world.send(method, path, { headers, body })
}

async function done(sent: Sent): Promise<Received> {
  const answer = await send(sent)
  assert.ok(answer.status < 300, `${sent.method} ${sent.path}: ${answer.status} ${answer.text}`)
  return answer
}

async function refused(contract: Contract, status: number, sent: Sent): Promise<void> {
  const held = await store.snapshot()
  assertRefused(contract, await send(sent), status)
  assert.deepEqual(await store.snapshot(), held)
}

/** Both names of a ticket that a create answered. */
async function idsOf(contract: Contract, created: Received): Promise<Ids> {
  const { json } = await done({
    method: 'GET',
    path: `/v1/tickets/${contract.createdId(created.json)}`,
    headers: site.as('native'),
  })
  return { id: json.id, integer: json.integer }
}

async function assertShows(contract: Contract, created: Received, words: Words): Promise<void> {
  for (const { ask, shown } of contract.shows(site, await idsOf(contract, created), words))
    assert.partialDeepStrictEqual((await done(ask)).json, shown)
}

/** What people paste, and how it is to be read. */
const PASTES = [
  ['\u001b[1;31mERROR\u001b[0m disk full', 'ERROR disk full'],
  ['a\u0000b\u0007c\u007f \u0093quoted\u0094 \u0085', 'abc “quoted” …'],
  ['half \ud83d of it', 'half \ufffd of it'],
] as const

let count = 0

for (const contract of CONTRACTS) {
  describe(contract.name, () => {
    test('takes what people paste into a text, and shows it without what nobody can read', async () => {
      for (const [pasted, mended] of PASTES) {
        const reference = `paste-${++count}`
        const created = await done(
          contract.create(site, { title: `Title ${pasted}`, text: `Text ${pasted}`, reference }),
        )
        await assertShows(contract, created, { title: `Title ${mended}`, text: `Text ${mended}`, reference })
      }
    })
  })
}

test('a name, a tag or an id with a control character is refused in every dialect', async () => {
  const wrong: readonly (readonly [string, string, string, object])[] = [
    ['native', 'POST', '/v1/tickets', { title: 'x', tags: ['a\u001bb'] }],
    ['native', 'POST', '/v1/tickets', { title: 'x', requester: { email: 'a@b.example', name: 'a\u0000b' } }],
    ['native', 'POST', '/v1/users', { name: 'a\u0085b', memberships: [{ desk: site.desk.id, role: 'customer' }] }],
    ['spacebring', 'POST', '/support/tickets/v1', { ticket: { text: 'x', type: 'a\u0007' } }],
    [
      'moov',
      'POST',
      `/accounts/${site.desk.id}/tickets`,
      { title: 'x', body: 'x', contact: { email: 'a@b.example', name: 'a\u000bb' } },
    ],
    ['omnidesk', 'POST', '/api/v2/ticket', { title: 'x', fromName: 'a\ud800' }],
    ['omnidesk', 'POST', '/api/v2/customer', { primary_id: 'a\u0000b', firstname: 'Ada' }],
  ]
  for (const [name, method, path, body] of wrong) {
    const contract = CONTRACTS.find((each) => each.name === name) ?? assert.fail()
    await refused(contract, contract.statuses.invalid, { method, path, headers: site.as(contract.name), body })
  }
})
