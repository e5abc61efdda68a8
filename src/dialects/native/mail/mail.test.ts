import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { v7 } from 'uuid'
import { until } from '../../../../test/process.ts'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import type { Role } from '../../../core/identity/permissions.ts'
import { REPLY_KEYS, replyTag } from '../../../core/mail/threading/token.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openKeys } from '../../../storage/keys.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : assert.fail()
}

const HELP = 'help@desk.example.com'
const SALES = 'sales@desk.example.com'
const SECRET = 'a secret key of the tests of mail, long enough'

let world: World
let store: Store
let desk: string
let agent: string
let smtpPort: number
before(async () => {
  smtpPort = await freePort()
  const smtp = { POLYDESK_SMTP_IN: `127.0.0.1:${smtpPort}` }
  world = await startWorld({
    POLYDESK_MAIL_AUTHENTICATORS: 'mx.desk.example.com',
    POLYDESK_SECRET_KEY: SECRET,
    ...smtp,
  })
  store = openStore(openDatabase({ connection: world.database.connection }))
  desk = world.value('MOOV_ACCOUNT_ID')
  assert.equal((await send('PATCH', `/desks/${desk}`, { body: { addresses: [HELP] } })).status, 200)
  const made = await send('POST', '/desks', { body: { name: 'Sales', addresses: [SALES] } })
  assert.equal(made.status, 201, made.text)
  agent = await keyOfSomebody('agent', 'Ana', 'ana@desk.example.com')
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

async function keyOfSomebody(role: Role, name: string, email: string): Promise<string> {
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  const memberships = [{ deskId: desk, role }]
  const { id } = await createUser(system, tenantId, { kind: 'person', isOwner: false, name, email, memberships })
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return (await issueMinted(system, tenantId, kind, 'Test', id)).secret
}

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function send(method: string, path: string, { as, body, headers }: Sending = {}): Promise<Received> {
  const authorization = `Bearer ${as ?? world.value('POLYDESK_API_KEY')}`
  return world.send(method, `/v1${path}`, { headers: { authorization, ...headers }, body })
}

interface Written {
  readonly from?: string
  readonly to?: string
  readonly subject?: string
  readonly id?: string
  readonly text?: string
  readonly headers?: readonly string[]
}

let count = 0

/** A mail as a program writes it. */
function written({
  from = 'Mona <mona@customer.example>',
  to = HELP,
  subject = 'The door',
  ...rest
}: Written = {}): string {
  count += 1
  const { id = `<m${count}@customer.example>`, text = `It is stuck. ${count}`, headers = [] } = rest
  return [
    ...headers,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: ${id}`,
    'Date: Mon, 02 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ].join('\r\n')
}

const MAIL = { 'content-type': 'message/rfc822' }

async function handOver(raw: string | Buffer, query = ''): Promise<string> {
  const answer = await send('POST', `/mail${query}`, { body: raw, headers: MAIL })
  assert.equal(answer.status, 202, answer.text)
  assert.equal(answer.headers.get('location'), `/v1/mail/${answer.json.id}`)
  return answer.json.id
}

/**
 * Makes of a mail what it was when its server had done what it asks, and had not put that down. @returns lets it go: it had
 * been the dead server's for a while
 */
async function putBack(id: string): Promise<() => Promise<void>> {
  const inDatabase = async (sql: string): Promise<void> => {
    const outside = new pg.Client(world.database.connection)
    await outside.connect()
    await outside.query(sql, [id]).finally(() => outside.end())
  }
  await inDatabase(`
    with led as (
      delete from mail_ids i using mails m where m.id = $1 and i.tenant_id = m.tenant_id and i.ticket_id = m.ticket_id
      returning i.key, i.is_own)
    update mails set state = 'waiting', reason = 'received', ticket_id = null, message_id = null, decided_at = null,
      taken_until = 'infinity', own_ids = array(select key from led where is_own),
      named_ids = array(select key from led where not is_own)
    where id = $1`)
  return () => inDatabase('update mails set taken_until = null where id = $1')
}

/** What became of a mail. */
async function filed(raw: string | Buffer, query = '') {
  const id = await handOver(raw, query)
  return until('the mail to be filed', async () => {
    const { json } = await send('GET', `/mail/${id}`)
    return json.state === 'waiting' ? undefined : json
  })
}

const fate = ({ state, reason }: { readonly state: string; readonly reason: string }) => `${state} ${reason}`

const ticketOf = async (id: string) => (await send('GET', `/tickets/${id}`)).json
const messagesOf = async (id: string) => (await send('GET', `/tickets/${id}/messages`)).json.data

describe('a mail that comes in', () => {
  test('makes a ticket of its writer, with its words, on the desk that has the address', async () => {
    const mail = await filed(
      written({ from: 'Mona Lisa <mona@customer.example>', subject: 'Door', text: 'Stuck.', id: '<a1@x>' }),
    )
    assert.equal(fate(mail), 'created new', JSON.stringify(mail))
    assert.deepEqual(mail.from, { address: 'mona@customer.example', name: 'Mona Lisa' })
    const ticket = await ticketOf(mail.ticket)
    assert.deepEqual(
      [
        ticket.title,
        ticket.channel,
        ticket.desk.id,
        ticket.requester.email,
        ticket.requester.name,
        ticket.description.trim(),
      ],
      ['Door', 'email', desk, 'mona@customer.example', 'Mona Lisa', 'Stuck.'],
    )
    const [message] = await messagesOf(mail.ticket)
    assert.deepEqual(
      [message.id, message.visibility, message.author.email],
      [mail.message, 'public', 'mona@customer.example'],
    )
    const list = await send('GET', `/mail?ticket=${mail.ticket}`)
    assert.deepEqual(list.json.data, [mail])
  })

  test('is kept as it came, byte for byte', async () => {
    const raw = Buffer.concat([Buffer.from(written()), Buffer.from([0, 0xff, 0xfe, 0x0d])])
    const id = await handOver(raw)
    const answer = await fetch(`${world.url}/v1/mail/${id}/raw`, { headers: { authorization: `Bearer ${agent}` } })
    // Of no desk yet, or of one by now: whoever manages all mail sees it at once.
    const whole = await fetch(`${world.url}/v1/mail/${id}/raw`, {
      headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` },
    })
    assert.ok(answer.status === 200 || answer.status === 404)
    assert.equal(whole.headers.get('content-type'), 'message/rfc822')
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), raw)
  })

  test('with the same Idempotency-Key is the same mail, and another body is refused', async () => {
    const headers = { ...MAIL, 'idempotency-key': 'mail-once' }
    const raw = written()
    const [one, two] = await Promise.all([1, 2].map(() => send('POST', '/mail', { body: raw, headers })))
    assert.deepEqual([one?.status, two?.status, one?.json], [202, 202, two?.json])
    assert.equal((await send('POST', '/mail', { body: written(), headers })).status, 422)
  })

  test('by two ways is one message; what shares its id and says something else is another', async () => {
    const id = '<courier@shop.example>'
    const from = 'Shop <info@shop.example>'
    const raw = written({ from, id, subject: 'Parcel', text: 'On its way' })
    const first = await filed(`Received: by one.example; Mon, 02 Nov 2026 10:00:00 +0000\r\n${raw}`)
    const second = await filed(`Received: by two.example; Mon, 02 Nov 2026 10:00:05 +0000\r\n${raw}`)
    assert.deepEqual([fate(first), fate(second)], ['created new', 'discarded copy'])
    assert.equal((await send('GET', `/mail/${second.id}/explain`)).json.copy_of, first.id)
    const other = await filed(written({ from, id, subject: 'Parcel', text: 'Delivered' }))
    assert.equal(fate(other), 'created new')
    assert.notEqual(other.ticket, first.ticket)
    // Each desk has its own.
    assert.equal(fate(await filed(raw, `?recipient=${SALES}`)), 'created new')
  })

  test('joins the ticket that its references lead to, also by an id that never came', async () => {
    const headers = ['References: <never@customer.example> <b1@customer.example>', 'In-Reply-To: <b1@customer.example>']
    const late = await filed(written({ subject: 'Re: Lamp', id: '<b2@customer.example>', headers }))
    assert.equal(fate(late), 'created new')
    const parent = await filed(written({ subject: 'Lamp', id: '<b1@customer.example>' }))
    assert.deepEqual([fate(parent), parent.ticket], ['joined reference', late.ticket])
    const third = await filed(written({ subject: 'AW: Lamp', headers: ['In-Reply-To: <never@customer.example>'] }))
    assert.deepEqual([fate(third), third.ticket], ['joined reference', late.ticket])
    assert.equal((await messagesOf(late.ticket)).length, 3)
  })

  test('joins what another one opened whose server died before it put that down, whichever of the two came first', async () => {
    for (const [first, second] of [
      [{ id: '<q1@customer.example>' }, { headers: ['In-Reply-To: <q1@customer.example>'] }],
      [{ headers: ['In-Reply-To: <q2@customer.example>'] }, { id: '<q2@customer.example>' }],
      [{ headers: ['In-Reply-To: <q3@customer.example>'] }, { headers: ['In-Reply-To: <q3@customer.example>'] }],
    ] as const) {
      const opened = await filed(written({ subject: 'The gate', ...first }))
      assert.equal(fate(opened), 'created new')
      const release = await putBack(opened.id)
      const other = await filed(written({ subject: 'Re: The gate', ...second }))
      assert.deepEqual([other.state, other.ticket], ['joined', opened.ticket])
      await release()
      const again = await until('it to be put down', async () => {
        const { json } = await send('GET', `/mail/${opened.id}`)
        return json.state === 'waiting' ? undefined : json
      })
      assert.deepEqual([fate(again), again.ticket], ['created new', opened.ticket])
      assert.equal((await messagesOf(opened.ticket)).length, 2)
    }
  })

  test('of a stranger to the conversation begins a ticket of its own, which tells where it comes from', async () => {
    const first = await filed(written({ id: '<n1@customer.example>', from: 'Max <max@gmail.com>' }))
    const reply = written({ from: 'Eve <eve@elsewhere.example>', headers: ['In-Reply-To: <n1@customer.example>'] })
    const stranger = await filed(reply)
    assert.equal(fate(stranger), 'created stranger')
    assert.notEqual(stranger.ticket, first.ticket)
    const notes = (await messagesOf(stranger.ticket)).filter(
      (each: { visibility: string }) => each.visibility === 'internal',
    )
    assert.equal(notes.length, 1)
    const explained = (await send('GET', `/mail/${stranger.id}/explain`)).json
    assert.partialDeepStrictEqual(explained.candidates, [
      {
        rule: 'reference',
        value: 'n1@customer.example',
        verdict: 'stranger',
        relation: 'stranger',
        ticket: { id: first.ticket },
      },
    ])
    assert.equal(explained.writer.address, 'eve@elsewhere.example')
  })

  test('of a colleague or of who got a copy joins; of who shares a public domain does not', async () => {
    const raw = written({ id: '<c1@customer.example>', headers: ['Cc: boss@parent.example'] })
    const { ticket } = await filed(raw)
    const answer = { headers: ['References: <c1@customer.example>'] }
    for (const from of ['tim@customer.example', 'boss@parent.example'])
      assert.deepEqual((await filed(written({ ...answer, from }))).ticket, ticket, from)
    const publicOne = await filed(written({ id: '<p1@gmail.com>', from: 'one@gmail.com' }))
    const other = await filed(written({ from: 'other@gmail.com', headers: ['References: <p1@gmail.com>'] }))
    assert.notEqual(publicOne.ticket, other.ticket)
  })

  test('with our number in its subject joins only if its writer was there', async () => {
    const first = await filed(written())
    const { number } = await ticketOf(first.ticket)
    const own = await filed(written({ subject: `Re: [#${number}] The door` }))
    assert.deepEqual([fate(own), own.ticket], ['joined subject', first.ticket])
    const guessed = await filed(written({ subject: `Re: [#${number}] The door`, from: 'eve@elsewhere.example' }))
    assert.equal(fate(guessed), 'created stranger')
  })

  test("with the number of its writer's own desk joins what that wrote before", async () => {
    const from = 'desk@other.example'
    const first = await filed(written({ from, subject: 'Ticket#2026-1187 Printer', id: '<d1@other.example>' }))
    const next = await filed(written({ from, subject: 'Update on TICKET#2026-1187', id: '<d2@other.example>' }))
    assert.deepEqual([fate(next), next.ticket], ['joined foreign_number', first.ticket])
    const another = await filed(written({ from: 'else@other.example', subject: 'Ticket#2026-1187' }))
    assert.notEqual(another.ticket, first.ticket)
  })

  test('to an address with our token joins whoever writes, in whatever case, and not with another proof', async () => {
    const first = await filed(written({ from: 'zoe@gmail.com' }))
    const { id, integer } = await ticketOf(first.ticket)
    const keys = await openKeys({ secretKey: SECRET, formerSecretKeys: [], dataDir: world.dataDir })
    const tag = replyTag(keys.for(REPLY_KEYS), world.value('SPACEBRING_NETWORK_ID'), { id, integer })
    const to = HELP.replace('@', `+${tag.toUpperCase()}@`)
    const answer = await filed(written({ from: 'wife@yahoo.com', to, subject: 'no number' }))
    assert.deepEqual([fate(answer), answer.ticket], ['joined token', first.ticket])
    const forged = to.replace(/.@/, (last) => (last.startsWith('A') ? 'B@' : 'A@'))
    assert.equal(fate(await filed(written({ from: 'eve@elsewhere.example', to: forged }))), 'created new')
  })

  test('reopens what is solved, and begins anew where the ticket is closed', async () => {
    const first = await filed(written({ id: '<s1@customer.example>' }))
    const headers = ['In-Reply-To: <s1@customer.example>']
    await send('PATCH', `/tickets/${first.ticket}`, { body: { status: 'solved' } })
    assert.equal(fate(await filed(written({ headers }))), 'joined reference')
    assert.equal((await ticketOf(first.ticket)).status, 'open')
    await send('PATCH', `/tickets/${first.ticket}`, { body: { status: 'closed' } })
    assert.equal(fate(await filed(written({ headers }))), 'created closed')
    assert.equal((await ticketOf(first.ticket)).status, 'closed')
  })

  test('follows a merge, and begins anew where the ticket was deleted', async () => {
    const one = await filed(written({ id: '<g1@customer.example>' }))
    const two = await filed(written({ id: '<g2@customer.example>' }))
    assert.equal((await send('POST', `/tickets/${one.ticket}/merge`, { body: { into: two.ticket } })).status, 200)
    const reply = await filed(written({ headers: ['In-Reply-To: <g1@customer.example>'] }))
    assert.deepEqual([fate(reply), reply.ticket], ['joined reference', two.ticket])
    const gone = await filed(written({ id: '<g3@customer.example>' }))
    assert.equal((await send('DELETE', `/tickets/${gone.ticket}`)).status, 204)
    assert.equal((await send('GET', `/mail/${gone.id}`)).status, 404, 'what a deleted ticket was made of goes with it')
    assert.equal(fate(await filed(written({ headers: ['In-Reply-To: <g3@customer.example>'] }))), 'created new')
  })
})

