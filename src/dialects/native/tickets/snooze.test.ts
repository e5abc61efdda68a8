import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const authorization = `Bearer ${world.value('POLYDESK_API_KEY')}`
  return world.send(method, path, { headers: { authorization, ...headers }, body })
}

const open = async (): Promise<string> => (await ask('POST', '/v1/tickets', { title: 'Door', text: 'Text' })).json.id
const inAYear = (): string => new Date(Date.now() + 365 * 86_400_000).toISOString()

test('a ticket is snoozed until a time in any zone, found by is:snoozed, and woken', async () => {
  const id = await open()
  const until = inAYear()
  const elsewhere = new Date(Date.parse(until) + 7_200_000).toISOString().replace('Z', '+02:00')
  const snoozed = await ask('POST', `/v1/tickets/${id}/snooze`, { until: elsewhere })
  assert.deepEqual([snoozed.status, snoozed.json.snoozed_until, snoozed.json.status], [200, until, 'new'])
  assert.equal(snoozed.headers.get('etag'), `"${snoozed.json.version}"`)
  const listed = async (q: string) =>
    (await ask('GET', `/v1/tickets?q=${encodeURIComponent(q)}`)).json.data.map((each: { id: string }) => each.id)
  assert.deepEqual([await listed('is:snoozed'), await listed('-is:snoozed')], [[id], []])
  assert.deepEqual((await ask('GET', '/v1/tickets?view=open')).json.data, [])
  const woken = await ask('DELETE', `/v1/tickets/${id}/snooze`)
  assert.deepEqual([woken.status, woken.json.snoozed_until], [200, null])
  assert.deepEqual(await listed('is:snoozed'), [])
  const byReply = await ask('POST', `/v1/tickets/${id}/snooze`, { until: null })
  assert.equal(byReply.json.snoozed_until, '9999-12-31T23:59:59.999Z')
})

test('what is wrong is named, and changes nothing', async () => {
  const id = await open()
  const wrong: readonly (readonly [object, string, string])[] = [
    [{}, 'until', 'required'],
    [{ until: 'tomorrow' }, 'until', 'format'],
    [{ until: '2027-02-30T00:00:00Z' }, 'until', 'format'],
    [{ until: '2027-01-01' }, 'until', 'format'],
    [{ until: 1 }, 'until', 'type'],
    [{ until: '2020-01-01T00:00:00Z' }, 'until', 'too_small'],
    [{ until: '2099-01-01T00:00:00Z' }, 'until', 'too_large'],
    [{ until: inAYear(), why: 'I am away' }, 'why', 'not_allowed'],
  ]
  for (const [body, field, rule] of wrong) {
    const { status, json } = await ask('POST', `/v1/tickets/${id}/snooze`, body)
    assert.deepEqual([status, json.errors?.[0].field, json.errors?.[0].rule], [400, field, rule], JSON.stringify(body))
  }
  const stale = await ask('POST', `/v1/tickets/${id}/snooze`, { until: null }, { 'if-match': '"9"' })
  assert.deepEqual([stale.status, stale.json.ticket.snoozed_until], [412, null])
  await ask('PATCH', `/v1/tickets/${id}`, { status: 'solved' })
  assert.equal((await ask('POST', `/v1/tickets/${id}/snooze`, { until: null })).status, 409)
  assert.equal((await ask('POST', '/v1/tickets/999999/snooze', { until: null })).status, 404)
  assert.equal((await ask('GET', `/v1/tickets/${id}`)).json.version, 2)
})
