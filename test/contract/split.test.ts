import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Received, startWorld, type World } from '../world.ts'
import { CONTRACTS, type Contract, type Sent } from './dialects.ts'
import { type Ids, makeSite, type Site } from './site.ts'

/** What was split off a ticket is shown on the new one in every dialect, and on the other one in none. */

let world: World
let site: Site

before(async () => {
  world = await startWorld()
  site = await makeSite(world, 'splitting')
})
after(() => world?.stop())

const send = ({ method, path, headers, body }: Sent): Promise<Received> => world.send(method, path, { headers, body })

async function native(method: string, path: string, body?: object): Promise<Received> {
  const answer = await send({ method, path, headers: site.as('native'), body })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer
}

let count = 0
/** A word that occurs nowhere else. */
const word = (): string => `egret${++count}x`

interface Pair {
  readonly old: Ids
  readonly fresh: Ids
  readonly words: readonly [stays: string, goes: string]
}

async function splitOne(): Promise<Pair> {
  const words = [word(), word()] as const
  const about = { desk: site.desk.id, requester: { id: site.requester.id }, title: 'Title', topic: 1, type: 1 }
  const { json: old } = await native('POST', '/v1/tickets', { ...about, text: words[0] })
  const { json: said } = await native('POST', `/v1/tickets/${old.id}/messages`, { text: words[1] })
  const { json: fresh } = await native('POST', `/v1/tickets/${old.id}/split`, { message: said.message.integer })
  return { old, fresh, words }
}

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
    const shown = async (ticket: Ids): Promise<string> => {
      const answer = await send(CONVERSATION[contract.name](ticket))
      assert.equal(answer.status, 200, answer.text)
      return answer.text
    }

    test('each conversation shows what is on its ticket, each text once, and what is said later', async () => {
      const { old, fresh, words } = await splitOne()
      const later = word()
      await native('POST', `/v1/tickets/${fresh.id}/messages`, { text: later })
      const [there, here] = [await shown(old), await shown(fresh)]
      for (const text of [words[1], later]) assert.equal(here.split(text).length - 1, 1, here)
      assert.ok(!here.includes(words[0]) && !there.includes(words[1]), there)
      assert.ok(there.includes(words[0]), there)
    })

    test('both are listed, and once the split is undone the old one has all', async () => {
      const { old, fresh, words } = await splitOne()
      const times = async (ticket: Ids) =>
        contract.listedIds((await send(contract.list(site))).json).filter((id) => id === ticket[contract.idOnWire])
          .length
      assert.deepEqual([await times(old), await times(fresh)], [1, 1])
      await native('POST', `/v1/tickets/${fresh.id}/undo`)
      assert.deepEqual([await times(old), await times(fresh)], [1, 0])
      for (const ticket of [old, fresh]) {
        const text = await shown(ticket)
        for (const each of words) assert.ok(text.includes(each), text)
      }
    })
  })
}
