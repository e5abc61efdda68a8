import { createHash } from 'node:crypto'
import type { Store } from '../../../storage/store.ts'
import type { Vault } from '../../access/vault.ts'
import type { Administration } from '../../context.ts'
import { type Issue, refuse, refuseField } from '../../errors.ts'
import { callValues } from '../../idempotency/claimed.ts'
import { once } from '../../idempotency/store.ts'
import { type Actor, may } from '../../identity/actor.ts'
import type { Outgoing, Protocol, Sender, Sent } from '../protocol.ts'
import { EVERYTHING, type Webhook } from '../webhook.ts'
import {
  DELETE_WEBHOOK,
  FIND_WEBHOOK,
  INSERT_WEBHOOK,
  LIST_WEBHOOKS,
  ROTATE_SECRET,
  TENANTS_WITH_WEBHOOKS,
  TOUCH_WEBHOOK,
  UPDATE_WEBHOOK,
  WEBHOOK_KEPT,
  type WebhookKept,
  webhookOf,
} from './store.ts'

/** What webhooks need beside the store: the dialects' protocols, the key to their secrets, and a way out. */
export interface WebhookOffice {
  readonly protocols: ReadonlyMap<string, Protocol>
  readonly vault: Vault
  readonly sender: Sender
  /** Tells every process at once that a tenant's webhooks or deliveries are not what they were. */
  readonly changed: (tenantId: string) => void
}

/** A webhook to make. */
export interface NewWebhook {
  readonly dialect: string
  readonly deskId: string | null
  readonly url: string
  readonly description?: string
  /** The dialect's default events when absent. */
  readonly events?: readonly string[]
  readonly enabled?: boolean
}

/** What is to change; absent stays as it is. */
export interface WebhookChange {
  readonly url?: string
  readonly description?: string
  readonly events?: readonly string[]
  readonly enabled?: boolean
}

/** Webhooks of one tenant at the most. */
const MAXIMUM_WEBHOOKS = 200
const LONGEST_URL = 2_048
const LONGEST_DESCRIPTION = 1_000
/** How long the secret before a rotation signs too, in milliseconds, where the dialect sends several signatures. */
const OVERLAP_MS = 86_400_000

/** The owner under which a webhook's secrets are sealed. */
export function secretOwner(tenantId: string, webhookId: string): string {
  return `webhook ${tenantId} ${webhookId}`
}

/** What the directory lists a webhook under. */
function listedAs(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}

/** The webhook that an earlier call with the same key answered with. */
function webhookIn({ webhook }: WebhookKept): Webhook {
  return webhook ? webhookOf(webhook) : refuse({ code: 'not_found', missing: 'webhook' })
}

/** A webhook with the secret that an earlier call gave it, which may be another by now. */
function withSecretIn(
  admin: Administration,
  office: WebhookOffice,
  earlier: WebhookKept,
): { readonly webhook: Webhook; readonly secret: string } {
  const webhook = webhookIn(earlier)
  const sealed = Buffer.from(earlier.sealed ?? '', 'base64')
  return { webhook, secret: office.vault.open(sealed, secretOwner(admin.tenant.id, webhook.id)) }
}

/** A webhook of one desk is its admins' affair; one of all desks the owner's. */
function mayManage(actor: Actor | null, deskId: string | null): boolean {
  if (actor === null) return true
  if (deskId !== null) return may(actor, 'webhook.manage', deskId)
  return actor.permissions.has('webhook.manage') && actor.user.isOwner && actor.credential.deskId === null
}

function demandManages(actor: Actor | null, deskId: string | null): void {
  if (!mayManage(actor, deskId)) refuse({ code: 'forbidden', permission: 'webhook.manage' })
}

/**
 * Makes a webhook, after asking the endpoint where its dialect does so.
 *
 * @returns it, with its signing secret.
 * @throws Refusal `forbidden`, `conflict`, `invalid` (paths `dialect`, `desk`, `url`, `description`, `events`).
 */
export async function createWebhook(
  admin: Administration,
  office: WebhookOffice,
  input: NewWebhook,
): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  demandManages(admin.actor, input.deskId)
  const protocol = office.protocols.get(input.dialect)
  if (!protocol) return refuseField(['dialect'], 'choice', 'This dialect has no webhooks.')
  const events = input.events ?? protocol.defaultEvents
  const made = await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      if (input.deskId !== null && !admin.tenant.desks.some((desk) => desk.id === input.deskId))
        refuseField(['desk'], 'unknown', 'This desk does not exist.')
      checkWords(office.sender, protocol, { ...input, events })
      await checkEndpoint(office.sender, protocol, input.url)
      const there = await admin.store.run(LIST_WEBHOOKS.with({ tenant_id: admin.tenant.id }))
      if (there.length >= MAXIMUM_WEBHOOKS)
        refuse({ code: 'conflict', message: `A tenant has at most ${MAXIMUM_WEBHOOKS} webhooks.` })
      const id = admin.newId()
      const secret = protocol.newSecret()
      const about = {
        id,
        for_dialect: input.dialect,
        desk_id: input.deskId,
        url: input.url,
        description: input.description ?? '',
        events,
        enabled: input.enabled ?? true,
        secret: sealedFor(admin, office, id, secret),
        hash: listedAs(id),
      }
      const [row] = await admin.store.run(INSERT_WEBHOOK.with(callValues(admin, about)))
      return row && { webhook: webhookOf(row), secret }
    },
    (earlier) => withSecretIn(admin, office, earlier),
  )
  office.changed(admin.tenant.id)
  return made
}

