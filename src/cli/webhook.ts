import { Command } from 'commander'
import { readConfig } from '../config.ts'
import type { Administration } from '../core/context.ts'
import { listDeliveries, replay, sendNow, skip } from '../core/webhooks/deliveries/commands.ts'
import { DELIVERY_STATES, type Delivery } from '../core/webhooks/deliveries/delivery.ts'
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  rotateSecret,
  testWebhook,
  updateWebhook,
  type WebhookOffice,
} from '../core/webhooks/subscriptions/commands.ts'
import { errorCode } from '../storage/failures.ts'
import { openKeys } from '../storage/keys.ts'
import { chooseDesk, chooseTenant } from './choose.ts'
import { withStore } from './database.ts'
import { AS_JSON, printList } from './list.ts'
import { COMMAND, refusedBy, Told } from './tell.ts'

/** Deliveries that `webhook deliveries` shows. */
const SHOWN_DELIVERIES = 100
/** SQLSTATE of a text that is none. */
const NOT_A_UUID = '22P02'

/** `polydesk webhook ...`: who is told of events, and what could not be told. */
export function webhookCommands(): Command {
  const webhook = new Command('webhook').description('Have events sent to URLs, and send again what was given up.')
  const command = (usage: string, description: string) =>
    webhook
      .command(usage)
      .description(description)
      .option('--tenant <tenant>', 'id or name; not needed when there is only one')

  command('create <url>', 'Have events sent to a URL. The signing secret is shown once.')
    .option(
      '--dialect <dialect>',
      'whose payloads, signature and retries: native, spacebring, moov, omnidesk',
      'native',
    )
    .option('--desk <desk>', 'events of this desk only (id, integer or name)')
    .option('--events <events>', 'names as the dialect calls them, separated by commas; its usual ones if absent')
    .option('--description <text>', 'for you', '')
    .action((url: string, options: CreateOptions) =>
      administer(options, async (admin, office) => {
        const deskId = options.desk === undefined ? null : chooseDesk(admin.tenant, options.desk).id
        const { dialect, description } = options
        const events = options.events?.split(',').map((each) => each.trim())
        const input = { dialect, deskId, url, description, ...(events && { events }) }
        const made = await createWebhook(admin, office, input)
        console.log(`secret ${made.secret}\nid ${made.webhook.id}`)
      }),
    )
  command('list', 'List webhooks.')
    .option('--json', AS_JSON)
    .action((options: Options & { readonly json?: true }) =>
      administer(options, async (admin) => {
        const lines = (await listWebhooks(admin)).map(
          ({ id, dialect, enabled, disabledBy, disabledBecause, url, events }) => {
            const why = disabledBecause === null ? '' : ` (${disabledBecause})`
            return { id, dialect, state: enabled ? 'enabled' : `disabled by ${disabledBy}${why}`, url, events }
          },
        )
        printList(['id', 'dialect', 'state', 'url', 'events'], lines, options)
      }),
    )
  for (const enabled of [true, false]) {
    const name = enabled ? 'enable' : 'disable'
    command(
      `${name} <id>`,
      enabled ? 'Enable a webhook.' : 'Disable a webhook; events are then not kept for it.',
    ).action((id: string, options: Options) =>
      administer(options, async (admin, office) => {
        await updateWebhook(admin, office, id, { enabled })
        console.log(enabled ? 'Enabled.' : 'Disabled.')
      }),
    )
  }
  command('delete <id>', 'Remove a webhook with its deliveries.').action((id: string, options: Options) =>
    administer(options, async (admin, office) => {
      await deleteWebhook(admin, office, id)
      console.log('Removed.')
    }),
  )
  command('rotate <id>', 'Replace the signing secret and show the new one.').action((id: string, options: Options) =>
    administer(options, async (admin, office) => console.log(`secret ${await rotateSecret(admin, office, id)}`)),
  )
  command('test <id>', 'Send a test event now, and show what is answered.').action((id: string, options: Options) =>
    administer(options, async (admin, office) => {
      const { sent } = await testWebhook(admin, office, id)
      if ('problem' in sent) throw new Told(`There was no answer: ${sent.problem}`)
      console.log(`${sent.answer.status} ${sent.answer.body}`)
    }),
  )
  command('deliveries <id>', `Show the latest ${SHOWN_DELIVERIES} deliveries, and why they were not taken.`)
    .option('--json', AS_JSON)
    .option('--state <state>', `only these: ${DELIVERY_STATES.join(', ')}`)
    .action((id: string, options: Options & { readonly state?: string; readonly json?: true }) =>
      administer(options, async (admin) => {
        const state = DELIVERY_STATES.find((each) => each === options.state) ?? null
        if (options.state !== undefined && state === null) throw new Told(`There is no state ${options.state}.`)
        const { deliveries } = await listDeliveries(admin, id, { state, after: null, limit: SHOWN_DELIVERIES })
        const lines = deliveries.map(({ id, createdAt, eventType, state, attempts, nextAt, ...delivery }) => {
          return { id, created: createdAt, event: eventType, state, attempts, next: nextAt, why: whyNot(delivery) }
        })
        printList(['id', 'created', 'event', 'state', 'attempts', 'next', 'why'], lines, options)
      }),
    )
  command('send <id>', 'Send at once what waits for its next attempt.')
    .option('--delivery <id>', 'only this one')
    .action((id: string, options: Options & { readonly delivery?: string }) =>
      administer(options, async (admin, office) => {
        console.log(`${await sendNow(admin, office, id, options.delivery ?? null)} to be sent now.`)
      }),
    )
  command('skip <id> <delivery>', 'Give up a delivery that is not taken, so that those behind it go on.').action(
    (id: string, deliveryId: string, options: Options) =>
      administer(options, async (admin, office) => {
        await skip(admin, office, id, deliveryId)
        console.log('Skipped.')
      }),
  )
  command('change <id>', 'Change the URL, the events or the description.')
    .option('--url <url>', 'where events are sent')
    .option('--events <events>', 'names as the dialect calls them, separated by commas')
    .option('--description <text>', 'for you')
    .action((id: string, options: ChangeOptions) =>
      administer(options, async (admin, office) => {
        const { url, description } = options
        const events = options.events?.split(',').map((each) => each.trim())
        const change = {
          ...(url && { url }),
          ...(events && { events }),
          ...(description !== undefined && { description }),
        }
        await updateWebhook(admin, office, id, change)
        console.log('Changed.')
      }),
    )
  command('replay <id>', 'Send everything once more that was given up.')
    .option('--delivery <id>', 'only this one, also when it was delivered')
    .action((id: string, options: Options & { readonly delivery?: string }) =>
      administer(options, async (admin, office) => {
        console.log(`${await replay(admin, office, id, options.delivery ?? null)} to be sent again.`)
      }),
    )
  return webhook
}

