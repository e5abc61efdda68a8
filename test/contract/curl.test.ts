/**
 * The commands of the vendors' pages, run as they are printed by a shell and curl. What is replaced: the host, the
 * credential, ids that the page made up, and where said a value that only stands for one. Omnidesk's pages print no
 * commands; its clients' are made here.
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
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) }
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

describe('Moov', { skip }, () => {
  const HOST = 'https://api.moov.io'
  const pair = () => `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
  const encoded = () => Buffer.from(pair()).toString('base64')
  const account = () => world.value('MOOV_ACCOUNT_ID')

  async function token(): Promise<string> {
    const scope = ['tickets.write', 'tickets.read'].map((right) => `/accounts/${account()}/${right}`).join(' ')
    const more = { '/accounts.write': scope }
    const { status, json } = await run(tokenCommand('create-access-token.curl', more), 'POST')
    assert.equal(status, 200)
    return json.access_token
  }
  /** The page names its key twice: as user name and password, and in the body. */
  const tokenCommand = (file: string, more: Replacements = {}) =>
    printed('moov', file, {
      [HOST]: world.url,
      [file.includes('form') ? 'Basic REPLACE_BASIC_AUTH' : 'PUBLIC_KEY:PRIVATE_KEY']: file.includes('form')
        ? `Basic ${encoded()}`
        : pair(),
      '5clTR_MdVrrkgxw2': world.value('MOOV_PUBLIC_KEY'),
      'dNC-hg7sVm22jc3g_Eogtyu0_1Mqh_4-': world.value('MOOV_SECRET_KEY'),
      ...more,
    })
  const command = (file: string, token: string, more: Replacements = {}) =>
    printed('moov', file, { [HOST]: world.url, '{accountID}': account(), '{token}': token, ...more })

  test('get an access token, by JSON that curl calls a form and by a form', async () => {
    for (const file of ['create-access-token.curl', 'create-access-token-form.curl']) {
      const { status, json } = await run(tokenCommand(file), 'POST')
      assert.equal(status, 200, file)
      assert.deepEqual([json.token_type, json.scope], ['Bearer', '/accounts.write'])
    }
  })

  test('get an access token, as printed with a token in the place of a key: the client is unknown', async () => {
    const replaced = { [HOST]: world.url, '{token}': 'none' }
    const { status, json } = await run(printed('moov', 'create-access-token-current.curl', replaced), 'POST')
    assert.deepEqual([status, json], [401, { error: 'invalid_client' }])
  })

  test('create, read and close a ticket', async () => {
    const bearer = await token()
    const older = await run(command('create-ticket-older.curl', bearer), 'POST')
    assert.equal(older.status, 200)
    assert.deepEqual(
      [older.json.title, older.json.contact],
      ['Help with problem', { email: 'melany.roberts@yahoo.com' }],
    )

    const placeholders = await run(command('create-ticket.curl', bearer), 'POST')
    assert.deepEqual([placeholders.status, Object.keys(placeholders.json.contact)], [422, ['email']])
    const address = { '"email": "string"': '"email": "pat@example.com"' }
    const current = await run(command('create-ticket.curl', bearer, address), 'POST')
    assert.deepEqual([current.status, current.json.title], [200, 'string'])

    const ticket = { '{ticketID}': older.json.ticketID }
    assert.deepEqual((await run(command('get-ticket.curl', bearer, ticket), 'GET')).json, older.json)
    const closed = await run(command('update-ticket.curl', bearer, ticket), 'POST')
    assert.deepEqual([closed.status, closed.json.status], [200, 'closed'])
    const patched = command('update-ticket.curl', bearer, { '{ticketID}': current.json.ticketID, 'X POST': 'X PATCH' })
    assert.equal((await run(patched, 'PATCH')).json.status, 'closed')
  })

  test('what the pages print without its end, or without a body, is told what it lacks', async () => {
    const bearer = await token()
    const unfinished = await run(command('create-ticket-guide.curl', bearer), 'POST')
    assert.deepEqual([unfinished.status, unfinished.json], [400, { error: 'The body is not valid JSON.' }])
    const ticket = { '{ticketID}': account() }
    const empty = await run(command('update-ticket-current.curl', bearer, ticket), 'PATCH')
    assert.deepEqual([empty.status, empty.json], [400, { error: 'A body is required.' }])
  })

  test('a key in the place of a token, and other types than the usual', async () => {
    const basic = { 'Bearer {token}': `Basic ${encoded()}` }
    for (const type of ['application/x-www-form-urlencoded; charset=utf-8', 'text/plain', '']) {
      const data = { '--data ': `-H 'content-type${type ? `: ${type}` : ';'}' --data-binary ` }
      const text = printed('moov', 'create-ticket-older.curl', {
        ...basic,
        [HOST]: world.url,
        '{accountID}': account(),
      })
      const [[from, to] = ['', '']] = Object.entries(data)
      assert.equal((await run(text.replace(from, to), 'POST')).status, 200, type)
    }
  })
})

describe('Omnidesk', { skip }, () => {
  const call = (data: string) =>
    `curl -X POST '${world.url}/api/v2/ticket' -H 'Authorization: apikey ${world.value('OMNIDESK_API_KEY')}' ${data}`
  const fields = '{"title": "By curl", "from": "requester@example.com", "fromName": "By hand"}'

  test('JSON without a type makes a ticket with all its fields, as a form does', async () => {
    const form = "-d 'title=By curl' -d from=requester@example.com -d 'fromName=By hand'"
    for (const data of [`-d '${fields}'`, `-H 'content-type: text/plain' -d '${fields}'`, form]) {
      const { status, json } = await run(call(data), 'POST')
      assert.equal(status, 200, data)
      const read = `curl '${world.url}/api/v2/ticket/${json.ticketID}' -H 'apiKey: ${world.value('OMNIDESK_API_KEY')}'`
      const { item } = (await run(read, 'GET')).json
      assert.deepEqual([item.title, item.from, item.from_name], ['By curl', 'requester@example.com', 'By hand'], data)
    }
  })

  test('JSON that is broken makes none', async () => {
    assert.equal((await run(call(`-d '${fields.slice(0, -1)}'`), 'POST')).status, 400)
  })
})