describe('who a mail is from', () => {
  test('is staff only where the own server says that it is really they', async () => {
    const first = await filed(written({ id: '<v1@customer.example>' }))
    const from = 'Ana <ana@desk.example.com>'
    const headers = ['In-Reply-To: <v1@customer.example>']
    const forged = await filed(
      written({ from, headers: ['Authentication-Results: elsewhere.example; dmarc=pass', ...headers] }),
    )
    assert.deepEqual([fate(forged), forged.authentication], ['created stranger', 'unverified'])
    const [message] = await messagesOf(forged.ticket)
    assert.equal(message.author_role, 'requester')
    const real = await filed(
      written({
        from,
        headers: ['Authentication-Results: mx.desk.example.com; dmarc=pass header.from=desk.example.com', ...headers],
      }),
    )
    assert.deepEqual([fate(real), real.authentication, real.ticket], ['joined reference', 'verified', first.ticket])
    const said = (await messagesOf(first.ticket)).at(-1)
    assert.deepEqual([said.author_role, said.author.email], ['agent', 'ana@desk.example.com'])
  })

  test('is told by Reply-To where From is an address of ours, and held where nobody else is named', async () => {
    const form = await filed(written({ from: HELP, headers: ['Reply-To: Kim <kim@web.example>'] }))
    assert.equal((await ticketOf(form.ticket)).requester.email, 'kim@web.example')
    assert.equal(fate(await filed(written({ from: HELP }))), 'held no_writer')
  })
})

