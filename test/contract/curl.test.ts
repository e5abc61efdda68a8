/**
 * The commands of the vendors' pages, run as they are printed by a shell and curl. What is replaced: the host, the
 * credential, and ids that the page made up. Moov's and Omnidesk's pages print no commands.
 */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { assertDocumented } from '../documented.ts'
import { startWorld, type World } from '../world.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0
const skip = hasCurl ? false : 'there is no curl here'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

type Replacements = Readonly<Record<string, string>>

interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the commands are answered in many shapes.
  readonly json: any
}

/** A command as its page prints it, with some of its text replaced: all that is named must be there. */
function printed(dialect: string, file: string, replacements: Replacements): string {
  const path = join(import.meta.dirname, `../../src/dialects/${dialect}/fixtures/${file}`)
  return Object.entries(replacements).reduce(
    (command, [from, to]) => {
      assert.ok(command.includes(from), `${file} has no ${from}`)
      return command.replaceAll(from, to)
    },
    readFileSync(path, 'utf8'),
  )
}

/** Runs a command in a shell. It is left as it is; a function in place of curl tells what came back besides the body. */
async function run(command: string, method: string): Promise<Answered> {
  const told = '\\n%{http_code} %{content_type} %{url_effective}'
  const script = `curl() { command curl --silent --show-error --write-out '${told}' "$@"; }\n${command}`
  const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', script])
  const [, text = '', status, type = '', url = ''] = /^(.*)\n(\d+) (.*) (\S+)$/s.exec(stdout) ?? assert.fail(stdout)
  const headers = new Headers({ 'content-type': type })
  const answer = { status: Number(status), headers, text }
  assertDocumented(method, url.replace(world.url, ''), answer)
  return { status: answer.status, json: JSON.parse(text) }
}

describe('Spacebring', { skip }, () => {
  const HOST = 'https://api.spacebring.com'
  const MADE_UP = '3c90c3cc-0d44-4b50-8888-8dd25736052a'
  const NETWORK = "--header 'Content-Type"

  const creation = (more: Replacements = {}) =>
    printed('spacebring', 'create-ticket.curl', {
      [HOST]: world.url,
      '<token>': world.value('SPACEBRING_ACCESS_TOKEN'),
      [`"locationRef": "${MADE_UP}"`]: `"locationRef": "${world.value('SPACEBRING_LOCATION_ID')}"`,
      [`"userRefRequester": "${MADE_UP}"`]: `"userRefRequester": "${world.value('SPACEBRING_USER_ID')}"`,
      ...more,
    })
  /** The page says of this header that it is required with a token, and leaves it out of its command. */
  const withNetwork = () => ({
    [NETWORK]: `--header 'spacebring-network-id: ${world.value('SPACEBRING_NETWORK_ID')}' \\\n${NETWORK}`,
  })
  const update = (id: string, more: Replacements = {}) => {
    const pair = `${world.value('SPACEBRING_CLIENT_ID')}:${world.value('SPACEBRING_CLIENT_SECRET')}`
    const encoded = Buffer.from(pair).toString('base64')
    const replaced = { [HOST]: world.url, '<encoded-value>': encoded, '{id}': id, ...more }
    return printed('spacebring', 'update-status.curl', replaced)
  }

  test('create a ticket: the command misses the header of the network, and is told so', async () => {
    const { status, json } = await run(creation(), 'POST')
    assert.equal(status, 400)
    assert.deepEqual(json.issues[0].path, ['spacebring-network-id'])
  })

  test('create a ticket, then update its status', async () => {
    const created = await run(creation(withNetwork()), 'POST')
    assert.equal(created.status, 201)
    const { id, type, description, status } = created.json.ticket
    assert.deepEqual([type, description, status], ['access', '<string>', 'new'])

    const empty = await run(update(id), 'PUT')
    assert.equal(empty.status, 400, 'the page’s example names no status')
    assert.deepEqual(empty.json.issues[0].path, ['ticket', 'status'])
    const solved = await run(update(id, { '"ticket": {}': '"ticket": {"status": "solved"}' }), 'PUT')
    assert.equal(solved.status, 200)
    assert.deepEqual([solved.json.ticket.id, solved.json.ticket.status], [id, 'solved'])
  })
})

describe('NetGroot', { skip }, () => {
  const command = (file: string, token = world.value('NETGROOT_TOKEN')) =>
    printed('netgroot', file, { 'https://yourispcrmdomain': world.url, YOURAPITOKENHERE: token })

  test('get the subjects', async () => {
    const { status, json } = await run(command('get-subjects.curl'), 'GET')
    assert.equal(status, 200)
    assert.partialDeepStrictEqual(json, { success: true, data: [{ subject_id: 1, name: 'Technical Support' }] })
  })

  test('create a ticket', async () => {
    const { status, json } = await run(command('create-ticket.curl'), 'POST')
    assert.equal(status, 200)
    assert.partialDeepStrictEqual(json, {
      success: true,
      message: 'Ticket created successfully',
      data: { status: 'Open' },
    })
  })

  test('with the token that is printed, nobody gets in', async () => {
    for (const [file, method] of [['get-subjects.curl', 'GET'] as const, ['create-ticket.curl', 'POST'] as const]) {
      const { status, json } = await run(command(file, 'YOURAPITOKENHERE'), method)
      assert.deepEqual([status, json.success], [401, false])
    }
  })
})
