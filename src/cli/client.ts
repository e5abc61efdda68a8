import { Command, InvalidArgumentError, Option } from 'commander'
import { readConfig } from '../config.ts'
import { changeClient, listClients } from '../core/authorization/commands.ts'
import { redirectUriProblem } from '../core/authorization/rules.ts'
import { listOwners } from '../core/identity/queries.ts'
import { CREDENTIAL_KINDS } from '../dialects/credentials.ts'
import { issueMinted } from '../setup/demo.ts'
import { chooseDesk, chooseTenant, newName, origin } from './choose.ts'
import { type CommandLine, withStore } from './database.ts'
import { AS_JSON, printList } from './list.ts'
import { Told } from './tell.ts'

/** Which credentials are clients of the authorization server, one for a dialect. */
const KINDS = CREDENTIAL_KINDS.filter(({ client }) => client)

interface Places {
  readonly redirectUri?: readonly string[]
  readonly origin?: readonly string[]
}

interface CreateOptions extends Places {
  readonly name: string
  readonly scopes?: string
  readonly desk?: string
  readonly test?: true
  readonly tenant?: string
}

function redirectUri(text: string, before: readonly string[] = []): readonly string[] {
  const problem = redirectUriProblem(text)
  if (problem) throw new InvalidArgumentError(problem)
  return [...before, text]
}

/** The options that say where a client's people and tokens may be. */
function withPlaces(command: Command): Command {
  return command
    .addOption(
      new Option('--redirect-uri <uri>', 'where people are sent back to (Spacebring); may be given often').argParser(
        redirectUri,
      ),
    )
    .addOption(
      new Option('--origin <origin>', 'from where tokens may be used (Moov); may be given often').argParser(origin),
    )
}

/** `polydesk client ...`: the clients of the authorization server under /oauth2. */
export function clientCommands(): Command {
  const client = new Command('client').description('Register applications that ask for access under /oauth2.')
  withPlaces(client.command('create'))
    .addArgument(new Command().createArgument('<dialect>').choices(KINDS.map(({ dialect }) => dialect)))
    .requiredOption('--name <name>', 'shown to people who are asked for consent', newName)
    .option('--scopes <scopes>', "the vendor's words for what it may do at the most, separated by commas")
    .option('--desk <desk>', 'reaches only this desk (id, integer or name)')
    .option('--test', 'for trying things out, where a vendor has such keys: Moov gives them 10 requests a second')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Register a client. Its secret is shown once.')
    .action((dialect: string, options: CreateOptions) =>
      withStore(readConfig(), (commandLine) => createClient(commandLine, dialect, options)),
    )
  withPlaces(client.command('change'))
    .argument(
      '<client-id>',
      'as `client list` shows it; client id and secret of a network and Moov keys are clients too',
    )
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Replace the redirect URIs or the origins of a client.')
    .action((publicId: string, options: Places & { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const change = { redirectUris: options.redirectUri ?? null, origins: options.origin ?? null }
        const isDone = await changeClient(commandLine, tenant.id, publicId, change)
        if (!isDone) throw new Told(`There is no client ${publicId}.`)
        console.log('Changed.')
      }),
    )
  client
    .command('list')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .option('--json', AS_JSON)
    .description('List clients, without their secrets. `token revoke` ends one, with all its tokens.')
    .action((options: { tenant?: string; json?: true }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const clients = await listClients(commandLine, tenant.id)
        const lines = clients.map(({ id, dialect, kind, publicId, name, scopes, redirectUris, origins }) => {
          return { id, dialect, kind, client_id: publicId, name, scopes, redirect_uris: redirectUris, origins }
        })
        const headers = ['id', 'dialect', 'kind', 'client_id', 'name', 'scopes', 'redirect_uris', 'origins'] as const
        printList(headers, lines, options)
      }),
    )
  return client
}

async function createClient(commandLine: CommandLine, dialect: string, options: CreateOptions): Promise<void> {
  const tenant = await chooseTenant(commandLine, options.tenant)
  const kind = KINDS.find((each) => each.dialect === dialect)
  if (!kind) throw new Error(`There are no clients in ${dialect}.`)
  const [owner] = await listOwners(commandLine.store, tenant.id)
  if (!owner) throw new Told('This tenant has no service user or owner: add one first.')
  const made = await issueMinted(commandLine, tenant.id, kind, options.name, owner, {
    redirectUris: options.redirectUri ?? [],
    origins: options.origin ?? [],
    ...(options.scopes === undefined ? {} : { scopes: options.scopes.split(',').map((scope) => scope.trim()) }),
    ...(options.desk === undefined ? {} : { deskId: chooseDesk(tenant, options.desk).id }),
    testMode: options.test === true,
  })
  console.log(`client_id ${made.publicId ?? ''}\nclient_secret ${made.secret}\nid ${made.id}`)
}
