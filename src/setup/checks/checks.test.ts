import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type S3Double, startS3 } from '../../../test/s3.ts'
import { readConfig } from '../../config.ts'
import type { NodeFacts, ServerFacts } from '../../storage/connections/facts.ts'
import { filesOf } from '../files.ts'
import type { Checked, Finding } from './check.ts'
import { demandFitness, NotFit, runChecks } from './checks.ts'

/** A server with which nothing is wrong. */
const GOOD: ServerFacts = {
  mode: 'direct',
  version: 150_018,
  database: 'desk',
  user: 'polydesk',
  encoding: 'UTF8',
  timeZone: 'UTC',
  isStandby: false,
  isReadOnly: false,
  schema: 'public',
  mayCreate: true,
  hasTables: false,
  isDurable: true,
  clock: 0,
  aheadMs: 3,
  slots: 97,
  roleLimit: null,
  databaseLimit: null,
  pooled: null,
  connections: 18,
  hasCitus: false,
  nodes: [],
}

/** A server of a cluster with which nothing is wrong. */
const NODE: NodeFacts = { name: '10.0.0.1:5432', answers: true, settings: 'off UTC', undistributed: 0 }

let home: string
let s3: S3Double
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'polydesk-checks-'))
  s3 = await startS3()
})
after(async () => {
  await s3?.stop()
  await rm(home, { recursive: true, force: true })
})

function checked(server: Partial<ServerFacts> = {}, environment: Readonly<Record<string, string>> = {}): Checked {
  const config = readConfig({ POLYDESK_DATA_DIR: home, ...environment })
  return { config, server: { ...GOOD, ...server }, files: filesOf(config) }
}

/** What is not right, and how it is told. */
async function found(given: Checked): Promise<readonly string[]> {
  const findings = await runChecks(given)
  return findings
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level, message }) => `${level} ${check}: ${message}`)
}

function bucket(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { endpoint, region, bucket: name, accessKeyId, secretAccessKey } = s3.options
  return {
    POLYDESK_S3_ENDPOINT: endpoint,
    POLYDESK_S3_REGION: region,
    POLYDESK_S3_BUCKET: name,
    POLYDESK_S3_ACCESS_KEY_ID: accessKeyId,
    POLYDESK_S3_SECRET_ACCESS_KEY: secretAccessKey,
    ...changes,
  }
}

