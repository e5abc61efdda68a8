import { readFile } from 'node:fs/promises'
import { type Access, findActor, hashOf } from '../core/access/access.ts'
import { randomSecret } from '../core/access/secrets.ts'
import type { Links } from '../core/attachments/links.ts'
import { beginJob } from '../core/bulk/commands.ts'
import { addRecord, changeRecord } from '../core/catalogue/commands.ts'
import { addField } from '../core/catalogue/fields.ts'
import type { Context, RunningSystem } from '../core/context.ts'
import { createMacro } from '../core/macros/commands.ts'
import { takeMail } from '../core/mail/intake/commands.ts'
import { getLetter, holdLetter, resendLetter } from '../core/mail/outgoing/outbox.ts'
import { returnLetter } from '../core/mail/outgoing/return.ts'
import { endWhereNobodyWrites, sendLetters } from '../core/mail/outgoing/send.ts'
import { listUndeliverable } from '../core/mail/outgoing/undeliverable.ts'
import type { Bounce } from '../core/mail/reading/mail.ts'
import type { Message } from '../core/messages/message.ts'
import { createReply } from '../core/replies/commands.ts'
import { schedule } from '../core/scheduled/commands.ts'
import { addTag } from '../core/tags/commands.ts'
import { addExternalId, issueCredential } from '../core/tenants/commands.ts'
import { changeTicket } from '../core/tickets/commands/change.ts'
import { createTicket } from '../core/tickets/commands/create.ts'
import { linkTickets } from '../core/tickets/commands/links.ts'
import { mergeTicket } from '../core/tickets/commands/merge.ts'
import { listTickets } from '../core/tickets/queries/list.ts'
import { findProfilesByAddress } from '../core/users/queries.ts'
import { createView } from '../core/views/commands.ts'
import { listDeliveries, skip } from '../core/webhooks/deliveries/commands.ts'
import { consume } from '../core/webhooks/deliveries/consume.ts'
import { deliverDue } from '../core/webhooks/deliveries/deliver.ts'
import { createWebhook, updateWebhook, type WebhookOffice } from '../core/webhooks/subscriptions/commands.ts'
import type { Quickstart } from '../dialects/demo.ts'
import type { DemoValues } from '../dialects/examples.ts'
import { PROFILES } from '../dialects/profiles.ts'
import { demoValuesIn, SAMPLE, valuesIn } from '../dialects/quickstart.ts'
import { REQUESTER, USERNAME } from './demo.ts'
import { writeQuickstart } from './quickstart.ts'

/** What the samples are made with. */
export interface SampleSystem extends RunningSystem {
  readonly access: Access
  readonly webhooks: WebhookOffice
  readonly links: Links
}

/** Where the samples' webhooks lead to: a name that never is anybody's (RFC 2606). */
/** In how many milliseconds the sample of what is sent later is: no test waits so long, nor does anybody read a demo. */
const LATER_MS = 60 * 86_400_000
const NOWHERE = 'https://receiver.invalid/polydesk'
/** A mail to nobody here: it is held, and makes no ticket. */
const MAIL = [
  'From: Rosa <rosa@example.com>',
  'To: help@example.com',
  'Subject: The door',
  'Message-ID: <sample@example.com>',
  '',
  'It does not open.',
].join('\r\n')
/** Who gets a copy of the sample's letter. */
const NOBODY = 'nobody@receiver.invalid'
/** How long a sample of a delivery waits for its next attempt unless somebody sends it: it is to leave the log in peace. */
const TEN_YEARS_MS = 10 * 365 * 86_400_000

/**
 * What the examples of the documents are filled with. A demo that nobody has used yet gets its samples here, when the
 * documents are read for the first time, and not before: who works with a fresh demo finds it empty.
 *
 * @param system undefined while the store is not open.
 * @param log told when the samples could not be made; the examples that need them are then not shown.
 */
