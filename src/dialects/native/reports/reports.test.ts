import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { seeNothing } from '../../../../test/evidence.ts'
import { startWorld, type World } from '../../../../test/world.ts'
import { REPORT_NAMES } from '../../../core/reports/report.ts'
import { csvOf } from './csv.ts'

// Random commands are other ones in each run.
seeNothing()

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${world.value('POLYDESK_API_KEY')}`
  return world.send(method, `/v1${path}`, { headers: { authorization, ...headers }, body })
}

async function done(method: string, path: string, body?: unknown) {
  const answer = await ask(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.text === '' ? null : answer.json
}

/** All tickets there are. */
async function listed(path: string): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  for (let cursor = ''; ; ) {
    const { data, next } = await done('GET', `${path}${path.includes('?') ? '&' : '?'}limit=20${cursor}`)
    found.push(...data)
    if (next === null) return found
    cursor = `&cursor=${next}`
  }
}

/** A time that is far enough from all that happens here. */
const FROM = '2020-01-01'
const report = (name: string, query = '') => done('GET', `/reports/${name}?from=${FROM}${query}`)

interface Row {
  readonly value: string | null
  readonly figures: { readonly all: { readonly tickets: number; readonly sum: number } }
}
const tellRows = (rows: readonly Row[]): Record<string, number> =>
  Object.fromEntries(rows.map(({ value, figures }) => [value ?? '', figures.all.tickets]))

const TAGS = ['red', 'blue', '=green']

/** What a test knows of a ticket beside what it shows. */
interface Known {
  readonly id: string
  replies: number
  reopened: number
  isMerged: boolean
}

test('figures are those of all tickets as they are, by each dimension, whatever happened to them, and open these very tickets', async () => {
  const groups = [
    (await done('POST', '/groups', { name: 'Day' })).id,
    (await done('POST', '/groups', { name: 'Night' })).id,
  ]
  const me = (await done('GET', '/me')).user.id
  await done('POST', '/fields', {
    key: 'plan',
    label: 'Plan',
    type: 'choice',
    choices: [
      { value: 'pro', label: 'Pro' },
      { value: 'free', label: 'Free' },
    ],
  })
  const known: Known[] = []
  const living = () => known.filter((each) => !each.isMerged)
  const command = fc.record({
    kind: fc.constantFrom('create', 'create', 'status', 'status', 'status', 'reply', 'file', 'delete', 'merge', 'undo'),
    nth: fc.nat(1_000),
    status: fc.constantFrom('open', 'pending', 'solved', 'closed'),
    group: fc.constantFrom(null, ...groups),
    assignee: fc.constantFrom(null, me),
    tags: fc.subarray(TAGS),
    plan: fc.constantFrom(null, 'pro', 'free'),
  })
  const finished = (status: unknown): boolean => status === 'solved' || status === 'closed'
  for (const { kind, nth, status, group, assignee, tags, plan } of fc.sample(command, 80)) {
    const some = living()
    const ticket = some[nth % Math.max(1, some.length)]
    if (kind === 'create' || !ticket || some.length < 3) {
      const requester = { email: 'rosa@example.com' }
      const { id } = await done('POST', '/tickets', {
        title: 'T',
        text: 'Text',
        requester,
        tags,
        group,
        fields: plan ? { plan } : {},
      })
      known.push({ id, replies: 0, reopened: 0, isMerged: false })
    } else if (kind === 'status') {
      const before = (await done('GET', `/tickets/${ticket.id}`)).status
      await done('PATCH', `/tickets/${ticket.id}`, { status })
      if (finished(before) && !finished(status)) ticket.reopened += 1
    } else if (kind === 'reply') {
      const { status: before } = await done('GET', `/tickets/${ticket.id}`)
      if (!finished(before)) {
        await done('POST', `/tickets/${ticket.id}/messages`, { text: 'Answer' })
        ticket.replies += 1
      }
    } else if (kind === 'file') {
      await done('PATCH', `/tickets/${ticket.id}`, {
        ...{ group, assignee, fields: { plan } },
        ...{ add_tags: tags, remove_tags: TAGS.filter((tag) => !tags.includes(tag)) },
      })
    } else if (kind === 'delete') {
      await done('DELETE', `/tickets/${ticket.id}`)
      known.splice(known.indexOf(ticket), 1)
    } else if (kind === 'merge') {
      const into = some.find((each) => each !== ticket)
      if (!into) continue
      await done('POST', `/tickets/${ticket.id}/merge`, { into: into.id })
      // Its messages are there now.
      into.replies += ticket.replies
      ticket.isMerged = true
    } else {
      // Titles count nowhere, so what is undone here changes no figure.
      await done('PATCH', `/tickets/${ticket.id}`, { title: `T ${nth}` })
      await done('POST', `/tickets/${ticket.id}/undo`)
    }
    if (nth % 5 === 0) await report('created')
  }

  const tickets = (await listed('/tickets')).filter(({ id }) => known.some((each) => each.id === id))
  const all = await listed('/tickets')
  const dims: Record<string, (ticket: Record<string, unknown>) => readonly string[]> = {
    desk: ({ desk }) => [String(Object(desk).id)],
    group: ({ group }) => [group === null ? '' : String(Object(group).id)],
    assignee: ({ assignee }) => [assignee === null ? '' : String(Object(assignee).id)],
    topic: ({ topic }) => [topic === null ? '' : String(Object(topic).id)],
    tag: ({ tags }) => (Array.isArray(tags) && tags.length > 0 ? tags.map(String) : ['']),
    'field.plan': ({ fields }) => [String(Object(fields).plan ?? '')],
  }
  const counted: Record<string, readonly Record<string, unknown>[]> = {
    created: all,
    solved: all.filter(({ status }) => finished(status)),
    backlog: all.filter(({ status }) => !finished(status)),
  }
  for (const [name, those] of Object.entries(counted)) {
    const whole = await report(name, '&interval=month')
    assert.equal(whole.total.all.tickets, those.length, name)
    assert.deepEqual([whole.behind, whole.complete], [0, true])
    assert.equal(
      whole.rows.reduce((sum: number, row: Row) => sum + row.figures.all.tickets, 0),
      those.length,
      'the parts are the whole',
    )
    assert.deepEqual(
      (await listed(`/reports/${name}/tickets?from=${FROM}`)).map(({ id }) => id).toSorted(),
      those.map(({ id }) => id).toSorted(),
    )
    for (const [by, valuesOf] of Object.entries(dims)) {
      const { rows, total } = await report(name, `&by=${by}`)
      const expected: Record<string, number> = {}
      for (const ticket of those) for (const value of valuesOf(ticket)) expected[value] = (expected[value] ?? 0) + 1
      const told = tellRows(name === 'backlog' ? sumAges(rows) : rows)
      assert.deepEqual(told, expected, `${name} by ${by}`)
      assert.equal(total.all.tickets, those.length)
      for (const [value, count] of Object.entries(expected)) {
        const asked = value === '' ? '' : `&value=${encodeURIComponent(value)}`
        const behind = await listed(`/reports/${name}/tickets?from=${FROM}&by=${by}${asked}`)
        assert.equal(behind.length, count, `${name} by ${by}: ${value}`)
        assert.ok(behind.every((ticket) => valuesOf(ticket).includes(value)))
      }
    }
  }
  const reopened = known.filter((each) => !each.isMerged && each.reopened > 0)
  const told = (await report('reopened')).total.all
  const before = all.length - tickets.length
  assert.ok(told.tickets >= reopened.length && told.tickets <= reopened.length + before)
  const { rows } = await report('reopened', '&by=group')
  assert.equal(
    rows.reduce((sum: number, row: Row) => sum + row.figures.all.sum, 0),
    told.sum,
  )
  const replies = known.filter(
    (each) => !each.isMerged && tickets.some(({ id, status }) => id === each.id && finished(status)),
  )
  // The key is a machine's.
  const withReplies = await listed(`/reports/replies/tickets?from=${FROM}&measure=automations`)
  assert.deepEqual(
    withReplies
      .map(({ id }) => id)
      .filter((id) => known.some((each) => each.id === id))
      .toSorted(),
    replies
      .filter((each) => each.replies > 0)
      .map(({ id }) => id)
      .toSorted(),
  )
})

/** Rows of one value for each age, as one. */
function sumAges(rows: readonly Row[]): readonly Row[] {
  return [...Map.groupBy(rows, ({ value }) => value)].map(([value, each]) => {
    const sum = (of: (row: Row) => number): number => each.reduce((sum, row) => sum + of(row), 0)
    return {
      value,
      figures: {
        all: { tickets: sum(({ figures }) => figures.all.tickets), sum: sum(({ figures }) => figures.all.sum) },
      },
    }
  })
}

test('all is counted anew where somebody asks for it, and comes to the same', async () => {
  const read = async () => {
    const all: unknown[] = []
    for (const name of REPORT_NAMES)
      for (const by of ['', '&by=desk', '&by=tag', '&by=field.plan', '&by=dialect'])
        all.push(...(await report(name, `${by}&to=2100-01-01&zone=Asia/Kathmandu`)).rows)
    return all
  }
  const before = await read()
  const outside = new pg.Client(world.database.connection)
  await outside.connect()
  await outside.query('update report_positions set rules = 0')
  await outside.end()
  assert.deepEqual(await read(), before)
})

test('a query and a dialect narrow a report, and its parts are by the calendar of the zone', async () => {
  const { total } = await report('created', '&q=tag:red')
  assert.equal(total.all.tickets, (await listed('/tickets?q=tag:red')).length)
  const none = await report('created', '&q=field.plan:none')
  assert.equal(none.total.all.tickets, (await listed('/tickets?q=field.plan:none')).length)
  const native = await report('created', '&dialect=native&by=dialect')
  assert.deepEqual(Object.keys(tellRows(native.rows)), ['native'])
  const days = await done('GET', '/reports/created?from=2026-03-28&to=2026-03-31&zone=Europe/Berlin&interval=day')
  assert.deepEqual(
    days.rows.map(({ from, to }: { from: string; to: string }) => [from, to]),
    [
      ['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z'],
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
      ['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'],
    ],
  )
})

test('a report is a table for whoever asks for one, without formulas and with numbers as numbers', async () => {
  const answer = await ask('GET', `/reports/solved?from=${FROM}&by=tag`, undefined, { accept: 'text/csv' })
  assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
  const [head] = answer.text.split('\r\n')
  assert.equal(head, 'tag,name,from,to,all_tickets,people_tickets,automations_tickets')
  assert.equal((await ask('GET', `/reports/solved?from=${FROM}&by=tag&format=csv`)).text, answer.text)
  assert.equal(csvOf([['=1+1', '@a', '-b', 'a,"b"', -5, null]]), `'=1+1,'@a,'-b,"a,""b""",-5,\r\n`)
})

