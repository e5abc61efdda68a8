import { Parse } from 'typebox/value'
import type { Administration } from '../context.ts'
import { type Missing, refuse, refuseField } from '../errors.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { demandTenantWide } from '../identity/actor.ts'
import type { Permission } from '../identity/permissions.ts'
import { listOwners } from '../identity/queries.ts'
import { readName } from '../name.ts'
import { nameKey } from '../spelling.ts'
import { inRoundsOfTwins } from '../taken.ts'
import type { Priority, Status } from '../words.ts'
import { demandFreeAddresses, readDeskAddresses } from './addresses.ts'
import { RECORDS, type RecordKind, type RecordRow } from './records.ts'
import { type Adding, CHANGE_RECORD, INSERT_RECORD, lockOf, RECORD_KEPT, type RecordKept } from './store.ts'
import { CHANNEL, type Tenant } from './tenant.ts'

const CHANNEL_KIND = /^[a-z][a-z0-9_]{0,31}$/

/** What a new record is, beside its name: each kind takes its own part. */
export interface NewRecord {
  readonly name: string
  /** Of a topic: the dialects whose callers may choose it by themselves. */
  readonly offeredIn?: readonly string[]
  /** Of a status label. */
  readonly status?: Status
  /** Of a priority label. */
  readonly priority?: Priority
  /** Of a channel: the word that tickets name it by. */
  readonly kind?: string
  /** Of a desk: where it gets mail. */
  readonly addresses?: readonly string[]
}

/** What may change of a record. One that is not active stays where it is, and may not be chosen any more. */
export interface RecordChange {
  readonly name?: string
  readonly active?: boolean
  /** Of a topic: all dialects whose callers may choose it by themselves from then on. */
  readonly offeredIn?: readonly string[]
  /** Of a desk: all addresses at which it gets mail from then on. */
  readonly addresses?: readonly string[]
}

/** Desks are the tenant's own affair, all else is the catalogue's. */
function permissionFor(kind: RecordKind): Permission {
  return kind === 'desk' ? 'tenant.manage' : 'catalogue.manage'
}

/**
 * Adds a record to the catalogue.
 *
 * @throws Refusal `forbidden`, `invalid`, `conflict` when another record of its kind has the name, `idempotency_mismatch`
 */
export async function addRecord<K extends RecordKind>(
  admin: Administration,
  kind: K,
  input: NewRecord,
): Promise<RecordRow<K>> {
  demandMayManage(admin, permissionFor(kind))
  const name = readName(input.name)
  if (input.kind !== undefined && !CHANNEL_KIND.test(input.kind))
    refuseField(['kind'], 'format', 'Must be a word of small letters, digits and _, 32 at the most.')
  const addresses = readDeskAddresses(input.addresses ?? [])
  return once(
    admin,
    RECORD_KEPT,
    async () => {
      demandFreeName(admin.tenant, kind, name, null)
      demandFreeAddresses(admin.tenant, addresses, null)
      const { offeredIn = [], status, priority, kind: channelKind } = input
      demandFreeChannel(admin.tenant, channelKind)
      const id = admin.newId()
      const own = { status: status ?? null, priority: priority ?? null, kind: channelKind ?? null }
      const given = { id, name, offered_in: offeredIn, addresses, ...own }
      const admins = kind === 'desk' ? await adminsOf(admin) : []
      return insert(admin, kind, { ...given, admins })
    },
    (earlier) => keptRecord(kind, earlier),
  )
}

/** Undefined when the key had been used. */
async function insert<K extends RecordKind>(
  admin: Administration,
  kind: K,
  input: Adding,
): Promise<RecordRow<K> | undefined> {
  const { id } = admin.tenant
  const values = { tenant_id: id, call: { ...input, ...callInput(admin) } }
  const added = INSERT_RECORD[kind].with(values, lockOf(kind, id))
  const [row] = await inRoundsOfTwins(() => admin.store.run(added))
  return row?.record
}

/** Owners and services administer every desk, a new one too. */
async function adminsOf(admin: Administration): Promise<Adding['admins']> {
  const owners = await listOwners(admin.store, admin.tenant.id)
  return owners.map((id) => ({ id: admin.newId(), user_id: id }))
}

/**
 * Renames a record, retires it, or brings it back; a desk also gets other addresses, a topic other callers who may choose it.
 *
 * @throws Refusal `forbidden`, `not_found`, `invalid`, `conflict` for a name or an address that another has, and for what every tenant
 * needs: its default desk, and the channel by which the dialects come in; `idempotency_mismatch`
 */