describe('what machines write', () => {
  const corpus = (name: string) => readFileSync(join(import.meta.dirname, '../../../../test/fixtures/mail', name))

  test('opens nothing and reopens nothing; on the ticket that it is about it leaves a note', async () => {
    const first = await filed(
      written({ id: '<ticket-1042-msg-7@desk.example.com>', from: 'unknown.carol@cust.example.com' }),
    )
    await send('PATCH', `/tickets/${first.ticket}`, { body: { status: 'solved' } })
    for (const [name, reason] of [
      ['postfix-bounce-unknown-user.eml', 'bounce'],
      ['exim-delay-warning.eml', 'bounce'],
      ['pigeonhole-vacation.eml', 'machine'],
    ] as const) {
      const mail = await filed(corpus(name), `?recipient=${HELP}`)
      assert.deepEqual([fate(mail), mail.ticket], [`automatic ${reason}`, first.ticket], name)
    }
    assert.equal((await ticketOf(first.ticket)).status, 'solved')
    const notes = (await messagesOf(first.ticket)).filter(
      (each: { visibility: string }) => each.visibility === 'internal',
    )
    assert.equal(notes.length, 3)
    assert.match(notes[0].text, /^Could not be delivered: unknown\.carol@cust\.example\.com 5\.1\.1/)
    const nowhere = await filed(written({ headers: ['Auto-Submitted: auto-replied'] }))
    assert.deepEqual([fate(nowhere), nowhere.ticket], ['automatic machine', null])
  })
})

