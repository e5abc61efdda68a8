import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { LONGEST_QUERY, MOST_WORDS } from '../../src/core/patterns.ts'
import { startWorld, type World } from '../world.ts'
import { assertRefused } from './answers.ts'
import { CONTRACTS } from './dialects.ts'
import { makeSite, type Site } from './site.ts'

/** Every parameter by which callers look for a text of their own: looking for it costs time in every row that is in sight. */
const LOOKING = {
  native: ['/v1/users?query='],
  omnidesk: [
    ...['ticket', 'customer', 'user', 'brand', 'group', 'channel', 'form', 'view'].map(
      (list) => `/api/v2/${list}?query=`,
    ),
  ],
} as const

let world: World
let site: Site

before(async () => {
  world = await startWorld()
  site = await makeSite(world, 'texts')
})
after(() => world?.stop())

test('what is looked for has as many characters as are documented, and more are refused by the name of the field', async () => {
  for (const name of ['native', 'omnidesk'] as const) {
    const contract = CONTRACTS.find((each) => each.name === name) ?? assert.fail()
    for (const path of LOOKING[name]) {
      const ask = (query: string) =>
        world.send('GET', `${path}${encodeURIComponent(query)}`, { headers: site.as(name) })
      assert.equal((await ask('a'.repeat(LONGEST_QUERY))).status, 200, path)
      for (const query of ['a'.repeat(LONGEST_QUERY + 1), 'a'.repeat(4_000)]) {
        const answer = await ask(query)
        assertRefused(contract, answer, contract.statuses.invalid)
        assert.match(answer.text, /query/)
      }
    }
  }
})

test('as many words are looked for as are documented', async () => {
  const contract = CONTRACTS.find(({ name }) => name === 'omnidesk') ?? assert.fail()
  const ask = (words: number) =>
    world.send('GET', `/api/v2/ticket?query=${Array(words).fill('a').join('+')}`, { headers: site.as('omnidesk') })
  assert.equal((await ask(MOST_WORDS)).status, 200)
  const answer = await ask(MOST_WORDS + 1)
  assertRefused(contract, answer, contract.statuses.invalid)
  assert.match(answer.text, /query/)
})
