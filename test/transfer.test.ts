import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exportLines, importLines } from '../sdk/transfer.ts'
import { polydesk, until } from './process.ts'
import { startWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

const server = () => ({ url: world.url, key: world.value('POLYDESK_API_KEY') })
const headers = () => ({ authorization: `Bearer ${server().key}`, 'content-type': 'application/x-ndjson' })

const line = (id: string, more: object = {}) =>
  JSON.stringify({
    ...{ kind: 'ticket', source: 'elsewhere', id, title: `Imported ${id}`, tags: ['imported'] },
    messages: [{ id: `${id}-1`, author: { email: 'mona@example.com', name: 'Mona' }, text: 'Help' }],
    ...more,
  })

async function titles(): Promise<string[]> {
  const { json } = await world.send('GET', '/v1/tickets?q=tag:imported&sort=created', { headers: headers() })
  return json.data.map(({ title }: { title: string }) => title)
}

test('lines are imported over HTTP, and a report tells what came of them', async () => {
  const body = `${line('1')}\n\n${line('2', { mood: 'bad' })}\n{"kind":\n${line('3')}`
  const dry = await world.send('POST', '/v1/import?dry_run=true', { headers: headers(), body })
  assert.deepEqual([dry.status, dry.json.dry_run, dry.json.created.ticket], [200, true, 3])
  assert.deepEqual(await titles(), [])
  const { status, json } = await world.send('POST', '/v1/import', { headers: headers(), body })
  assert.deepEqual(
    [status, json.created, json.refused, json.not_kept],
    [200, { ticket: 3, message: 3, user: 1 }, { line: 1 }, { 'ticket.mood': 1, line: 1 }],
  )
  assert.deepEqual(
    json.problems.map((problem: Record<string, unknown>) => [problem['line'], problem['field'], problem['outcome']]),
    [
      [3, 'mood', 'left_out'],
      [4, '', 'refused'],
    ],
  )
  assert.deepEqual(await titles(), ['Imported 1', 'Imported 2', 'Imported 3'])
  const again = await world.send('POST', '/v1/import', { headers: headers(), body })
  assert.deepEqual([again.json.created, again.json.changed], [{}, {}])
})

test('what is no lines is refused as such, and nothing is imported for who may not', async () => {
  const sent = async (type: string, key: string) =>
    (await world.send('POST', '/v1/import', { headers: { authorization: key, 'content-type': type }, body: line('9') }))
      .status
  assert.equal(await sent('application/json', headers().authorization), 415)
  assert.equal(await sent('application/x-ndjson', 'Bearer nobody'), 401)
  const { json } = await world.send('POST', '/v1/credentials', {
    headers: { authorization: headers().authorization },
    body: { name: 'Few', scopes: ['ticket.create'] },
  })
  assert.equal(await sent('application/x-ndjson', `Bearer ${json.secret}`), 403)
})

test('a client that is cut off in the middle leaves whole tickets, and the same import again completes it', async () => {
  const lines = ['a', 'b', 'c'].map((id) => line(id, { tags: ['cut'] }))
  const body = `${lines.join('\n')}\n`
  const { hostname, port } = new URL(world.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const head = Object.entries({ ...headers(), host: hostname, 'content-length': String(Buffer.byteLength(body)) })
  socket.write(`POST /v1/import HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
  socket.write(body.slice(0, lines[0]?.length ?? 0))
  socket.write(body.slice(lines[0]?.length ?? 0, body.length - 20))
  const cut = async () => {
    const { json } = await world.send('GET', '/v1/tickets?q=tag:cut', { headers: headers() })
    return json.data
  }
  await until('the first ticket is there', async () => ((await cut()).length === 2 ? true : undefined))
  socket.destroy()
  const { json } = await world.send('POST', '/v1/import', { headers: headers(), body })
  assert.deepEqual([json.created.ticket, json.unchanged.ticket], [1, 2])
  assert.equal((await cut()).length, 3)
})

test('an export goes on by itself where it broke off, each line once, and is imported in pieces', async () => {
  const whole = await Array.fromAsync(exportLines(server()))
  let cuts = 0
  const unsteady: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const text = await response.text()
    cuts += 1
    const bytes = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(cuts > 4 ? text : text.slice(0, text.length / 2)))
        controller.close()
      },
    })
    return new Response(bytes, { status: response.status })
  }
  const pieced = await Array.fromAsync(exportLines({ ...server(), fetch: unsteady, attempts: 9 }))
  const records = (lines: readonly string[]) =>
    lines
      .slice(1, -1)
      .map((each) => JSON.parse(each))
      .map(({ id, kind }) => [id, kind])
  assert.deepEqual(records(pieced), records(whole))
  assert.equal(cuts, 5)
  const lines = async function* () {
    yield* whole
  }
  const report = await importLines(server(), lines(), { dryRun: true })
  assert.equal(report.lines, whole.length)
  assert.deepEqual(report.refused, {})
})

test('the command line exports and imports by a server, and tells what a dry run would do', async () => {
  const { url, key } = server()
  const run = (...args: string[]) =>
    polydesk([...args, '--url', url, '--key', key], { POLYDESK_DATA_DIR: join(world.dataDir, 'none') })
  const file = join(world.dataDir, 'export.ndjson')
  const exported = await run('export', '--out', file)
  assert.equal(exported.code, 0, exported.stderr)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  assert.equal(JSON.parse(lines.at(-1) ?? '').lines, lines.length - 1)
  const tried = await run('import', file, '--dry-run', '--json')
  assert.equal(tried.code, 0, tried.stderr)
  const report = JSON.parse(tried.stdout)
  assert.deepEqual([report.dry_run, report.lines, report.refused], [true, lines.length, {}])
  const told = await run('import', file, '--dry-run')
  assert.match(told.stdout, /^KIND +CREATED +CHANGED +UNCHANGED +REFUSED/)
})
