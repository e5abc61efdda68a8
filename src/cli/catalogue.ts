import { Command, Option } from 'commander'
import { readConfig } from '../config.ts'
import { addRecord, changeRecord, type RecordChange, recordsOf } from '../core/catalogue/commands.ts'
import type { RecordKind, RecordRow } from '../core/catalogue/records.ts'
import type { Administration } from '../core/context.ts'
import { isNamed } from '../core/spelling.ts'
import { PRIORITIES, type Priority, STATUSES, type Status } from '../core/words.ts'
import { DESKS } from '../dialects/catalogue.ts'
import { PROFILES } from '../dialects/profiles.ts'
import { chooseTenant } from './choose.ts'
import { type CommandLine, withStore } from './database.ts'
import { AS_JSON, printList } from './list.ts'
import { refusedBy, Told } from './tell.ts'

interface Options {
  readonly tenant?: string
}

interface NewOptions extends Options {
  readonly status?: Status
  readonly priority?: Priority
  readonly kind?: string
}

/** The options by which a topic is offered, with the dialects whose callers choose topics by id. */
const OFFERS = PROFILES.flatMap(({ name, topics }) =>
  topics?.choosers === undefined
    ? []
    : [{ name, option: new Option(`--offered-in-${name}`, `${topics.choosers} may choose it`) }],
)

/** A command for each kind of record, and what a new record of it takes beside its name. */
const COMMANDS: readonly {
  readonly kind: RecordKind
  readonly name: string
  readonly what: string
  readonly own?: readonly Option[]
}[] = [
  { kind: 'desk', name: 'desk', what: `a desk: ${DESKS}` },
  { kind: 'group', name: 'group', what: 'a group of agents' },
  {
    kind: 'topic',
    name: 'topic',
    what: 'a topic',
    own: OFFERS.map(({ option }) => option),
  },
  { kind: 'type', name: 'type', what: 'a type' },
  { kind: 'form', name: 'form', what: 'a form' },
  {
    kind: 'status_label',
    name: 'status-label',
    what: 'a name for a status',
    own: [new Option('--status <status>').choices([...STATUSES]).makeOptionMandatory()],
  },
  {
    kind: 'priority_label',
    name: 'priority-label',
    what: 'a name for a priority',
    own: [new Option('--priority <priority>').choices([...PRIORITIES]).makeOptionMandatory()],
  },
  {
    kind: 'channel',
    name: 'channel',
    what: 'a channel',
    own: [new Option('--kind <word>', 'what tickets name it by').makeOptionMandatory()],
  },
]

/** `polydesk desk|group|topic|... ...`: what tickets are filed by. */
export function catalogueCommands(): readonly Command[] {
  return COMMANDS.map(({ kind, name, what, own }) => {
    const command = new Command(name).description(`Add, rename and retire ${what.split(':')[0]}.`)
    const sub = (usage: string, description: string) =>
      command
        .command(usage)
        .description(description)
        .option('--tenant <tenant>', 'id or name; not needed when there is only one')

    sub('list', 'List them, retired ones too.')
      .option('--json', AS_JSON)
      .action((options: Options & { readonly json?: true }) =>
        withStore(readConfig(), async (commandLine) => {
          const tenant = await chooseTenant(commandLine, options.tenant)
          const headers = ['id', 'name', 'state'] as const
          const lines = recordsOf(tenant, kind).map((each) => ({
            id: 'integer' in each ? `${each.integer} ${each.id}` : String(each.id),
            name: each.name,
            state: each.active ? 'active' : 'retired',
          }))
          printList(headers, lines, options)
        }),
      )
    const add = sub('add <name>', `Add ${what}.`)
    for (const option of own ?? []) add.addOption(option)
    add.action((given: string, options: NewOptions) =>
      administer(options, async (admin) => {
        const offeredIn = OFFERS.filter(({ option }) => option.attributeName() in options).map((each) => each.name)
        const { status, priority, kind: channelKind } = options
        const made = await addRecord(admin, kind, {
          name: given,
          ...(offeredIn.length > 0 && { offeredIn }),
          ...(status && { status }),
          ...(priority && { priority }),
          ...(channelKind !== undefined && { kind: channelKind }),
        })
        console.log(`${kind} ${made.id} (${made.name})`)
      }),
    )
    const change = (usage: string, description: string, done: string, changed: (name: string) => RecordChange) =>
      sub(usage, description).action((named: string, ...rest: readonly unknown[]) => {
        const [first, second] = rest
        const [name, options] = typeof first === 'string' ? [first, second] : ['', first]
        return administer(options as Options, async (admin) => {
          const record = choose(recordsOf(admin.tenant, kind), named)
          await changeRecord(admin, kind, record.id, changed(name))
          console.log(done)
        })
      })
    change('rename <record> <name>', 'Rename one (id, integer or name).', 'Renamed.', (to) => ({ name: to }))
    change('retire <record>', 'Keep it from being chosen; tickets that have it keep it.', 'Retired.', () => ({
      active: false,
    }))
    change('restore <record>', 'Let a retired one be chosen again.', 'Restored.', () => ({ active: true }))
    if (kind === 'topic') {
      change(
        'offer <record>',
        'Let callers of every dialect that has topics choose it by themselves.',
        'Offered.',
        () => ({
          offeredIn: OFFERS.map((each) => each.name),
        }),
      )
      change('withhold <record>', 'Let agents alone choose it.', 'Withheld.', () => ({ offeredIn: [] }))
    }
    return command
  })
}

function choose(records: readonly RecordRow[], named: string): RecordRow {
  const found = records.filter(
    (each) =>
      String(each.id) === named || isNamed(each, named) || ('integer' in each && String(each.integer) === named),
  )
  const [only] = found
  if (!only || found.length > 1)
    throw new Told(found.length > 1 ? `Several are called ${named}: name one by its id.` : `There is no ${named}.`)
  return only
}

function administer(options: Options, work: (admin: Administration) => Promise<void>): Promise<void> {
  return withStore(readConfig(), async (commandLine: CommandLine) => {
    const tenant = await chooseTenant(commandLine, options.tenant)
    const call = { actor: null, dialect: 'native', requestId: commandLine.newId() }
    await work({ ...commandLine, ...call, tenant }).catch(refusedBy)
  })
}
