import { InvalidArgumentError } from 'commander'
import { originOf } from '../core/authorization/rules.ts'
import type { Desk, Tenant } from '../core/catalogue/tenant.ts'
import { findUsers } from '../core/identity/queries.ts'
import type { UserSummary } from '../core/identity/user.ts'
import { composed, isNamed } from '../core/spelling.ts'
import { listTenants } from '../core/tenants/queries.ts'
import { findByEmail } from '../core/users/queries.ts'
import { UUID } from '../core/uuid.ts'
import type { CommandLine } from './database.ts'
import { COMMAND, Told } from './tell.ts'

/** Reads a name that something is to be given. */
export function newName(text: string): string {
  const name = composed(text.trim())
  if (name === '') throw new Told('A name must not be empty.')
  return name
}

/** Refuses a name that something else of its kind has: commands choose by name. */
export function demandFree(
  what: string,
  name: string,
  others: readonly { readonly id: string; readonly name: string }[],
): void {
  const other = others.find((each) => isNamed(each, name))
  if (other) throw new Told(`There is a ${what} ${name} already: ${other.id}. Choose another name.`)
}

/** The tenant named by id or name; without a name the only one there is. */
export async function chooseTenant({ store, access, where }: CommandLine, named: string | undefined): Promise<Tenant> {
  const tenants = await listTenants(store)
  const found = tenants.filter((tenant) => named === undefined || tenant.id === named || isNamed(tenant, named))
  if (found.length > 1) {
    const several = named === undefined ? 'There are several tenants' : `Several tenants are called ${named}`
    throw new Told(`${several}: name one with --tenant ID. \`${COMMAND} tenant list\` shows them.`)
  }
  const [only] = found
  if (!only)
    throw new Told(
      named === undefined
        ? `There is no tenant yet in ${where}: \`${COMMAND} tenant create NAME\` makes one.`
        : `There is no tenant ${named} in ${where}.`,
    )
  return access.tenant(only.id)
}

/** A desk by UUID, integer or name. */
export function chooseDesk(tenant: Tenant, named: string): Desk {
  const found = tenant.desks.find((desk) => desk.id === named || String(desk.integer) === named || isNamed(desk, named))
  if (!found)
    throw new Told(`There is no desk ${named}; there are: ${tenant.desks.map((desk) => desk.name).join(', ')}.`)
  return found
}

/** A user by UUID or e-mail address. */
export async function chooseUser({ store }: CommandLine, tenant: Tenant, named: string): Promise<UserSummary> {
  const found = UUID.test(named)
    ? await findUsers({ store, tenant }, [named])
    : await findByEmail({ store, tenant }, named)
  const [user] = found
  if (!user) throw new Told(`There is no user ${named} in ${tenant.name}.`)
  return user
}

/** Adds an origin to those of an option that may be given often. */
export function origin(text: string, before: readonly string[] = []): readonly string[] {
  const read = originOf(text)
  if (read === null) throw new InvalidArgumentError(`${text} is not an origin such as https://app.example.com.`)
  return [...before, read]
}
