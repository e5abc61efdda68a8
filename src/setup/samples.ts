import { readFile } from 'node:fs/promises'
import { type Access, directoryKind, hashOf } from '../core/access/access.ts'
import { actorOf, FIND_IN_DIRECTORY, LOAD_ACTOR } from '../core/access/store.ts'
import { addRecord } from '../core/catalogue/commands.ts'
import type { Context } from '../core/context.ts'
import { addExternalId } from '../core/tenants/commands.ts'
import { changeTicket, createTicket } from '../core/tickets/commands.ts'
import { listTickets } from '../core/tickets/queries.ts'
import { createWebhook, type WebhookOffice } from '../core/webhooks/commands.ts'
import { type DemoValues, demoValuesIn, valuesIn } from '../dialects/examples.ts'
import { type Quickstart, writeQuickstart } from './demo.ts'

/** What the samples are made with. */
export interface SampleSurroundings extends Pick<Context, 'store' | 'newId'> {
  readonly access: Access
  readonly webhooks: WebhookOffice
  readonly clock: () => Date
}

/** Where the samples' webhooks lead to: a name that never is anybody's (RFC 2606). They are disabled besides. */
const NOWHERE = 'https://receiver.invalid/polydesk'

/**
 * What the examples of the documents are filled with. A demo that nobody has used yet gets its samples here, when the
 * documents are read for the first time, and not before: who works with a fresh demo finds it empty.
 *
 * @param surroundings undefined while the store is not open.
 * @param log told when the samples could not be made; the examples that need them are then not shown.
 */
export function demoValuesOf(
  file: string,
  surroundings: () => SampleSurroundings | undefined,
  log: (message: string) => void,
): () => Promise<DemoValues> {
  let making: Promise<void> | undefined
  return async () => {
    const text = await read(file)
    const values = valuesIn(text)
    const given = surroundings()
    if (given && values['POLYDESK_API_KEY'] !== undefined && values['SAMPLE_TICKET_ID'] === undefined) {
      making ??= addSamples(file, values, given)
        .catch((error: unknown) => log(`The samples of the demo could not be made: ${String(error)}`))
        .finally(() => {
          making = undefined
        })
      await making
      return demoValuesIn(await read(file))
    }
    return demoValuesIn(text)
  }
}

/** A store without a demo has no such file. */
function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}

async function addSamples(file: string, values: Quickstart, surroundings: SampleSurroundings): Promise<void> {
  const samples = await makeSamples(values, surroundings)
  if (samples) await writeQuickstart(file, { ...values, ...samples })
}

/**
 * One of each thing that examples name: a ticket with a reply, a form, a webhook of each dialect that has operations for
 * them, and what another system calls the requester. The ticket is on the second desk, where the demo's keys look last.
 *
 * @returns what quickstart.env tells of them; null when the demo is in use, or its keys are not what they were.
 */
async function makeSamples(values: Quickstart, surroundings: SampleSurroundings): Promise<Quickstart | null> {
  const { access, store, newId, webhooks } = surroundings
  const as = async (dialect: string, kind: string, secret = ''): Promise<Context | null> => {
    const hashed = [directoryKind(dialect, kind), hashOf(secret)]
    // Not by `Access`: it would keep that the key was used.
    const [listed] = await store.run({ statement: FIND_IN_DIRECTORY, values: hashed })
    if (!listed) return null
    const [row] = await store.run({ statement: LOAD_ACTOR, values: [listed.tenant_id, listed.target_id] })
    if (!row) return null
    const tenant = await access.tenant(listed.tenant_id)
    const now = surroundings.clock().toISOString()
    return { store, newId, tenant, actor: actorOf(tenant.id, row), now, dialect, requestId: newId(), idempotency: null }
  }
  const asService = () => as('native', 'api_key', values['POLYDESK_API_KEY'])
  const [first, requester] = [await asService(), await as('netgroot', 'api_token', values['NETGROOT_TOKEN'])]
  const desk = first?.tenant.desks.find(({ id }) => id === values['MOOV_CONNECTED_ACCOUNT_ID'])
  if (!first || !requester || !desk) return null
  const { total } = await listTickets(first, {}, { by: 'offset', offset: 0, limit: 1 })
  if (total !== 0) return null

  const form = await addRecord(first, 'form', { name: 'Contact' })
  await access.changed(first.tenant.id)
  const service = await asService()
  if (!service) return null
  const { user } = requester.actor
  await addExternalId(
    { store, newId, now: service.now },
    service.tenant.id,
    service.tenant.defaultDesk.id,
    'rosa',
    user.id,
  )
  const { ticket } = await createTicket(service, {
    deskId: desk.id,
    requester: { by: 'id', id: user.id, member: true },
    title: 'The door does not open',
    formId: form.id,
    message: { ...TEXT, author: 'requester', text: 'My key does not open the door since this morning.' },
  })
  const { messages } = await changeTicket(service, ticket, { message: { ...TEXT, text: 'We look at it at once.' } })
  const webhook = async (dialect: string) => {
    const input = { dialect, deskId: null, url: NOWHERE, description: 'A sample', enabled: false }
    return (await createWebhook(service, webhooks, { ...input, events: ['ticket.created'] })).webhook.id
  }
  return {
    SAMPLE_TICKET_ID: ticket.id,
    SAMPLE_COMMENT_ID: messages[0]?.id ?? '',
    SAMPLE_MEMBERSHIP_ID: user.memberships.find(({ deskId }) => deskId === service.tenant.defaultDesk.id)?.id ?? '',
    SAMPLE_GROUP_ID: service.tenant.groups[0]?.id ?? '',
    SAMPLE_WEBHOOK_ID: await webhook('native'),
    SAMPLE_MOOV_WEBHOOK_ID: await webhook('moov'),
  }
}

const TEXT = { visibility: 'public', format: 'text' } as const
