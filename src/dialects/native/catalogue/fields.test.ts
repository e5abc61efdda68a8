import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { until } from '../../../../test/process.ts'
import { startWorld, type World } from '../../../../test/world.ts'

/** The fields that a tenant gives its tickets, and what tickets hold in them. */

let world: World
let outside: pg.Pool
before(async () => {
  world = await startWorld()
  outside = new pg.Pool({ ...world.database.connection, max: 1 })
})
after(async () => {
  await outside.end()
  await world.stop()
})

const native = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  world.send(method, `/v1${path}`, {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}`, ...headers },
    ...(body !== undefined && { body }),
  })

async function done(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await native(method, path, body, headers)
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.json
}

let count = 0
const fresh = (): string => `field_${++count}`

/** A field of a type, by its key. */
async function field(type: string, more: object = {}): Promise<string> {
  const key = fresh()
  const isChoice = type === 'choice' || type === 'choices'
  await done('POST', '/fields', {
    ...{ key, type, label: `Label of ${key}` },
    ...(isChoice && { choices: ['basic', { value: 'pro', label: 'Professional' }, 'old'] }),
    ...more,
  })
  return key
}

const opened = (fields: object) => done('POST', '/tickets', { title: 'With fields', fields })

/** What is wrong with an answer, by field. */
function issues(answer: Awaited<ReturnType<typeof native>>): Record<string, string> {
  assert.equal(answer.status, 400, answer.text)
  return Object.fromEntries(
    answer.json.errors.map((each: { field: string; rule: string }) => [each.field, each.rule] as const),
  )
}

describe('A field', () => {
  test('is added, shown by key and by id, and told by an event', async () => {
    const made = await native('POST', '/fields', {
      ...{ key: 'plan', type: 'choice', label: ' Plan ', description: 'What they pay for.' },
      choices: ['basic', { value: 'pro', label: 'Professional' }],
    })
    assert.equal(made.status, 201, made.text)
    const { id } = made.json
    assert.deepEqual(made.json, {
      ...{ id, key: 'plan', type: 'choice', label: 'Plan', description: 'What they pay for.' },
      choices: [
        { value: 'basic', label: 'basic', active: true },
        { value: 'pro', label: 'Professional', active: true },
      ],
      ...{ required: null, active: true },
    })
    assert.equal(made.headers.get('location'), '/v1/fields/plan')
    for (const name of ['plan', id]) assert.deepEqual(await done('GET', `/fields/${name}`), made.json)
    const { rows } = await outside.query(
      "select after from events where kind = 'field.created' and after ->> 'key' = 'plan'",
    )
    assert.deepEqual(rows, [
      { after: { id, key: 'plan', type: 'choice', label: 'Plan', choices: ['basic', 'Professional'] } },
    ])
  })

  test('is renamed, its choices are added to, renamed, ordered and retired, and none is lost', async () => {
    const key = await field('choice')
    const changed = await done('PATCH', `/fields/${key}`, {
      label: `Another label of ${key}`,
      choices: ['new', { value: 'pro', label: 'Pro' }, 'basic'],
    })
    assert.deepEqual(changed.choices, [
      { value: 'new', label: 'new', active: true },
      { value: 'pro', label: 'Pro', active: true },
      { value: 'basic', label: 'basic', active: true },
      { value: 'old', label: 'old', active: false },
    ])
    // What a value is called stays where nothing else is said.
    const back = await done('PATCH', `/fields/${key}`, { choices: ['pro', 'old'] })
    const told = back.choices.map((each: { label: string; active: boolean }) => `${each.label} ${each.active}`)
    assert.deepEqual(told, ['Pro true', 'old true', 'new false', 'basic false'])
    const { rows } = await outside.query(
      "select before, after from events where kind = 'field.changed' and after ->> 'id' = $1 order by position",
      [String(changed.id)],
    )
    assert.deepEqual(rows, [
      {
        before: { id: changed.id, label: `Label of ${key}`, choices: ['basic', 'Professional', 'old'] },
        after: { id: changed.id, label: `Another label of ${key}`, choices: ['new', 'Pro', 'basic'] },
      },
      {
        before: { id: changed.id, choices: ['new', 'Pro', 'basic'] },
        after: { id: changed.id, choices: ['Pro', 'old'] },
      },
    ])
  })

  test('that is changed into what it is already records nothing', async () => {
    const key = await field('choice')
    const choices = ['basic', 'pro', 'old']
    const same = await done('PATCH', `/fields/${key}`, { label: `Label of ${key}`, choices, active: true })
    const { rows } = await outside.query("select 1 from events where kind = 'field.changed' and after ->> 'id' = $1", [
      String(same.id),
    ])
    assert.equal(rows.length, 0)
  })

  test('is added and changed once by a key, however often it is asked for', async () => {
    const key = fresh()
    const add = { key, type: 'choice', label: `Label of ${key}`, choices: ['a'] }
    const made = await done('POST', '/fields', add, { 'idempotency-key': `add-${key}` })
    const change = { choices: ['a', 'b'] }
    const changed = await done('PATCH', `/fields/${key}`, change, { 'idempotency-key': `change-${key}` })
    await done('PATCH', `/fields/${key}`, { choices: ['c'] })
    assert.deepEqual(await done('POST', '/fields', add, { 'idempotency-key': `add-${key}` }), made)
    const repeated = await done('PATCH', `/fields/${key}`, change, { 'idempotency-key': `change-${key}` })
    assert.deepEqual(repeated.choices, changed.choices)
  })

  test('that many change at the same time keeps the choices of all', async () => {
    const key = await field('choices')
    const values = Array.from({ length: 8 }, (_, nth) => `at once ${nth}`)
    const answers = await Promise.all(
      values.map((value) => native('PATCH', `/fields/${key}`, { choices: ['basic', value] })),
    )
    const written = values.filter((_, nth) => answers[nth]?.status === 200)
    assert.ok(written.length > 0 && answers.every(({ status }) => status === 200 || status === 409))
    const { choices } = await done('GET', `/fields/${key}`)
    const there = choices.map((each: { value: string }) => each.value)
    for (const value of written) assert.ok(there.includes(value), value)
  })

  test('that many add at the same time is there once', async () => {
    const key = fresh()
    const add = (nth: number) => native('POST', '/fields', { key, type: 'text', label: `Number ${nth} of ${key}` })
    const answers = await Promise.all(Array.from({ length: 6 }, (_, nth) => add(nth)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  })

  test('with something wrong is refused by name, and nothing is changed', async () => {
    const key = await field('choice')
    const before = await done('GET', '/fields?limit=200')
    const add = (body: object) => native('POST', '/fields', { key: fresh(), type: 'text', label: fresh(), ...body })
    for (const wrong of ['', '1a', 'A', 'a-b', 'a.b', '__proto__', 'x'.repeat(41)])
      assert.deepEqual(Object.keys(issues(await add({ key: wrong }))), ['key'], wrong)
    assert.deepEqual(Object.keys(issues(await add({ type: 'colour' }))), ['type'])
    assert.deepEqual(issues(await add({ label: '  ' })), { label: 'required' })
    assert.deepEqual(issues(await add({ choices: ['a'] })), { choices: 'not_allowed' })
    assert.deepEqual(issues(await add({ type: 'choice' })), { choices: 'required' })
    assert.deepEqual(issues(await add({ type: 'choice', choices: ['a', ' a '] })), { 'choices[1]': 'choice' })
    assert.deepEqual(issues(await add({ type: 'choice', choices: ['a', { value: 'b', label: 'A' }] })), {
      'choices[1]': 'choice',
    })
    assert.deepEqual(issues(await add({ type: 'choices', choices: ['a', '  '] })), { 'choices[1]': 'required' })
    assert.equal((await add({ required: 'sometimes' })).status, 400)
    assert.equal((await add({ key })).status, 409)
    assert.equal((await add({ label: `LABEL of ${key}` })).status, 409)
    assert.equal((await native('PATCH', `/fields/${key}`, { key: 'other' })).status, 400)
    assert.equal((await native('PATCH', `/fields/${key}`, { type: 'text' })).status, 400)
    assert.deepEqual(issues(await native('PATCH', `/fields/${key}`, { choices: [] })), { choices: 'required' })
    for (const name of ['nothing', '999999', '0', '-1', '%20', '99999999999999999999'])
      assert.equal((await native('PATCH', `/fields/${name}`, { label: 'New' })).status, 404, name)
    assert.deepEqual(await done('GET', '/fields?limit=200'), before)
  })

  test('is added and changed by who manages the catalogue, and read by everybody', async () => {
    const key = await field('text')
    const scoped = async (...scopes: string[]) =>
      `Bearer ${(await done('POST', '/credentials', { name: scopes.join(' '), scopes })).secret}`
    const reader = await scoped('catalogue.read')
    const as = (authorization: string) => ({ authorization })
    assert.equal((await native('GET', `/fields/${key}`, undefined, as(reader))).status, 200)
    const add = { key: fresh(), type: 'text', label: fresh() }
    assert.equal((await native('POST', '/fields', add, as(reader))).status, 403)
    assert.equal((await native('PATCH', `/fields/${key}`, { label: 'Other' }, as(reader))).status, 403)
    assert.equal((await native('GET', '/fields', undefined, as(await scoped('ticket.read')))).status, 403)
  })
})

describe('A ticket', () => {
  test('holds a value of each type, from its opening on and as it is changed, wherever it is shown', async () => {
    const types = ['text', 'number', 'boolean', 'date', 'choice', 'choices', 'person']
    const keys = Object.fromEntries(await Promise.all(types.map(async (type) => [type, await field(type)] as const)))
    const key = (type: string): string => keys[type] ?? assert.fail(type)
    const me = (await done('GET', '/me')).user
    const held = {
      [key('text')]: 'Café',
      [key('number')]: -12.5,
      [key('boolean')]: false,
      [key('date')]: '2024-02-29',
      [key('choice')]: 'pro',
      [key('choices')]: ['basic', 'old'],
      [key('person')]: me.id,
    }
    const wanted = {
      ...held,
      [key('text')]: '  Cafe\u0301 ',
      [key('choices')]: ['old', 'basic', 'old'],
      [key('person')]: me.id.toUpperCase(),
    }
    const made = await opened(wanted)
    assert.deepEqual(made.fields, held)
    assert.deepEqual((await done('GET', `/tickets/${made.id}`)).fields, held)
    const [listed] = (await done('GET', '/tickets?limit=1')).data
    assert.deepEqual(listed.fields, held)
    const plain = await done('POST', '/tickets', { title: 'Without any' })
    assert.deepEqual(plain.fields, {})
    const changed = await done('PATCH', `/tickets/${plain.id}`, { fields: held })
    assert.deepEqual([changed.fields, changed.version], [held, 2])
  })

  test('keeps what a change does not name, and null empties a field; one event tells both of each', async () => {
    const [one, two, three] = [await field('text'), await field('number'), await field('boolean')]
    const { id } = await opened({ [one]: 'before', [two]: 1 })
    const changed = await done('PATCH', `/tickets/${id}`, { fields: { [one]: 'after', [two]: null, [three]: true } })
    assert.deepEqual(changed.fields, { [one]: 'after', [three]: true })
    const same = await done('PATCH', `/tickets/${id}`, { fields: { [one]: 'after', [two]: null } })
    assert.equal(same.version, changed.version)
    const { data } = await done('GET', `/tickets/${id}/timeline`)
    const told = data.filter((each: { kind: string }) => each.kind === 'ticket.fields_changed')
    assert.deepEqual(
      told.map(({ before, after }: { before: unknown; after: unknown }) => ({ before, after })),
      [
        {
          before: { fields: { [one]: 'before', [two]: 1, [three]: null } },
          after: { fields: { [one]: 'after', [two]: null, [three]: true } },
        },
      ],
    )
  })

  test('with a value that does not fit is refused, naming each field, and stays as it is', async () => {
    const key: Record<string, string> = {}
    for (const type of ['text', 'number', 'boolean', 'date', 'choice', 'choices', 'person'])
      key[type] = await field(type)
    const { id } = await opened({})
    const wrong: readonly (readonly [type: string, value: unknown, rule: string])[] = [
      ['text', 5, 'type'],
      ['text', '   ', 'required'],
      ['text', 'x'.repeat(2_001), 'too_long'],
      ['number', '5', 'type'],
      ['number', 1e16, 'too_large'],
      ['number', -1e300, 'too_small'],
      ['boolean', 'true', 'type'],
      ['boolean', 1, 'type'],
      ['date', 20260131, 'type'],
      ['date', '2026-02-30', 'format'],
      ['date', '31.01.2026', 'format'],
      ['date', '2026-01-31T00:00:00Z', 'format'],
      ['choice', 'Professional', 'choice'],
      ['choice', ['pro'], 'type'],
      ['choices', 'pro', 'type'],
      ['choices', ['pro', 'none of them'], 'choice'],
      ['person', 'somebody', 'unknown'],
      ['person', '0198c0de-0000-7000-8000-000000000000', 'unknown'],
      ['person', true, 'type'],
    ]
    for (const [type, value, rule] of wrong) {
      const fields = { [key[type] ?? '']: value }
      const expected = { [`fields.${key[type]}`]: rule }
      assert.deepEqual(issues(await native('PATCH', `/tickets/${id}`, { fields })), expected, `${type} ${value}`)
      assert.deepEqual(issues(await native('POST', '/tickets', { title: 'No', fields })), expected)
    }
    const unknown = { nothing_such: 1, [key['number'] ?? '']: 'x' }
    assert.deepEqual(issues(await native('PATCH', `/tickets/${id}`, { fields: unknown })), {
      'fields.nothing_such': 'unknown',
      [`fields.${key['number']}`]: 'type',
    })
    const proto: unknown = JSON.parse('{"fields": {"__proto__": "x"}}')
    assert.equal((await native('PATCH', `/tickets/${id}`, proto)).status, 400)
    for (const fields of [null, [], 'x', { [key['text'] ?? '']: { a: 1 } }, { [key['choices'] ?? '']: [1] }])
      assert.equal((await native('PATCH', `/tickets/${id}`, { fields })).status, 400, JSON.stringify(fields))
    const now = await done('GET', `/tickets/${id}`)
    assert.deepEqual([now.fields, now.version], [{}, 1])
  })

  test('keeps and shows what was retired since, may be emptied of it, and gets no more of it', async () => {
    const [choice, text] = [await field('choices'), await field('text')]
    const held = { [choice]: ['pro', 'old'], [text]: 'Kept' }
    const { id } = await opened(held)
    await done('PATCH', `/fields/${choice}`, { choices: ['basic', 'pro'] })
    await done('PATCH', `/fields/${text}`, { active: false })
    assert.deepEqual((await done('GET', `/tickets/${id}`)).fields, held)
    const change = (fields: object, ticket = id) => native('PATCH', `/tickets/${ticket}`, { fields })
    assert.deepEqual((await change({ [choice]: ['basic', 'old'], [text]: 'Kept' })).json.fields, {
      ...{ [choice]: ['basic', 'old'], [text]: 'Kept' },
    })
    assert.deepEqual(issues(await change({ [text]: 'Another' })), { [`fields.${text}`]: 'unknown' })
    const other = (await opened({})).id
    assert.deepEqual(issues(await change({ [choice]: ['old'], [text]: 'Kept' }, other)), {
      [`fields.${choice}`]: 'choice',
      [`fields.${text}`]: 'unknown',
    })
    assert.deepEqual((await change({ [choice]: [], [text]: null })).json.fields, {})
    await done('PATCH', `/fields/${text}`, { active: true })
    assert.deepEqual((await change({ [text]: 'Again' })).json.fields, { [text]: 'Again' })
  })

  test('is found by the words of its texts, and by them as they were changed', async () => {
    const text = await field('text')
    const { id } = await opened({ [text]: 'Zwetschge' })
    const found = async (q: string) =>
      (await done('GET', `/tickets?q=${q}`)).data.map((each: { id: string }) => each.id)
    assert.deepEqual(await found('zwetsch'), [id])
    await done('PATCH', `/tickets/${id}`, { fields: { [text]: 'Mirabelle' } })
    assert.deepEqual([await found('mirabelle'), await found('zwetschge')], [[id], []])
  })

  test('that is changed under a version, or by a key again, is as for other fields', async () => {
    const text = await field('text')
    const { id } = await opened({ [text]: 'one' })
    const stale = await native('PATCH', `/tickets/${id}`, { fields: { [text]: 'two' } }, { 'if-match': '"7"' })
    assert.equal(stale.status, 412)
    const key = { 'idempotency-key': `set-${text}` }
    const first = await native('PATCH', `/tickets/${id}`, { fields: { [text]: 'three' } }, key)
    await done('PATCH', `/tickets/${id}`, { fields: { [text]: 'four' } })
    const again = await native('PATCH', `/tickets/${id}`, { fields: { [text]: 'three' } }, key)
    assert.deepEqual(again.json.fields, first.json.fields)
    assert.deepEqual((await done('GET', `/tickets/${id}`)).fields, { [text]: 'four' })
  })
})

describe('What is required', () => {
  /** A field that tickets have to have, for as long as `work` goes on. */
  async function requiring(required: string, work: (key: string) => Promise<void>): Promise<void> {
    const key = await field('text', { required })
    await work(key).finally(() => done('PATCH', `/fields/${key}`, { active: false }))
  }

  test('to solve is demanded of whoever works on the desk, by every dialect, and not of a requester', () =>
    requiring('to_solve', async (key) => {
      const { id } = await opened({})
      for (const status of ['solved', 'closed'])
        assert.deepEqual(issues(await native('PATCH', `/tickets/${id}`, { status })), { [`fields.${key}`]: 'required' })
      const reply = await native('POST', `/tickets/${id}/messages`, { text: 'Done', status: 'solved' })
      assert.deepEqual(issues(reply), { [`fields.${key}`]: 'required' })
      const headers = {
        authorization: `Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`,
        'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID'),
      }
      const solve = { headers, body: { ticket: { status: 'solved' } } }
      const path = `/support/tickets/v1/${id}/status`
      const refused = await world.send('PUT', path, solve)
      assert.equal(refused.status, 400, refused.text)
      assert.equal((await done('GET', `/tickets/${id}`)).status, 'new')
      const solved = await done('PATCH', `/tickets/${id}`, { status: 'solved', fields: { [key]: 'A reason' } })
      assert.deepEqual([solved.status, solved.fields], ['solved', { [key]: 'A reason' }])
      // What is over already is not asked again.
      assert.equal((await done('PATCH', `/tickets/${id}`, { fields: { [key]: null } })).status, 'solved')
      assert.equal((await done('PATCH', `/tickets/${id}`, { status: 'closed' })).status, 'closed')
    }))

  test('to open is demanded where fields can be given, and by no other dialect', () =>
    requiring('to_open', async (key) => {
      const refused = await native('POST', '/tickets', { title: 'Without' })
      assert.deepEqual(issues(refused), { [`fields.${key}`]: 'required' })
      const { id } = await opened({ [key]: 'With' })
      assert.ok(id)
      const basic = Buffer.from(`${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`).toString(
        'base64',
      )
      const made = await world.send('POST', `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`, {
        headers: { authorization: `Basic ${basic}` },
        body: { title: 'From elsewhere', body: 'Text', contact: { email: 'elsewhere@example.com' } },
      })
      assert.equal(made.status, 200, made.text)
    }))
})

describe('A bulk job', () => {
  const ended = (id: string) =>
    until('a job to end', async () => {
      const job = await done('GET', `/jobs/${id}`)
      return job.state === 'done' ? job : undefined
    })

  test('sets fields, and gives back what tickets held, but for what is newer', async () => {
    const [one, two] = [await field('choice'), await field('text')]
    const [plain, moved, elsewhere] = [
      await opened({ [one]: 'basic' }),
      await opened({}),
      await opened({ [two]: 'Kept' }),
    ]
    const tickets = [plain.id, moved.id, elsewhere.id]
    const begun = await done('POST', '/jobs', { tickets, change: { fields: { [one]: 'pro' } } })
    assert.deepEqual(begun.change, { fields: { [one]: 'pro' } })
    assert.equal((await ended(begun.id)).changed, 3)
    await done('PATCH', `/tickets/${moved.id}`, { fields: { [one]: 'old' } })
    await done('PATCH', `/tickets/${elsewhere.id}`, { fields: { [two]: 'Newer' } })
    const undone = await ended((await done('POST', `/jobs/${begun.id}/undo`)).id)
    assert.deepEqual([undone.changed, undone.refused], [2, 1])
    const held = await Promise.all(tickets.map(async (id) => (await done('GET', `/tickets/${id}`)).fields))
    assert.deepEqual(held, [{ [one]: 'basic' }, { [one]: 'old' }, { [two]: 'Newer' }])
    const [result] = (await done('GET', `/jobs/${undone.id}/results?outcome=refused`)).data
    assert.match(result.problem.detail, /Changed since: fields\./)
  })

  test('is refused at once for a value that no ticket can hold', async () => {
    const key = await field('number')
    const begin = (change: object) => native('POST', '/jobs', { tickets: [], change })
    assert.deepEqual(issues(await begin({ fields: { [key]: 'x' } })), { [`change.fields.${key}`]: 'type' })
    assert.deepEqual(issues(await begin({ fields: {} })), { change: 'required' })
  })
})

test('Of an erased person’s ticket the texts and people in fields go, also from what was told of them', async () => {
  const [text, person, choice] = [await field('text'), await field('person'), await field('choice')]
  const me = (await done('GET', '/me')).user.id
  const memberships = [{ desk: world.value('MOOV_ACCOUNT_ID'), role: 'customer' }]
  const gone = await done('POST', '/users', { name: 'Gone', email: `${text}@example.com`, memberships })
  const held = { [text]: 'Their secret', [person]: gone.id, [choice]: 'pro' }
  const { id } = await done('POST', '/tickets', { title: 'Theirs', requester: { id: gone.id }, fields: held })
  await done('PATCH', `/tickets/${id}`, { fields: { [text]: 'Another secret', [person]: me, [choice]: 'basic' } })
  const answer = await native('DELETE', `/users/${gone.id}`)
  assert.equal(answer.status, 204, answer.text)
  assert.deepEqual((await done('GET', `/tickets/${id}`)).fields, { [choice]: 'basic' })
  const { rows } = await outside.query(
    "select before, after from events where ticket_id = $1 and kind = 'ticket.fields_changed'",
    [id],
  )
  assert.deepEqual(rows, [{ before: { fields: { [choice]: 'pro' } }, after: { fields: { [choice]: 'basic' } } }])
})
