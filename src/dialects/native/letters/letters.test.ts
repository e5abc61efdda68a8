import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { SMTPServer } from 'smtp-server'
import { until } from '../../../../test/process.ts'
import { type Received, startWorld, type World } from '../../../../test/world.ts'

/** The outbox by the API, of a real server that sends to a real one. */

let world: World
let outside: pg.Client
let desk: string
/** What the mail server answers to the next mails. */
let refusing: number | null = 554
const relay = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    stream.resume()
    stream.on('end', () =>
      refusing === null
        ? done(null, 'Ok: queued')
        : done(Object.assign(new Error('5.7.1 We do not want it'), { responseCode: refusing })),
    )
  },
})
relay.on('error', () => {})

before(async () => {
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const address = relay.server.address()
  const port = typeof address === 'object' && address ? address.port : assert.fail()
  world = await startWorld({ POLYDESK_SMTP_OUT: `smtp://127.0.0.1:${port}` })
  outside = new pg.Client(world.database.connection)
  await outside.connect()
  desk = world.value('MOOV_ACCOUNT_ID')
  assert.equal((await send('PATCH', `/desks/${desk}`, { addresses: ['help@desk.example.com'] })).status, 200)
})
after(async () => {
  await outside?.end()
  await world?.stop()
  await new Promise<void>((resolve) => relay.close(() => resolve()))
})

function send(method: string, path: string, body?: unknown): Promise<Received> {
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  return world.send(method, `/v1${path}`, { headers, ...(body !== undefined && { body }) })
}

test('what became of an answer is told with it, and it is sent again from the outbox', async () => {
  const requester = { email: 'letters@customer.example', name: 'Lea' }
  const { json: ticket } = await send('POST', '/tickets', { desk, title: 'The lamp', text: 'It hums.', requester })
  // Letters begin once the server has looked around for whoever has an address.
  await until('the server to write letters', async () => {
    const { rowCount } = await outside.query('select 1 from outgoing_positions')
    return rowCount === 1 ? true : undefined
  })
  const answered = await send('POST', `/tickets/${ticket.id}/messages`, { text: 'We send a bulb.' })
  const { id } = answered.json.message
  const refused = await until('the letter to be refused', async () => {
    const { data } = (await send('GET', `/letters?ticket=${ticket.id}&state=refused`)).json
    return data[0]
  })
  assert.equal(refused.id, id)
  assert.match(refused.answer, /We do not want it/)
  assert.deepEqual(
    [refused.to, refused.ticket.id, refused.desk.id],
    [{ address: 'letters@customer.example', name: 'Lea', undeliverable: null }, ticket.id, desk],
  )
  assert.equal(
    (await send('GET', '/letters/counts')).json.refused,
    (await send('GET', '/letters?state=refused')).json.data.length,
  )

  const { json: said } = await send('GET', `/tickets/${ticket.id}/messages?include=delivery`)
  const deliveries = said.data.map(({ delivery }: { delivery: { state: string } | null }) => delivery?.state ?? null)
  assert.equal(deliveries[0], null, 'what came in is no letter')
  assert.ok(deliveries.includes('refused'))
  const { json: timeline } = await send('GET', `/tickets/${ticket.id}/timeline?include=delivery`)
  assert.ok(
    timeline.data.some(
      ({ message }: { message: { delivery?: { state: string } | null } | null }) =>
        message?.delivery?.state === 'refused',
    ),
  )
  const { json: plain } = await send('GET', `/tickets/${ticket.id}/messages`)
  assert.ok(plain.data.every((message: object) => !('delivery' in message)))

  refusing = null
  assert.equal((await send('POST', `/letters/${refused.id}/resend`)).status, 200)
  const sent = await until('the letter to be sent', async () => {
    const { json } = await send('GET', `/letters/${refused.id}`)
    return json.state === 'sent' ? json : undefined
  })
  assert.deepEqual([sent.message_id, sent.attempts], [refused.message_id, 2])
  assert.equal((await send('POST', `/letters/${refused.id}/hold`)).status, 409)
  const { json: events } = await send('GET', '/events?after=0&limit=200')
  assert.ok(events.data.some(({ kind }: { kind: string }) => kind === 'letter.resent'))
  const metrics = await (await fetch(`${world.url}/metrics`)).text()
  assert.match(metrics, /^polydesk_letter_attempts_total\{outcome="refused"\} [1-9]/m)
})

test('what is asked for wrongly is refused by its field', async () => {
  for (const [path, field] of [
    ['/letters?state=lost', 'state'],
    ['/letters?cursor=x', 'cursor'],
    ['/letters?limit=0', 'limit'],
    ['/letters?desk=x', 'desk'],
  ] as const) {
    const { status, text } = await send('GET', path)
    assert.equal(status, 400, path)
    assert.match(text, new RegExp(field))
  }
  assert.equal((await send('GET', '/letters/x')).status, 404)
  assert.equal((await send('POST', '/letters/00000000-0000-7000-8000-000000000000/resend')).status, 404)
  const { json: ticket } = await send('POST', '/tickets', { desk, title: 'The door', text: 'It is shut.' })
  assert.equal((await send('GET', `/tickets/${ticket.id}/messages?include=everything`)).status, 400)
  const now = new Date().toISOString()
  assert.equal((await send('GET', `/tickets/${ticket.id}/messages?include=delivery&as_of=${now}`)).status, 400)
})
