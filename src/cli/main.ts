import { Command } from 'commander'
import { ConfigError, readConfig } from '../config.ts'
import { EmbeddedPostgresError } from '../storage/embedded.ts'
import { withStore } from './database.ts'
import { serve } from './serve.ts'
import { tenantCommands } from './tenant.ts'
import { tokenCommands } from './token.ts'
import { userCommands } from './user.ts'

const program = new Command('polydesk')
  .description(
    'A self-hosted help desk that speaks several ticket APIs. Options are read from the environment: docs/configuration.md.',
  )
  .showHelpAfterError()

program
  .command('serve')
  .description('Run the server (this is what npm start does).')
  .action(() => serve(readConfig()))

program
  .command('migrate')
  .description('Bring the database schema up to date. The server does so by itself when it starts.')
  .action(() =>
    withStore(readConfig(), async ({ migrated }) => {
      console.log(migrated.length === 0 ? 'The schema is up to date.' : `Ran ${migrated.join(', ')}.`)
    }),
  )

program.addCommand(tenantCommands())
program.addCommand(userCommands())
program.addCommand(tokenCommands())

/** A failure that the person can do something about is told as a sentence, everything else with its trace. */
function tell(error: unknown): void {
  const isPlain =
    error instanceof ConfigError ||
    error instanceof EmbeddedPostgresError ||
    (error instanceof Error && error.name === 'Told')
  const address = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (address) console.error('Another program listens on this address already. Stop it, or choose another PORT.')
  else console.error(isPlain ? error.message : error)
}

try {
  await program.parseAsync()
} catch (error) {
  tell(error)
  process.exit(1)
}
