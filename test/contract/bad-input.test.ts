import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { seeNothing } from '../evidence.ts'
import { startWorld, type World } from '../world.ts'
import { errorProblem, leak } from './answers.ts'
import { CONTRACTS, type Contract } from './dialects.ts'
import { type HostileRequest, hostileRequest } from './hostile.ts'
import { exchange, type RawAnswer } from './raw.ts'
import { type Ids, makeSite, type Site } from './site.ts'
import { type StoreWatch, watchStore } from './store.ts'

// What is seen here is not the same in every run.
seeNothing()

/**
 * Whatever is sent to any route of any dialect: no failure of ours, errors in the documented form that tell nothing of
 * the inside, and a refused request leaves no trace. Longer: BAD_INPUT_RUNS=20000, another course: BAD_INPUT_SEED=1.
 */
const RUNS = Number(process.env['BAD_INPUT_RUNS'] ?? 300)
const SEED = Number(process.env['BAD_INPUT_SEED'] ?? 20_260_115)
const TICKETS = 12

/** Control characters but tab, line feed and carriage return. */
const CONTROL = /[^\P{Cc}\t\n\r]/u

let world: World
let store: StoreWatch

before(async () => {
  world = await startWorld()
  store = await watchStore(world)
})
after(async () => {
  await store?.close()
  await world?.stop()
})

/** A ticket made in a dialect, by both its names. */
async function made(contract: Contract, site: Site, words: string): Promise<Ids> {
  const sent = contract.create(site, { title: words, text: words, reference: words })
  const answer = await world.send(sent.method, sent.path, { headers: sent.headers, body: sent.body })
  assert.ok(answer.status < 300, answer.text)
  const id = contract.createdId(answer.json)
  const { json } = await world.send('GET', `/v1/tickets/${id}`, { headers: site.as('native') })
  return { id: json.id, integer: json.integer }
}

/** What is wrong with an answer, or null. */
function problemOf(contract: Contract, request: HostileRequest, answer: RawAnswer): string | null {
  if (answer.status >= 500) return 'That is a failure of ours.'
  const told = leak(answer, request.bytes.toString())
  if (told !== null) return told
  if (request.method === 'HEAD') return answer.text === '' ? null : 'HEAD is answered with a body.'
  return answer.status < 400 ? null : errorProblem(contract, answer)
}

function described(request: HostileRequest, answer?: RawAnswer): string {
  const sent = request.bytes.toString('latin1')
  const changes = request.changes.join('; ') || 'nothing'
  const answered = answer ? `Answered: ${answer.status} ${answer.text.slice(0, 500)}` : 'Not answered.'
  return `${request.route}, changed: ${changes}\nSent: ${sent.slice(0, 1500)}\n${answered}`
}

describe(`bad input, with seed ${SEED}`, () => {
  for (const contract of CONTRACTS) {
    test(`${contract.name}: ${RUNS} requests, right but for a few things`, async (t) => {
      const routes = DIALECTS.find(({ name }) => name === contract.name)?.routes ?? assert.fail()
      // A tenant of its own: some requests are right, and take rights and people away.
      const site = await makeSite(world, contract.name)
      const tickets: Ids[] = []
      for (let ticket = 0; ticket < TICKETS; ticket++) tickets.push(await made(contract, site, `before${ticket}`))
      const requests = hostileRequest(routes, {
        tickets,
        idOnWire: contract.idOnWire,
        desks: [site.desk, site.otherDesk],
        users: [site.requester, site.agent, site.bystander],
        agent: site.agent,
        headers: (path) => site.as(contract.name, path.startsWith('/api/v1/subscriber') ? 'limited' : 'trusted'),
        forms: contract.name === 'omnidesk',
      })
      const statuses = new Map<number, number>()
      let held = await store.snapshot()
      const property = fc.asyncProperty(requests, async (request) => {
        const answer = await exchange(world.url, request.bytes).catch((error: Error) => {
          throw new Error(`${error.message} ${described(request)}`)
        })
        const now = await store.snapshot()
        const before = held
        held = now
        const problem = problemOf(contract, request, answer)
        assert.equal(problem, null, described(request, answer))
        if (answer.status >= 400) assert.deepEqual(now, before, described(request, answer))
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      })
      await fc.assert(property, { seed: SEED, numRuns: RUNS })

      t.diagnostic(
        [...statuses]
          .sort()
          .map(([status, count]) => `${status}: ${count}`)
          .join(', '),
      )
      const refused = [...statuses].reduce((sum, [status, count]) => sum + (status >= 400 ? count : 0), 0)
      assert.ok(refused > RUNS / 4, `${refused} were refused: these requests are not bad enough`)
      assert.ok(refused < RUNS * 0.9, `${refused} were refused: these requests get nowhere`)
    })

    test(`${contract.name} works as before, and holds no control characters`, async () => {
      const site = await makeSite(world, `${contract.name}-afterwards`)
      const ids = await made(contract, site, 'afterwards')
      const { method, path, headers } = contract.read(site, ids)
      const shown = await world.send(method, path, { headers })
      assert.equal(shown.status, 200)
      assert.ok(shown.text.includes('afterwards'))
      for (const row of await store.texts()) {
        JSON.parse(row, (_name, value: unknown) => {
          if (typeof value === 'string') assert.doesNotMatch(value, CONTROL)
          return value
        })
      }
    })
  }
})
