/** What people and programs write as HTML, through the real server: in every dialect its words, in none what runs. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { DialectName } from '../src/dialects/profiles.ts'
import { makeSite, type Site } from './contract/site.ts'
import { until } from './process.ts'
import { startReceiver } from './receiver.ts'
import { type Received, startWorld, type World } from './world.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGNgYPgPRgiiAQAp9gP9c7k0cQAAAABJRU5ErkJggg=='

let world: World
let site: Site

before(async () => {
  world = await startWorld({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.0/8', POLYDESK_WEBHOOK_HTTP: 'on' })
  site = await makeSite(world, 'html')
})
after(() => world?.stop())

async function ask(dialect: DialectName, method: string, path: string, body?: object): Promise<Received> {
  const caller = dialect === 'netgroot' ? 'limited' : 'trusted'
  const answer = await world.send(method, path, { headers: site.as(dialect, caller), ...(body && { body }) })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer
}

/** A ticket of the requester, with a message in it that a dialect sends. */
interface Opened {
  readonly id: string
  readonly integer: number
}

async function openedNatively(message: object): Promise<Opened> {
  const { json } = await ask('native', 'POST', '/v1/tickets', { ...message, requester: { id: site.requester.id } })
  return { id: json.id, integer: json.integer }
}

const OPENING: Readonly<Record<'native' | 'moov' | 'omnidesk', (html: string) => Promise<Opened>>> = {
  native: (html) => openedNatively({ html }),
  async moov(html) {
    const contact = { email: 'requester@html.example' }
    const path = `/accounts/${site.desk.id}/tickets`
    const { ticketID } = (await ask('moov', 'POST', path, { title: 'T', body: html, contact })).json
    return { id: ticketID, integer: (await ask('native', 'GET', `/v1/tickets/${ticketID}`)).json.integer }
  },
  async omnidesk(html) {
    const opened = await openedNatively({ title: 'T' })
    const message = { ticketID: opened.integer, type: '1', direction: 'inbound', message: html }
    await ask('omnidesk', 'POST', '/api/v2/message', message)
    return opened
  },
}

/** All that the dialects show of a ticket's only message: its plain text, and its HTML. */
async function shownIn({ id, integer }: Opened) {
  const [native] = (await ask('native', 'GET', `/v1/tickets/${id}/messages`)).json.data
  const [moov] = (await ask('moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}/messages`)).json
  const [omnidesk] = (await ask('omnidesk', 'GET', `/api/v2/ticket/${integer}`)).json.item.timeline
  const spacebring = (await ask('spacebring', 'GET', `/support/tickets/v1/${id}`)).json
  const netgroot = (await ask('netgroot', 'GET', `/api/v1/subscriber/getTicketDetails?id=${integer}`)).json
  return {
    message: native,
    plain: [native.text, spacebring.ticket.description, netgroot.data.message],
    html: [native.html, moov.body, omnidesk.content],
  }
}

const KEY =
  '<h2>Licence key: aB3dE-9fGh</h2><table><tr><td>Order</td><td>4711</td></tr></table><p>10<sup>6</sup> <del>100</del> 80</p>'

for (const [dialect, open] of Object.entries(OPENING)) {
  describe(`HTML that comes by ${dialect}`, () => {
    test('is shown with all its letters, cells and marks, wherever text is shown', async () => {
      const { plain, html } = await shownIn(await open(KEY))
      for (const text of plain) assert.equal(text, 'Licence key: aB3dE-9fGh\n\nOrder\t4711\n\n10^6 ~~100~~ 80')
      for (const each of html) assert.match(each, /<del>100<\/del> 80/)
    })

    test('runs nothing, wherever HTML is shown', async () => {
      const { html } = await shownIn(
        await open('<p onclick="x()">Hello<script>y()</script></p><img src=z onerror=w()>'),
      )
      for (const each of html) {
        assert.match(each, /<p>Hello<\/p>/)
        assert.doesNotMatch(each, /onclick|script|onerror/)
      }
    })

    test('has its pictures as files that are shown in place, by links that work', async () => {
      const { html, message, plain } = await shownIn(
        await open(`<p>See</p><img src="data:image/png;base64,${PNG}" alt="error 17">`),
      )
      for (const text of plain) assert.equal(text, 'See\n\n[error 17]')
      const [file] = message.attachments
      assert.deepEqual([message.attachments.length, file.type, file.width, file.height], [1, 'image/png', 3, 2])
      for (const each of html) {
        const source = /<img src="([^"]+)" alt="error 17">/.exec(each)?.[1]?.replaceAll('&amp;', '&')
        assert.ok(source, each)
        const got = await fetch(source.replace(/^https?:\/\/[^/]+/, world.url))
        assert.equal(got.headers.get('content-type'), 'image/png')
        assert.equal(Buffer.from(await got.arrayBuffer()).toString('base64'), PNG)
      }
    })
  })
}

