import type { Store } from '../../storage/store.ts'
import type { CatalogueDefaults } from '../catalogue/defaults.ts'
import type { System } from '../context.ts'
import { refuse } from '../errors.ts'
import { isNamed } from '../spelling.ts'
import { UUID } from '../uuid.ts'
import { changeTenant as change, issueCredential, type NewCredential, openTenant, retireTenant } from './commands.ts'
import { type ListedTenant, listTenants as listAll } from './queries.ts'

/** Whoever runs the server, above all tenants and of none. */
export interface Operator extends System<Store> {
  readonly requestId: string
}

export type { ListedTenant } from './queries.ts'

/** Every tenant, the first made first. */
export function listTenants({ store }: Pick<Operator, 'store'>): Promise<readonly ListedTenant[]> {
  return listAll(store)
}

/**
 * Makes a tenant with a default desk, its catalogue, a service user, and a credential of that user.
 *
 * @throws Refusal `conflict` when another tenant has the name: people choose tenants by it.
 */
export async function makeTenant(
  operator: Operator,
  input: { readonly name: string; readonly deskName: string; readonly catalogue: CatalogueDefaults },
  credential: Omit<NewCredential, 'userId'>,
): Promise<{ readonly tenantId: string; readonly deskId: string; readonly serviceId: string }> {
  await demandFree(operator, input.name, null)
  return operator.store.transaction(async (run) => {
    const admin = { ...operator, store: { run } }
    const made = await openTenant(admin, input)
    await issueCredential(admin, made.tenantId, { ...credential, userId: made.serviceId })
    return made
  })
}

/** Renames a tenant, retires it or brings it back. @throws Refusal `not_found`, `conflict` */
export async function changeTenant(
  operator: Operator,
  id: string,
  { name, retired }: { readonly name?: string; readonly retired?: boolean },
): Promise<ListedTenant> {
  const current = await findTenant(operator, id)
  if (name !== undefined && name !== current.name) {
    await demandFree(operator, name, id)
    await change({ ...operator, tenant: { id }, actor: null, dialect: 'native' }, { name })
  }
  if (retired !== undefined && retired !== (current.retiredAt !== null))
    await retireTenant(operator, id, retired ? operator.now : null)
  return findTenant(operator, id)
}

async function findTenant(operator: Operator, id: string): Promise<ListedTenant> {
  const found = UUID.test(id) ? (await listTenants(operator)).find((each) => each.id === id) : undefined
  return found ?? refuse({ code: 'not_found', missing: 'record' })
}

async function demandFree(operator: Operator, name: string, own: string | null): Promise<void> {
  const other = (await listTenants(operator)).find((each) => isNamed(each, name) && each.id !== own)
  if (other) refuse({ code: 'conflict', message: `There is a tenant ${name} already: ${other.id}.` })
}
