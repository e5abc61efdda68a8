import { Argument, Command } from 'commander'
import { readConfig } from '../config.ts'
import { addHost } from '../core/logins/commands.ts'
import { isTaken } from '../core/taken.ts'
import { changeTenant, createDesk, openTenant, retireTenant } from '../core/tenants/commands.ts'
import { listTenants } from '../core/tenants/queries.ts'
import { SEARCH_LANGUAGES, type SearchLanguage } from '../core/words.ts'
import { DESKS, FRESH_CATALOGUE } from '../dialects/catalogue.ts'
import { chooseTenant, demandFree, newName } from './choose.ts'
import { atOnce, type CommandLine, withStore } from './database.ts'
import { AS_JSON, printList } from './list.ts'
import { refusedBy, Told } from './tell.ts'
import { tellStore } from './where.ts'

/** Reads a host name as requests name it, without a port. */
function hostName(text: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text))
    throw new Told(`${text} is not a host name; write for instance desk.example.com.`)
  return text
}

/** `polydesk tenant ...`: tenants and their desks. */
export function tenantCommands(): Command {
  const tenant = new Command('tenant').description('Make and list tenants; add their desks and host names.')
  tenant
    .command('create')
    .argument('<name>', 'the organisation', newName)
    .option('--desk <name>', 'name of its default desk', newName, 'Default')
    .option('--create', 'make the database first where there is none')
    .description('Make a tenant with a default desk, the usual catalogue and a service user for API keys.')
    .action((name: string, options: { readonly desk: string; readonly create?: true }) => {
      const create = async (commandLine: CommandLine): Promise<void> => {
        demandFree('tenant', name, await listTenants(commandLine.store))
        const input = { name, deskName: options.desk, catalogue: FRESH_CATALOGUE }
        const { tenantId, deskId, serviceId } = await atOnce(commandLine, (admin) => openTenant(admin, input))
        console.log(`tenant ${tenantId}\ndesk ${deskId}\nservice user ${serviceId}`)
      }
      return withStore(readConfig(), create, options)
    })
  tenant
    .command('list')
    .option('--json', AS_JSON)
    .description('List the tenants.')
    .action((options: { readonly json?: true }) => {
      const config = readConfig()
      return withStore(config, async ({ store }) => {
        const tenants = await listTenants(store)
        const lines = tenants.map(({ id, name }) => ({ id, name }))
        printList(['id', 'name'], lines, options)
        if (tenants.length === 0) tellStore(config, { surprising: true })
      })
    })
  tenant
    .command('add-desk')
    .argument('<name>', 'the desk', newName)
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description(`Add a desk: ${DESKS}.`)
    .action((name: string, options: { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const { id, desks } = await chooseTenant(commandLine, options.tenant)
        demandFree('desk', name, desks)
        const desk = await createDesk(commandLine, id, name)
        console.log(`desk ${desk.id} (${desk.integer})`)
      }),
    )
  tenant
    .command('rename')
    .argument('<tenant>', 'id or name')
    .argument('<name>', 'the new name', newName)
    .description('Rename a tenant.')
    .action((named: string, name: string) =>
      withStore(readConfig(), async (commandLine) => {
        const found = await chooseTenant(commandLine, named)
        const call = { actor: null, dialect: 'native', requestId: commandLine.newId() }
        await changeTenant({ ...commandLine, ...call, tenant: found }, { name }).catch(refusedBy)
        console.log('Renamed.')
      }),
    )
  tenant
    .command('search-language')
    .argument('<tenant>', 'id or name')
    .addArgument(new Argument('<language>', 'whose forms of words are found').choices([...SEARCH_LANGUAGES, 'none']))
    .description('Find words in their other forms, too: an invoice by “invoices”.')
    .action((named: string, language: SearchLanguage | 'none') =>
      withStore(readConfig(), async (commandLine) => {
        const found = await chooseTenant(commandLine, named)
        const call = { actor: null, dialect: 'native', requestId: commandLine.newId() }
        const searchLanguage = language === 'none' ? null : language
        await changeTenant({ ...commandLine, ...call, tenant: found }, { searchLanguage }).catch(refusedBy)
        console.log('Searched so from now on.')
      }),
    )
  for (const [name, about, done] of [
    ['retire', 'Keep everybody of a tenant out; nothing is deleted.', 'Retired. Its keys, tokens and logins end now.'],
    ['restore', 'Let the people and keys of a retired tenant in again.', 'Restored.'],
  ] as const) {
    tenant
      .command(name)
      .argument('<tenant>', 'id or name')
      .description(about)
      .action((named: string) =>
        withStore(readConfig(), async (commandLine) => {
          const { id } = await chooseTenant(commandLine, named)
          await retireTenant(commandLine, id, name === 'retire' ? commandLine.now : null)
          console.log(done)
        }),
      )
  }
  tenant
    .command('add-host')
    .argument('<host>', 'the host name of requests, for instance desk.example.com', hostName)
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Let logins at a host name belong to a tenant; elsewhere they belong to the oldest one.')
    .action((host: string, options: { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const { id } = await chooseTenant(commandLine, options.tenant)
        await addHost(commandLine, id, host).catch((error: unknown) => {
          throw isTaken(error) ? new Told('This host belongs to a tenant already.') : error
        })
        console.log('Added.')
      }),
    )
  return tenant
}
