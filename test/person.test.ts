import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { LOAD_TENANT, tenantOf } from '../src/core/catalogue/store/snapshot.ts'
import { exportPerson } from '../src/core/users/export.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openStore } from '../src/storage/store.ts'
import { PROGRAM } from './process.ts'
import { databaseUrl, startWorld, type World } from './world.ts'

const SECRET = 'xyzzy'

let world: World
let outside: pg.Pool
let folder: string
before(async () => {
  world = await startWorld()
  outside = new pg.Pool({ ...world.database.connection, max: 1 })
  folder = await mkdtemp(join(tmpdir(), 'polydesk-person-'))
})
after(async () => {
  await outside?.end()
  await world?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Runs the real command line on the server's database and files, with `typed` at its terminal. */
async function cli(typed: string, ...args: readonly string[]) {
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  const child = spawn(process.execPath, [PROGRAM, 'user', ...args], { env })
  child.stdin.end(typed)
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

const as = (key: string) => ({ authorization: `Bearer ${key}` })

async function native(
  status: number,
  method: string,
  path: string,
  body?: unknown,
  key = world.value('POLYDESK_API_KEY'),
) {
  const answer = await world.send(method, path, { headers: as(key), ...(body !== undefined && { body }) })
  assert.equal(answer.status, status, answer.text)
  return answer.json
}

/** A person with a key, who asked for a ticket with a file, and of whom others know an address. */
async function newPerson(name: string) {
  const email = `${name}.${SECRET}@example.com`
  const memberships = [{ desk: 1, role: 'customer' }]
  const person = await native(201, 'POST', '/v1/users', {
    ...{ name, surname: 'Müller', email, fields: { pet: `${name} ${SECRET}` }, memberships },
    addresses: [{ kind: 'twitter', address: `@${name}` }],
    external_ids: [{ desk: 1, id: `${name}-${SECRET}` }],
  })
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  const token = spawn(process.execPath, [PROGRAM, 'token', 'create', 'native', 'api_key', '--user', email], { env })
  const key = /^secret (\S+)$/m.exec(await text(token.stdout))?.[1] ?? assert.fail('no key')
  const form = new FormData()
  form.append('file', new Blob([`bytes of ${SECRET}`], { type: 'text/plain' }), 'note.txt')
  const upload = await world.send('POST', '/v1/attachments', { headers: as(key), body: form })
  assert.equal(upload.status, 201, upload.text)
  const ticket = await native(
    201,
    'POST',
    '/v1/tickets',
    { title: `Title ${SECRET}`, text: `Words ${SECRET}`, attachments: [upload.json.id] },
    key,
  )
  return { person, email, key, ticket, fileId: upload.json.id as string }
}

interface Told {
  readonly kind: string
  readonly record: Readonly<Record<string, unknown>>
}

const recordsIn = (lines: string): readonly Told[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('an export tells who a person is, what they have, asked, wrote and sent, and no secret', async () => {
  const { person, email, key, ticket, fileId } = await newPerson('ann')
  const files = join(folder, 'ann-files')
  const { code, stdout, stderr } = await cli('', 'export', email, '--files', files)
  assert.deepEqual([code, stderr], [0, ''])
  const records = recordsIn(stdout)
  const of = (kind: string) => records.filter((each) => each.kind === kind).map(({ record }) => record)
  const [user = {}, ...others] = of('user')
  assert.deepEqual(others, [])
  assert.deepEqual(
    [user['id'], user['email'], user['fields'], user['has_password']],
    [person.id, email, { pet: `ann ${SECRET}` }, false],
  )
  assert.match(JSON.stringify(user['addresses']), /@ann/)
  assert.match(JSON.stringify(user['external_ids']), new RegExp(`ann-${SECRET}`))
  assert.equal(of('credential').length, 1)
  assert.deepEqual(
    of('ticket').map((each) => [each['id'], each['title']]),
    [[ticket.id, `Title ${SECRET}`]],
  )
  assert.deepEqual(
    of('message').map((each) => each['original']),
    [`Words ${SECRET}`],
  )
  assert.deepEqual(
    of('attachment').map((each) => [each['id'], each['name']]),
    [[fileId, 'note.txt']],
  )
  assert.deepEqual(
    of('event').map((each) => each['kind']),
    ['user.created', 'ticket.created'],
  )
  assert.equal(await readFile(join(files, `${fileId}.txt`), 'utf8'), `bytes of ${SECRET}`)
  const { rows } = await outside.query<{ hash: string }>(
    "select encode(secret_hash, 'hex') as hash from credentials where user_id = $1",
    [person.id],
  )
  for (const secret of [key, rows[0]?.hash ?? assert.fail()]) assert.ok(!stdout.includes(secret))

  const out = join(folder, 'ann.json')
  assert.equal((await cli('', 'export', person.id, '--json', '--out', out)).code, 0)
  assert.deepEqual(JSON.parse(await readFile(out, 'utf8')), records)
  assert.equal((await stat(out)).mode & 0o777, 0o600)
  const again = await cli('', 'export', person.id, '--out', out)
  assert.deepEqual([again.code, again.stdout], [1, ''])
  assert.match(again.stderr, /is there already/)
})

test('an export has every record once, however many pages they take, and none of another person or tenant', async () => {
  const { person, key } = await newPerson('ben')
  const { key: other } = await newPerson('bea')
  for (let nth = 0; nth < 23; nth++) {
    await native(201, 'POST', '/v1/tickets', { title: `B${nth}`, text: `b${nth}` }, key)
    if (nth % 5 === 0) await native(201, 'POST', '/v1/tickets', { title: 'Other', text: 'other' }, other)
  }
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  const store = openStore(openDatabase({ connection: world.database.connection }))
  try {
    const [row] = await store.run(LOAD_TENANT.with({ tenant_id: tenantId }))
    const tenant = tenantOf(row ?? assert.fail())
    const told: Told[] = []
    for await (const each of exportPerson({ store, tenant }, person.id)) told.push(each)
    const kept = async (sql: string): Promise<string[]> =>
      (await outside.query<{ key: string }>(sql, [person.id])).rows.map((each) => each.key)
    const keysOf = (kind: string, key: string) =>
      told.filter((each) => each.kind === kind).map(({ record }) => String(record[key]))
    const expected = {
      ticket: await kept('select id as key from tickets where requester_id = $1 order by id'),
      message: await kept('select id as key from messages where author_id = $1 order by id'),
    }
    assert.equal(expected.ticket.length, 24)
    assert.deepEqual({ ticket: keysOf('ticket', 'id'), message: keysOf('message', 'id') }, expected)
    const positions =
      'select position::text as key from events where actor_id = $1 or subject_id = $1 order by position'
    assert.deepEqual(keysOf('event', 'position'), await kept(positions))
    const elsewhere = { ...tenant, id: '01a1fc56-0000-7000-8000-000000000000' }
    for await (const each of exportPerson({ store, tenant: elsewhere }, person.id)) assert.fail(each.kind)
  } finally {
    await store.database.close()
  }
})

/** The tables that hold a word in any column. */
async function whereKept(word: string): Promise<readonly string[]> {
  const { rows } = await outside.query<{ name: string }>(
    "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
  )
  const kept: string[] = []
  for (const { name } of rows)
    if ((await outside.query(`select 1 from ${name} x where strpos(x::text, $1) > 0`, [word])).rows.length > 0)
      kept.push(name)
  return kept
}

test('an erasure asks for the name, takes what was kept with the files and keys, and may be done again', async () => {
  const { person, email, key, fileId } = await newPerson('cid')
  const kept = async () => (await readdir(world.dataDir, { recursive: true })).filter((path) => path.includes(fileId))
  assert.equal((await kept()).length, 1)
  for (const typed of ['', 'no\n', 'Cid\n']) {
    const refused = await cli(typed, 'erase', email)
    assert.deepEqual([refused.code, refused.stdout], [1, ''])
    assert.match(refused.stderr, /1 ticket, 1 message, 1 file, 1 key or token\..*\n.*Nothing was erased/s)
  }
  assert.equal((await native(200, 'GET', `/v1/users/${person.id}`)).email, email)

  const erased = await cli('cid Mu\u0308ller\n', 'erase', email)
  assert.equal(erased.code, 0, erased.stderr)
  assert.equal(erased.stdout, `Erased cid Müller (${person.id}): 1 ticket, 1 message, 1 file, 1 key or token.\n`)
  assert.deepEqual(await whereKept(`cid.${SECRET}`), [])
  assert.deepEqual(await whereKept(`cid ${SECRET}`), [])
  assert.deepEqual(await kept(), [])
  await native(404, 'GET', `/v1/users/${person.id}`)
  await native(401, 'GET', '/v1/tickets', undefined, key)
  const { rows } = await outside.query(
    "select actor_id, dialect from events where kind = 'user.erased' and subject_id = $1",
    [person.id],
  )
  assert.deepEqual(rows, [{ actor_id: null, dialect: 'native' }])

  assert.equal((await cli('', 'erase', email, '--yes')).code, 1)
  await outside.query('update users set about = $2 where id = $1', [person.id, `late ${SECRET}`])
  const again = await cli('', 'erase', person.id, '--yes')
  assert.equal(again.code, 0, again.stderr)
  assert.deepEqual(await whereKept(`late ${SECRET}`), [])
})

test('who works on a desk, a service and an owner are not erased', async () => {
  const agent = await native(201, 'POST', '/v1/users', { name: 'Dan', memberships: [{ desk: 1, role: 'agent' }] })
  const { rows } = await outside.query<{ id: string }>("select id from users where kind = 'service' or is_owner")
  assert.ok(rows.length > 1)
  for (const id of [agent.id, ...rows.map((each) => each.id)]) {
    const { code, stderr } = await cli('', 'erase', id, '--yes')
    assert.deepEqual([code, stderr], [1, 'user: Only people who work on no desk can be erased.\n'])
  }
  assert.equal((await native(200, 'GET', `/v1/users/${agent.id}`)).name, 'Dan')
})