export function demoValuesOf(
  file: string,
  system: () => SampleSystem | undefined,
  log: (message: string) => void,
): () => Promise<DemoValues> {
  let making: Promise<void> | undefined
  return async () => {
    const text = await read(file)
    const values = valuesIn(text)
    const given = system()
    if (given && values['POLYDESK_API_KEY'] !== undefined && values[SAMPLE.ticket] === undefined) {
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

async function addSamples(file: string, values: Quickstart, system: SampleSystem): Promise<void> {
  const samples = await makeSamples(values, system)
  if (samples) await writeQuickstart(file, { ...values, ...samples })
}

/**
 * One of each thing that examples name: a ticket with a reply, one that was changed, a form, a field, tags, a webhook of each dialect that has operations for
 * them, one with deliveries, and what another system calls the requester. The ticket is on the second desk, where the
 * demo's keys look last.
 *
 * @returns what quickstart.env tells of them; null when the demo is in use, or its keys are not what they were.
 */
async function makeSamples(values: Quickstart, system: SampleSystem): Promise<Quickstart | null> {
  const { access, store, newId, webhooks } = system
  const asService = async (): Promise<Context | null> => {
    const key = { dialect: 'native', kind: 'api_key', hash: hashOf(values['POLYDESK_API_KEY'] ?? '') }
    // Not by `Access`: it would keep that the key was used.
    const actor = await findActor(store, key)
    if (!actor) return null
    const tenant = await access.tenant(actor.tenantId)
    const now = system.clock().toISOString()
    const call = { now, dialect: 'native', requestId: newId(), idempotency: null }
    return { store, newId, tenant, actor, ...call }
  }
  const first = await asService()
  const desk = first?.tenant.desks.find(({ isDefault }) => !isDefault)
  if (!first || !desk) return null
  const [requester] = await findProfilesByAddress(first, [{ kind: 'email', address: REQUESTER }])
  if (!requester) return null
  const { total } = await listTickets(first, {}, { by: 'offset', offset: 0, limit: 1 })
  if (total !== 0) return null

  const form = await addRecord(first, 'form', { name: 'Contact' })
  await addField(first, { key: 'plan', type: 'choice', label: 'Plan', choices: [{ value: 'basic' }, { value: 'pro' }] })
  for (const name of ['invoice', 'billing']) await addTag(first, { name, colour: 'blue' })
  const service = await asService()
  if (!service) return null
  await addExternalId(
    { store, newId, now: service.now },
    service.tenant.id,
    service.tenant.defaultDesk.id,
    USERNAME,
    requester.id,
  )
  const sending = await makeSendingWebhook(service, system, desk.id)
  const { ticket } = await createTicket(service, {
    deskId: desk.id,
    requester: { by: 'id', id: requester.id, member: true },
    title: 'The door does not open',
    formId: form.id,
    message: { ...TEXT, author: 'requester', text: 'My key does not open the door since this morning.' },
  })
  const { messages, undeliverable } = await makeLetter(service, system, desk.id, async () => {
    const envelope = { cc: [NOBODY] }
    const said = { message: { ...TEXT, text: 'We look at it at once.', envelope } }
    return (await changeTicket(service, ticket, said)).messages
  })
  const deliveries = await makeDeliveries(service, system, sending)
  const { merged, duplicate, stays, linked, link, aside } = await makeDuplicates(service, desk.id, requester.id)
  const urgent = { name: 'Urgent', query: 'priority:urgent -status:solved,closed' }
  const order = { sort: 'created', descending: true } as const
  // Nobody is told its secret.
  const presented = randomSecret(40)
  const key = { dialect: 'native', kind: 'api_key', name: 'A sample', presented, userId: requester.id, scopes: [] }
  const credential = await issueCredential(service, service.tenant.id, key)
  const view = await createView(service, { ...urgent, ...order, audience: 'everyone', groupId: null })
  // It finds nothing, and so is done at once.
  const closing = {
    name: 'Closing',
    folder: '',
    language: 'en',
    text: 'Dear {{requester.name}},\n\nis all well again?',
  }
  const reply = await createReply(service, { ...closing, audience: 'everyone', groupId: null })
  const said = { visibility: 'public', format: 'text', text: 'Is it well by now?', attachmentIds: [] } as const
  const later = {
    ...said,
    status: null,
    sendAt: new Date(Date.parse(service.now) + LATER_MS).toISOString(),
    unlessAnswered: true,
  }
  const scheduled = await schedule(service, ticket, later, null)
  const filing = { name: 'To be looked at', change: { priority: 'high' }, message: null } as const
  const macro = await createMacro(service, { ...filing, audience: 'everyone', groupId: null })
  const nothing = { query: urgent.query, viewId: null }
  const job = await beginJob(service, { choice: nothing, change: { priority: 'high' } })
  const mail = await takeMail(service, { raw: Buffer.from(MAIL), recipient: null, sender: null })
  const made: Record<string, string> = {
    [SAMPLE.mail]: mail,
    [SAMPLE.letter]: messages[0]?.id ?? '',
    [SAMPLE.undeliverable]: undeliverable,
    [SAMPLE.ticket]: ticket.id,
    [SAMPLE.changedTicket]: await makeChangedTicket(service, desk.id),
    [SAMPLE.duplicate]: duplicate,
    [SAMPLE.merged]: merged,
    [SAMPLE.stays]: stays,
    [SAMPLE.linked]: linked,
    [SAMPLE.link]: link,
    [SAMPLE.aside]: aside,
    [SAMPLE.comment]: messages[0]?.id ?? '',
    [SAMPLE.membership]: requester.memberships.find(({ deskId }) => deskId === service.tenant.defaultDesk.id)?.id ?? '',
    [SAMPLE.group]: service.tenant.groups[0]?.id ?? '',
    [SAMPLE.view]: view.id,
    [SAMPLE.savedReply]: reply.id,
    [SAMPLE.macro]: macro.id,
    [SAMPLE.scheduled]: scheduled.id,
    [SAMPLE.later]: later.sendAt,
    [SAMPLE.credential]: credential,
    [SAMPLE.job]: job.id,
    [SAMPLE.sendingWebhook]: sending,
    ...deliveries,
  }
  for (const { name: dialect, demo } of PROFILES) {
    if (demo.webhook === undefined) continue
    const input = { dialect, deskId: null, url: NOWHERE, description: 'A sample', enabled: false }
    const created = await createWebhook(service, webhooks, { ...input, events: ['ticket.created'] })
    made[demo.webhook] = created.webhook.id
  }
  return made
}

/**
 * Makes a letter of what is said, of which a copy came back; it is held, and never sent: the desk has an address for as long as
 * that takes, and it is nobody's, as that of the copy (RFC 2606).
 */
async function makeLetter(
  service: Context,
  { store, clock }: SampleSystem,
  deskId: string,
  say: () => Promise<readonly Pick<Message, 'id'>[]>,
) {
  const post = async () => ({ is: 'taken', words: 'Nobody is there.', without: [] }) as const
  const given = { store, clock, tenantId: service.tenant.id, post, replyKey: Buffer.alloc(32) }
  const addressed = (addresses: readonly string[]) => changeRecord(service, 'desk', deskId, { addresses })
  await addressed(['help@desk.invalid'])
  await sendLetters(given, () => false)
  const messages = await say()
  await sendLetters(given, () => false)
  await addressed([])
  await endWhereNobodyWrites(given)
  for (const { id } of messages) {
    const { mailId } = await getLetter(service, id)
    await returnLetter(service, bounceOf(mailId))
    await resendLetter(service, id)
    await holdLetter(service, id)
  }
  const { addresses } = await listUndeliverable(service, { before: null, limit: 1 })
  return { messages, undeliverable: addresses[0]?.id ?? '' }
}

function bounceOf(mailId: string): Bounce {
  const recipient = { address: NOBODY, addresses: [NOBODY], status: '5.1.2', words: 'There is no such domain.' }
  return {
    ...{ is: 'bounce', reasons: [], outcome: 'final', recipients: [{ ...recipient, outcome: 'final' }], words: '' },
    returned: { ids: [mailId], parents: [], envelopeIds: [], subject: '' },
  }
}

/** A ticket of which the last change can be undone, and done again. @returns its id */
async function makeChangedTicket(service: Context, deskId: string): Promise<string> {
  const { ticket } = await createTicket(service, { deskId, requester: { by: 'nobody' }, title: 'The lamp flickers' })
  await changeTicket({ ...service, requestId: service.newId() }, ticket, { priority: 'high' })
  return ticket.id
}

/** Three tickets about the same, of which one was merged into another already, and one that is linked to that. */
async function makeDuplicates(service: Context, deskId: string, requesterId: string) {
  const open = async (text: string): Promise<string> => {
    const requester = { by: 'id', id: requesterId, member: true } as const
    const message = { ...TEXT, author: 'requester', text } as const
    return (await createTicket(service, { deskId, requester, title: text, message })).ticket.id
  }
  const stays = await open('The light in the hall is broken.')
  const duplicate = await open('There is no light in the hall.')
  const merged = await open('It is dark in the hall.')
  await mergeTicket(service, { id: merged }, { id: stays })
  const linked = await open('The stairs are dark.')
  const { link } = await linkTickets(service, { id: stays }, { relation: 'related', ticket: { id: linked } })
  const text = 'And the bell is silent.'
  const { messages } = await changeTicket(service, { id: linked }, { message: { ...TEXT, author: 'requester', text } })
  return { stays, duplicate, merged, linked, link: link.id, aside: messages[0]?.id ?? '' }
}

/** A webhook that is enabled, and told of what becomes of the sample ticket. @returns its id */
async function makeSendingWebhook(service: Context, { webhooks }: SampleSystem, deskId: string): Promise<string> {
  const input = { dialect: 'native', deskId, url: NOWHERE, description: 'A sample: nobody is there' }
  const events = ['ticket.created', 'message.added', 'ticket.status_changed']
  // Nobody is woken: what is due is attempted here, and nothing leaves.
  return (await createWebhook(service, { ...webhooks, changed: () => {} }, { ...input, events })).webhook.id
}

/**
 * What became of the sample ticket, as deliveries: one that was skipped, one that waits after an attempt that reached
 * nobody, and one that waits behind it. From then on the webhook is told of hardly anything, so that whoever goes on
 * working with the demo reads nothing of it in the log.
 */
async function makeDeliveries(
  service: Context,
  { store, access, newId, webhooks, links, clock }: SampleSystem,
  webhookId: string,
): Promise<Quickstart> {
  const tenant = await access.tenant(service.tenant.id)
  const quiet = { ...webhooks, changed: () => {} }
  const { protocols } = webhooks
  while (await consume({ store, tenant, protocols, links, newId, log: () => {}, now: clock().toISOString() }));
  await updateWebhook(service, quiet, webhookId, { events: ['ticket.form_changed'] })
  const { deliveries } = await listDeliveries(service, webhookId, { state: null, after: null, limit: 10 })
  const [first, waiting, late] = deliveries.toReversed().map(({ id }) => id)
  if (!first || !waiting || !late) throw new Error('The sample ticket led to fewer than three deliveries.')
  await skip(service, quiet, webhookId, first)
  const patience = { retryDelaysMs: [TEN_YEARS_MS] }
  const office = {
    vault: webhooks.vault,
    protocols: new Map([...protocols].map(([name, protocol]) => [name, { ...protocol, ...patience }])),
    sender: { urlProblem: () => null, send: async () => ({ problem: 'The host name cannot be resolved.' }) },
  }
  await deliverDue({ store, tenant, office, clock, newId, failed: () => {} }, webhookId)
  return { [SAMPLE.delivery]: waiting, [SAMPLE.lateDelivery]: late, [SAMPLE.skippedDelivery]: first }
}

const TEXT = { visibility: 'public', format: 'text' } as const