interface Options {
  readonly tenant?: string
}

interface ChangeOptions extends Options {
  readonly url?: string
  readonly events?: string
  readonly description?: string
}

/** A delivery in a line: when it is tried next, what it waits for, and how its last attempt ended. */
/** What a delivery waits for, or how its last attempt ended. */
function whyNot({ waitsFor, last }: Pick<Delivery, 'waitsFor' | 'last'>): string {
  if (waitsFor !== null) return `waits for ${waitsFor}`
  const words = last?.answer?.replace(/\s+/g, ' ').trim()
  return last ? [last.status ?? last.problem, words].filter((each) => each).join(' ') : ''
}

interface CreateOptions extends Options {
  readonly dialect: string
  readonly desk?: string
  readonly events?: string
  readonly description: string
}

/** Runs a command of a tenant, then wakes the servers. What the core refuses is told as a sentence. */
function administer(
  options: Options,
  work: (admin: Administration, office: WebhookOffice) => Promise<void>,
): Promise<void> {
  const config = readConfig()
  return withStore(config, async (commandLine) => {
    const tenant = await chooseTenant(commandLine, options.tenant)
    const keys = await openKeys(config)
    // All dialects, which hardly any other command needs.
    const { webhookOffice } = await import('../setup/webhooks.ts')
    const announced: Promise<void>[] = []
    const office = webhookOffice(config, keys, (word) => announced.push(commandLine.store.announce.events(word)))
    await work({ ...commandLine, tenant, actor: null }, office).catch((error: unknown) => {
      if (errorCode(error) === NOT_A_UUID) throw new Told(`That is no id; \`${COMMAND} webhook list\` shows them.`)
      return refusedBy(error)
    })
    await Promise.all(announced)
  })
}
