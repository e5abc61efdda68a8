import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { until } from '../../../../test/process.ts'
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

async function open(title: string, tag: string): Promise<{ readonly id: string; readonly number: number }> {
  return (await ask('POST', '/v1/tickets', { title, text: 'Text', tags: [tag] })).json
}

/** A job once it is over. */
async function over(id: string) {
  return until('the job is over', async () => {
    const { json } = await ask('GET', `/v1/jobs/${id}`)
    return json.state === 'running' ? undefined : json
  })
}

test('a job by a query is accepted, goes on by itself, is told by the feed, and is undone once', async () => {
  const [first, second] = [await open('One', 'job'), await open('Two', 'job')]
  const { json: latest } = await ask('GET', '/v1/events?after=latest')
  const change = { status: 'solved', priority: 'high', add_tags: ['done'] }
  const key = v7()
  const begin = () => ask('POST', '/v1/jobs', { query: 'tag:job', change }, { 'idempotency-key': key })
  const begun = await begin()
  const { id } = begun.json
  assert.deepEqual([begun.status, begun.headers.get('location')], [202, `/v1/jobs/${id}`])
  assert.deepEqual([begun.json.state, begun.json.total, begun.json.done], ['running', 2, 0])
  const done = await over(id)
  assert.deepEqual([done.state, done.done, done.changed, done.change, done.query], ['done', 2, 2, change, 'tag:job'])
  assert.deepEqual((await begin()).json, begun.json, 'a repeat is answered as the first time')
  const { json: ticket } = await ask('GET', `/v1/tickets/${first.id}`)
  assert.deepEqual([ticket.status, ticket.priority, ticket.tags], ['solved', 'high', ['job', 'done']])

  const { json: told } = await ask('GET', `/v1/events?after=${latest.next}&limit=200`)
  const kinds = told.data.map(({ kind, ticket: about, subject }: Record<string, string | null>) => [
    kind,
    about ?? subject,
  ])
  assert.deepEqual(kinds[0], ['bulk_job.created', id])
  assert.deepEqual(kinds.at(-1), ['bulk_job.changed', id])
  assert.ok(kinds.some(([kind, about]: string[]) => kind === 'ticket.status_changed' && about === second.id))
  assert.deepEqual(told.data.at(-1).after, { user_id: done.user, state: 'done', total: 2, done: 2 })

  await ask('PATCH', `/v1/tickets/${second.id}`, { status: 'open' })
  const undo = await ask('POST', `/v1/jobs/${id}/undo`)
  assert.deepEqual([undo.status, undo.json.undoes, undo.json.change], [202, id, null])
  const undone = await over(undo.json.id)
  assert.deepEqual([undone.changed, undone.refused], [1, 1])
  assert.equal((await ask('GET', `/v1/jobs/${id}`)).json.undone_by, undo.json.id)
  const { json: results } = await ask('GET', `/v1/jobs/${undo.json.id}/results?outcome=refused`)
  const [refused] = results.data
  assert.deepEqual(
    [results.data.length, refused.ticket, refused.number, refused.title],
    [1, second.id, second.number, 'Two'],
  )
  assert.deepEqual(
    [refused.problem.status, refused.problem.code, refused.problem.detail],
    [409, 'conflict', 'Changed since: status.'],
  )
  const again = await ask('POST', `/v1/jobs/${id}/undo`)
  assert.deepEqual([again.status, again.json.code], [409, 'conflict'])
})

test('results come page by page, also while the job goes on', async () => {
  const tickets = await Promise.all(['A', 'B', 'C'].map((title) => open(title, 'pages')))
  const named = [...tickets.map(({ id }) => id.toUpperCase()), v7()]
  const { json } = await ask('POST', '/v1/jobs', { tickets: named, change: { status: 'new' } })
  await over(json.id)
  const seen: unknown[] = []
  let cursor = ''
  do {
    const page = await ask('GET', `/v1/jobs/${json.id}/results?limit=3${cursor}`)
    seen.push(...page.json.data.map(({ ticket, outcome }: Record<string, string>) => [ticket, outcome]))
    cursor = page.json.next === null ? '' : `&cursor=${page.json.next}`
  } while (cursor !== '')
  assert.deepEqual(seen, [...tickets.map(({ id }) => [id, 'unchanged']), [named[3], 'refused']])
  const { json: listed } = await ask('GET', '/v1/jobs?limit=1')
  assert.deepEqual([listed.data[0].id, listed.data.length], [json.id, 1])
  assert.equal((await ask('GET', `/v1/jobs?limit=1&cursor=${listed.next}`)).status, 200)
  const cancelled = await ask('POST', `/v1/jobs/${json.id}/cancel`)
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, 'done'], 'what is over is left as it is')
})

test('what cannot be understood is refused, and the field is named', async () => {
  const change = { status: 'open' }
  const wrong: readonly (readonly [object, string, string])[] = [
    [{ change }, 'query', 'required'],
    [{ query: '', tickets: [], change }, 'query', 'not_allowed'],
    [{ view: 'all', tickets: [], change }, 'view', 'not_allowed'],
    [{ query: 'status:none', change }, 'query', 'format'],
    [{ tickets: ['one'], change }, 'tickets[0]', 'format'],
    [{ query: '', change: {} }, 'change', 'required'],
    [{ query: '', change: { add_tags: [] } }, 'change', 'required'],
    [{ query: '', change: { status: 'gone' } }, 'change.status', 'choice'],
    [{ query: '', change: { topic: 999 } }, 'change.topic', 'unknown'],
    [{ query: '', change: { group: v7() } }, 'change.group', 'unknown'],
    [{ query: '', change: { assignee: v7() } }, 'change.assignee', 'unknown'],
    [{ query: '', change: { title: 'Other' } }, 'change.title', 'not_allowed'],
  ]
  for (const [body, field, rule] of wrong) {
    const { status, json } = await ask('POST', '/v1/jobs', body)
    assert.deepEqual([status, json.errors?.[0].field, json.errors?.[0].rule], [400, field, rule], JSON.stringify(body))
  }
  for (const path of [`/v1/jobs/${v7()}`, '/v1/jobs/none', `/v1/jobs/${v7()}/results`])
    assert.equal((await ask('GET', path)).status, 404, path)
  assert.equal((await ask('POST', `/v1/jobs/${v7()}/undo`)).status, 404)
  assert.equal((await ask('POST', '/v1/jobs', { query: '', view: v7(), change })).status, 404)
  assert.equal((await ask('GET', '/v1/jobs?cursor=bm9uZQ')).json.errors[0].field, 'cursor')
})