function sealedFor(admin: Administration, office: WebhookOffice, id: string, secret: string): string {
  return office.vault.seal(secret, secretOwner(admin.tenant.id, id)).toString('base64')
}

/** The webhooks that the actor may administer, oldest first. */
export async function listWebhooks(admin: Administration): Promise<readonly Webhook[]> {
  if (admin.actor && !admin.actor.permissions.has('webhook.manage'))
    refuse({ code: 'forbidden', permission: 'webhook.manage' })
  const rows = await admin.store.run(LIST_WEBHOOKS.with({ tenant_id: admin.tenant.id }))
  return rows.map(webhookOf).filter((webhook) => mayManage(admin.actor, webhook.deskId))
}

/** One webhook. @throws Refusal `not_found`, also for one that the actor may not administer; `forbidden` */
export async function getWebhook(admin: Administration, id: string): Promise<Webhook> {
  return (await findWithSecrets(admin, id)).webhook
}

/** The ids of all tenants that have webhooks. */
export async function tenantsWithWebhooks(store: Pick<Store, 'run'>): Promise<readonly string[]> {
  return (await store.run(TENANTS_WITH_WEBHOOKS.with({}))).map(({ tenant_id }) => tenant_id)
}

async function findWithSecrets(admin: Administration, id: string) {
  if (admin.actor && !admin.actor.permissions.has('webhook.manage'))
    refuse({ code: 'forbidden', permission: 'webhook.manage' })
  const [row] = await admin.store.run(FIND_WEBHOOK.with({ tenant_id: admin.tenant.id, id }))
  if (!row || !mayManage(admin.actor, row.desk_id)) return refuse({ code: 'not_found', missing: 'webhook' })
  return { webhook: webhookOf(row), sealed: row.secret }
}

/** @throws Refusal as `getWebhook`, `invalid`, `idempotency_mismatch` */
export async function updateWebhook(
  admin: Administration,
  office: WebhookOffice,
  id: string,
  change: WebhookChange,
): Promise<Webhook> {
  const changed = await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      const before = await getWebhook(admin, id)
      const protocol = protocolOf(office, before)
      // What stays as it is was allowed once. A forbidden one can be disabled and mended, but not enabled.
      const url = change.enabled ? (change.url ?? before.url) : change.url
      checkWords(office.sender, protocol, { ...change, ...(url !== undefined && { url }) })
      if (change.url !== undefined && change.url !== before.url)
        await checkEndpoint(office.sender, protocol, change.url)
      const { description = null, events = null, enabled = null } = change
      const values = callValues(admin, { id, url: change.url ?? null, description, events, enabled })
      const [row] = await admin.store.run(UPDATE_WEBHOOK.with(values))
      return row && webhookOf(row)
    },
    webhookIn,
  )
  office.changed(admin.tenant.id)
  return changed
}

/** Removes a webhook with its deliveries. @throws Refusal as `getWebhook`, `idempotency_mismatch` */
export async function deleteWebhook(admin: Administration, office: WebhookOffice, id: string): Promise<void> {
  await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      await getWebhook(admin, id)
      const values = callValues(admin, { id, hash: listedAs(id) })
      const [deleted] = await admin.store.run(DELETE_WEBHOOK.with(values))
      return deleted?.id
    },
    () => id,
  )
  office.changed(admin.tenant.id)
}

/** The signing secret. @throws Refusal as `getWebhook` */
export async function readSecret(admin: Administration, office: WebhookOffice, id: string): Promise<string> {
  const { sealed } = await findWithSecrets(admin, id)
  return office.vault.open(sealed, secretOwner(admin.tenant.id, id))
}

/** Gives a webhook a new signing secret. @throws Refusal as `getWebhook`, `idempotency_mismatch` */
export async function rotateSecret(admin: Administration, office: WebhookOffice, id: string): Promise<string> {
  const rotated = await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      const webhook = await getWebhook(admin, id)
      const secret = protocolOf(office, webhook).newSecret()
      const until = new Date(Date.parse(admin.now) + OVERLAP_MS).toISOString()
      const values = callValues(admin, { id, secret: sealedFor(admin, office, id, secret), until })
      const [row] = await admin.store.run(ROTATE_SECRET.with(values))
      return row && { webhook, secret }
    },
    (earlier) => withSecretIn(admin, office, earlier),
  )
  return rotated.secret
}

