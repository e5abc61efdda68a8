import { text } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { readConfig } from '../config.ts'
import { randomSecret } from '../core/access/secrets.ts'
import { isEmail } from '../core/identity/email.ts'
import { ROLES, type Role } from '../core/identity/permissions.ts'
import { fullName, USER_KINDS, type UserKind } from '../core/identity/user.ts'
import { setActive } from '../core/logins/commands.ts'
import { resetSecondFactor } from '../core/logins/second-factor/commands.ts'
import { makePasswordLink, setPassword } from '../core/passwords/commands.ts'
import { SHORTEST_PASSWORD } from '../core/passwords/password.ts'
import { isTaken } from '../core/taken.ts'
import { addExternalId, createUser } from '../core/tenants/commands.ts'
import { listEverybody } from '../core/users/queries.ts'
import { urlAt } from '../setup/listen.ts'
import { chooseDesk, chooseTenant, chooseUser, newName } from './choose.ts'
import { atOnce, withStore } from './database.ts'
import { AS_JSON, printList } from './list.ts'
import { addPersonCommands } from './person.ts'
import { refusedBy, Told } from './tell.ts'

const SHOWN_USERS = 100

function emailAddress(text: string): string {
  if (!isEmail(text)) throw new Told(`${text} is not an e-mail address.`)
  return text
}

interface UserOptions {
  readonly tenant?: string
  readonly email?: string
  readonly surname?: string
  readonly username?: string
  readonly customerNumber?: string
  readonly phone?: string
  readonly desk?: string
  readonly externalId?: string
  readonly photoUrl?: string
  readonly kind: UserKind
  readonly role: Role | 'owner'
}

/** `polydesk user ...`: people and services of a tenant. */
export function userCommands(): Command {
  const user = new Command('user').description(
    'Add and list users, set their passwords, keep them out, export and erase them.',
  )
  user
    .command('add')
    .argument('<name>', 'given name', newName)
    .option('--surname <surname>')
    .option('--email <address>', '', emailAddress)
    .option('--username <name>', 'login name')
    .option('--customer-number <number>')
    .option('--phone <number>')
    .option('--desk <desk>', 'only on this desk (id, integer or name); else on all')
    .option(
      '--external-id <id>',
      "the id that a client's own system uses for this user on the desk (the default desk without --desk)",
    )
    .option('--photo-url <url>', 'a picture, shown by dialects that show one')
    .addOption(
      new Option(
        '--kind <kind>',
        'a service is what keys without a person act as; what an automation does is shown as done by a machine',
      )
        .choices([...USER_KINDS])
        .default('person'),
    )
    .addOption(new Option('--role <role>').choices([...ROLES, 'owner']).default('customer'))
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Add a person or machine with a role on desks.')
    .action((name: string, options: UserOptions) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const desks = options.desk === undefined ? tenant.desks : [chooseDesk(tenant, options.desk)]
        const { role, tenant: _, desk: __, externalId, ...person } = options
        const onDesk = role === 'owner' ? 'admin' : role
        const memberships = desks.map((desk) => ({ deskId: desk.id, role: onDesk }))
        try {
          const made = await atOnce(commandLine, async (admin) => {
            const user = await createUser(admin, tenant.id, {
              isOwner: role === 'owner',
              name,
              ...person,
              memberships,
            })
            const home = desks.find((desk) => desk.isDefault) ?? desks[0]
            if (externalId !== undefined && home) await addExternalId(admin, tenant.id, home.id, externalId, user.id)
            return user
          })
          console.log(`user ${made.id} (${made.integer})`)
        } catch (error) {
          if (isTaken(error)) throw new Told('This address, user name or external id is taken.')
          throw error
        }
      }),
    )
  user
    .command('list')
    .option('--find <text>', 'only those whose name, address or telephone number contains this')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .option('--json', AS_JSON)
    .description(`List users, ${SHOWN_USERS} at the most.`)
    .action((options: { tenant?: string; find?: string; json?: true }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const { users, total } = await listEverybody({ ...commandLine, tenant }, options.find, SHOWN_USERS)
        const lines = users.map((each) => ({
          id: each.id,
          integer: each.integer,
          kind: each.kind,
          roles: each.isOwner ? ['owner'] : [...new Set(each.memberships.map(({ role }) => role))],
          state: each.active ? 'active' : 'inactive',
          name: fullName(each),
          address: each.email ?? each.username,
        }))
        printList(['id', 'integer', 'kind', 'roles', 'state', 'name', 'address'], lines, options)
        if (total > users.length) console.error(`${total - users.length} more; --find shows fewer.`)
      }),
    )
  user
    .command('password')
    .argument('<user>', 'UUID or e-mail address')
    .option('--stdin', 'read the password from standard input; else a random one is made and shown once')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description("Set a person's password; where they are signed in ends.")
    .action((named: string, options: { tenant?: string; stdin?: true }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const { id } = await chooseUser(commandLine, tenant, named)
        const password = options.stdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : randomSecret(20)
        if (password.length < SHORTEST_PASSWORD)
          throw new Told(`A password needs at least ${SHORTEST_PASSWORD} characters.`)
        await setPassword(commandLine, tenant.id, id, password).catch(refusedBy)
        console.log(options.stdin ? 'Set.' : `password ${password}`)
      }),
    )
  user
    .command('password-link')
    .argument('<user>', 'UUID or e-mail address')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Print a link by which a person sets their password, once; links that they had end.')
    .action((named: string, options: { tenant?: string }) => {
      const config = readConfig()
      return withStore(config, async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const person = await chooseUser(commandLine, tenant, named)
        if (person.kind !== 'person' || !person.active)
          throw new Told(`${named} may not sign in: only people who are active do.`)
        const { secret, expiresAt } = await atOnce(commandLine, (admin) =>
          makePasswordLink(admin, tenant.id, person.id),
        )
        // Behind #, which browsers tell no server and no log.
        console.log(`${config.publicUrl ?? urlAt(config)}/password#${secret}`)
        console.error(`It works once, until ${expiresAt}.`)
        if (config.publicUrl === null)
          console.error('PUBLIC_URL is not set, so the link is for a browser on this machine.')
      })
    })
  user
    .command('reset-second-factor')
    .argument('<user>', 'UUID or e-mail address')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Take the second factor away from a person who lost both app and recovery codes.')
    .action((named: string, options: { tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        const tenant = await chooseTenant(commandLine, options.tenant)
        const { id: userId } = await chooseUser(commandLine, tenant, named)
        if (!(await resetSecondFactor(commandLine, { tenantId: tenant.id, userId })))
          throw new Told(`${named} has no second factor.`)
        console.log('Done. They sign in by the password alone.')
      }),
    )
  for (const [name, active, about] of [
    ['deactivate', false, 'Keep a user out: logins, keys and tokens stop working within 5 seconds everywhere.'],
    ['activate', true, 'Let a user in again.'],
  ] as const) {
    user
      .command(name)
      .argument('<user>', 'UUID or e-mail address')
      .option('--tenant <tenant>', 'id or name; not needed when there is only one')
      .description(about)
      .action((named: string, options: { tenant?: string }) =>
        withStore(readConfig(), async (commandLine) => {
          const tenant = await chooseTenant(commandLine, options.tenant)
          const { id } = await chooseUser(commandLine, tenant, named)
          await setActive(commandLine, tenant.id, id, active)
          console.log('Done.')
        }),
      )
  }
  addPersonCommands(user)
  return user
}