test('what cannot be asked is refused by its name, and nothing is told to who may not read reports', async () => {
  const refused = async (name: string, query: string) => {
    const { status, json } = await ask('GET', `/reports/${name}?${query}`)
    return [status, json.errors?.[0]?.field]
  }
  assert.deepEqual(await refused('created', ''), [400, 'from'])
  assert.deepEqual(await refused('created', 'from=2026-02-30'), [400, 'from'])
  assert.deepEqual(await refused('created', 'from=2026-01-01T10:01:00Z'), [400, 'from'])
  assert.deepEqual(await refused('created', 'from=2026-01-02&to=2026-01-01'), [400, 'to'])
  assert.deepEqual(await refused('created', 'from=2026-01-01&zone=Mars/Base'), [400, 'zone'])
  assert.deepEqual(await refused('created', 'from=2026-01-01&by=title'), [400, 'by'])
  assert.deepEqual(await refused('created', 'from=2020-01-01&interval=day&zone=UTC'), [400, 'interval'])
  assert.deepEqual(await refused('created', 'from=2026-01-01&q=printer'), [400, 'q'])
  assert.deepEqual(await refused('created', 'from=2026-01-01&q=tag:red&by=group'), [400, 'q'])
  assert.deepEqual(await refused('created', 'from=2026-01-01&q=tag:red,blue'), [400, 'q'])
  assert.equal((await refused('other', 'from=2026-01-01'))[0], 400)
  assert.deepEqual(await refused('created/tickets', 'from=2026-01-01&measure=people'), [400, 'measure'])
  const { secret } = await done('POST', '/credentials', { name: 'No reports', scopes: ['ticket.read'] })
  const answer = await ask('GET', '/reports/created?from=2026-01-01', undefined, { authorization: `Bearer ${secret}` })
  assert.equal(answer.status, 403)
})
