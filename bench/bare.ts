/**
 * What Polydesk is compared with: the least that Fastify and `pg` need to create, get and list tickets, with their
 * default settings. No authentication, validation, events, search, joins, constraints or batching.
 */
import Fastify from 'fastify'
import pg from 'pg'
import { v7 } from 'uuid'
import { answerAsServer } from './server.ts'

const CREATE = `
with counted as (
  update counters set ticket_integer = ticket_integer + 1 where tenant_id = $1 returning ticket_integer, requester_id, desk_id
),
made as (
  insert into tickets (tenant_id, id, integer, desk_id, number, version, title, description, status, priority,
    requester_id, channel_id, direction, from_address, from_name, to_address, to_name, tags, created_at, updated_at,
    latest_message_at, latest_requester_at)
  select $1, $2, c.ticket_integer, c.desk_id, c.ticket_integer, 1, $5, $6, 'new', 'normal', c.requester_id, 9, 'inbound',
    '', '', '', '', '{}', $4, $4, $4, $4
  from counted c
  returning *
),
said as (
  insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_role, direction, channel_id,
    format, original, plain, ticket_status, created_at)
  select $1, $3, m.integer, m.id, 'public', m.requester_id, 'requester', 'inbound', 9, 'text', $6, $6, m.status, $4 from made m
)
select * from made`

const GET = 'select * from tickets where tenant_id = $1 and id = $2'
const LIST = 'select * from tickets where tenant_id = $1 order by id desc limit $2'

interface InTenant {
  readonly tenant: string
}

async function serve(): Promise<{ url: string; stop(): Promise<unknown> }> {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
  const app = Fastify()

  app.post<{ Params: InTenant; Body: { readonly title: string; readonly text: string } }>(
    '/:tenant/tickets',
    async (request, reply) => {
      const { title, text } = request.body
      const made = await pool.query(CREATE, [request.params.tenant, v7(), v7(), new Date(), title, text])
      return reply.code(201).send(made.rows[0])
    },
  )
  app.get<{ Params: InTenant & { readonly id: string } }>('/:tenant/tickets/:id', async (request, reply) => {
    const found = await pool.query(GET, [request.params.tenant, request.params.id])
    return found.rows[0] ?? reply.code(404).send({ error: 'not found' })
  })
  app.get<{ Params: InTenant; Querystring: { readonly limit: string } }>('/:tenant/tickets', async (request) => {
    const found = await pool.query(LIST, [request.params.tenant, Number(request.query.limit)])
    return { data: found.rows }
  })

  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    stop: async () => {
      await app.close()
      await pool.end()
    },
  }
}

answerAsServer(serve())