export async function changeRecord<K extends RecordKind>(
  admin: Administration,
  kind: K,
  id: string | number,
  change: RecordChange,
): Promise<RecordRow<K>> {
  demandMayManage(admin, permissionFor(kind))
  const current = findRecord(admin.tenant, kind, id)
  const name = change.name === undefined ? undefined : readName(change.name)
  const addresses = change.addresses === undefined ? null : readDeskAddresses(change.addresses)
  return once(
    admin,
    RECORD_KEPT,
    async () => {
      if (name !== undefined) demandFreeName(admin.tenant, kind, name, current.id)
      if (change.active === false) demandDispensable(current)
      demandFreeAddresses(admin.tenant, addresses ?? [], current.id)
      const own = { offered_in: change.offeredIn ?? null, addresses }
      const input = { id: current.id, name: name ?? null, active: change.active ?? null, ...own }
      const values = { tenant_id: admin.tenant.id, call: { ...input, ...callInput(admin) } }
      const [row] = await admin.store.run(CHANGE_RECORD[kind].with(values, lockOf(kind, admin.tenant.id)))
      return row?.record
    },
    (earlier) => keptRecord(kind, earlier),
  )
}

/** A record by its id, retired or not. @throws Refusal `not_found` */
export function findRecord<K extends RecordKind>(tenant: Tenant, kind: K, id: string | number): RecordRow<K> {
  const found = recordsOf(tenant, kind).find((each) => each.id === id)
  return found ?? refuse({ code: 'not_found', missing: missing(kind) })
}

/** What is told of a record that is not there: its kind, where callers know it by that word. */
function missing(kind: RecordKind): Missing {
  return kind === 'desk' || kind === 'form' || kind === 'channel' ? kind : 'record'
}

type Lists = { readonly [K in RecordKind]: readonly RecordRow<K>[] }

/** All records of a kind, retired ones too, in the order of their ids. */
export function recordsOf<K extends RecordKind>(tenant: Tenant, kind: K): Lists[K] {
  const lists: Lists = {
    desk: tenant.desks.map((desk) => ({ ...desk, addresses: [...desk.addresses] })),
    group: tenant.groups.map((group) => ({ ...group })),
    topic: tenant.topics.map((topic) => ({ ...topic, offeredIn: [...topic.offeredIn] })),
    type: tenant.types.map((type) => ({ ...type })),
    form: tenant.forms.map((form) => ({ ...form })),
    status_label: tenant.statusLabels.map((label) => ({ ...label })),
    priority_label: tenant.priorityLabels.map((label) => ({ ...label })),
    channel: tenant.channels.map((channel) => ({ ...channel })),
  }
  return lists[kind]
}

/** @throws Refusal `forbidden` to whoever may not, and by a credential that is bound to a desk */
export function demandMayManage({ actor }: Administration, permission: Permission): void {
  if (actor === null) return
  demandTenantWide(actor, permission)
  // The catalogue is every desk's: whoever is bound to one does not change the others' choice.
  if (actor.credential.deskId !== null) refuse({ code: 'forbidden', permission })
}

/** People and commands choose by name, so two of a kind that may be chosen are not called alike. */
function demandFreeName(tenant: Tenant, kind: RecordKind, name: string, own: string | number | null): void {
  const records: readonly { readonly id: string | number; readonly name: string; readonly active: boolean }[] =
    recordsOf(tenant, kind)
  const taken = records.some((each) => each.id !== own && each.active && nameKey(each.name) === nameKey(name))
  if (taken) refuse({ code: 'conflict', message: `Another ${kind.replace('_', ' ')} is called ${name}.` })
}

function demandFreeChannel(tenant: Tenant, kind: string | undefined): void {
  if (kind !== undefined && tenant.channels.some((each) => each.kind === kind))
    refuse({ code: 'conflict', message: `There is a channel ${kind} already.` })
}

function demandDispensable(record: RecordRow): void {
  if ('isDefault' in record && record.isDefault)
    refuse({ code: 'conflict', message: 'The default desk cannot be retired: tickets that name no desk go there.' })
  if ('icon' in record && record.id === CHANNEL.api)
    refuse({ code: 'conflict', message: 'The channel api cannot be retired: the dialects come in by it.' })
}

/** The record as a call with the same key answered it. */
function keptRecord<K extends RecordKind>(kind: K, earlier: RecordKept): RecordRow<K> {
  // A form that was added before records were kept by one name.
  const kept = earlier.record ?? earlier.form
  if (kept === undefined) refuse({ code: 'not_found', missing: missing(kind) })
  // A desk that was kept before desks had addresses.
  const whole = kind === 'desk' && typeof kept === 'object' ? { addresses: [], ...kept } : kept
  return Parse(RECORDS[kind].row, whole) as RecordRow<K>
}