describe('mail', () => {
  test('for nobody here is held, and everything that came is counted once', async () => {
    assert.equal(fate(await filed(written({ to: 'nobody@nowhere.example' }))), 'held no_desk')
    const { json } = await send('GET', '/mail/counts')
    const { received, ...states } = json
    assert.equal(
      received,
      Object.values<number>(states).reduce((sum, each) => sum + each, 0),
    )
    assert.ok(
      states.held > 0 && states.created > 0 && states.joined > 0 && states.automatic > 0 && states.discarded > 0,
    )
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = (await send('GET', `/mail?limit=7${cursor}`)).json
      seen.push(...page.data.map(({ id }: { id: string }) => id))
      if (page.next === null) break
      cursor = `&cursor=${page.next}`
    }
    assert.equal(new Set(seen).size, seen.length)
    assert.equal(seen.length, received)
    const held = (await send('GET', '/mail?state=held')).json.data
    assert.ok(held.every(({ state }: { state: string }) => state === 'held'))
  })

  test('is seen by whoever reads notes on its desk, and handed over by whoever manages it', async () => {
    const nowhere = await filed(written({ to: 'nobody@nowhere.example' }))
    const here = await filed(written())
    const sold = await filed(written({ to: SALES }))
    const status = async (id: string, as: string) => (await send('GET', `/mail/${id}`, { as })).status
    assert.deepEqual(
      [await status(here.id, agent), await status(nowhere.id, agent), await status(sold.id, agent)],
      [200, 404, 404],
    )
    assert.equal((await send('POST', '/mail', { as: agent, body: written(), headers: MAIL })).status, 403)
    const customer = await keyOfSomebody('customer', 'Cleo', 'cleo@customer.example')
    assert.equal((await send('GET', '/mail', { as: customer })).status, 403)
    assert.equal((await send('POST', '/mail', { as: customer, body: written(), headers: MAIL })).status, 403)
  })

  test('that is no mail is refused by what is wrong with it', async () => {
    const { status, json } = await send('POST', '/mail', { body: {} })
    assert.deepEqual([status, json.title], [415, 'The body must be sent as message/rfc822'])
    assert.equal((await send('POST', '/mail', { body: '', headers: MAIL })).status, 400)
    assert.equal((await send('POST', '/mail?desk=1', { body: written(), headers: MAIL })).status, 400)
    assert.equal((await send('GET', `/mail/${v7()}`)).status, 404)
    assert.equal((await send('GET', '/mail/x/explain')).status, 404)
    const odd = await filed('this is\0 no mail at all', `?recipient=${HELP}`)
    assert.equal(odd.state, 'held')
  })
})

