/** One tenant with many tickets, for benchmarks of what is looked for in them. */
import type pg from 'pg'
import { v7 } from 'uuid'
import { keysOf } from '../src/core/search/words.ts'

/** Different words; the nth is as frequent as one in n (Zipf). */
const WORDS = 50_000
/** Words of one message. */
export const LONG = 55
const CHUNK = 1_000
/** Of one ticket. */
const MOST_MESSAGES = 100
/** Tickets of one block of the index, as in `core/search/store.ts`. */
const BLOCK = 8192
const PREFIX = `('x' || left(md5($1::uuid::text || ' ' || n), 8))::bit(32)::bit(23)::integer::bigint << 40`

/** The same numbers in every run. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The nth most frequent word. */
export const wordAt = (nth: number): string => `w${((nth * 7919) % 65_521).toString(36)}x${nth.toString(36)}`

export function textOf(random: () => number): string {
  return Array.from({ length: LONG }, () => wordAt(Math.floor(WORDS ** random()))).join(' ')
}

/** Whose tickets they are: on this desk, requested by these people, who also work on most of them. */
export interface Filled {
  readonly tenantId: string
  readonly deskId: string
  readonly userIds: readonly string[]
}

/** Writes the rows of tickets as the product leaves them, all merged: by its own commands it would take hours. */
export async function fillTenant(
  client: pg.Client,
  { tenantId, deskId, userIds }: Filled,
  { tickets, messages }: { readonly tickets: number; readonly messages: number },
): Promise<void> {
  const random = randomOf(7)
  const indexed = await client.query<{ indexdef: string }>(
    "select indexdef from pg_indexes where indexname = 'search_tickets_keys'",
  )
  await client.query('drop index search_tickets_keys')
  await client.query(
    `insert into search_blocks (tenant_id, block, prefix) select $1::uuid, n, ${PREFIX} from generate_series(0, $2::integer) n`,
    [tenantId, Math.floor(tickets / BLOCK)],
  )
  for (let first = 1; first <= tickets; first += CHUNK) {
    const made = Array.from({ length: Math.min(CHUNK, tickets - first + 1) }, (_, at) => {
      const nth = first + at
      const texts = Array.from({ length: messages }, () => textOf(random))
      const title = `${wordAt(Math.floor(WORDS ** random()))} number${nth}`
      return {
        ...{ id: v7(), nth, title, texts, keys: keysOf([title, ...texts]) },
        // Three of a hundred are open, of a thousandth one agent works on three.
        status: random() < 0.03 ? 'open' : random() < 0.5 ? 'solved' : 'closed',
        priority: random() < 0.1 ? 'high' : 'normal',
        assignee: random() < 0.3 ? null : userIds[Math.floor((userIds.length - 1) * random() ** 2)],
        requester: userIds[Math.floor(userIds.length * random())],
      }
    })
    const json = JSON.stringify(made)
    const records = `json_to_recordset($2::json) i (id uuid, nth bigint, title text, texts text[], keys bigint[], status text, priority text, assignee uuid, requester uuid)`
    await client.query(
      `insert into tickets (tenant_id, id, integer, desk_id, number, version, title, description, status, priority, requester_id,
         assignee_id, channel_id, direction, from_address, from_name, to_address, to_name, tags, created_at, updated_at,
         latest_message_at, change_position)
       select $1::uuid, i.id, i.nth, $3, i.nth, 1, i.title, i.texts[1], i.status, i.priority, i.requester, i.assignee, 9, 'inbound', '', '',
         '', '', '{}', now(), now(), now() - i.nth * interval '7 seconds', i.nth * 7919 % 100000007 from ${records}`,
      [tenantId, json, deskId],
    )
    await client.query(
      `with said as (
         insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_role, direction, channel_id, format,
           original, plain, ticket_status, created_at)
         select $1::uuid, uuidv7(), i.nth * ${MOST_MESSAGES} + t.nth, i.id, 'public', i.requester, 'requester', 'inbound', 9, 'text', t.said, t.said, 'open', now()
         from ${records}, unnest(i.texts) with ordinality t (said, nth)
         returning id, integer, ticket_id, author_id, created_at
       )
       insert into events (tenant_id, position, id, kind, ticket_id, message_id, actor_id, dialect, request_id, at, after, desk_id, requester_id, visibility)
       select $1::uuid, s.integer, uuidv7(), case when s.integer % ${MOST_MESSAGES} = 1 then 'ticket.created' else 'message.added' end, s.ticket_id,
         s.id, s.author_id, 'native', 'fill', s.created_at, '{}', $3::uuid, s.author_id, 'public' from said s`,
      [tenantId, json, deskId],
    )
    await client.query(
      `insert into search_tickets (tenant_id, ticket, keys)
       select $1::uuid, i.nth, array(select b.prefix | k from unnest(i.keys) k) from ${records}
       join search_blocks b on b.tenant_id = $1::uuid and b.block = i.nth / ${BLOCK}`,
      [tenantId, json],
    )
  }
  await client.query(
    'update tenant_counters set ticket_integer = $2, event_position = $3, message_integer = $3 where tenant_id = $1',
    [tenantId, tickets, Math.max(100_000_007, (tickets + 1) * MOST_MESSAGES)],
  )
  await client.query('update desk_counters set ticket_number = $2 where tenant_id = $1', [tenantId, tickets])
  for (const { indexdef } of indexed.rows) await client.query(indexdef)
  await client.query('vacuum analyze')
  await client.query('checkpoint')
}
