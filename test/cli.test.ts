import assert from 'node:assert/strict'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { type TestDatabase, testDatabase } from './database.ts'
import { type Ended, type Installation, laterInstallation, newInstallation, polydesk, type Served } from './process.ts'
import { databaseUrl, send } from './world.ts'

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const NOBODY = '01a1fc56-0000-7000-8000-000000000000'

type Environment = Readonly<Record<string, string>>

/** Runs a command that must succeed. @returns what it printed. */
async function done(environment: Environment, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await polydesk(args, environment)
  assert.equal(code, 0, `polydesk ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** The groups that a printed text must show. */
function shown(text: string, pattern: string): readonly string[] {
  const [, ...groups] = new RegExp(`^${pattern}$`, 'm').exec(text) ?? assert.fail(`${pattern} is not in ${text}`)
  return groups
}

/** Every command once, each building on the one before. @returns a key, and one that was revoked. */
async function everyCommand(environment: Environment, tenant: string): Promise<{ live: string; revoked: string }> {
  assert.match(await done(environment, 'migrate'), /^The schema is up to date\.\n$/)
  const made = await done(environment, 'tenant', 'create', tenant, '--desk', 'Front')
  const [tenantId = ''] = shown(made, `tenant (${UUID})`)
  const [service = ''] = shown(made, `service user (${UUID})`)
  assert.match(await done(environment, 'tenant', 'list'), new RegExp(`^ID +NAME\\n(.*\\n)*${tenantId}  ${tenant}\\n`))
  const added = await done(environment, 'tenant', 'add-desk', 'Back', '--tenant', tenant)
  shown(added, `desk ${UUID} \\(2\\)`)
  const person = ['--email', 'Ann@Example.com', '--role', 'agent', '--desk', 'Back', '--external-id', 'ann-1']
  const [ann = ''] = shown(
    await done(environment, 'user', 'add', 'Ann', ...person, '--tenant', tenantId),
    `user (${UUID}) \\(2\\)`,
  )
  assert.notEqual(ann, service)
  const link = await done(environment, 'user', 'password-link', 'ann@example.com', '--tenant', tenantId)
  assert.match(link, /^http:\/\/\S+\/password#\w{40}\n$/)
  const machine = ['--kind', 'automation', '--photo-url', 'https://example.com/lem.png', '--role', 'agent']
  shown(await done(environment, 'user', 'add', 'Lem', ...machine, '--tenant', tenantId), `user ${UUID} \\(3\\)`)
  assert.equal(await done(environment, 'form', 'add', ' Complaint ', '--tenant', tenant), 'form 1 (Complaint)\n')
  assert.equal(await done(environment, 'form', 'add', 'Order', '--tenant', tenantId), 'form 2 (Order)\n')
  const issue = ['token', 'create', 'native', 'api_key', '--tenant', tenant]
  const issued = await done(environment, ...issue, '--user', 'ann@example.com', '--name', "Ann's")
  const [live = '', liveId = ''] = shown(issued, `secret (\\w{40})\nid (${UUID})`)
  const [revoked = '', revokedId = ''] = shown(await done(environment, ...issue), `secret (\\w{40})\nid (${UUID})`)
  assert.equal(await done(environment, 'token', 'revoke', revokedId, '--tenant', tenant), 'Revoked.\n')
  await done(environment, 'token', 'create', 'moov', 'basic', '--test', '--name', 'Trying', '--tenant', tenant)
  const listed = await done(environment, 'token', 'list', '--tenant', tenant)
  const young = '(?:just now|\\d+ minutes? ago)'
  shown(listed, 'ID +DIALECT +KIND +STATE +CREATED +LAST_USED +NAME +SCOPES +MODE')
  shown(listed, `${UUID}  moov +basic +live +${young} +never +Trying +test`)
  shown(listed, `${liveId}  native +api_key +live +${young} +never +Ann's +\\* +live`)
  shown(listed, `${revokedId}  native +api_key +revoked +${young} +never +Unnamed +\\* +live`)
  const forPrograms: unknown = JSON.parse(await done(environment, 'token', 'list', '--json', '--tenant', tenant))
  assert.ok(Array.isArray(forPrograms))
  assert.deepEqual(
    forPrograms.map((each) => Reflect.get(Object(each), 'id')).filter((id) => id === liveId || id === revokedId),
    [liveId, revokedId],
  )
  assert.doesNotMatch(listed, new RegExp(`${live}|${revoked}`), 'secrets are shown once')
  return { live, revoked }
}

const listWith = async (url: string, key: string): Promise<number> =>
  (await send(url, 'GET', '/v1/tickets', { headers: { authorization: `Bearer ${key}` } })).status

describe('every command', () => {
  let installation: Installation
  let server: Served
  before(async () => {
    installation = await laterInstallation()
    server = await installation.start()
  })
  after(() => installation?.remove())

  test('works beside a running server, which sees the effect at once', async () => {
    const { live, revoked } = await everyCommand({ POLYDESK_DATA_DIR: installation.dataDir }, 'Beside')
    assert.equal(await listWith(server.url, live), 200)
    assert.equal(await listWith(server.url, revoked), 401)
    assert.equal((await installation.postmasters()).length, 1)
  })

  test('waits while a running server starts its database again', async () => {
    for (const postmaster of await installation.postmasters()) process.kill(postmaster, 'SIGKILL')
    const list = () => done({ POLYDESK_DATA_DIR: installation.dataDir }, 'tenant', 'list')
    await Promise.all([list(), list()])
    assert.equal((await installation.postmasters()).length, 1)
  })

  test('works on the database of a stopped server, and the next start finds its work', async () => {
    server.signal('SIGTERM')
    await server.ended
    // As after a reboot: the process id in the file is another program's now.
    const stale = [
      process.pid,
      join(installation.dataDir, 'postgres-18'),
      1,
      5432,
      '/tmp/nowhere',
      '',
      '1 1',
      'ready',
      '',
    ]
    await writeFile(join(installation.dataDir, 'postgres-18', 'postmaster.pid'), stale.join('\n'))
    // Each starts the database and stops it again.
    const environment = { POLYDESK_DATA_DIR: installation.dataDir }
    await done(environment, 'tenant', 'create', 'Stopped')
    const issue = ['token', 'create', 'native', 'api_key', '--tenant', 'Stopped']
    const [live = ''] = shown(await done(environment, ...issue), `secret (\\w{40})\nid ${UUID}`)
    const [revoked = '', id = ''] = shown(await done(environment, ...issue), `secret (\\w{40})\nid (${UUID})`)
    await done(environment, 'token', 'revoke', id, '--tenant', 'Stopped')
    assert.deepEqual(await installation.postmasters(), [], 'a command stops what it started')
    server = await installation.start()
    assert.equal(await listWith(server.url, live), 200)
    assert.equal(await listWith(server.url, revoked), 401)
  })
})

describe('where there is no store', () => {
  test('a command refuses, makes nothing, and tells where it looked', async () => {
    const installation = await newInstallation()
    const environment = { POLYDESK_DATA_DIR: installation.dataDir, POLYDESK_DATADIR: '/elsewhere' }
    try {
      for (const args of [['token', 'list'], ['tenant', 'create', 'One'], ['migrate'], ['user', 'add', 'Ann']]) {
        const { code, stdout, stderr } = await polydesk(args, environment)
        assert.match(
          stderr,
          /^POLYDESK_DATADIR is set, .* Did you mean POLYDESK_DATA_DIR\?\nThere is no database in \/\S+\. /,
        )
        assert.deepEqual([code, stdout], [1, ''])
        await assert.rejects(access(installation.dataDir), { code: 'ENOENT' })
      }
      await done(environment, 'tenant', 'create', 'One', '--create')
      const { stdout, stderr } = await polydesk(['tenant', 'list', '--verbose'], environment)
      assert.match(stdout, /^ID +NAME\n\S+ {2}One\n$/)
      assert.match(stderr, new RegExp(`This is the embedded database in ${installation.dataDir}\\.\\n$`))
    } finally {
      await installation.remove()
    }
  })

  test('doctor tells that there is no database, and makes none', async () => {
    const installation = await newInstallation()
    try {
      const environment = { POLYDESK_DATA_DIR: installation.dataDir }
      const { code, stdout } = await polydesk(['doctor', '--json'], environment)
      const findings: { check: string; level: string; message: string }[] = JSON.parse(stdout).findings
      assert.deepEqual(
        findings.map(({ check, level }) => [check, level]),
        [
          ['settings', 'ok'],
          ['database', 'ok'],
        ],
      )
      assert.ok(findings[1]?.message.startsWith(`There is no database in ${installation.dataDir} yet`))
      assert.equal(code, 0)
      await assert.rejects(access(installation.dataDir))
    } finally {
      await installation.remove()
    }
  })

  test('an empty database of one’s own gets its tables by migrate only', async () => {
    const database = await testDatabase({ migrated: false })
    const environment = { DATABASE_URL: databaseUrl(database) }
    try {
      const { code, stdout, stderr } = await polydesk(['tenant', 'list'], environment)
      assert.match(
        stderr,
        /^Polydesk has no tables in the database \S+ on \S+ \(DATABASE_URL\)\. The first start of a server /,
      )
      assert.deepEqual([code, stdout], [1, ''])
      await done(environment, 'migrate')
      const empty = await polydesk(['tenant', 'list'], environment)
      assert.equal(empty.stdout, 'ID  NAME\n')
      assert.match(empty.stderr, /^This is the database \S+ on \S+ \(DATABASE_URL\)\. Commands need the same options /)
    } finally {
      await database.close()
    }
  })
})

describe('with a database of one’s own', () => {
  let database: TestDatabase
  let environment: Environment
  before(async () => {
    database = await testDatabase({ migrated: false })
    environment = { DATABASE_URL: databaseUrl(database) }
    assert.match(await done(environment, 'migrate'), /^Ran 0001_help_desk\.sql[^\n]*\.\n$/)
  })
  after(() => database?.close())

  /** That a command is refused with one sentence on standard error, and changed nothing. */
  async function refused(args: readonly string[], sentence: RegExp): Promise<void> {
    const { code, stdout, stderr }: Ended = await polydesk(args, environment)
    assert.match(stderr, sentence, `polydesk ${args.join(' ')}`)
    assert.doesNotMatch(stderr, /^\s+at /m, 'a trace is no sentence')
    assert.deepEqual([code, stdout], [1, ''], `polydesk ${args.join(' ')}`)
  }

  test('a mistake is told in a sentence and ends with 1', async () => {
    await refused(
      ['token', 'list'],
      /^There is no tenant yet in the database \S+ on \S+ \(DATABASE_URL\): `npm run polydesk -- tenant create NAME` makes one\.\n$/,
    )
    await done(environment, 'tenant', 'create', 'One')
    await done(environment, 'user', 'add', 'Ann', '--email', 'ann@example.com', '--external-id', 'a-1')
    const key = ['token', 'create', 'native', 'api_key']
    const mistakes: [readonly string[], RegExp][] = [
      [
        ['token', 'list', '--tenant', 'Two'],
        /^There is no tenant Two in the database \S+ on \S+ \(DATABASE_URL\)\.\n$/,
      ],
      [['token', 'create', 'native', 'basic'], /^There is no credential native basic\. There are:\n/],
      [[...key, '--user', 'bob@example.com'], /^There is no user bob@example\.com in One\.\n$/],
      [[...key, '--user', NOBODY], /^There is no user .* in One\.\n$/],
      [[...key, '--desk', 'Attic'], /^There is no desk Attic; there are: Default\.\n$/],
      [[...key, '--expires', 'soon'], /^soon is not a time; write for instance 2\d{3}-/],
      [['token', 'revoke', NOBODY], /^There is no live credential .*\.\n$/],
      [['token', 'revoke', 'this'], /^There is no live credential this\.\n$/],
      [['user', 'add', 'Ann', '--email', 'ANN@example.com'], /^This address, user name or external id is taken\.\n$/],
      [['user', 'add', 'Bob', '--external-id', 'a-1'], /^This address, user name or external id is taken\.\n$/],
      [['user', 'reset-second-factor', 'ann@example.com'], /^ann@example\.com has no second factor\.\n$/],
      [['user', 'password-link', 'bob@example.com'], /^There is no user bob@example\.com in One\.\n$/],
      [['user', 'add', 'Bob', '--desk', 'Attic'], /^There is no desk Attic; /],
      [['user', 'add', 'Bob', '--role', 'king'], /^error: option '--role <role>' argument 'king' is invalid\. /],
      [['user', 'add'], /^error: missing required argument 'name'\n\nUsage: npm run polydesk -- user add /],
      [['tenant', 'create', ' '], /^A name must not be empty\.\n$/],
      [['tenant', 'add-desk', ''], /^A name must not be empty\.\n$/],
      [['user', 'add', ''], /^A name must not be empty\.\n$/],
      [['tenant', 'create', 'One'], /^There is a tenant One already: \S+\. Choose another name\.\n$/],
      [['tenant', 'add-desk', 'Default'], /^There is a desk Default already: \S+\. Choose another name\.\n$/],
      [['tenant', 'add-host', 'desk.example.com:3000'], /^desk\.example\.com:3000 is not a host name; /],
      [['user', 'add', 'Bob', '--email', 'bob'], /^bob is not an e-mail address\.\n$/],
      [[...key, '--expires', '2020-01-01'], /^2020-01-01 is in the past\.\n$/],
      [
        [...key, '--scopes', 'ticket.read,ticket.write'],
        /^native knows no ticket\.write\. It knows \*, ticket\.read, /,
      ],
      [['tenant', 'remove', 'One'], /^error: unknown command 'remove'/],
      [['tenant', 'list', '--all'], /^error: unknown option '--all'/],
    ]
    const lanes = Object.values(Object.groupBy(mistakes, (_, index) => String(index % 3)))
    const inTurn = async (lane: typeof mistakes = []): Promise<void> => {
      for (const [args, sentence] of lane) await refused(args, sentence)
    }
    await Promise.all(lanes.map(inTurn))
    // Had a refused command left a user behind, this integer would be higher.
    assert.match(await done(environment, 'user', 'add', 'Bob'), /^user \S+ \(3\)\n$/)
    const listed = await done(environment, 'user', 'list', '--find', 'ann@')
    shown(listed, 'ID +INTEGER +KIND +ROLES +STATE +NAME +ADDRESS')
    shown(listed, `${UUID}  2 +person +customer +active +Ann +ann@example\\.com`)
    assert.doesNotMatch(listed, /Bob/)
  })

  test('a command with another secret key than the server’s is told so, where it needs what the server sealed', async () => {
    const ours = { ...environment, POLYDESK_SECRET_KEY: 'a secret of more than thirty-two characters' }
    const made = await done(ours, 'webhook', 'create', 'https://hooks.example.com/x')
    const [webhook = ''] = shown(made, `id (${UUID})`)
    const theirs = { ...environment, POLYDESK_SECRET_KEY: 'another one of more than thirty-two characters' }
    const { code, stderr } = await polydesk(['webhook', 'test', webhook], theirs)
    assert.match(stderr, /^A stored secret was encrypted with another POLYDESK_SECRET_KEY\. [^\n]+\n$/)
    assert.equal(code, 1)
    await done(ours, 'webhook', 'delete', webhook)
  })

  test('a name that several tenants have is not guessed', async () => {
    const [twin = ''] = shown(await done(environment, 'tenant', 'create', 'Twin'), `tenant (${UUID})`)
    // The command line made twins once.
    const client = new pg.Client(database.connection)
    await client.connect()
    await client.query("update tenants set name = 'Twin' where name = 'One'")
    await client.end()
    await refused(
      ['token', 'list'],
      /^There are several tenants: name one with --tenant ID\. `npm run .* shows them\.\n$/,
    )
    await refused(
      ['token', 'list', '--tenant', 'Twin'],
      /^Several tenants are called Twin: name one with --tenant ID\. /,
    )
    assert.equal(await done(environment, 'token', 'list', '--json', '--tenant', twin), '[]\n')
  })

  test('a database that does not answer is told in a sentence', async () => {
    environment = { DATABASE_URL: 'postgres://me@127.0.0.1:1/polydesk' }
    await refused(['tenant', 'list'], /^The database does not answer: .* check DATABASE_URL\.\n$/)
    environment = { DATABASE_URL: 'mysql://me@127.0.0.1/polydesk', PORT: 'x' }
    await refused(['tenant', 'list'], /^PORT must be a port number, not x\.\nDATABASE_URL must start with postgres/)
  })
})
