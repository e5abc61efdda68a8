import pg from 'pg'
import { v7 } from 'uuid'
import { openAccess } from '../src/core/access/access.ts'
import { randomSecret } from '../src/core/access/secrets.ts'
import type { Context, System } from '../src/core/context.ts'
import { createTenant, createUser, issueCredential } from '../src/core/tenants/commands.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import { FRESH_CATALOGUE } from '../src/dialects/catalogue.ts'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import type { DialectName } from '../src/dialects/profiles.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { migrate } from '../src/storage/migrate.ts'
import { openStore } from '../src/storage/store.ts'
import type { Target, VendorCreate } from './load.ts'
import { ticketText, ticketTitle } from './texts.ts'

/** How much both servers have before the first round. */
export interface Filling {
  readonly tenants: number
  readonly ticketsPerTenant: number
  /** Tickets of one tenant more, of which a list must not read more than of the small ones. */
  readonly large: number
}

/** Tickets of the large tenant that are made, and known by id, at the same time. */
const LARGE_SHARE = 500

/** Tenants that are filled at the same time, so that their tickets share flushes but don't overrun the queue. */
const TENANTS_AT_A_TIME = 50

/** Fills an empty database by the core's own commands: each tenant has one desk, a service user and an API key. */
export async function fillPolydesk(connection: pg.PoolConfig, filling: Filling): Promise<Target[]> {
  const database = openDatabase({ connection })
  try {
    await migrate(database)
    const store = openStore(database)
    const access = openAccess(store)
    const admin = { store, now: new Date().toISOString(), newId: v7 }

    async function fillOne(index: number, size: number): Promise<Target> {
      const catalogue = FRESH_CATALOGUE
      const { tenantId, deskId } = await createTenant(admin, {
        name: `Tenant ${index}`,
        deskName: 'Support',
        catalogue,
      })
      const memberships = [{ deskId, role: 'admin' }] as const
      const user = await createUser(admin, tenantId, { kind: 'service', isOwner: true, name: 'API', memberships })
      const key = randomSecret(40)
      const credential = { dialect: 'native', kind: 'api_key', name: 'Benchmark', presented: key } as const
      await issueCredential(admin, tenantId, { ...credential, userId: user.id, scopes: ['*'] })

      const actor = await access.resolve('native', 'api_key', key)
      if (!actor) throw new Error('The key just issued is not known.')
      const tenant = await access.tenant(tenantId)
      const context = { store, tenant, actor, newId: v7, dialect: 'native', idempotency: null }
      const make = async (nth: number): Promise<string> => {
        const ctx: Context = { ...context, now: new Date().toISOString(), requestId: v7() }
        const { ticket } = await createTicket(ctx, {
          deskId,
          requester: { by: 'id', id: user.id, member: false },
          title: ticketTitle(nth),
          message: { visibility: 'public', format: 'text', text: ticketText(nth) },
        })
        return ticket.id
      }
      let ids: string[] = []
      for (let first = 0; first < size; first += LARGE_SHARE) {
        const share = Math.min(LARGE_SHARE, size - first)
        ids = await Promise.all(Array.from({ length: share }, (_, nth) => make(first + nth)))
      }
      const vendors = await vendorClients(admin, tenantId, { deskId, serviceId: user.id, index })
      return { path: '/v1/tickets', authorization: `Bearer ${key}`, ids, vendors }
    }

    const targets: Target[] = []
    while (targets.length < filling.tenants) {
      const count = Math.min(TENANTS_AT_A_TIME, filling.tenants - targets.length)
      const each = Array.from({ length: count }, (_, nth) => fillOne(targets.length + nth, filling.ticketsPerTenant))
      targets.push(...(await Promise.all(each)))
    }
    if (filling.large > 0) targets.push(await fillOne(targets.length, filling.large))
    await database.withClient(settle)
    return targets
  } finally {
    await database.close()
  }
}

