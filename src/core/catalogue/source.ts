import type { Tenant } from './tenant.ts'

/** By what the records of a tenant say where they come from, once they are elsewhere. */
export function sourceOf({ id }: Pick<Tenant, 'id'>): string {
  return `polydesk:${id}`
}