test('a message that is one screenshot is not empty, nor is one whose picture cannot be kept', async () => {
  const shown = await shownIn(await openedNatively({ html: `<img src="data:image/png;base64,${PNG}">` }))
  assert.deepEqual(shown.plain, ['[image]', '[image]', '[image]'])
  assert.equal(shown.message.attachments[0].name, 'picture-1.png')
  const lost = await shownIn(await openedNatively({ html: '<img src="data:image/png;base64,AAAA">' }))
  assert.deepEqual(lost.plain, ['[image]', '[image]', '[image]'])
  assert.deepEqual(lost.html, [' [image] ', ' [image] ', ' [image] '])
  assert.deepEqual(lost.message.attachments, [])
})

test('a repeat leaves no pictures of its own behind', async () => {
  const client = new pg.Client(world.database.connection)
  await client.connect()
  try {
    const call = () =>
      world.send('POST', '/v1/tickets', {
        headers: { ...site.as('native'), 'idempotency-key': 'pictured' },
        body: { html: `<p>See</p><img src="data:image/png;base64,${PNG}">` },
      })
    const waiting = async (): Promise<unknown> =>
      (await client.query('select count(*)::int as n from attachments where message_id is null')).rows[0]?.n
    const before = await waiting()
    const [first, again] = [await call(), await call()]
    assert.equal(first.status, 201, first.text)
    assert.deepEqual(again.json, first.json)
    assert.equal(await waiting(), before)
  } finally {
    await client.end()
  }
})

test('text that a dialect takes as possible HTML stays as it is when it is none', async () => {
  for (const text of [
    'Please call Bob <bob@example.com> about it.\nHe knows.',
    'press <Ctrl>+<C>\r\nthen List<String>',
    'if a < b && c > d:\n\tstop <now>',
  ]) {
    const { message, plain, html } = await shownIn(await OPENING.omnidesk(text))
    assert.equal(message.format, 'text')
    for (const each of plain) assert.equal(each, text)
    for (const each of html.slice(1)) assert.match(each, /&lt;/)
  }
})

test('what is no tag is kept also where HTML is said to come', async () => {
  const { plain, html } = await shownIn(await OPENING.moov('Please call Bob <bob@example.com>\nabout List<String>'))
  for (const each of plain) assert.equal(each, 'Please call Bob <bob@example.com>\nabout List<String>')
  for (const each of html) assert.match(each, /Bob &lt;bob@example\.com&gt;<br>\nabout List&lt;String&gt;/)
})

test('a log of 6,000 lines is kept and shown whole', async () => {
  const lines = Array.from({ length: 6_000 }, (_, nth) => `2026-05-03 10:00 ${nth} ok`)
  const { plain } = await shownIn(await openedNatively({ html: lines.join('<br>') }))
  assert.equal(plain[0], lines.join('\n'))
})

test('while a long and deep message is rendered others are answered', async () => {
  const html = `${'<blockquote><div>'.repeat(30_000)}<p>one</p><p>two</p>`
  let done = false
  const slow = openedNatively({ html }).finally(() => {
    done = true
  })
  let answered = 0
  while (!done) {
    await world.send('GET', '/healthz')
    answered++
  }
  assert.ok(answered > 3, `${answered} answers`)
  const { message } = await shownIn(await slow)
  assert.match(message.text, /one\s[\s\S]*two/)
})

test('the original is shown to who may read internal messages, in no other answer and to no customer', async () => {
  const html = '<p onclick="x()">Hi</p>'
  const { id, integer } = await openedNatively({ html })
  const { message } = await shownIn({ id, integer })
  const path = `/v1/tickets/${integer}/messages/${message.integer}/original`
  const { json, headers } = await ask('native', 'GET', path)
  assert.deepEqual([json.id, json.format, json.original], [message.id, 'html', html])
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  const refused = await world.send('GET', path, { headers: site.as('native', 'limited') })
  assert.ok([403, 404].includes(refused.status), refused.text)
  const nothing = await world.send('GET', `/v1/tickets/${integer}/messages/999999/original`, {
    headers: site.as('native'),
  })
  assert.equal(nothing.status, 404)
})

test('webhooks tell messages in safe form, with links to their pictures', async () => {
  const receiver = await startReceiver()
  try {
    await ask('native', 'POST', '/v1/webhooks', { url: receiver.url, events: ['message.added'] })
    const { id } = await openedNatively({ title: 'T' })
    const html = `<p onclick="x()">Hi</p><img src="data:image/png;base64,${PNG}">`
    await ask('native', 'POST', `/v1/tickets/${id}/messages`, { html })
    await until('a webhook', () => receiver.got.length > 0)
    assert.match(receiver.got[0]?.json.data.message.html, /^<p>Hi<\/p><img src="http[^"]+\/files\/[^"]+">$/)
  } finally {
    await receiver.close()
  }
})
