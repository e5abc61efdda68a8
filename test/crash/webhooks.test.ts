import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { seeNothing } from '../evidence.ts'
import { type Installation, laterInstallation, polydesk, type Served, until } from '../process.ts'
import { type Receiver, startReceiver } from '../receiver.ts'
import { send } from '../world.ts'

// What is seen here is not the same in every run.
seeNothing()

const ROUNDS = 2
const TICKETS = 20

let installation: Installation
let server: Served
let receiver: Receiver
before(async () => {
  receiver = await startReceiver()
  installation = await laterInstallation()
  server = await start()
})
after(async () => {
  await installation?.remove()
  await receiver?.close()
})

function start(): Promise<Served> {
  const environment = { POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1', POLYDESK_WEBHOOK_HTTP: 'on' }
  return installation.start({ ...environment, POLYDESK_RATE_LIMITS: 'off' })
}

async function native(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}` }
  const answer = await send(server.url, method, path, { headers, ...(body === undefined ? {} : { body }) })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.json
}

test('after kill -9 with deliveries outstanding every event arrives, each under one id, in order for each ticket', async () => {
  const events = ['ticket.created', 'ticket.title_changed']
  // Omnidesk has the shortest patience, so what a killed process held is taken up soonest.
  await native('POST', '/v1/webhooks', {
    url: receiver.url,
    dialect: 'omnidesk',
    events: ['ticket.created', 'ticket.updated'],
  })
  await native('POST', '/v1/webhooks', { url: receiver.url, events })
  const tickets: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    // Answers nothing until the process is dead, then everything.
    receiver.reply = () => (randomInt(3) === 0 ? { status: 204 } : 'hang')
    await Promise.all(
      Array.from({ length: TICKETS }, async () => {
        const { id, integer } = await native('POST', '/v1/tickets', { title: '0', text: 'Text' })
        tickets.push(integer)
        for (const title of ['1', '2']) await native('PATCH', `/v1/tickets/${id}`, { title })
      }),
    )
    await until('deliveries under way', () => receiver.got.length >= round)
    await pause(randomInt(50))
    server.signal('SIGKILL')
    await server.ended
    receiver.reply = () => ({ status: 204 })
    server = await start()
  }
  const wanted = tickets.length * events.length * 3
  const ids = () => new Set(receiver.got.map(({ headers }) => headers['webhook-id']))
  await until('every delivery to arrive', () => ids().size >= wanted)
  assert.equal(ids().size, wanted)
  for (const integer of tickets) {
    const own = receiver.got.filter(({ json }) => integerIn(json.data) === integer)
    const [theirs, native] = [
      own.filter(({ json }) => isOmnidesk(json.data)),
      own.filter(({ json }) => !isOmnidesk(json.data)),
    ]
    const titles = withoutRepeats(native.map(({ json }) => String(json.data.after.title)))
    assert.deepEqual(titles, ['0', '1', '2'])
    const times = withoutRepeats(theirs.map(({ json }) => String(json.timestamp)))
    assert.deepEqual(times, times.toSorted())
  }
})

test('the command line makes, lists, tests, disables and removes webhooks of the running server', async () => {
  const environment = {
    POLYDESK_DATA_DIR: installation.dataDir,
    POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1',
    POLYDESK_WEBHOOK_HTTP: 'on',
  }
  const webhook = async (...args: string[]): Promise<string> => {
    const ended = await polydesk(['webhook', ...args], environment)
    assert.equal(ended.code, 0, ended.stderr)
    return ended.stdout
  }
  const made = await webhook('create', receiver.url, '--dialect', 'moov', '--description', 'By hand')
  const id = /^id (\S+)$/m.exec(made)?.[1] ?? ''
  assert.match(made, /^secret \w{40}$/m)
  assert.match(await webhook('list'), new RegExp(`^${id} +moov +enabled +${receiver.url}`, 'm'))
  assert.match(await webhook('test', id), /^204/)
  const { id: ticketId } = await native('POST', '/v1/tickets', { title: 'Told', text: 'Text' })
  await until('the event', () => receiver.got.some(({ json }) => json.data.ticketID === ticketId))
  await until('the log', async () => /ticket.created +delivered +1\b/.test(await webhook('deliveries', id)))
  assert.match(await webhook('replay', id), /^0 to be sent again/)
  await webhook('disable', id)
  assert.match(await webhook('list'), /disabled by hand/)
  await webhook('delete', id)
  const refused = await polydesk(['webhook', 'create', 'http://10.0.0.1/'], environment)
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^url: Must not be an address of a private network\. .*POLYDESK_WEBHOOK_NETWORKS/)
})

interface Payload {
  readonly id: number | string
  readonly ticket?: { readonly integer: number }
}

function isOmnidesk(data: Payload): boolean {
  return data.ticket === undefined
}

function integerIn(data: Payload): number {
  return data.ticket?.integer ?? Number(data.id)
}

/** At least once: what was taken but not known to be comes again before anything newer of its ticket. */
function withoutRepeats(values: readonly string[]): readonly string[] {
  return values.filter((value, at) => values.indexOf(value) === at)
}
