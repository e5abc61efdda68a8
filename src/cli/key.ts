import { join } from 'node:path'
import { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { openVault } from '../core/access/vault.ts'
import { countFactorSeals, FACTOR_KEYS } from '../core/logins/second-factor/seals.ts'
import { listTenants } from '../core/tenants/queries.ts'
import { countSeals, type SealCount } from '../core/webhooks/subscriptions/seals.ts'
import { addKey, countKeptKeys, dropFormerKeys, KEY_FILE, openKeys } from '../storage/keys.ts'
import { withStore } from './database.ts'
import { COMMAND, Told } from './tell.ts'

/** `polydesk key ...`: the secret key, from which all keys that sign and encrypt are made. */
export function keyCommands(): Command {
  const key = new Command('key').description('Replace the secret key that signs links and logins and encrypts secrets.')
  key
    .command('status')
    .description('Show how many keys there are, and what is encrypted with which.')
    .action(async () => {
      const config = readConfig()
      const seals = await sealsOf(config)
      console.log(`${await formerKeys(config)} former keys are accepted beside the current one.`)
      for (const [what, { current, former, unknown }] of Object.entries(seals)) {
        console.log(`${what} by the current key: ${current}; by a former one: ${former}.`)
        if (unknown > 0) console.log(`By a key that is not here: ${unknown}. Add it as a former one.`)
      }
    })
  key
    .command('rotate')
    .description('Make a new key. What the old one signed and encrypted goes on being accepted.')
    .action(async () => {
      const config = readConfig()
      demandKeyFile(config)
      if ((await countKeptKeys(config.dataDir)) === 0)
        throw new Told(`There is no ${KEY_FILE} in ${config.dataDir} yet: the first start makes one.`)
      await addKey(config.dataDir)
      console.log(
        `${join(config.dataDir, KEY_FILE)} has a new key. Start the server again: it then signs with it, and encrypts anew what the old one encrypted. Later \`${COMMAND} key retire\` drops the old one.`,
      )
    })
  key
    .command('retire')
    .description('Drop the former keys. Links to files and NetGroot logins that they signed end with them.')
    .action(async () => {
      const config = readConfig()
      demandKeyFile(config)
      if ((await formerKeys(config)) === 0) throw new Told('There is no former key.')
      const waiting = Object.entries(await sealsOf(config)).filter(([, { former }]) => former > 0)
      if (waiting.length > 0)
        throw new Told(
          `${waiting.map(([what, { former }]) => `${former} ${what.toLowerCase()}`).join(' and ')} are still encrypted with a former key. Start the server with the new one: it encrypts them anew, then this works.`,
        )
      await dropFormerKeys(config.dataDir)
      console.log('The former keys are gone. The server forgets them at its next start.')
    })
  return key
}

/** What is encrypted, with which of our keys. */
async function sealsOf(config: Config): Promise<Readonly<Record<string, SealCount>>> {
  const keys = await openKeys(config)
  return withStore(config, async ({ store }) => {
    const tenants = (await listTenants(store)).map(({ id }) => id)
    return {
      'Webhook secrets': await countSeals(store, openVault(keys.accepted('webhook secrets'))),
      'Second factors': await countFactorSeals(store, openVault(keys.accepted(FACTOR_KEYS)), tenants),
    }
  })
}

async function formerKeys(config: Config): Promise<number> {
  const kept = config.secretKey === null ? Math.max((await countKeptKeys(config.dataDir)) - 1, 0) : 0
  return kept + config.formerSecretKeys.length
}

/** Keys of the configuration are changed where they are configured. */
function demandKeyFile({ secretKey }: Config): void {
  if (secretKey === null) return
  throw new Told(
    'The key comes from POLYDESK_SECRET_KEY. On every server first add the new key to POLYDESK_FORMER_SECRET_KEYS and restart; then swap the two and restart; when `key status` shows nothing by a former key, and links and logins of before have ended, remove the old one.',
  )
}
