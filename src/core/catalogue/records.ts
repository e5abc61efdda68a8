import { type Static, type TObject, Type } from 'typebox'
import { PRIORITIES, STATUSES } from '../words.ts'

/**
 * What a tenant keeps lists of, and tickets are filed by. Records are named, renamed and retired, and never deleted: old
 * tickets keep what they have.
 */
export const RECORD_KINDS = [
  'desk',
  'group',
  'topic',
  'type',
  'form',
  'status_label',
  'priority_label',
  'channel',
] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** How records of one kind are kept. */
export interface Keeping<Row extends TObject = TObject> {
  readonly table: string
  /** What a record is called by: a UUID beside an integer that the tenant counts, or only an integer. */
  readonly id: { readonly type: 'uuid'; readonly counter: string } | { readonly type: 'integer' }
  /** Columns that are set when a record is made, beside its name, each as what makes its value of the input `a`. */
  readonly given: Readonly<Record<string, string>>
  /** Columns that may change, beside its name and whether it is active. */
  readonly changed?: readonly string[]
  /** A record as JSON: the field of a row, and the column of the table `x` that it shows. */
  readonly shown: Readonly<Record<string, string>>
  readonly row: Row
}

const named = { id: 'id', name: 'name', active: 'active' }
const record = { id: Type.Integer(), name: Type.String(), active: Type.Boolean() }
const place = { id: Type.String(), integer: Type.Integer(), name: Type.String(), active: Type.Boolean() }

/** How each kind is kept. The one list from which statements, rows and answers come. */
export const RECORDS = {
  desk: {
    table: 'desks',
    id: { type: 'uuid', counter: 'desk_integer' },
    given: { is_default: 'false', created_at: 'a.at', addresses: 'a.addresses' },
    changed: ['addresses'],
    shown: { ...named, integer: 'integer', isDefault: 'is_default', createdAt: 'created_at', addresses: 'addresses' },
    row: Type.Object({
      ...{ ...place, isDefault: Type.Boolean(), createdAt: Type.String() },
      addresses: Type.Array(Type.String()),
    }),
  },
  group: {
    table: 'groups',
    id: { type: 'uuid', counter: 'group_integer' },
    given: { created_at: 'a.at' },
    shown: { ...named, integer: 'integer' },
    row: Type.Object(place),
  },
  topic: {
    table: 'topics',
    id: { type: 'integer' },
    given: { offered_in: 'a.offered_in' },
    changed: ['offered_in'],
    shown: { ...named, offeredIn: 'offered_in', word: 'word' },
    row: Type.Object({
      ...record,
      offeredIn: Type.Array(Type.String()),
      word: Type.Union([Type.String(), Type.Null()]),
    }),
  },
  type: { table: 'types', id: { type: 'integer' }, given: {}, shown: named, row: Type.Object(record) },
  form: { table: 'forms', id: { type: 'integer' }, given: {}, shown: named, row: Type.Object(record) },
  status_label: {
    table: 'status_labels',
    id: { type: 'integer' },
    given: { status: 'a.status' },
    shown: { ...named, status: 'status' },
    row: Type.Object({ ...record, status: Type.Enum(STATUSES) }),
  },
  priority_label: {
    table: 'priority_labels',
    id: { type: 'integer' },
    given: { priority: 'a.priority' },
    shown: { ...named, priority: 'priority' },
    row: Type.Object({ ...record, priority: Type.Enum(PRIORITIES) }),
  },
  channel: {
    table: 'channels',
    id: { type: 'integer' },
    given: { kind: 'a.kind', icon: 'a.kind' },
    shown: { ...named, kind: 'kind', icon: 'icon' },
    row: Type.Object({ ...record, kind: Type.String(), icon: Type.String() }),
  },
} as const satisfies Readonly<Record<RecordKind, Keeping<TObject>>>

/** A record of a kind, as rows and kept answers hold it. */
export type RecordRow<K extends RecordKind = RecordKind> = Static<(typeof RECORDS)[K]['row']>

/** The pairs by which `json_build_object` shows a record of the table `x`. */
export function shownPairs(kind: RecordKind): string {
  return Object.entries(RECORDS[kind].shown)
    .map(([field, column]) => `'${field}', x.${column}`)
    .join(', ')
}