/** A client of each vendor, with the create that it sends. */
async function vendorClients(
  admin: System,
  tenantId: string,
  { deskId, serviceId, index }: { readonly deskId: string; readonly serviceId: string; readonly index: number },
): Promise<Record<string, VendorCreate>> {
  const memberships = [{ deskId, role: 'customer' }] as const
  const customer = {
    kind: 'person',
    isOwner: false,
    name: 'Rosa',
    email: `rosa@${index}.example`,
    memberships,
  } as const
  const { id: customerId } = await createUser(admin, tenantId, customer)
  const issue = async (dialect: DialectName, name: string, userId: string): Promise<string> => {
    const kind = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === name)
    if (!kind) throw new Error(`There is no credential ${name} in ${dialect}.`)
    const { publicId, secret } = await issueMinted(admin, tenantId, kind, 'Benchmark', userId)
    return publicId === null ? secret : Buffer.from(`${publicId}:${secret}`).toString('base64')
  }
  const [title, text] = [ticketTitle(index), ticketText(index)]
  const create = (status: number, path: string, authorization: string, body: object, more = ''): VendorCreate => ({
    status,
    path,
    head: `authorization: ${authorization}\r\n${more}`,
    body: JSON.stringify(body),
  })
  return {
    spacebring: create(
      201,
      '/support/tickets/v1',
      `Basic ${await issue('spacebring', 'basic', serviceId)}`,
      { ticket: { type: 'internet', text, locationRef: deskId, userRefRequester: customerId } },
      `spacebring-network-id: ${tenantId}\r\n`,
    ),
    moov: create(200, `/accounts/${deskId}/tickets`, `Basic ${await issue('moov', 'basic', serviceId)}`, {
      title,
      body: text,
      contact: { email: `casey@${index}.example`, name: 'Casey' },
    }),
    netgroot: create(
      200,
      '/api/v1/subscriber/CreateTicket',
      `Bearer ${await issue('netgroot', 'api_token', customerId)}`,
      {
        ...{ subject_id: 2, type_id: 3, status_id: 2, priority_id: 4, group_id: 2, message: text },
      },
    ),
    omnidesk: create(200, '/api/v2/ticket', `apikey ${await issue('omnidesk', 'api_key', serviceId)}`, {
      ...{ brandID: 1, channelID: 3, direction: 'inbound', from: `casey@${index}.example`, fromName: 'Casey' },
      ...{ to: 'desk@omnidesk.example', title },
    }),
  }
}

// The columns of Polydesk's own tables, without anything that three calls don't need.
const BARE_SCHEMA = `
create table counters (
  tenant_id uuid primary key, desk_id uuid not null, requester_id uuid not null, ticket_integer bigint not null default 0
);
create table tickets (
  tenant_id uuid not null, id uuid not null, integer bigint not null, desk_id uuid not null, number integer not null,
  version integer not null, title text not null, description text not null, status text not null, priority text not null,
  topic_id integer, type_id integer, group_id uuid, requester_id uuid, assignee_id uuid, channel_id integer not null,
  form_id integer, direction text not null, from_address text not null, from_name text not null, to_address text not null,
  to_name text not null, external_reference text, tags text[] not null, created_at timestamptz not null,
  updated_at timestamptz not null, status_changed_at timestamptz, first_response_at timestamptz,
  latest_message_at timestamptz, latest_agent_at timestamptz, latest_requester_at timestamptz, solved_at timestamptz,
  closed_at timestamptz, finished_at timestamptz,
  primary key (tenant_id, id)
);
create table messages (
  tenant_id uuid not null, id uuid not null, integer bigint not null, ticket_id uuid not null, visibility text not null,
  author_id uuid, author_name text, author_role text not null, direction text not null, channel_id integer not null,
  format text not null, original text not null, plain text not null, safe_html text, sanitizer text,
  ticket_status text not null, created_at timestamptz not null,
  primary key (tenant_id, id)
)`

const BARE_TENANTS = `
insert into counters (tenant_id, desk_id, requester_id, ticket_integer)
select uuidv7(), uuidv7(), uuidv7(), $2::integer from generate_series(1, $1::integer)`

const BARE_TICKETS = `
with made as (
  insert into tickets (tenant_id, id, integer, desk_id, number, version, title, description, status, priority,
    requester_id, channel_id, direction, from_address, from_name, to_address, to_name, tags, created_at, updated_at,
    latest_message_at, latest_requester_at)
  select c.tenant_id, uuidv7(), w.nth, c.desk_id, w.nth, 1, w.title, w.text, 'new', 'normal', c.requester_id, 9, 'inbound',
    '', '', '', '', '{}', now(), now(), now(), now()
  from counters c, unnest($1::text[], $2::text[]) with ordinality w (title, text, nth)
  returning *
)
insert into messages (tenant_id, id, integer, ticket_id, visibility, author_id, author_role, direction, channel_id,
  format, original, plain, ticket_status, created_at)
select m.tenant_id, uuidv7(), m.integer, m.id, 'public', m.requester_id, 'requester', 'inbound', 9, 'text', m.description,
  m.description, m.status, m.created_at
from made m`

/** Makes the tables of the bare server, with as many of the same tickets. */
export async function fillBare(connection: pg.PoolConfig, filling: Filling): Promise<Target[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query(BARE_SCHEMA)
    await client.query(BARE_TENANTS, [filling.tenants, filling.ticketsPerTenant])
    const nths = Array.from({ length: filling.ticketsPerTenant }, (_, nth) => nth)
    await client.query(BARE_TICKETS, [nths.map(ticketTitle), nths.map(ticketText)])
    await settle(client)
    const { rows } = await client.query<{ tenant_id: string; ids: string[] }>(
      'select tenant_id, array_agg(id::text) as ids from tickets group by tenant_id',
    )
    return rows.map(({ tenant_id, ids }) => ({ path: `/${tenant_id}/tickets`, authorization: '', ids }))
  } finally {
    await client.end()
  }
}

/** So that neither server meets the clean-up after its filling while it is measured. */
async function settle(client: pg.Client): Promise<void> {
  await client.query('vacuum analyze')
  await client.query('checkpoint')
}
