import { Command, Option } from 'commander'
import { readConfig } from '../config.ts'
import { ROLES, type Role } from '../core/access/permissions.ts'
import { addExternalId, createUser } from '../core/tenants/commands.ts'
import { errorCode } from '../storage/failures.ts'
import { chooseDesk, chooseTenant, Told } from './choose.ts'
import { withStore } from './database.ts'

const UNIQUE_VIOLATION = '23505'

interface UserOptions {
  readonly tenant?: string
  readonly email?: string
  readonly surname?: string
  readonly username?: string
  readonly customerNumber?: string
  readonly phone?: string
  readonly desk?: string
  readonly externalId?: string
  readonly role: Role | 'owner'
}

/** `polydesk user ...`: people and services of a tenant. */
export function userCommands(): Command {
  const user = new Command('user').description('Add users.')
  user
    .command('add')
    .argument('<name>', 'given name')
    .option('--surname <surname>')
    .option('--email <address>')
    .option('--username <name>', 'login name')
    .option('--customer-number <number>')
    .option('--phone <number>')
    .option('--desk <desk>', 'only on this desk (id, integer or name); else on all')
    .option(
      '--external-id <id>',
      "the id that a client's own system uses for this user on the desk (the default desk without --desk)",
    )
    .addOption(new Option('--role <role>').choices([...ROLES, 'owner']).default('customer'))
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Add a person with a role on desks.')
    .action((name: string, options: UserOptions) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const desks = options.desk === undefined ? tenant.desks : [chooseDesk(tenant, options.desk)]
        const { role, tenant: _, desk: __, externalId, ...person } = options
        const onDesk = role === 'owner' ? 'admin' : role
        const memberships = desks.map((desk) => ({ deskId: desk.id, role: onDesk }))
        try {
          const made = await createUser(commandLine, tenant.id, {
            kind: 'person',
            isOwner: role === 'owner',
            name,
            ...person,
            memberships,
          })
          const home = desks.find((desk) => desk.isDefault) ?? desks[0]
          if (externalId !== undefined && home)
            await addExternalId(commandLine, tenant.id, home.id, externalId, made.id)
          console.log(`user ${made.id} (${made.integer})`)
        } catch (error) {
          if (errorCode(error) === UNIQUE_VIOLATION) throw new Told('This address, user name or external id is taken.')
          throw error
        }
      }),
    )
  return user
}
