import { Command, Option } from 'commander'
import { readConfig } from '../config.ts'
import type { Tenant } from '../core/catalogue/tenant.ts'
import { listOwners } from '../core/identity/queries.ts'
import { type Instant, instantOrNull } from '../core/instant.ts'
import { listCredentials, revokeCredential } from '../core/tenants/commands.ts'
import { UUID } from '../core/uuid.ts'
import { CREDENTIAL_KINDS, type CredentialKind } from '../dialects/credentials.ts'
import { issueMinted } from '../setup/demo.ts'
import { chooseDesk, chooseTenant, chooseUser, origin } from './choose.ts'
import { type CommandLine, withStore } from './database.ts'
import { AS_JSON, age, printList } from './list.ts'
import { Told } from './tell.ts'

interface CreateOptions {
  readonly tenant?: string
  readonly user?: string
  readonly desk?: string
  readonly name: string
  readonly scopes?: string
  readonly expires?: string
  readonly origin?: readonly string[]
  readonly test?: true
}

const KINDS = CREDENTIAL_KINDS.map((kind) => `  ${kind.dialect} ${kind.kind}: ${kind.about}`).join('\n')

/** `polydesk token ...`: the credentials of every dialect. */
export function tokenCommands(): Command {
  const token = new Command('token').description('Issue, list and revoke credentials of every dialect.')
  token
    .command('create')
    .argument('<dialect>', 'whose API it opens')
    .argument('<kind>', 'what a caller presents; both as below')
    .option('--user <user>', "whose it is (UUID or e-mail address); else the tenant's service user")
    .option('--desk <desk>', 'reaches only this desk (id, integer or name)')
    .option('--name <name>', 'shown in logs and timelines', 'Unnamed')
    .option('--scopes <scopes>', "the vendor's words for what it may do, separated by commas")
    .addOption(
      new Option(
        '--origin <origin>',
        'the sites whose pages may use it in a browser (native, Moov); may be given often',
      ).argParser(origin),
    )
    .option('--expires <time>', 'ISO 8601 time from which it no longer works')
    .option('--test', 'for trying things out, where a vendor has such keys: Moov gives them 10 requests a second')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Issue a credential. Its secret is shown once.')
    .addHelpText('after', `\nDialects and kinds:\n${KINDS}`)
    .action((dialect: string, kind: string, options: CreateOptions) =>
      withStore(readConfig(), (commandLine) => createToken(commandLine, chooseKind(dialect, kind), options)),
    )
  token
    .command('list')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .option('--json', AS_JSON)
    .description('List credentials, without their secrets.')
    .action((options: { tenant?: string; json?: true }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const credentials = await listCredentials(commandLine, tenant.id)
        const lines = credentials.map((each) => ({
          id: each.id,
          dialect: each.dialect,
          kind: each.kind,
          state: each.revoked_at === null ? life(each.expires_at, commandLine.now) : 'revoked',
          created: instantOrNull(each.created_at),
          last_used: instantOrNull(each.last_used_at),
          name: each.name,
          scopes: each.scopes,
          mode: each.test_mode ? 'test' : 'live',
        }))
        const told = options.json ? lines : lines.map((line) => inWords(line, commandLine.now))
        printList(['id', 'dialect', 'kind', 'state', 'created', 'last_used', 'name', 'scopes', 'mode'], told, options)
      }),
    )
  token
    .command('revoke')
    .argument('<id>', 'as `token list` shows it')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Revoke a credential; it stops working within 5 seconds everywhere.')
    .action((id: string, options: { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const done = UUID.test(id) && (await revokeCredential(commandLine, tenant.id, id))
        if (!done) throw new Told(`There is no live credential ${id}.`)
        console.log('Revoked.')
      }),
    )
  return token
}

function chooseKind(dialect: string, kind: string): CredentialKind {
  const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind)
  if (!found) throw new Told(`There is no credential ${dialect} ${kind}. There are:\n${KINDS}`)
  return found
}

async function createToken(commandLine: CommandLine, kind: CredentialKind, options: CreateOptions): Promise<void> {
  const tenant = await chooseTenant(commandLine, options.tenant)
  const userId =
    options.user === undefined
      ? await serviceUser(commandLine, tenant)
      : (await chooseUser(commandLine, tenant, options.user)).id
  const expires = options.expires === undefined ? undefined : new Date(options.expires)
  if (expires && Number.isNaN(expires.getTime()))
    throw new Told(`${options.expires} is not a time; write for instance 2027-01-31T00:00:00Z.`)
  if (expires && expires.toISOString() <= commandLine.now) throw new Told(`${options.expires} is in the past.`)
  const scopes = options.scopes?.split(',').map((scope) => scope.trim())
  demandKnownScopes(kind, scopes ?? [])
  if (options.origin && kind.browsers !== true)
    throw new Told(`${dialectAndKind(kind)} is not for pages of other sites.`)
  const made = await issueMinted(commandLine, tenant.id, kind, options.name, userId, {
    ...(scopes === undefined ? {} : { scopes }),
    ...(options.desk === undefined ? {} : { deskId: chooseDesk(tenant, options.desk).id }),
    ...(expires === undefined ? {} : { expiresAt: expires.toISOString() }),
    ...(options.origin === undefined ? {} : { origins: options.origin }),
    testMode: options.test === true,
  })
  if (made.publicId !== null) console.log(`public ${made.publicId}`)
  console.log(`secret ${made.secret}\nid ${made.id}`)
}

/** How long ago a credential was made and last used, as people count. Use is noted once an hour. */
function inWords<L extends { readonly created: Instant | null; readonly last_used: Instant | null }>(
  line: L,
  now: Instant,
) {
  const { created, last_used } = line
  return {
    ...line,
    created: created === null ? null : age(created, now),
    last_used: last_used === null ? 'never' : age(last_used, now),
  }
}

/** What becomes of a credential that was not revoked. */
function life(expiresAt: string | null, now: Instant): string {
  const end = instantOrNull(expiresAt)
  if (end === null) return 'live'
  return end <= now ? 'expired' : `live until ${end}`
}

function dialectAndKind({ dialect, kind }: CredentialKind): string {
  return `${dialect} ${kind}`
}

/** A word that nothing knows would make a key that opens nothing, without telling anyone. */
function demandKnownScopes({ words, dialect }: CredentialKind, scopes: readonly string[]): void {
  const strange = words && scopes.find((scope) => !words.includes(scope))
  if (strange !== undefined) throw new Told(`${dialect} knows no ${strange}. It knows ${words?.join(', ')}.`)
}

async function serviceUser({ store }: CommandLine, tenant: Tenant): Promise<string> {
  const [first] = await listOwners(store, tenant.id)
  if (!first) throw new Told('This tenant has no service user or owner: name a user with --user.')
  return first
}
