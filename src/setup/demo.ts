import { randomSecret } from '../core/access/secrets.ts'
import type { System } from '../core/context.ts'
import { createDesk, createTenant, createUser, issueCredential, type NewCredential } from '../core/tenants/commands.ts'
import { isFirstStart } from '../core/tenants/queries.ts'
import { FRESH_CATALOGUE } from '../dialects/catalogue.ts'
import { CREDENTIAL_KINDS, type CredentialKind, mint } from '../dialects/credentials.ts'
import type { DemoTenant, Quickstart } from '../dialects/demo.ts'
import { PROFILES } from '../dialects/profiles.ts'
import { CONSOLE } from '../dialects/quickstart.ts'
import { docsRedirectUri } from '../http/docs-login.ts'
import type { Database } from '../storage/database.ts'

/** What the demo tenant is made with, in a transaction of its own. */
export interface DemoSystem extends Omit<System, 'store'> {
  /** Where clients reach this server, so that one can log in from its own page. */
  readonly publicUrl: string
}

/**
 * Makes the demo tenant when the store is empty: two desks, an owner, an agent, a requester, no tickets, and one
 * credential for each dialect. All secrets are random.
 *
 * @param write stores the values; called before the tenant is committed, so that none exists whose secrets are lost.
 * @returns whether a tenant was made.
 */
export async function makeDemoTenant(
  database: Database,
  system: DemoSystem,
  write: (values: Quickstart) => Promise<void>,
): Promise<boolean> {
  return database.transaction(async (run) => {
    if (!(await isFirstStart({ run }))) return false
    await write(await fill({ ...system, store: { run } }))
    return true
  })
}

const OWNER = 'owner@example.com'
/** Who asks in the demo. */
export const REQUESTER = 'requester@example.com'
/** By which the requester logs in, and what another system calls them. */
export const USERNAME = 'rosa'

async function fill({ publicUrl, ...admin }: System & DemoSystem): Promise<Quickstart> {
  const { tenantId, deskId } = await createTenant(admin, {
    name: 'Demo',
    deskName: 'Default',
    catalogue: FRESH_CATALOGUE,
  })
  const connected = await createDesk(admin, tenantId, 'Connected')
  const everywhere = (role: 'customer' | 'agent' | 'admin') =>
    [deskId, connected.id].map((id) => ({ deskId: id, role }))
  const password = randomSecret(20)
  const subscriberPassword = randomSecret(20)

  const service = await createUser(admin, tenantId, {
    kind: 'service',
    isOwner: true,
    name: 'API',
    memberships: everywhere('admin'),
  })
  const owner = await createUser(admin, tenantId, {
    kind: 'person',
    isOwner: true,
    name: 'Olivia',
    surname: 'Owner',
    email: OWNER,
    password,
    memberships: everywhere('admin'),
  })
  const agent = await createUser(admin, tenantId, {
    kind: 'person',
    isOwner: false,
    name: 'Arthur',
    surname: 'Agent',
    email: 'agent@example.com',
    password: randomSecret(20),
    memberships: everywhere('agent'),
  })
  const requester = await createUser(admin, tenantId, {
    kind: 'person',
    isOwner: false,
    name: 'Rosa',
    surname: 'Requester',
    email: REQUESTER,
    username: USERNAME,
    customerNumber: '10001',
    phone: '+31201234567',
    password: subscriberPassword,
    memberships: everywhere('customer'),
  })

  const tenant = {
    id: tenantId,
    desks: { default: deskId, connected: connected.id },
    people: { service: service.id, owner: owner.id, agent: agent.id, requester: requester.id },
    login: { username: USERNAME, password: subscriberPassword },
    redirectUri: docsRedirectUri(publicUrl),
  }
  let values: Quickstart = { [CONSOLE.email]: OWNER, [CONSOLE.password]: password }
  for (const { name, demo } of PROFILES) {
    const issue: DemoTenant['issue'] = async (
      kind,
      person,
      { name: called = 'Quick start', redirectUris = [] } = {},
    ) => {
      const found = CREDENTIAL_KINDS.find((each) => each.dialect === name && each.kind === kind)
      if (!found) throw new Error(`There is no credential ${kind} in ${name}.`)
      const { publicId, secret } = await issueMinted(admin, tenantId, found, called, person, { redirectUris })
      return { publicId: publicId ?? '', secret }
    }
    values = { ...values, ...(await demo.fill({ ...tenant, issue })) }
  }
  // The key of the first call stands first, as it always did.
  const ours = Object.entries(values).filter(([key]) => key.startsWith('POLYDESK_'))
  return { ...Object.fromEntries(ours), ...values }
}

/** Mints and issues one credential. @returns what its owner is shown, once. */
export async function issueMinted(
  admin: System,
  tenantId: string,
  kind: CredentialKind,
  name: string,
  userId: string,
  choices: Pick<
    Partial<NewCredential>,
    'scopes' | 'deskId' | 'expiresAt' | 'redirectUris' | 'origins' | 'testMode'
  > = {},
): Promise<{ readonly id: string; readonly publicId: string | null; readonly secret: string }> {
  const { publicId, secret, presented } = mint(kind)
  const id = await issueCredential(admin, tenantId, {
    dialect: kind.dialect,
    kind: kind.kind,
    name,
    ...(publicId === null ? {} : { publicId }),
    presented,
    userId,
    ...choices,
    scopes: choices.scopes ?? kind.scopes,
  })
  return { id, publicId, secret }
}
