import { Command } from 'commander'
import { readConfig } from '../config.ts'
import { addForm } from '../core/catalogue/commands.ts'
import { chooseTenant } from './choose.ts'
import { atOnce, withStore } from './database.ts'
import { Told } from './tell.ts'

/** `polydesk form ...`: the forms that tickets can be filed by. */
export function formCommands(): Command {
  const form = new Command('form').description('Add forms.')
  form
    .command('add')
    .argument('<name>', 'as people know it')
    .option('--tenant <tenant>', 'id or name; not needed when there is only one')
    .description('Add a form.')
    .action((name: string, options: { readonly tenant?: string }) =>
      withStore(readConfig(), async (commandLine) => {
        if (name.trim() === '') throw new Told('A form needs a name.')
        const tenant = await chooseTenant(commandLine, options.tenant)
        const made = await atOnce(commandLine, (admin) =>
          addForm(
            {
              ...admin,
              tenantId: tenant.id,
              actor: null,
              dialect: 'native',
              requestId: admin.newId(),
            },
            name,
          ),
        )
        await commandLine.access.changed(tenant.id)
        console.log(`form ${made.id} (${made.name})`)
      }),
    )
  return form
}
