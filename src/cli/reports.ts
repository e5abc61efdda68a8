import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { forgetCount } from '../core/reports/consume.ts'
import { chooseTenant } from './choose.ts'
import { withStore } from './database.ts'

/** What an operator does to reports; they are read by the API and the console. */
export function reportCommands(): Command {
  const reports = new Command('reports').description('Look after reports, which are kept from the event log.')
  reports
    .command('rebuild')
    .description('Have all tickets of a tenant counted anew. The server does so beside its calls.')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .action((options: { readonly tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        await forgetCount(commandLine.store, tenant.id)
        console.log(`The tickets of ${tenant.name} are counted anew; reports are complete when that is done.`)
      }),
    )
  return reports
}
