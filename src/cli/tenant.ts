import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { CATALOGUE_DEFAULTS } from '../core/catalogue/defaults.ts'
import { createDesk, createTenant, createUser } from '../core/tenants/commands.ts'
import { LIST_TENANTS } from '../core/tenants/store.ts'
import { chooseTenant } from './choose.ts'
import { withStore } from './database.ts'

/** `polydesk tenant ...`: tenants and their desks. */
export function tenantCommands(): Command {
  const tenant = new Command('tenant').description('Make and list tenants and their desks.')
  tenant
    .command('create')
    .argument('<name>', 'the organisation')
    .option('--desk <name>', 'name of its default desk', 'Default')
    .description('Make a tenant with a default desk, the usual catalogue and a service user for API keys.')
    .action((name: string, options: { desk: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const made = await createTenant(commandLine, { name, deskName: options.desk, catalogue: CATALOGUE_DEFAULTS })
        const memberships = [{ deskId: made.deskId, role: 'admin' as const }]
        const service = await createUser(commandLine, made.tenantId, {
          kind: 'service',
          isOwner: true,
          name: 'API',
          memberships,
        })
        console.log(`tenant ${made.tenantId}\ndesk ${made.deskId}\nservice user ${service.id}`)
      }),
    )
  tenant
    .command('list')
    .description('List the tenants.')
    .action(() =>
      withStore(readConfig(), async ({ store }) => {
        for (const each of await store.run({ statement: LIST_TENANTS, values: [] }))
          console.log(`${each.tenant_id}  ${each.name}`)
      }),
    )
  tenant
    .command('add-desk')
    .argument('<name>', 'the desk')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Add a desk: a Spacebring location, a connected Moov account, an Omnidesk brand.')
    .action((name: string, options: { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const { id } = await chooseTenant(commandLine, options.tenant)
        const desk = await createDesk(commandLine, id, name)
        await commandLine.access.changed(id)
        console.log(`desk ${desk.id} (${desk.integer})`)
      }),
    )
  return tenant
}
