import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import pg from 'pg'
import { runningConnection } from '../../src/storage/embedded.ts'
import type { Received } from '../world.ts'
import { type Client, exchange, newMark, type Outgoing, type Told } from './clients.ts'

/** One request of a client, and its answer if one came. */
interface Attempt {
  readonly outgoing: Outgoing
  readonly key: string | undefined
  answer?: Received
}

/** What a client did about one ticket, and what it was told. */
interface Entry {
  readonly client: Client
  readonly mark: string
  readonly create: Attempt
  ticket?: Told
  finish?: Attempt
}

/** Decides what to make of a request that failed: answers normally when the failure is one to expect, throws otherwise. */
export type Tolerate = (client: Client, failure: { readonly error: unknown } | { readonly answer: Received }) => void

interface TicketRow {
  readonly id: string
  readonly integer: number
  readonly number: number
  readonly status: string
  readonly description: string
}

/** How many keys of each client that were answered before are tried again. */
const OLD_KEYS = 5

/** What many clients did to a server, and the check that the server kept every word of its answers. */
export class Ledger {
  readonly #entries: Entry[] = []
  readonly #rechecked = new Set<Attempt>()

  /** How many tickets were acknowledged. */
  acknowledged(client?: Client): number {
    return this.#entries.filter((entry) => entry.ticket && (!client || entry.client.name === client.name)).length
  }

  /** Makes and changes tickets, one after the other, until `mayGoOn` says no. */
  async work(url: () => string, client: Client, mayGoOn: () => boolean, tolerate: Tolerate): Promise<void> {
    const attempt = async (outgoing: Outgoing, key: string | undefined, expected: number): Promise<Attempt> => {
      const made: Attempt = { outgoing, key }
      try {
        const answer = await exchange(url(), outgoing)
        if (answer.status === expected) made.answer = answer
        else tolerate(client, { answer })
      } catch (error) {
        tolerate(client, { error })
      }
      return made
    }
    while (mayGoOn()) {
      const mark = newMark()
      const key = maybeKey()
      const entry: Entry = { client, mark, create: await attempt(client.create(mark, key), key, client.created) }
      this.#entries.push(entry)
      if (!entry.create.answer) continue
      entry.ticket = client.told(entry.create.answer)
      if (randomInt(2) === 0 || !mayGoOn()) continue
      const finishKey = maybeKey()
      entry.finish = await attempt(client.finish(entry.ticket, finishKey), finishKey, 200)
    }
  }

