import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Installation, laterInstallation, type Served, until } from '../process.ts'

const MAILS = 30
const ROUNDS = 2

let installation: Installation
let server: Served
before(async () => {
  installation = await laterInstallation()
  server = await installation.start()
  const desk = server.quickstart['MOOV_ACCOUNT_ID']
  const answer = await asked('PATCH', `/desks/${desk}`, JSON.stringify({ addresses: ['help@example.com'] }))
  assert.equal(answer.status, 200)
})
after(() => installation?.remove())

function asked(method: string, path: string, body?: string, type = 'application/json'): Promise<Response> {
  const headers = { authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}` }
  return fetch(`${server.url}/v1${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  })
}

/** Every third begins a conversation, and the two after it answer that. */
function mail(round: number, nth: number): string {
  const id = (of: number): string => `<${round}-${of}@customer.example>`
  const first = nth - (nth % 3)
  return [
    `From: Mona <mona${first}@customer.example>`,
    'To: help@example.com',
    `Subject: Round ${round} mail ${first}`,
    `Message-ID: ${id(nth)}`,
    ...(nth === first ? [] : [`In-Reply-To: ${id(first)}`]),
    '',
    `Said ${nth}`,
    '',
  ].join('\r\n')
}

interface Mail {
  readonly id: string
  readonly state: string
  readonly ticket: string | null
}

async function listed(): Promise<readonly Mail[]> {
  const all: Mail[] = []
  for (let cursor = ''; ; ) {
    const page = (await (await asked('GET', `/mail?limit=200${cursor}`)).json()) as {
      data: Mail[]
      next: string | null
    }
    all.push(...page.data)
    if (page.next === null) return all
    cursor = `&cursor=${page.next}`
  }
}

test('a server that is killed while mail comes in files all that it took, each once, and in its conversation', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const known = new Set((await listed()).map(({ id }) => id))
    const taken: string[] = []
    const handing = Array.from({ length: MAILS }, async (_, nth) => {
      const answer = await asked('POST', '/mail', mail(round, nth), 'message/rfc822').catch(() => null)
      if (answer?.status === 202) taken.push(((await answer.json()) as { id: string }).id)
    })
    await until('some are taken', async () => (taken.length >= MAILS / 3 ? true : undefined))
    server.signal('SIGKILL')
    await server.ended
    await Promise.allSettled(handing)
    server = await installation.start()
    const filed = await until('all to be filed', async () => {
      const mails = (await listed()).filter(({ id }) => !known.has(id))
      return mails.every(({ state }) => state !== 'waiting') ? mails : undefined
    })
    const ids = new Set(filed.map(({ id }) => id))
    for (const id of taken) assert.ok(ids.has(id), `${id} was answered 202`)
    const byTicket = Map.groupBy(filed, ({ ticket }) => ticket)
    for (const [ticket, mails] of byTicket) {
      assert.ok(ticket !== null)
      const answer = await asked('GET', `/tickets/${ticket}/messages`)
      const { data } = (await answer.json()) as { data: { text: string }[] }
      // One message for each mail, and each says something else.
      assert.equal(data.length, mails.length)
      assert.equal(new Set(data.map(({ text }) => text)).size, mails.length)
    }
    // As many tickets as conversations of which anything came.
    const tickets = await asked('GET', `/tickets?q=${encodeURIComponent(`"round ${round}"`)}&limit=200`)
    const { data } = (await tickets.json()) as { data: { title: string }[] }
    assert.equal(new Set(data.map(({ title }) => title)).size, data.length)
    assert.equal(data.length, byTicket.size)
  }
})
