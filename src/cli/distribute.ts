import { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import type { Database } from '../storage/database.ts'
import { type Distribution, distributeTables, planDistribution, settleNodes } from '../storage/distribute.ts'
import { ask } from './consent.ts'
import { withStore } from './database.ts'
import { Told } from './tell.ts'

interface Options {
  readonly dryRun?: true
  readonly yes?: true
}

/** `polydesk distribute`: from one server to a cluster of Citus (docs/scaling.md). */
export function distributeCommand(): Command {
  return new Command('distribute')
    .option('--dry-run', 'tell what would be done, and change nothing')
    .option('--yes', 'without asking')
    .description('Spread the tables over the servers of a Citus cluster, all rows of a tenant together on one of them.')
    .action((options: Options) => distribute(readConfig(), options))
}

function distribute(config: Config, { dryRun, yes }: Options): Promise<void> {
  return withStore(config, async ({ store: { database } }) => {
    const plan = await database.withClient(planDistribution)
    for (const sentence of told(plan)) console.log(sentence)
    if (dryRun) return
    const isNew = plan.byTenant.length + plan.references.length > 0
    if (isNew && !yes) await demandConsent()
    await carryOut(database, plan)
    console.log(isNew ? 'Distributed. Start the servers again.' : 'Nothing else was to be done.')
  })
}

function told({ references, byTenant }: Distribution): readonly string[] {
  const sentences = ['Every server of the cluster gets the settings that our statements need, for this database.']
  if (references.length > 0) sentences.push(`Every server gets a copy of ${references.join(', ')}.`)
  if (byTenant.length > 0) sentences.push(`By tenant are spread: ${byTenant.join(', ')}.`)
  if (references.length + byTenant.length === 0) return [...sentences, 'All tables are distributed already.']
  return [
    ...sentences,
    'The tables are locked meanwhile, in one transaction: stop all servers of Polydesk first, and have a backup.',
    'To bring the tables back to one server is done by restoring a backup there.',
  ]
}

/** @throws Told when the person at the terminal does not go on */
async function demandConsent(): Promise<void> {
  if ((await ask('Type distribute to go on: ')) !== 'distribute') throw new Told('Nothing was distributed.')
}

async function carryOut(database: Database, plan: Distribution): Promise<void> {
  await database.withClient(async (client, begin) => {
    await begin()
    try {
      await distributeTables(client, plan)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    }
    await settleNodes(client)
  })
}
