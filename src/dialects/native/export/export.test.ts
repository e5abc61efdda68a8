import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'
import type { Export } from '../../../core/export/record.ts'
import { exportStream } from './stream.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

type Line = Record<string, unknown>

const keyed = (name: string) => ({ authorization: `Bearer ${world.value(name)}` })

async function ask(method: string, path: string, body?: unknown, key = 'POLYDESK_API_KEY') {
  return world.send(method, path, { headers: keyed(key), body })
}

/** The lines of an export. */
async function exported(query = '', headers: Record<string, string> = keyed('POLYDESK_API_KEY')): Promise<Line[]> {
  const answer = await world.send('GET', `/v1/export${query}`, { headers })
  assert.equal(answer.status, 200, answer.text)
  return linesIn(answer.text)
}

function linesIn(text: string): Line[] {
  assert.ok(text.endsWith('\n'))
  return text
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line))
}

/** The ids of all that a list holds. */
async function listed(list: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await ask('GET', `/v1/${list}?limit=200${cursor}`)
    ids.push(...json.data.map(({ id }: { id: string }) => id))
    if (json.next === null) return ids
    cursor = `&cursor=${json.next}`
  }
}

const of = (lines: readonly Line[], kind: string) => lines.filter((line) => line['kind'] === kind)
const idsOf = (lines: readonly Line[]) => lines.map(({ id }) => id)

async function open(title: string, more: object = {}): Promise<string> {
  const { json } = await ask('POST', '/v1/tickets', { title, text: `Text of ${title}`, ...more })
  return json.id
}

test('an export holds all there is, once, and tells at its end how much that was', async () => {
  const id = await open('Door', { requester: { email: 'mona@example.com', name: 'Mona' }, tags: ['door'] })
  await ask('POST', `/v1/tickets/${id}/messages`, { html: '<p>See <b>this</b></p>', visibility: 'internal' })
  const lines = await exported()
  const [header, last] = [lines[0] ?? {}, lines.at(-1) ?? {}]
  assert.deepEqual([header['kind'], header['format'], header['query'], header['after']], ['polydesk', 1, null, null])
  assert.deepEqual(header['parts'], ['catalogue', 'users', 'tickets'])
  assert.deepEqual([last['kind'], last['lines']], ['end', lines.length - 1])
  assert.deepEqual(
    Object.fromEntries(
      Map.groupBy(lines.slice(0, -1), ({ kind }) => kind)
        .entries()
        .map(([kind, each]) => [kind, each.length]),
    ),
    last['counts'],
  )

  assert.deepEqual(idsOf(of(lines, 'ticket')).toSorted(), (await listed('tickets')).toSorted())
  assert.deepEqual(idsOf(of(lines, 'user')), await listed('users'))
  assert.equal(of(lines, 'topic').length > 0, true)

  const ticket = of(lines, 'ticket').find((line) => line['id'] === id) ?? {}
  const { json: shown } = await ask('GET', `/v1/tickets/${id}`)
  assert.deepEqual([ticket['title'], ticket['desk'], ticket['tags']], ['Door', shown.desk.name, ['door']])
  assert.deepEqual(ticket['requester'], {
    id: shown.requester.id,
    email: 'mona@example.com',
    name: 'Mona',
    surname: '',
  })
  assert.deepEqual(ticket['created_at'], shown.created_at)
  const messages = Array.isArray(ticket['messages']) ? ticket['messages'] : assert.fail()
  assert.deepEqual(
    messages.map(({ visibility, text, html, author_role }) => [visibility, text, html, author_role]),
    [
      ['public', 'Text of Door', undefined, 'requester'],
      ['internal', undefined, '<p>See <b>this</b></p>', 'agent'],
    ],
  )
})

test('an export that was cut off anywhere goes on behind its last cursor, and nothing is twice or missing', async () => {
  for (let nth = 0; nth < 5; nth++) await open(`More ${nth}`)
  const whole = await exported()
  const records = (lines: readonly Line[]) =>
    lines.filter(({ kind }) => kind === 'user' || kind === 'ticket').map(({ id }) => id)
  const cursors = whole.flatMap((line, at) =>
    typeof line['cursor'] === 'string' ? [{ at, cursor: line['cursor'] }] : [],
  )
  for (const { at, cursor } of cursors) {
    const rest = await exported(`?after=${cursor}`)
    assert.equal(rest[0]?.['after'], cursor)
    assert.deepEqual([...records(whole.slice(0, at + 1)), ...records(rest)], records(whole))
  }
  const [last] = cursors.slice(-1)
  assert.equal((await exported(`?after=${last?.cursor}`)).length, 2, 'nothing but the first and the last line')
})

test('the tickets of a query come without people and catalogue', async () => {
  const id = await open('Rare', { tags: ['rare'] })
  const lines = await exported('?q=tag:rare')
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['polydesk', 'ticket', 'end'],
  )
  assert.deepEqual([lines[1]?.['id'], lines[0]?.['parts']], [id, ['tickets']])
})

