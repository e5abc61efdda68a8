import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { randomSecret } from '../core/access/secrets.ts'
import { CATALOGUE_DEFAULTS } from '../core/catalogue/defaults.ts'
import {
  type Administration,
  createDesk,
  createTenant,
  createUser,
  issueCredential,
  type NewCredential,
} from '../core/tenants/commands.ts'
import { LIST_TENANTS, LOCK_FIRST_START } from '../core/tenants/store.ts'
import { CREDENTIAL_KINDS, type CredentialKind, mint } from '../dialects/credentials.ts'
import type { DialectName } from '../dialects/dialect.ts'
import { valuesIn } from '../dialects/examples.ts'
import { docsRedirectUri } from '../http/docs-login.ts'
import type { Database } from '../storage/database.ts'

/** What the demo tenant is made with. */
export interface DemoSurroundings extends Pick<Administration, 'now' | 'newId'> {
  /** Where clients reach this server, so that one can log in from its own page. */
  readonly publicUrl: string
}

/** The values of quickstart.env, by name. */
export type Quickstart = Readonly<Record<string, string>>

/**
 * Makes the demo tenant when the store is empty: two desks, an owner, an agent, a requester, no tickets, and one
 * credential for each dialect. All secrets are random.
 *
 * @param write stores the values; called before the tenant is committed, so that none exists whose secrets are lost.
 * @returns whether a tenant was made.
 */
export async function makeDemoTenant(
  database: Database,
  surroundings: DemoSurroundings,
  write: (values: Quickstart) => Promise<void>,
): Promise<boolean> {
  return database.transaction(async (run) => {
    await run(LOCK_FIRST_START.with({}))
    const tenants = await run(LIST_TENANTS.with({}))
    if (tenants.length > 0) return false
    await write(await fill({ ...surroundings, store: { run } }))
    return true
  })
}

async function fill({ publicUrl, ...admin }: Administration & DemoSurroundings): Promise<Quickstart> {
  const { tenantId, deskId } = await createTenant(admin, {
    name: 'Demo',
    deskName: 'Default',
    catalogue: CATALOGUE_DEFAULTS,
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
    email: 'owner@example.com',
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
    email: 'requester@example.com',
    username: 'rosa',
    customerNumber: '10001',
    phone: '+31201234567',
    password: subscriberPassword,
    memberships: everywhere('customer'),
  })

  async function issue(dialect: DialectName, kind: string, name: string, userId: string, redirectUris: string[] = []) {
    const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind)
    if (!found) throw new Error(`There is no credential ${kind} in ${dialect}.`)
    return issueMinted(admin, tenantId, found, name, userId, { redirectUris })
  }
  const native = await issue('native', 'api_key', 'Quick start', service.id)
  const client = await issue('spacebring', 'basic', 'Quick start', service.id, [docsRedirectUri(publicUrl)])
  const token = await issue('spacebring', 'access_token', 'Quick start', owner.id)
  const moov = await issue('moov', 'basic', 'Quick start', service.id)
  const subscriber = await issue('netgroot', 'api_token', 'Quick start subscriber', requester.id)
  const staff = await issue('netgroot', 'api_token', 'Quick start staff', agent.id)
  const omnidesk = await issue('omnidesk', 'api_key', 'Quick start', service.id)

  return {
    POLYDESK_API_KEY: native.secret,
    CONSOLE_EMAIL: 'owner@example.com',
    CONSOLE_PASSWORD: password,
    SPACEBRING_CLIENT_ID: client.publicId ?? '',
    SPACEBRING_CLIENT_SECRET: client.secret,
    SPACEBRING_ACCESS_TOKEN: token.secret,
    SPACEBRING_NETWORK_ID: tenantId,
    SPACEBRING_LOCATION_ID: deskId,
    SPACEBRING_USER_ID: requester.id,
    SPACEBRING_ADMIN_USER_ID: owner.id,
    MOOV_PUBLIC_KEY: moov.publicId ?? '',
    MOOV_SECRET_KEY: moov.secret,
    MOOV_ACCOUNT_ID: deskId,
    MOOV_CONNECTED_ACCOUNT_ID: connected.id,
    NETGROOT_USERNAME: 'rosa',
    NETGROOT_PASSWORD: subscriberPassword,
    NETGROOT_TOKEN: subscriber.secret,
    NETGROOT_STAFF_TOKEN: staff.secret,
    OMNIDESK_API_KEY: omnidesk.secret,
  }
}

/** Mints and issues one credential. @returns what its owner is shown, once. */
export async function issueMinted(
  admin: Administration,
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

/** Writes `NAME=value` lines that a shell can source, readable by its owner only; whole or not at all. */
export async function writeQuickstart(file: string, values: Quickstart): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  const temporary = `${file}.new`
  // With a database of one's own nothing else has made it.
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(lines.join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/** Keeps POLYDESK_URL true when the server moved to another address. Does nothing when there is no such file. */
export async function refreshQuickstart(file: string, url: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return false
  const values = valuesIn(text)
  if (values['POLYDESK_URL'] !== url) await writeQuickstart(file, { ...values, POLYDESK_URL: url })
  return true
}
