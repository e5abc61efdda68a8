import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { polydesk } from './process.ts'
import { startWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

/** Runs a command as whoever has the demo's key. */
async function run(...args: string[]) {
  const server = ['--url', world.url, '--key', world.value('POLYDESK_API_KEY')]
  return polydesk([...args, ...server], { POLYDESK_DATA_DIR: join(world.dataDir, 'none') })
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, '--json')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('tickets are opened, answered, changed, undone, found and told of from a terminal', async () => {
  const field = { key: 'seats', type: 'number', label: 'Seats' }
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  assert.equal((await world.send('POST', '/v1/fields', { headers, body: field })).status, 201)
  const made = await json(
    ...['tickets', 'create', '--title', 'The lift is stuck', '--text', 'Between two floors'],
    ...['--requester', 'rosa@example.com', '--name', 'Rosa', '--tag', 'lift', 'urgent', '--desk', 'connected'],
  )
  assert.deepEqual([made.title, made.tags, made.desk.name], ['The lift is stuck', ['lift', 'urgent'], 'Connected'])
  const id = String(made.integer)
  const changed = await json(
    ...['tickets', 'change', id, '--assignee', 'owner@example.com', '--remove-tag', 'urgent', '--field', 'seats=4'],
  )
  assert.deepEqual(
    [changed.assignee.email, changed.tags, changed.fields],
    ['owner@example.com', ['lift'], { seats: 4 }],
  )
  const { ticket, message } = await json('tickets', 'reply', id, 'We come at once.', '--status', 'pending')
  assert.deepEqual([ticket.status, message.visibility], ['pending', 'public'])
  assert.equal((await json('tickets', 'change', id, '--priority', 'high')).priority, 'high')
  assert.equal((await json('tickets', 'undo', id)).priority, 'normal')

  const shown = await run('tickets', 'show', id)
  assert.match(
    shown.stdout,
    /The lift is stuck\nstatus: pending\n.*seats: 4\n.*\nRosa, \S+\nBetween two floors\n.*\nWe come at once\.\n$/s,
  )
  const listed = await run('tickets', 'list', 'tag:lift')
  assert.match(listed.stdout, /^ID +NUMBER +STATUS .*\n\d+ +Connected #1 +pending +normal +The lift is stuck +Rosa /)
  assert.deepEqual((await json('search', 'between', 'floors')).length, 1)
  assert.ok(
    (await json('views')).some((view: { id: string; tickets: string }) => view.id === 'open' && view.tickets === '1'),
  )
  const { stdout } = await run('events', 'tail', '--after', '0', '--limit', '3', '--json')
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).position)
  assert.deepEqual(events, [1, 2, 3])
})

test('what a command cannot do is told in a sentence, and changes nothing', async () => {
  const failing = async (...args: string[]) => {
    const { code, stderr } = await run(...args)
    assert.equal(code, 1, stderr)
    return stderr
  }
  assert.match(await failing('tickets', 'show', '999'), /^There is no such ticket|not exist|no ticket/i)
  assert.match(await failing('tickets', 'create', '--title', 'X', '--priority', 'soon'), /priority: .*low/)
  assert.match(await failing('tickets', 'list', 'status:done'), /q: /)
  assert.match(await failing('tickets', 'change', '1'), /Say what is to change/)
})