test('files come as they are, in parts before the ticket that has them, or as links', async () => {
  const bytes = randomBytes(2_000_000)
  const form = new FormData()
  form.append('file', new Blob([bytes]), 'big.bin')
  const { json: file } = await ask('POST', '/v1/attachments', form)
  await open('With a file', { attachments: [file.id], tags: ['filed'] })
  const lines = await exported('?q=tag:filed&files=true')
  const parts = of(lines, 'file')
  assert.ok(parts.length > 1)
  assert.deepEqual(
    parts.map(({ part, last }) => [part, last]),
    parts.map((_, nth) => [nth, nth === parts.length - 1]),
  )
  const content = Buffer.concat(parts.map((part) => Buffer.from(String(part['content']), 'base64')))
  assert.ok(content.equals(bytes))
  assert.equal(parts[0]?.['sha256'], createHash('sha256').update(bytes).digest('hex'))
  assert.deepEqual(lines.at(-2)?.['kind'], 'ticket')

  const [ticket] = of(await exported('?q=tag:filed'), 'ticket')
  const [message] = Array.isArray(ticket?.['messages']) ? ticket['messages'] : []
  const [{ url, ...told }] = message.attachments
  assert.deepEqual(told, {
    id: file.id,
    name: 'big.bin',
    type: file.type,
    size: bytes.length,
    sha256: parts[0]?.['sha256'],
  })
  assert.equal((await fetch(url)).status, 200)
})

test('what cannot be asked is refused by its name, and nothing is exported for who may not', async () => {
  for (const [query, field] of [
    ['?q=status:nothing', 'q'],
    ['?after=nonsense', 'after'],
    ['?files=maybe', 'files'],
    ['?limit=3', 'limit'],
  ]) {
    const { status, json } = await ask('GET', `/v1/export${query}`)
    assert.deepEqual([status, json.errors[0].field], [400, field])
  }
  const { json: key } = await ask('POST', '/v1/credentials', { name: 'Reader', scopes: ['ticket.read'] })
  const refused = await world.send('GET', '/v1/export', { headers: { authorization: `Bearer ${key.secret}` } })
  assert.deepEqual([refused.status, refused.json.code], [403, 'forbidden'])
  assert.equal((await world.send('GET', '/v1/export')).status, 401)
  const { json: partial } = await ask('POST', '/v1/credentials', { name: 'Tickets', scopes: ['export', 'ticket.read'] })
  const lines = await exported('', { authorization: `Bearer ${partial.secret}` })
  assert.deepEqual(lines[0]?.['parts'], ['tickets'])
  assert.deepEqual(new Set(lines.map(({ kind }) => kind)), new Set(['polydesk', 'ticket', 'end']))
  for (const line of of(lines, 'ticket'))
    for (const { visibility } of Array.isArray(line['messages']) ? line['messages'] : [])
      assert.equal(visibility, 'public')
})

test('the log tells who exported what, to them and to the owners', async () => {
  const { json: latest } = await ask('GET', '/v1/events?after=latest')
  await exported('?q=tag:rare')
  const { json: told } = await ask('GET', `/v1/events?after=${latest.next}`)
  const { json: me } = await ask('GET', '/v1/me')
  assert.deepEqual(
    told.data.map(({ kind, actor, after: data }: Line) => [kind, actor, data]),
    [['tenant.exported', me.user.id, { whole: false, files: false }]],
  )
})

/** An export of endless records, which tells when nobody wants any more. */
function endless(): { readonly begun: Export; readonly ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  async function* records(): Export['records'] {
    try {
      for (let id = 1; ; id++) {
        // As what is read of a database.
        await new Promise((resolve) => setImmediate(resolve))
        yield { kind: 'catalogue', of: 'type', record: { id, name: 'x'.repeat(1_000), active: true } }
      }
    } finally {
      resolve()
    }
  }
  return { begun: { position: 1, parts: ['catalogue'], records: records() }, ended }
}

const desk = {
  id: 'd',
  integer: 1,
  name: 'Desk',
  isDefault: true,
  active: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  addresses: [],
}
const written = {
  tenant: {
    ...{ id: 't', name: 'T', desks: [desk], defaultDesk: desk, groups: [], topics: [], types: [] },
    ...{ statusLabels: [], priorityLabels: [], channels: [], forms: [], fields: [], tagWays: [], searchLanguage: null },
  },
  asked: { query: null, files: false, after: null },
  now: '2026-01-01T00:00:00.000Z',
  linkTo: null,
}

test('an export whose reader leaves reads nothing more, and never ends as if it were whole', async () => {
  const { begun, ended } = endless()
  const stream = exportStream(begun, { ...written, mayGoOn: async () => true, stopping: new AbortController().signal })
  for await (const text of stream) {
    assert.doesNotMatch(String(text), /"end"/)
    break
  }
  await ended
})

test('an export breaks off when its caller may not read any more, or the server stops', async () => {
  for (const why of ['revoked', 'stopping']) {
    const { begun, ended } = endless()
    const stopping = new AbortController()
    const stream = exportStream(begun, {
      ...written,
      mayGoOn: async () => why !== 'revoked',
      stopping: stopping.signal,
    })
    await assert.rejects(async () => {
      for await (const text of stream) {
        assert.doesNotMatch(String(text), /"end"/)
        if (why === 'stopping') stopping.abort()
      }
    }, /broken off/)
    await ended
  }
})