test('HTML is shown safely with its pictures in place, and other files beside it', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC'
  const raw = [
    ...[
      'From: mona@customer.example',
      `To: ${HELP}`,
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
      'Message-ID: <html@customer.example>',
    ],
    ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=m', '', '--m'],
    ...['Content-Type: multipart/related; boundary=r', '', '--r', 'Content-Type: text/html; charset=utf-8', ''],
    '<p>See <b>this</b>: <img src="cid:lamp@x" alt="lamp"><script>alert(1)</script></p>',
    ...['--r', 'Content-Type: image/png', 'Content-ID: <lamp@x>', 'Content-Disposition: inline; filename=lamp.png'],
    ...['Content-Transfer-Encoding: base64', '', png, '--r--', '--m'],
    ...['Content-Type: application/pdf; name=bill.pdf', 'Content-Disposition: attachment; filename=bill.pdf'],
    ...['Content-Transfer-Encoding: base64', '', Buffer.from('%PDF-1.4 bill').toString('base64'), '--m--', ''],
  ].join('\r\n')
  const mail = await filed(raw)
  assert.equal(fate(mail), 'created new', JSON.stringify(mail))
  assert.equal((await ticketOf(mail.ticket)).title, 'Grüße')
  const [message] = await messagesOf(mail.ticket)
  assert.match(message.html, /See <b>this<\/b>|See <strong>this<\/strong>/)
  assert.match(message.html, /<img /)
  assert.doesNotMatch(message.html, /script|cid:/)
  assert.deepEqual(
    message.attachments
      .map(({ name }: { name: string }) => name)
      .sort()
      .slice(0, 1),
    ['bill.pdf'],
  )
  assert.equal(message.attachments.length, 2)
})

