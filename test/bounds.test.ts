import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from './world.ts'

let world: World
const TEXT = 1_000

before(async () => {
  world = await startWorld({ POLYDESK_TEXT_CHARACTERS: String(TEXT), POLYDESK_TICKET_MESSAGES: '3' })
})

after(() => world.stop())

const native = () => ({ authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` })
const omnidesk = () => ({ authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` })
const netgroot = () => ({ authorization: `Bearer ${world.value('NETGROOT_STAFF_TOKEN')}` })
const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${world.value(name)}:${world.value(secret)}`).toString('base64')}`,
})
const spacebring = () => basic('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET')
const moov = () => basic('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY')

async function opened(text = 'Hello'): Promise<{ readonly id: string; readonly integer: number }> {
  const made = await world.send('POST', '/v1/tickets', { headers: native(), body: { title: 'T', text } })
  assert.equal(made.status, 201, made.text)
  return made.json
}

/** How each dialect puts a text on a ticket, and how it names the field that is wrong. */
const WRITES: Readonly<
  Record<
    string,
    {
      readonly say: (
        ticket: { readonly id: string; readonly integer: number },
        text: string,
      ) => readonly [string, string, object]
      readonly headers: () => Record<string, string>
      readonly status: number
      readonly named: RegExp
    }
  >
> = {
  native: {
    say: ({ id }, text) => ['POST', `/v1/tickets/${id}/messages`, { text }],
    headers: native,
    status: 400,
    named: /"field":"text"/,
  },
  'native, as HTML': {
    say: ({ id }, html) => ['POST', `/v1/tickets/${id}/messages`, { html: `<p>${html}</p>` }],
    headers: native,
    status: 400,
    named: /"field":"html"/,
  },
  spacebring: {
    say: ({ id }, text) => ['POST', '/support/tickets/v1/comment', { activity: { ticketRef: id, text } }],
    headers: spacebring,
    status: 400,
    named: /"text"\]/,
  },
  netgroot: {
    say: ({ integer }, message) => ['POST', '/api/v1/Tickets/ReplyTicket', { ticket_id: integer, message }],
    headers: netgroot,
    status: 400,
    named: /Invalid request data/,
  },
  omnidesk: {
    say: ({ integer }, message) => ['POST', '/api/v2/message', { ticketID: integer, type: '1', message }],
    headers: omnidesk,
    status: 400,
    named: /Invalid value for parameter message\./,
  },
}

for (const [name, { say, headers, status, named }] of Object.entries(WRITES))
  test(`${name}: a text that is too long, and a message too many, are refused by the field, and nothing is kept of them`, async () => {
    const ticket = await opened()
    const send = async (text: string) => {
      const [method, path, body] = say(ticket, text)
      const answer = await world.send(method, path, { headers: headers(), body })
      if (answer.status >= 400) {
        assert.equal(answer.status, status, answer.text)
        assert.match(answer.text, named)
      }
      return answer.status < 400
    }
    assert.equal(await send('x'.repeat(TEXT + 1)), false)
    assert.deepEqual([await send('x'.repeat(TEXT)), await send('Second'), await send('Third')], [true, true, false])
    const { json } = await world.send('GET', `/v1/tickets/${ticket.id}/messages`, { headers: native() })
    assert.deepEqual(
      json.data.map(({ text }: { text: string }) => text),
      ['Hello', 'x'.repeat(TEXT), 'Second'],
    )
  })

test('moov: a body that is too long is refused by its field', async () => {
  const body = (text: string) => ({ title: 'T', body: `<p>${text}</p>`, contact: { email: 'rosa@example.com' } })
  const path = `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`
  const refused = await world.send('POST', path, { headers: moov(), body: body('x'.repeat(TEXT + 1)) })
  assert.equal(refused.status, 422, refused.text)
  assert.deepEqual(Object.keys(refused.json), ['body'])
  assert.equal((await world.send('POST', path, { headers: moov(), body: body('x'.repeat(TEXT)) })).status, 200)
})

test('messages come in pages that lead from one to the next', async () => {
  const { id } = await opened('First')
  for (const text of ['Second', 'Third'])
    await world.send('POST', `/v1/tickets/${id}/messages`, { headers: native(), body: { text } })
  const path = `/v1/tickets/${id}/messages`
  const whole = await world.send('GET', path, { headers: native() })
  assert.equal(whole.json.next, null)
  const found: object[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await world.send('GET', `${path}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, {
      headers: native(),
    })
    assert.equal(page.json.data.length, 1)
    found.push(...page.json.data)
    cursor = page.json.next
  }
  assert.deepEqual(found, whole.json.data)
  for (const wrong of ['limit=0', 'limit=1001', 'limit=x', 'cursor=x'])
    assert.equal((await world.send('GET', `${path}?${wrong}`, { headers: native() })).status, 400)
})

test('lists show the beginning of a description that is long and say so, and each other one as it is', async () => {
  const generous = await startWorld()
  try {
    const headers = { authorization: `Bearer ${generous.value('POLYDESK_API_KEY')}` }
    const location = generous.value('SPACEBRING_LOCATION_ID')
    const texts = ['😀'.repeat(10_001), '😀'.repeat(10_000), 'Short', `${'x'.repeat(262_144)}`]
    for (const text of texts) {
      const made = await generous.send('POST', '/v1/tickets', { headers, body: { text, desk: location } })
      assert.equal(made.json.description, text)
      assert.equal('description_cut' in made.json, false)
    }
    const listed = (await generous.send('GET', '/v1/tickets?limit=4', { headers })).json.data.toReversed()
    const beginnings = ['😀'.repeat(10_000), '😀'.repeat(10_000), 'Short', 'x'.repeat(10_000)]
    assert.deepEqual(
      listed.map(({ description }: { description: string }) => description),
      beginnings,
    )
    assert.deepEqual(
      listed.map((ticket: object) => ('description_cut' in ticket ? ticket.description_cut : null)),
      [true, null, null, true],
    )
    const shown = await generous.send('GET', `/v1/tickets/${listed[2].id}`, { headers })
    assert.deepEqual(listed[2], shown.json)
    const pair = `${generous.value('SPACEBRING_CLIENT_ID')}:${generous.value('SPACEBRING_CLIENT_SECRET')}`
    const theirs = await generous.send('GET', `/support/tickets/v1?limit=4&locationRef=${location}`, {
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    })
    assert.deepEqual(
      theirs.json.tickets.toReversed().map(({ description }: { description: string }) => description),
      beginnings.map((text, nth) => (nth % 3 === 0 ? `${text}…` : text)),
    )
  } finally {
    await generous.stop()
  }
})
