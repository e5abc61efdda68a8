import { type Static, Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { instant } from '../../instant.ts'
import { SEARCH_LANGUAGES } from '../../words.ts'
import { FIELD_PAIRS, FieldRow } from '../field.ts'
import { RECORD_KINDS, RECORDS, type RecordKind, shownPairs } from '../records.ts'
import type { Tenant } from '../tenant.ts'

const TenantRow = Type.Object({
  tenant_id: Type.String(),
  name: Type.String(),
  search_language: Type.Union([Type.Enum(SEARCH_LANGUAGES), Type.Null()]),
  desks: Type.Array(RECORDS.desk.row),
  groups: Type.Array(RECORDS.group.row),
  topics: Type.Array(RECORDS.topic.row),
  types: Type.Array(RECORDS.type.row),
  status_labels: Type.Array(RECORDS.status_label.row),
  priority_labels: Type.Array(RECORDS.priority_label.row),
  channels: Type.Array(RECORDS.channel.row),
  forms: Type.Array(RECORDS.form.row),
  fields: Type.Array(FieldRow),
  tag_ways: Type.Array(Type.Object({ name: Type.String(), leadsTo: Type.String() })),
})

/** All records of a kind as one JSON list. */
function list(kind: RecordKind): string {
  const { table, id } = RECORDS[kind]
  const order = id.type === 'uuid' ? 'integer' : 'id'
  return `(select coalesce(json_agg(json_build_object(${shownPairs(kind)}) order by x.${order}), '[]') from ${table} x where x.tenant_id = :tenant_id) as ${table}`
}

/** A tenant with its desks, groups and catalogue, in one round trip. */
export const LOAD_TENANT = statement(
  'tenant.load',
  { takes: { tenant_id: Sql.uuid }, row: TenantRow },
  `select t.tenant_id, t.name, t.search_language,
  ${RECORD_KINDS.map(list).join(',\n  ')},
  (select coalesce(json_agg(json_build_object(${FIELD_PAIRS}) order by x.id), '[]') from fields x where x.tenant_id = :tenant_id) as fields,
  (select coalesce(json_agg(json_build_object('name', x.name, 'leadsTo', x.leads_to) order by x.name), '[]') from tags x
    where x.tenant_id = :tenant_id and x.leads_to is not null) as tag_ways
from tenants t where t.tenant_id = :tenant_id`,
)

/** @throws Error when the tenant has no default desk, which no command leaves it without. */
export function tenantOf(row: Static<typeof TenantRow>): Tenant {
  const desks = row.desks.map((desk) => ({ ...desk, createdAt: instant(desk.createdAt) }))
  const defaultDesk = desks.find((desk) => desk.isDefault)
  if (!defaultDesk) throw new Error(`Tenant ${row.tenant_id} has no default desk.`)
  return {
    id: row.tenant_id,
    name: row.name,
    searchLanguage: row.search_language,
    desks,
    defaultDesk,
    groups: row.groups,
    topics: row.topics,
    types: row.types,
    statusLabels: row.status_labels,
    priorityLabels: row.priority_labels,
    channels: row.channels,
    forms: row.forms,
    fields: row.fields,
    tagWays: row.tag_ways,
  }
}