/** A test of a webhook: what was sent, and what came back. */
interface Tested {
  readonly webhook: Webhook
  readonly body: string
  readonly sent: Sent
}

/**
 * Sends a test at once, whether the webhook is enabled or not. What leaves cannot be undone: with a key it is sent once,
 * unless the process dies between sending it and keeping what came back.
 *
 * @throws Refusal as `getWebhook`, `idempotency_mismatch`
 */
export async function testWebhook(admin: Administration, office: WebhookOffice, id: string): Promise<Tested> {
  return once<Tested, WebhookKept>(
    admin,
    WEBHOOK_KEPT,
    async () => {
      const { webhook, sealed } = await findWithSecrets(admin, id)
      const tested = await sendTest(admin, office, webhook, sealed)
      const [row] = await admin.store.run(TOUCH_WEBHOOK.with(callValues(admin, { id, tested })))
      return row && { webhook: webhookOf(row), ...tested }
    },
    (earlier) => {
      if (!earlier.tested) return refuse({ code: 'not_found', missing: 'webhook' })
      return { webhook: webhookIn(earlier), ...earlier.tested }
    },
  )
}

async function sendTest(
  admin: Administration,
  office: WebhookOffice,
  webhook: Webhook,
  sealed: Buffer,
): Promise<Omit<Tested, 'webhook'>> {
  const protocol = protocolOf(office, webhook)
  const secret = office.vault.open(sealed, secretOwner(admin.tenant.id, webhook.id))
  const deliveryId = admin.newId()
  const { body } = protocol.test(deliveryId, admin.now)
  const signing = { deliveryId, attemptId: admin.newId(), at: admin.now, body, secrets: [secret] as const }
  const deskId = webhook.deskId ?? admin.tenant.defaultDesk.id
  const request: Outgoing = {
    method: 'POST',
    url: webhook.url,
    headers: { 'content-type': 'application/json', ...protocol.sign({ ...signing, secrets: [secret], deskId }) },
    body,
    timeoutMs: protocol.timeoutMs,
  }
  return { body, sent: fitToKeep(await office.sender.send(request)) }
}

/** Without what no answer shows, and without characters that the store cannot hold. */
function fitToKeep(sent: Sent): Sent {
  if ('problem' in sent) return sent
  const body = sent.answer.body.toWellFormed().replaceAll('\0', '')
  return { answer: { status: sent.answer.status, headers: {}, body } }
}

function protocolOf(office: WebhookOffice, { dialect }: Pick<Webhook, 'dialect'>): Protocol {
  const protocol = office.protocols.get(dialect)
  if (!protocol) throw new Error(`There is a webhook of the dialect ${dialect}, which has none.`)
  return protocol
}

/** Checks what is given of a webhook's words. */
function checkWords(sender: Sender, protocol: Protocol, { url, description, events }: WebhookChange): void {
  const issues: Issue[] = []
  const issue = (path: string, rule: Issue['rule'], message: string, limit?: number) =>
    issues.push({ path: [path], rule, message, ...(limit === undefined ? {} : { limit }) })
  const problem = url === undefined ? null : sender.urlProblem(url)
  if (url !== undefined && url.length > LONGEST_URL)
    issue('url', 'too_long', `At most ${LONGEST_URL} characters.`, LONGEST_URL)
  else if (problem !== null) issue('url', 'format', problem)
  if (description !== undefined && description.length > LONGEST_DESCRIPTION)
    issue('description', 'too_long', `At most ${LONGEST_DESCRIPTION} characters.`, LONGEST_DESCRIPTION)
  const known = [...protocol.eventTypes.map(({ name }) => name), ...(protocol.hasEverything ? [EVERYTHING] : [])]
  const accepted = new Set([...known, ...(protocol.neverSent ?? [])])
  if (events?.length === 0) issue('events', 'required', 'At least one event is required.')
  else if (events && !events.every((event) => accepted.has(event)))
    issue('events', 'choice', `Must be some of ${known.join(', ')}.`)
  if (issues.length > 0) refuse({ code: 'invalid', issues })
}

async function checkEndpoint(sender: Sender, protocol: Protocol, url: string): Promise<void> {
  if (!protocol.acceptsEndpoint) return
  const sent = await sender.send({ method: 'OPTIONS', url, headers: {}, body: '', timeoutMs: protocol.timeoutMs })
  if ('problem' in sent) refuseField(['url'], 'not_allowed', `The endpoint cannot be reached: ${sent.problem}`)
  if (!protocol.acceptsEndpoint(sent.answer))
    refuseField(['url'], 'not_allowed', 'The endpoint must answer OPTIONS with 200 or 204 and allow POST.')
}