describe('What can be known at the start', () => {
  test('is told of a good server as good, each in a sentence', async () => {
    const findings = await runChecks(checked())
    assert.ok(findings.length >= 10)
    assert.ok(findings.every(({ level, message }: Finding) => level === 'ok' && /^[A-Z0-9].*\.$/.test(message)))
  })

  test('keeps the server from starting where it cannot work, and says what to do', async () => {
    const cases: readonly [Partial<ServerFacts>, RegExp][] = [
      [
        { encoding: 'LATIN1' },
        /^error encoding: The database desk has the encoding LATIN1.*encoding 'UTF8' template0?/,
      ],
      [{ encoding: 'SQL_ASCII' }, /^error encoding: .*SQL_ASCII/],
      [{ version: 140_011 }, /^error server: .*15 or newer; this server is 14/],
      [{ isStandby: true, isReadOnly: true }, /^error server: The server is a standby/],
      [{ isReadOnly: true }, /^error server: .*default_transaction_read_only/],
      [{ timeZone: 'Asia/Kolkata' }, /^error zone: Sessions are in Asia\/Kolkata/],
      [{ schema: null, mayCreate: false }, /^error schema: The search_path of polydesk names no schema/],
      [{ mayCreate: false }, /^error schema: .*grant create on schema public to polydesk/],
      [
        { hasCitus: true, nodes: [NODE, { ...NODE, settings: 'on UTC' }] },
        /^error nodes: The server 10\.0\.0\.1:5432 .*jit = on/,
      ],
      [
        { hasCitus: true, nodes: [{ ...NODE, settings: 'off Asia/Kolkata' }] },
        /^error nodes: .*TimeZone = Asia\/Kolkata/,
      ],
      [{ roleLimit: 4 }, /^error connections: The role polydesk may have 4 connections.*works with 5/],
    ]
    for (const [server, told] of cases) {
      const [only = '', ...others] = await found(checked(server))
      assert.match(only, told)
      assert.deepEqual(others, [])
      await assert.rejects(
        demandFitness(checked(server), () => {}),
        (error) => error instanceof NotFit && only.endsWith(error.message),
      )
    }
    // Without the right to make tables those that are there can be used.
    assert.deepEqual(await found(checked({ mayCreate: false, hasTables: true })), [])
  })

  test('is only told where it works with less', async () => {
    const cases: readonly [Partial<ServerFacts>, RegExp][] = [
      [
        { roleLimit: 10 },
        /^warning connections: The role polydesk may have 10 connections and this server opens up to 18/,
      ],
      [{ databaseLimit: 17 }, /^warning connections: The database desk takes 17 connections/],
      [{ slots: 12 }, /^warning connections: The server takes 12 connections/],
      [{ mode: 'session', pooled: { opened: 9, wanted: 16 } }, /^warning connections: The pooler gave 9 of 16/],
      [{ mode: 'transaction' }, /^warning pooler: .*hears nothing/],
      [{ aheadMs: -3_500 }, /^warning clock: .*3\.5 s behind/],
      [{ aheadMs: 90_000 }, /^warning clock: .*90\.0 s ahead/],
      [{ isDurable: false }, /^warning durability: /],
      [
        { hasCitus: true, nodes: [{ ...NODE, answers: false }] },
        /^warning nodes: The server 10\.0\.0\.1:5432 .*start it/,
      ],
      [
        { hasCitus: true, hasTables: true, nodes: [{ ...NODE, undistributed: 3 }] },
        /^warning nodes: 3 tables .*polydesk distribute/,
      ],
    ]
    for (const [server, told] of cases) {
      const said: string[] = []
      assert.match((await found(checked(server))).join('\n'), told)
      await demandFitness(checked(server), (message) => said.push(message))
      assert.equal(said.length, 1)
    }
    assert.deepEqual(await found(checked({ roleLimit: 10, connections: 10 })), [])
  })

  test('of a data directory that is none is told', async () => {
    const file = join(home, 'a-file')
    await writeFile(file, '')
    const [told = ''] = await found(checked({}, { POLYDESK_DATA_DIR: file }))
    assert.match(told, /^error disk: Nothing can be written to the data directory/)
  })
})

describe('A store of attachments', () => {
  test('is written, read, listed, copied in and deleted from, and nothing stays', async () => {
    assert.deepEqual(await found(checked({}, bucket())), [])
    assert.equal(s3.objects.size, 0)
    assert.deepEqual(s3.complaints, [])
  })

  test('that is wrong in any way is told in a sentence that says which', async () => {
    const { endpoint } = s3.options
    const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
      [{ POLYDESK_S3_BUCKET: 'elsewhere' }, /^error files: There is no bucket elsewhere/],
      [{ POLYDESK_S3_ENDPOINT: `${endpoint}/desk` }, /^error files: .*names the bucket desk already/],
      [{ POLYDESK_S3_ENDPOINT: `${endpoint}/desk/` }, /^error files: .*names the bucket desk already/],
      [{ POLYDESK_S3_ACCESS_KEY_ID: 'OTHER' }, /^error files: .*does not know the key/],
      [{ POLYDESK_S3_SECRET_ACCESS_KEY: 'other' }, /^error files: POLYDESK_S3_SECRET_ACCESS_KEY does not belong/],
      [{ POLYDESK_S3_ENDPOINT: 'http://127.0.0.1:1' }, /^error files: Nothing answers at POLYDESK_S3_ENDPOINT/],
      [{ POLYDESK_S3_ENDPOINT: 'http://nowhere.invalid' }, /^error files: .*names a host that does not exist/],
    ]
    for (const [changes, told] of cases) assert.match((await found(checked({}, bucket(changes)))).join('\n'), told)
    assert.equal(s3.objects.size, 0)
  })

  test('that only has trouble of its own now is told, and waited for', async () => {
    s3.failWith(503)
    try {
      assert.match((await found(checked({}, bucket()))).join('\n'), /^warning files: .*cannot write files now \(503\)/)
    } finally {
      s3.failWith(null)
    }
  })
})