test('what is held is filed by hand, once, on a ticket or as a new one', async () => {
  const { ticket } = await filed(written())
  const held = await filed(written({ to: 'nobody@nowhere.example', text: 'Here after all' }))
  assert.equal(fate(held), 'held no_desk')
  const twins = await Promise.all([1, 2].map(() => send('POST', `/mail/${held.id}/file`, { body: { ticket } })))
  for (const twin of twins) assert.deepEqual([twin.status, twin.json.ticket], [200, ticket], twin.text)
  assert.equal(fate(twins[0]?.json), 'joined by_hand')
  const said = (await messagesOf(ticket)).filter(({ text }: { text: string }) => text.includes('Here after all'))
  assert.deepEqual(
    said.map(({ author }: { author: { email: string } }) => author.email),
    ['mona@customer.example'],
  )
  const other = await filed(written({ to: 'nobody@nowhere.example' }))
  const made = await send('POST', `/mail/${other.id}/file`, { body: { desk } })
  assert.equal(fate(made.json), 'created by_hand')
  assert.equal((await ticketOf(made.json.ticket)).desk.id, desk)
  assert.equal((await send('POST', `/mail/${ticket}/file`, { body: {} })).status, 404)
  const done = await filed(written())
  assert.equal((await send('POST', `/mail/${done.id}/file`, { body: { ticket } })).status, 409)
})

test('by SMTP mail is taken for the addresses of desks, and refused for others', async () => {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, secure: false, ignoreTLS: true })
  const raw = written({ subject: 'By SMTP', id: '<smtp@customer.example>', to: 'everybody@list.example' })
  const envelope = {
    from: 'mona@customer.example',
    to: [HELP.replace('@', '+tag@').toUpperCase(), 'nobody@nowhere.example'],
  }
  const sent = await transport.sendMail({ raw, envelope })
  assert.deepEqual(sent.rejected, ['nobody@nowhere.example'])
  const mail = await until('the mail to be filed', async () => {
    const { data } = (await send('GET', '/mail?state=created')).json
    return data.find(({ subject }: { subject: string }) => subject === 'By SMTP')
  })
  assert.deepEqual([fate(mail), mail.sender, mail.desk.id], ['created new', 'mona@customer.example', desk])
  await assert.rejects(transport.sendMail({ raw, envelope: { ...envelope, to: ['nobody@nowhere.example'] } }), /550/)
  transport.close()
})
