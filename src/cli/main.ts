import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { readConfig } from '../config.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { catalogueCommands } from './catalogue.ts'
import { clientCommands } from './client.ts'
import { type CommandLine, withStore } from './database.ts'
import { distributeCommand } from './distribute.ts'
import { doctorCommand } from './doctor.ts'
import { keyCommands } from './key.ts'
import { reportCommands } from './reports.ts'
import { COMMAND, tell } from './tell.ts'
import { tenantCommands } from './tenant.ts'
import { eventCommands, searchCommand, ticketCommands, viewsCommand } from './tickets.ts'
import { tokenCommands } from './token.ts'
import { exportCommand, importCommand } from './transfer.ts'
import { userCommands } from './user.ts'
import { webhookCommands } from './webhook.ts'
import { beVerbose, OTHER_PLACES } from './where.ts'

const program = new Command(COMMAND)
  .description(
    'A self-hosted help desk that speaks several ticket APIs. Options are read from the environment: docs/configuration.md.',
  )
  .version(manifest.version)
  .option('--verbose', 'tell which store a command works on')
  .addHelpText('after', `\n${OTHER_PLACES}`)
  .hook('preAction', (command) => {
    if (command.opts()['verbose'] === true) beVerbose()
  })

program
  .command('serve')
  .description('Run the server (this is what npm start does).')
  .action(async () => {
    // It is most of the program, which no other command needs.
    const { serve } = await import('./serve.ts')
    await serve(readConfig())
  })

program
  .command('migrate')
  .option('--create', 'make the database in the data directory where there is none')
  .description('Bring the database schema up to date. The server does so by itself when it starts.')
  .action((options: { readonly create?: true }) => {
    const config = readConfig()
    const work = async ({ migrated }: CommandLine): Promise<void> =>
      console.log(migrated.length === 0 ? 'The schema is up to date.' : `Ran ${migrated.join(', ')}.`)
    // Whoever names a database of their own means that one; to make its tables is what this is for.
    return withStore(config, work, { create: options.create ?? config.databaseUrl !== null })
  })

program.addCommand(tenantCommands())
program.addCommand(userCommands())
for (const command of catalogueCommands()) program.addCommand(command)
program.addCommand(tokenCommands())
program.addCommand(webhookCommands())
program.addCommand(clientCommands())
program.addCommand(keyCommands())
program.addCommand(backupCommand())
program.addCommand(restoreCommand())
program.addCommand(distributeCommand())
program.addCommand(ticketCommands())
program.addCommand(searchCommand())
program.addCommand(viewsCommand())
program.addCommand(eventCommands())
program.addCommand(reportCommands())
program.addCommand(exportCommand())
program.addCommand(importCommand())
program.addCommand(doctorCommand())
sayHowAfterErrors(program)

/** After a mistake each command says how it is called. Commander hands this on only to commands that are made later. */
function sayHowAfterErrors(command: Command): void {
  command.showHelpAfterError()
  for (const each of command.commands) sayHowAfterErrors(each)
}

try {
  await program.parseAsync()
} catch (error) {
  tell(error)
  process.exit(1)
}