  /** Sends every request with a key that was not answered again, and some that were: each gives one answer, for ever. */
  async retry(url: string): Promise<void> {
    for (const client of new Set(this.#entries.map((entry) => entry.client))) {
      const attempts = this.#entries
        .filter((entry) => entry.client === client)
        .flatMap((entry) => [
          { attempt: entry.create, expected: client.created, entry },
          ...(entry.finish ? [{ attempt: entry.finish, expected: 200, entry }] : []),
        ])
        .filter(({ attempt }) => attempt.key !== undefined && !this.#rechecked.has(attempt))
      const open = attempts.filter(({ attempt }) => !attempt.answer)
      const known = attempts.filter(({ attempt }) => attempt.answer).slice(-OLD_KEYS)
      for (const { attempt, expected, entry } of [...open, ...known]) {
        const twins = await Promise.all([exchange(url, attempt.outgoing), exchange(url, attempt.outgoing)])
        for (const twin of twins) {
          attempt.answer ??= twin
          assert.equal(twin.status, expected, twin.text)
          assert.equal(twin.text, attempt.answer.text, 'the same key has the same answer')
        }
        if (attempt === entry.create) entry.ticket = client.told(attempt.answer ?? assert.fail())
        this.#rechecked.add(attempt)
      }
    }
  }

  /** Compares all that was answered with what the store holds, and the store with itself. */
  async check(dataDir: string): Promise<void> {
    const connection = await runningConnection(dataDir)
    assert.ok(connection)
    const store = new pg.Client({ ...connection, types: { getTypeParser: typeParser } })
    await store.connect()
    try {
      const { rows } = await store.query<TicketRow>('select id, integer, number, status, description from tickets')
      this.#compare(rows)
      for (const [promise, sql] of Object.entries(BROKEN)) assert.deepEqual((await store.query(sql)).rows, [], promise)
    } finally {
      await store.end()
    }
  }

  #compare(rows: readonly TicketRow[]): void {
    const byMark = Map.groupBy(rows, (row) => row.description)
    for (const { client, mark, ticket, finish } of this.#entries) {
      const found = byMark.get(mark) ?? []
      const [row] = found
      if (!ticket) assert.ok(found.length <= 1, `${client.name} made ${found.length} tickets of one request`)
      else {
        assert.equal(found.length, 1, `${client.name} was told of a ticket; there are ${found.length}`)
        assert.ok(row && [row.id, String(row.integer)].includes(ticket.reference))
        if (ticket.number !== null) assert.equal(row.number, ticket.number)
      }
      const possible = finish?.answer ? [client.finished] : finish ? ['new', client.finished] : ['new']
      if (row) assert.ok(possible.includes(row.status), `${client.name}: ${row.status}, not ${possible.join(' or ')}`)
    }
    assert.equal(byMark.size, rows.length)
  }
}

function maybeKey(): string | undefined {
  return randomInt(2) === 0 ? undefined : randomUUID()
}

const typeParser: pg.CustomTypesConfig['getTypeParser'] = (oid, format) =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text')

/** Statements that find what must never be, by what they would disprove. The load makes tickets and changes, no replies. */
const BROKEN: Readonly<Record<string, string>> = {
  'the numbers of a desk are 1, 2, 3, ...': `
    select t.desk_id from tickets t group by t.desk_id
    having min(t.number) <> 1 or max(t.number) <> count(*) or count(distinct t.number) <> count(*)`,
  'integers, message integers and event positions have no gaps, and the counters stand at the last': `
    select c.* from tenant_counters c where c.tenant_id in (select t.tenant_id from tickets t) and (
      c.ticket_integer <> (select count(*) from tickets t where t.tenant_id = c.tenant_id)
      or c.ticket_integer <> (select max(t.integer) from tickets t where t.tenant_id = c.tenant_id)
      or c.message_integer <> (select count(*) from messages m where m.tenant_id = c.tenant_id)
      or c.message_integer <> (select max(m.integer) from messages m where m.tenant_id = c.tenant_id)
      or c.event_position <> (select count(*) from events e where e.tenant_id = c.tenant_id)
      or c.event_position <> (select max(e.position) from events e where e.tenant_id = c.tenant_id))`,
  'the counters of a desk equal its tickets': `
    select d.*, n.* from desk_counters d cross join lateral (
      select coalesce(max(t.number), 0) as last, count(*) filter (where t.status = 'new') as n,
        count(*) filter (where t.status = 'open') as o, count(*) filter (where t.status = 'pending') as p,
        count(*) filter (where t.status = 'on_hold') as h, count(*) filter (where t.status = 'solved') as s,
        count(*) filter (where t.status = 'closed') as c
      from tickets t where t.tenant_id = d.tenant_id and t.desk_id = d.desk_id) n
    where (d.ticket_number, d.new_tickets, d.open_tickets, d.pending_tickets, d.on_hold_tickets, d.solved_tickets,
      d.closed_tickets) is distinct from (n.last, n.n, n.o, n.p, n.h, n.s, n.c)`,
  'a ticket has its created event and its first message': `
    select t.id from tickets t where 1 <> (
      select count(*) from events e join messages m on m.tenant_id = e.tenant_id and m.id = e.message_id and m.ticket_id = t.id
      where e.tenant_id = t.tenant_id and e.ticket_id = t.id and e.kind = 'ticket.created')`,
  'a status is what the last event says, and every event but the first is a change of the version': `
    select t.id from tickets t where t.status is distinct from coalesce((
        select e.after ->> 'status' from events e where e.tenant_id = t.tenant_id and e.ticket_id = t.id
        and e.kind = 'ticket.status_changed' order by e.position desc limit 1), 'new')
      or t.version - 1 <> (select count(distinct e.request_id) from events e
        where e.tenant_id = t.tenant_id and e.ticket_id = t.id and e.kind <> 'ticket.created')`,
  'a key has its answer': `
    select c.key from claims c full join claim_results r
      on r.tenant_id = c.tenant_id and r.credential_id = c.credential_id and r.key = c.key
    where c.key is null or r.key is null or r.result is null`,
}
