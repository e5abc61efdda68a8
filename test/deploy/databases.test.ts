import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sentence } from '../../src/cli/tell.ts'
import { readConfig } from '../../src/config.ts'
import { type Polydesk, start } from '../../src/main.ts'
import { blocksIn } from '../markdown.ts'
import { readValues, until } from '../process.ts'
import { type Received, send } from '../world.ts'
import { certify, type Postgres, reconfigure, startPgBouncer, startPostgres } from './backs.ts'
import { findProgram, type Scratch, scratchFolder, unlessInstalled } from './programs.ts'

const OPERATING = join(import.meta.dirname, '..', '..', 'docs', 'operating.md')

/** A Polydesk on a database that a test started. */
interface Served {
  readonly polydesk: Polydesk
  readonly said: readonly string[]
  readonly authorization: string
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Received>
  create(title?: string, key?: string): Promise<Received>
  stop(): Promise<void>
}

async function serve(url: string, environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-behind-'))
  const said: string[] = []
  const config = readConfig({
    PORT: '0',
    POLYDESK_DATA_DIR: dataDir,
    DATABASE_URL: url,
    LOG_LEVEL: 'silent',
    POLYDESK_RATE_LIMITS: 'off',
    ...environment,
  })
  const polydesk = await start(config, { say: (message) => said.push(message) }).catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true })
    throw error
  })
  const quickstart = await readValues(config.quickstartFile)
  const authorization = `Bearer ${quickstart['POLYDESK_API_KEY']}`
  const ask: Served['ask'] = (method, path, body, headers = {}) =>
    send(polydesk.url, method, path, {
      headers: { authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    })
  return {
    polydesk,
    said,
    authorization,
    ask,
    create: (title = 'A ticket for 5 €', key) =>
      ask('POST', '/v1/tickets', { title, text: 'Grüße, 你好' }, key ? { 'idempotency-key': key } : {}),
    async stop() {
      await polydesk.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** What a start that is refused tells: a sentence, and no trace. */
async function refusal(url: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    await (await serve(url, environment)).stop()
  } catch (error) {
    const told = sentence(error)
    assert.ok(told !== null, `A trace was told: ${error instanceof Error ? error.stack : String(error)}`)
    return told
  }
  return assert.fail('It started.')
}

/** As a busy desk: creates, lists and reads at the same time. @returns the statuses */
async function work({ create, ask }: Served, rounds = 30): Promise<ReadonlySet<number>> {
  const answers = await Promise.all(
    Array.from({ length: rounds }, async (_, nth) => {
      const made = await create(`Ticket ${nth}`)
      const { id } = made.json
      return [
        made,
        ...(await Promise.all([
          ask('GET', '/v1/tickets?limit=50'),
          ask('GET', `/v1/tickets/${id}`),
          ask('PATCH', `/v1/tickets/${id}`, { priority: 'high' }),
          ask('GET', '/v1/users'),
        ])),
      ]
    }),
  )
  return new Set(answers.flat().map(({ status }) => status))
}

const GOOD = new Set([200, 201])

let scratch: Scratch
let server: Postgres
const isMissing = unlessInstalled('postgres', 'pgbouncer')

describe('behind Polydesk', { skip: isMissing }, () => {
  before(async () => {
    scratch = await scratchFolder()
    server = await startPostgres(scratch)
  })
  after(async () => {
    await server?.stop()
    await scratch?.remove()
  })

  /** A database of its own, for a server that makes its tables. */
  async function newDatabase(options = ''): Promise<string> {
    const name = `desk_${randomUUID().slice(0, 8)}`
    await server.run(`create database ${name} owner polydesk ${options}`)
    return name
  }

  for (const [program, version] of [
    ['pgbouncer', '1.18 of Debian 12'],
    ['pgbouncer-newest', 'of Debian 13'],
  ] as const) {
    describe(`PgBouncer ${version}`, { skip: unlessInstalled(program) }, () => {
      test('works as it comes, with whole sessions', async () => {
        const bouncer = await startPgBouncer(scratch, server, [], program)
        const served = await serve(bouncer.url(await newDatabase()), { POLYDESK_DATABASE_CONNECTIONS: '12' })
        try {
          assert.deepEqual(await work(served), GOOD)
          assert.equal((await served.ask('GET', '/readyz')).status, 200)
        } finally {
          await served.stop()
          await bouncer.stop()
        }
      })

      test('with single transactions works where it keeps prepared statements, else is refused with the reason', async () => {
        const name = await newDatabase()
        const recipe = blocksIn(await readFile(OPERATING, 'utf8')).find(({ info }) => info === 'ini pgbouncer')
        assert.ok(recipe)
        // Fewer than are wanted at once show what pooling is.
        const lines = [program === 'pgbouncer' ? 'pool_mode = transaction' : recipe.text, 'default_pool_size = 4']
        const bouncer = await startPgBouncer(scratch, server, lines, program)
        try {
          if (program === 'pgbouncer') {
            const told = await refusal(bouncer.url(name))
            assert.match(told, /prepared statements.*max_prepared_statements = 200.*1\.21.*pool_mode = session/)
            assert.deepEqual(await server.run("select 1 from pg_tables where schemaname = 'public'", name), [])
            return
          }
          const [one, other] = [await serve(bouncer.url(name)), await serve(bouncer.url(name))]
          try {
            assert.deepEqual(await work(one), GOOD)
            assert.ok(one.said.some((line) => /single transactions/.test(line)))
            // Nothing of ours stays on a connection that others get.
            assert.deepEqual(await server.run("select 1 from pg_locks where locktype = 'advisory'", name), [])
            // What one revokes the other sees, although it hears nothing.
            const read = async (): Promise<number> =>
              (await send(other.polydesk.url, 'GET', '/v1/tickets', { headers: { authorization: one.authorization } }))
                .status
            assert.equal(await read(), 200)
            await server.run('delete from directory; update credentials set revoked_at = now()', name)
            await until('the key to be refused', async () => (await read()) === 401, 5_000)
          } finally {
            await other.stop()
            await one.stop()
          }
        } finally {
          await bouncer.stop()
        }
      })
    })
  }

  test('a pooler that gives statements only, or takes no options, is refused with the reason', async () => {
    const name = await newDatabase()
    const statements = await startPgBouncer(scratch, server, ['pool_mode = statement'])
    const sessions = await startPgBouncer(scratch, server, [])
    try {
      assert.match(await refusal(statements.url(name)), /Polydesk needs transactions: set pool_mode = session/)
      const told = await refusal(sessions.url(name, 'options=-c%20work_mem%3D8MB'))
      assert.match(told, /options.*ignore_startup_parameters/)
    } finally {
      await statements.stop()
      await sessions.stop()
    }
  })

  test('whatever role, database and URL set, our own settings hold', async () => {
    const name = await newDatabase()
    await server.run('create schema helpdesk authorization polydesk', name)
    for (const setting of [
      "timezone = 'Asia/Kolkata'",
      "datestyle = 'German, DMY'",
      "bytea_output = 'escape'",
      'array_nulls = off',
      "default_transaction_isolation = 'serializable'",
      'statement_timeout = 50',
      'search_path = helpdesk',
    ])
      await server.run(`alter role polydesk in database ${name} set ${setting}`)
    const options = encodeURIComponent('-c timezone=America/St_Johns -c datestyle=SQL -c statement_timeout=10')
    const served = await serve(server.url(name, `options=${options}`))
    try {
      assert.deepEqual(await work(served), GOOD)
      const { json } = await served.create()
      assert.match(json.created_at ?? json.createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      const [made] = await server.run(
        "select count(*)::integer as tables from pg_tables where schemaname = 'helpdesk'",
        name,
      )
      assert.ok(Number(made?.['tables']) > 10)
    } finally {
      await served.stop()
    }
  })

  test('a database that cannot hold every text is refused', async () => {
    for (const encoding of ['LATIN1', 'SQL_ASCII']) {
      const name = await newDatabase(`encoding '${encoding}' locale 'C' template template0`)
      assert.match(await refusal(server.url(name)), new RegExp(`has the encoding ${encoding}.*encoding 'UTF8'`))
      assert.deepEqual(await server.run("select 1 from pg_tables where schemaname = 'public'", name), [])
    }
  })

  test('works with five connections, and with fewer than it may open', async () => {
    for (const [limit, environment] of [
      [5, { POLYDESK_DATABASE_CONNECTIONS: '5' }],
      [10, {}],
    ] as const) {
      const name = await newDatabase()
      await server.run(`alter role polydesk connection limit ${limit}`)
      const served = await serve(server.url(name), environment)
      try {
        assert.deepEqual(await work(served, 30), GOOD)
        assert.equal((await served.ask('GET', '/readyz')).status, 200)
        assert.equal(
          served.said.some((line) => /may have 10 connections and this server opens up to 18/.test(line)),
          limit === 10,
        )
      } finally {
        await served.stop()
        await server.run('alter role polydesk connection limit -1')
      }
    }
  })

  test('who may not log in is told in one sentence why', async () => {
    const name = await newDatabase()
    const url = `127.0.0.1:${server.port}/${name}`
    const environment = { PGPASSFILE: '/nowhere' }
    assert.match(
      await refusal(`postgres://polydesk@${url}`, environment),
      /asks for the password of polydesk.*PGPASSWORD/,
    )
    assert.match(
      await refusal(`postgres://polydesk:wrong@${url}`),
      /^The database refuses us: .*password.* Check DATABASE_URL\.$/,
    )
    assert.match(
      await refusal(server.url('nowhere')),
      /^The database refuses us: .*does not exist\. Check DATABASE_URL\.$/,
    )
    await server.run("create role outsider login password 'x'")
    assert.match(await refusal(`postgres://outsider:x@${url}`), /may make no tables in the schema public.*grant create/)
  })

  describe('TLS', { skip: unlessInstalled('openssl') }, () => {
    test('means with every sslmode what libpq means', async () => {
      const certified = await certify(scratch)
      const secured = await startPostgres(scratch, {
        settings: certified.settings,
        access: ['local all all scram-sha-256', 'hostssl all all 127.0.0.1/32 scram-sha-256'],
      })
      const misnamed = await certify(scratch, 'DNS:elsewhere.example')
      const other = await startPostgres(scratch, { settings: misnamed.settings })
      const isSecured = async (postgres: Postgres, parameters: string): Promise<void> => {
        const served = await serve(postgres.url('desk', parameters), { POLYDESK_DEMO: 'off' })
        try {
          const [row] = await postgres.run(
            "select bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'polydesk'",
          )
          assert.equal(row?.['ssl'], !parameters.includes('disable'), parameters)
        } finally {
          await served.stop()
        }
      }
      const authority = `sslrootcert=${encodeURIComponent(certified.authority)}`
      const misAuthority = `sslrootcert=${encodeURIComponent(misnamed.authority)}`
      try {
        for (const parameters of [
          '',
          'sslmode=allow',
          'sslmode=require',
          `sslmode=verify-ca&${authority}`,
          `sslmode=verify-full&${authority}`,
        ])
          await isSecured(secured, parameters)
        await isSecured(other, `sslmode=verify-ca&${misAuthority}`)
        await isSecured(other, 'sslmode=disable')
        assert.match(
          await refusal(other.url('desk', `sslmode=verify-full&${misAuthority}`)),
          /certificate.*is not for 127\.0\.0\.1/,
        )
        assert.match(
          await refusal(secured.url('desk', `sslmode=require&${misAuthority}`)),
          /signed by nobody we know.*sslrootcert/,
        )
        assert.match(await refusal(secured.url('desk', 'sslmode=verify-full')), /signed by nobody we know.*sslrootcert/)
        assert.match(await refusal(secured.url('desk', 'sslmode=verify-ca')), /sslmode=verify-ca, which needs/)
        assert.match(await refusal(secured.url('desk', 'sslmode=disable')), /^The database refuses us: .*no encryption/)
        assert.match(
          await refusal(secured.url('desk', 'sslmode=require&sslrootcert=/nowhere')),
          /\/nowhere, and that file does not exist/,
        )
        assert.match(
          await refusal(server.url('desk', 'sslmode=require')),
          /has no TLS, and sslmode of DATABASE_URL asks for it/,
        )
      } finally {
        await secured.stop()
        await other.stop()
      }
    })
  })

  test('of several hosts the one that takes writes is found, also after another one took over', async () => {
    const primary = await startPostgres(scratch, { settings: { wal_level: 'replica' } })
    const standby = await startPostgres(scratch, { primary })
    const places = (attributes: string) =>
      primary.url('desk', attributes).replace('@127.0.0.1', `@127.0.0.1:${standby.port},127.0.0.1`)
    assert.match(await refusal(standby.url('desk')), /is a standby and takes no writes/)
    const served = await serve(places(''))
    try {
      assert.equal((await served.create()).status, 201)
      const key = randomUUID()
      const made = await served.create('Before', key)
      assert.equal(made.status, 201)
      await until('the standby to have it', async () => {
        const [row] = await standby.run('select count(*)::integer as count from tickets', 'desk')
        return Number(row?.['count']) >= 2
      })
      await primary.stop()
      assert.equal((await served.create()).status, 503)
      assert.equal((await served.ask('GET', '/readyz')).status, 503)
      await standby.run('select pg_promote()')
      await until('the new primary to be used', async () => (await served.create()).status === 201)
      await until('readiness', async () => (await served.ask('GET', '/readyz')).status === 200)
      assert.equal((await served.create('Before', key)).json.id, made.json.id)
    } finally {
      await served.stop()
      await standby.stop()
      await primary.stop()
    }
  })

  test('a database that only reads is not ready, and is again when it writes', async () => {
    const name = await newDatabase()
    const served = await serve(server.url(name))
    try {
      await server.run(`alter database ${name} set default_transaction_read_only = on`)
      await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
      await until('it not to be ready', async () => (await served.ask('GET', '/readyz')).status === 503)
      const refused = await served.create()
      assert.equal(refused.status, 503)
      assert.ok(refused.headers.get('retry-after'))
      await server.run(`alter database ${name} reset default_transaction_read_only`)
      await server.run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
      await until('it to be ready', async () => (await served.ask('GET', '/readyz')).status === 200)
      await until('a write', async () => (await served.create()).status === 201)
    } finally {
      await served.stop()
    }
  })

  test('a database that hangs is answered for, and used again when it goes on', async () => {
    const hanging = await startPostgres(scratch)
    const served = await serve(hanging.url('desk'))
    const pids = async (): Promise<readonly number[]> => {
      const text = await readFile(`/proc/${hanging.pid}/task/${hanging.pid}/children`, 'utf8')
      return [hanging.pid, ...text.trim().split(' ').filter(Boolean).map(Number)]
    }
    try {
      assert.equal((await served.create()).status, 201)
      const stopped = await pids()
      for (const pid of stopped) process.kill(pid, 'SIGSTOP')
      const key = randomUUID()
      const answers = await Promise.all([served.create('While it hangs', key), served.ask('GET', '/v1/tickets')])
      for (const { status, headers } of answers) {
        assert.equal(status, 503)
        assert.ok(headers.get('retry-after'))
      }
      assert.equal((await served.ask('GET', '/readyz')).status, 503)
      for (const pid of stopped) process.kill(pid, 'SIGCONT')
      await until('a write', async () => (await served.create('While it hangs', key)).status === 201)
      await until('readiness', async () => (await served.ask('GET', '/readyz')).status === 200)
      const [row] = await hanging.run(
        "select count(*)::integer as count from tickets where title = 'While it hangs'",
        'desk',
      )
      assert.equal(row?.['count'], 1)
    } finally {
      await served.stop()
      await hanging.stop()
    }
  })

  test('a write that waits for a standby that is gone ends, reads go on, and its key makes the retry safe', async () => {
    const primary = await startPostgres(scratch, { settings: { wal_level: 'replica' } })
    const standby = await startPostgres(scratch, { primary })
    const served = await serve(primary.url('desk'))
    try {
      await reconfigure(primary, ["synchronous_standby_names = 'standby'"])
      await until('a write with the standby', async () => (await served.create()).status === 201)
      await standby.stop()
      const key = randomUUID()
      assert.equal((await served.create('Kept twice', key)).status, 503)
      assert.equal((await served.ask('GET', '/v1/tickets')).status, 200)
      assert.equal((await served.ask('GET', '/readyz')).status, 503)
      // Refused at once now: what hangs in the server does not become more.
      const hang = "select count(*)::integer as count from pg_stat_activity where wait_event = 'SyncRep'"
      const [first] = await primary.run(hang)
      await Promise.all(Array.from({ length: 20 }, () => served.create('Kept twice', key)))
      const [second] = await primary.run(hang)
      assert.ok(Number(second?.['count']) <= Number(first?.['count']) + 1)
      await reconfigure(primary, ["synchronous_standby_names = ''"])
      await until('a write', async () => (await served.create('Kept twice', key)).status === 201)
      await until('readiness', async () => (await served.ask('GET', '/readyz')).status === 200)
      const [row] = await primary.run(
        "select count(*)::integer as count from tickets where title = 'Kept twice'",
        'desk',
      )
      assert.equal(row?.['count'], 1)
    } finally {
      await served.stop()
      await standby.stop()
      await primary.stop()
    }
  })
})

test('PostgreSQL of the tests is Debian’s', { skip: isMissing }, () => {
  assert.match(findProgram('postgres') ?? '', /\/usr\/lib\/postgresql\//)
})
