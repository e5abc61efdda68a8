import { type Static, Type } from 'typebox'
import type { Tenant } from '../../core/catalogue/tenant.ts'
import type { Status } from '../../core/words.ts'
import { closed, id } from './shapes.ts'

export const DeskName = closed({ id, integer: Type.Integer(), name: Type.String() })
export type DeskName = Static<typeof DeskName>

export const groupName = { id, integer: Type.Integer(), name: Type.String() }
export type GroupName = DeskName

export const recordName = { id: Type.Integer(), name: Type.String() }
export interface RecordName {
  readonly id: number
  readonly name: string
}

/** How answers show what tickets only name by id. */
export interface Names {
  readonly desk: (id: string) => DeskName
  readonly group: (id: string | null) => GroupName | null
  readonly topic: (id: number | null) => RecordName | null
  readonly type: (id: number | null) => RecordName | null
  readonly channel: (id: number) => string
  readonly statusLabel: (status: Status) => string | null
}

const known = new WeakMap<Tenant, Names>()

/** The names of a tenant's desks, groups and catalogue, looked up once for each snapshot of the tenant. */
export function namesOf(tenant: Tenant): Names {
  const names = known.get(tenant)
  if (names) return names
  const read = readNames(tenant)
  known.set(tenant, read)
  return read
}

function readNames(tenant: Tenant): Names {
  const desks = new Map(tenant.desks.map(({ id, integer, name }) => [id, { id, integer, name }]))
  const groups = new Map(tenant.groups.map(({ id, integer, name }) => [id, { id, integer, name }]))
  const topics = new Map(tenant.topics.map(({ id, name }) => [id, { id, name }]))
  const types = new Map(tenant.types.map(({ id, name }) => [id, { id, name }]))
  const channels = new Map(tenant.channels.map(({ id, kind }) => [id, kind]))
  // From the last to the first, so that the lowest id stands.
  const labels = new Map(
    tenant.statusLabels
      .filter(({ active }) => active)
      .map(({ status, name }) => [status, name] as const)
      .reverse(),
  )
  // A record made elsewhere a moment ago may be missing in this snapshot: it is shown without its name until the next.
  return {
    desk: (id) => desks.get(id) ?? { id, integer: 0, name: '' },
    group: (id) => (id === null ? null : (groups.get(id) ?? { id, integer: 0, name: '' })),
    topic: (id) => (id === null ? null : (topics.get(id) ?? { id, name: '' })),
    type: (id) => (id === null ? null : (types.get(id) ?? { id, name: '' })),
    channel: (id) => channels.get(id) ?? '',
    statusLabel: (status) => labels.get(status) ?? null,
  }
}
