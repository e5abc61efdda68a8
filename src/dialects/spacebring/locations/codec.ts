import type { Desk, Tenant } from '../../../core/catalogue/tenant.ts'
import type { Location } from './schema.ts'

/** Spacebring reference, Locations: a desk with what is known of it; every field of the vendor's is optional. */
export function encodeLocation({ id, name, createdAt }: Desk, tenant: Tenant): Location {
  return { id, networkRef: tenant.id, title: name, createDate: createdAt }
}
