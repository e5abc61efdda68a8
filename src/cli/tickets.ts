import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { type Answer, type Client, createClient } from '../../sdk/client.ts'
import { feed } from '../../sdk/feed.ts'
import type { ChangeTicketBody, Event, Ticket } from '../../sdk/operations.ts'
import { all } from '../../sdk/pages.ts'
import { UUID } from '../core/uuid.ts'
import { AS_JSON, age, printList } from './list.ts'
import { type ServerOptions, serverCommand, serverOf, told } from './server.ts'
import { Told } from './tell.ts'

interface Printing {
  readonly json?: true
}

const AS_OBJECT = AS_JSON.replace('array', 'object')
const MOST_LISTED = 50

/** `polydesk tickets ...`: what agents do, from a terminal, by the API. */
export function ticketCommands(): Command {
  const tickets = new Command('tickets').description(
    'List, show, open, answer and change tickets of a server, by its API.',
  )
  const command = (usage: string, description: string): Command => {
    const made = serverCommand(usage, description)
    tickets.addCommand(made)
    return made
  }

  command('list', 'List tickets, those that changed last first.')
    .argument('[query]', 'in the language of lists (docs/query.md)', '')
    .option('--view <view>', 'in a view: mine, unassigned, open, or the id of a saved one')
    .option('--limit <count>', 'how many at the most', String(MOST_LISTED))
    .option('--json', AS_JSON)
    .action((query: string, options: ServerOptions & ListOptions) =>
      withServer(options, (c) => list(c, query, options)),
    )
  command('show', 'Show a ticket with its conversation.')
    .argument('<ticket>', 'its id, or its integer')
    .option('--json', AS_OBJECT)
    .action((id: string, options: ServerOptions & Printing) => withServer(options, (c) => show(c, id, options)))
  command('create', 'Open a ticket.')
    .requiredOption('--title <title>', 'what it is about')
    .option('--text <text>', 'what was said first; - for standard input')
    .option('--requester <email>', 'who asks; made if there is nobody of that address')
    .option('--name <name>', 'what somebody is called who is made')
    .option('--desk <desk>', 'name, integer or id; the default desk if absent')
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--tag <tag...>', 'tags of it')
    .option('--json', AS_OBJECT)
    .action((options: ServerOptions & CreateOptions) => withServer(options, (c) => create(c, options)))
  command('reply', 'Answer the requester, or write a note.')
    .argument('<ticket>', 'its id, or its integer')
    .argument('<text>', 'what is to be said; - for standard input')
    .option('--note', 'only for colleagues')
    .option('--status <status>', 'set with it: new, open, pending, on_hold, solved or closed')
    .option('--json', AS_OBJECT)
    .action((id: string, said: string, options: ServerOptions & ReplyOptions) =>
      withServer(options, (c) => reply(c, id, said, options)),
    )
  command('change', 'Change a ticket: what is not named stays.')
    .argument('<ticket>', 'its id, or its integer')
    .option('--title <title>', 'what it is about')
    .option('--status <status>', 'new, open, pending, on_hold, solved or closed')
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--assignee <who>', 'me, none, an e-mail address or an id')
    .option('--group <group>', 'none, name or id')
    .option('--add-tag <tag...>', 'tags that it gets')
    .option('--remove-tag <tag...>', 'tags that it loses')
    .option('--field <key=value...>', "fields of the tenant's own; key= empties one")
    .option('--json', AS_OBJECT)
    .action((id: string, options: ServerOptions & ChangeOptions) => withServer(options, (c) => change(c, id, options)))
  command('undo', 'Undo the last change of a ticket.')
    .argument('<ticket>', 'its id, or its integer')
    .option('--json', AS_OBJECT)
    .action((id: string, options: ServerOptions & Printing) =>
      withServer(options, async (c) => tellTicket(await c.call('undoChange', { params: { id }, body: {} }), options)),
    )
  return tickets
}

/** `polydesk search WORDS`: tickets that say something, with where they say it. */
export function searchCommand(): Command {
  return serverCommand('search', 'Find tickets by words, beginnings of words, numbers or addresses.')
    .argument('<words...>', 'and fields, in the language of lists (docs/query.md)')
    .option('--limit <count>', 'how many at the most', '20')
    .option('--json', AS_JSON)
    .action((words: readonly string[], options: ServerOptions & ListOptions) =>
      withServer(options, (c) => list(c, words.join(' '), options)),
    )
}

/** `polydesk views`: how many tickets there are in each. */
export function viewsCommand(): Command {
  return serverCommand('views', 'List the views, and how many tickets each has.')
    .option('--json', AS_JSON)
    .action((options: ServerOptions & Printing) =>
      withServer(options, async (client) => {
        const [{ data: views }, { data: counts }] = await Promise.all([
          client.call('listViews'),
          client.call('countViews'),
        ])
        const lines = views.map(({ id, name, query }) => {
          const count = counts.find(({ view }) => view === id)
          const tickets = count === undefined || count.problem !== null ? '' : `${count.count}${count.more ? '+' : ''}`
          return { id, name, tickets, query }
        })
        printList(['id', 'name', 'tickets', 'query'], lines, options)
      }),
    )
}

/** `polydesk events tail`: what happens, as it happens. */
export function eventCommands(): Command {
  const events = new Command('events').description('Read what happened, and what happens.')
  const tail = serverCommand('tail', 'Tell each event as it happens, until Ctrl-C.')
    .option('--after <position>', 'from a position on, 0 for the beginning; else from now on')
    .option('--limit <count>', 'end after so many')
    .option('--json', 'each as a line of JSON, for programs')
    .action((options: ServerOptions & TailOptions) => withServer(options, (client) => tailEvents(client, options)))
  events.addCommand(tail)
  return events
}

async function withServer(options: ServerOptions, work: (client: Client) => Promise<void>): Promise<void> {
  const client = createClient(await serverOf(options))
  await told(() => work(client))
}

interface ListOptions extends Printing {
  readonly view?: string
  readonly limit: string
}

async function list(client: Client, q: string, { view, limit, ...options }: ListOptions): Promise<void> {
  const wanted = Number(limit)
  if (!Number.isInteger(wanted) || wanted < 1) throw new Told('--limit takes a number from 1 on.')
  const query = { q, sort: '-updated', limit: String(Math.min(wanted, 200)), ...(view !== undefined && { view }) }
  const tickets: Answer<'listTickets'>['data'] = []
  for await (const ticket of all(client, 'listTickets', { query })) if (tickets.push(ticket) >= wanted) break
  if (options.json) return console.log(JSON.stringify(tickets, null, 2))
  const now = new Date().toISOString()
  const lines = tickets.map((ticket) => ({
    ...{ id: ticket.integer, number: `${ticket.desk.name} #${ticket.number}`, status: ticket.status },
    ...{ priority: ticket.priority, title: titleOf(ticket), requester: nameOf(ticket.requester) },
    ...{ assignee: nameOf(ticket.assignee), changed: age(ticket.updated_at, now) },
  }))
  const headers = ['id', 'number', 'status', 'priority', 'title', 'requester', 'assignee', 'changed'] as const
  printList(headers, lines, {})
}

// What is no word of the API, the server refuses, and tells those that are.
const asGiven = <Word extends string>(given: string): Word => given as Word

/** What a ticket is called; without a title, how it begins. */
function titleOf({ title, description }: Pick<Ticket, 'title' | 'description'>): string {
  return title || (description.split('\n')[0] ?? '').slice(0, 60)
}

/** What somebody is called, else how they are reached. */
function nameOf(person: { readonly name: string; readonly surname: string; readonly email: string | null } | null) {
  return person === null ? '' : `${person.name} ${person.surname}`.trim() || (person.email ?? '')
}

async function show(client: Client, id: string, options: Printing): Promise<void> {
  const ticket = await client.call('getTicket', { params: { id } })
  const messages = []
  for await (const message of all(client, 'listMessages', { params: { id } })) messages.push(message)
  if (options.json) return console.log(JSON.stringify({ ...ticket, messages }, null, 2))
  tellTicket(ticket, {})
  for (const { author, author_name, visibility, created_at, text: said } of messages) {
    const who = nameOf(author) || author_name || 'Nobody'
    console.log(`\n${who}${visibility === 'internal' ? ', a note' : ''}, ${created_at}\n${plain(said)}`)
  }
}

/** Tells a ticket in a few lines. */
function tellTicket(ticket: Ticket, { json }: Printing): void {
  if (json) {
    console.log(JSON.stringify(ticket, null, 2))
    return
  }
  const { integer, desk, number, title, status, priority, tags, requester, assignee, group, fields } = ticket
  console.log(plain(`${integer}  ${desk.name} #${number}  ${title}`))
  const about = {
    ...{ status, priority, requester: nameOf(requester), assignee: nameOf(assignee), group: group?.name ?? '' },
    ...{ tags: tags.join(', ') },
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])),
  }
  for (const [name, value] of Object.entries(about)) if (value !== '') console.log(plain(`${name}: ${value}`))
}

/** What others wrote must not colour or move what the terminal shows; ends of lines may stay. */
function plain(said: string): string {
  return said.replaceAll(/(?![\n\t])\p{Cc}/gu, ' ')
}

interface CreateOptions extends Printing {
  readonly title: string
  readonly text?: string
  readonly requester?: string
  readonly name?: string
  readonly desk?: string
  readonly priority?: string
  readonly tag?: readonly string[]
}

async function create(client: Client, options: CreateOptions): Promise<void> {
  const { title, requester: email, name, desk, priority, tag } = options
  const said = options.text === undefined ? undefined : await read(options.text)
  const body = {
    title,
    ...(said !== undefined && { text: said }),
    ...(email !== undefined && { requester: { email, ...(name !== undefined && { name }) } }),
    ...(desk !== undefined && { desk: await idOf(all(client, 'listDesks', {}), 'desk', desk) }),
    ...(priority !== undefined && { priority: asGiven<Ticket['priority']>(priority) }),
    ...(tag && { tags: [...tag] }),
  }
  tellTicket(await client.call('createTicket', { body }), options)
}

interface ReplyOptions extends Printing {
  readonly note?: true
  readonly status?: string
}

async function reply(client: Client, id: string, said: string, options: ReplyOptions): Promise<void> {
  const { note, status } = options
  const body = {
    text: await read(said),
    visibility: note ? ('internal' as const) : ('public' as const),
    ...(status !== undefined && { status: asGiven<Ticket['status']>(status) }),
  }
  const { ticket, message } = await client.call('addMessage', { params: { id }, body })
  if (options.json) return console.log(JSON.stringify({ ticket, message }, null, 2))
  tellTicket(ticket, {})
}

interface ChangeOptions extends Printing {
  readonly title?: string
  readonly status?: string
  readonly priority?: string
  readonly assignee?: string
  readonly group?: string
  readonly addTag?: readonly string[]
  readonly removeTag?: readonly string[]
  readonly field?: readonly string[]
}

async function change(client: Client, id: string, options: ChangeOptions): Promise<void> {
  const { title, status, priority, assignee, group, addTag, removeTag, field } = options
  const body: ChangeTicketBody = {
    ...(title !== undefined && { title }),
    ...(status !== undefined && { status: asGiven<Ticket['status']>(status) }),
    ...(priority !== undefined && { priority: asGiven<Ticket['priority']>(priority) }),
    ...(assignee !== undefined && { assignee: await assigneeOf(client, assignee) }),
    ...(group !== undefined && {
      group: group === 'none' ? null : await idOf(all(client, 'listGroups', {}), 'group', group),
    }),
    ...(addTag && { add_tags: [...addTag] }),
    ...(removeTag && { remove_tags: [...removeTag] }),
    ...(field && { fields: await fieldsOf(client, field) }),
  }
  if (Object.keys(body).length === 0) throw new Told('Say what is to change: --help tells what can.')
  tellTicket(await client.call('changeTicket', { params: { id }, body }), options)
}

async function assigneeOf(client: Client, who: string): Promise<string | null> {
  if (who === 'none') return null
  if (who === 'me') return (await client.call('getMe')).user.id
  if (UUID.test(who)) return who
  const query = { query: who, works: 'true' as const }
  for await (const { id, email } of all(client, 'listUsers', { query }))
    if (email?.toLowerCase() === who.toLowerCase()) return id
  throw new Told(`Nobody who works here has the address ${who}.`)
}

/** The id of something that is called by its name, integer or id. */
async function idOf(
  records: AsyncIterable<{ readonly id: string; readonly integer: number; readonly name: string }>,
  what: string,
  wanted: string,
): Promise<string> {
  for await (const { id, integer, name } of records)
    if ([id, String(integer), name.toLowerCase()].includes(wanted.toLowerCase())) return id
  throw new Told(`There is no ${what} ${wanted}.`)
}

/** Values as each field's type has them. */
async function fieldsOf(client: Client, given: readonly string[]): Promise<NonNullable<ChangeTicketBody['fields']>> {
  const types = new Map<string, string>()
  for await (const { key, type } of all(client, 'listFields', {})) types.set(key, type)
  return Object.fromEntries(
    given.map((each) => {
      const [key = '', ...rest] = each.split('=')
      if (rest.length === 0) throw new Told(`--field takes key=value, not ${each}.`)
      const value = rest.join('=')
      if (value === '') return [key, null]
      if (types.get(key) === 'number') return [key, Number(value)]
      if (types.get(key) === 'boolean') return [key, ['yes', 'true'].includes(value)]
      return [key, types.get(key) === 'choices' ? value.split(',') : value]
    }),
  )
}

/** What is to be said: what stands there, or what comes by standard input. */
async function read(said: string): Promise<string> {
  return said === '-' ? text(process.stdin) : said
}

interface TailOptions extends Printing {
  readonly after?: string
  readonly limit?: string
}

async function tailEvents(client: Client, { after, limit, json }: TailOptions): Promise<void> {
  const [position, most] = [Number(after ?? 0), Number(limit ?? Number.POSITIVE_INFINITY)]
  if (!Number.isInteger(position) || position < 0) throw new Told('--after takes a position, from 0 on.')
  if (Number.isNaN(most) || most < 1) throw new Told('--limit takes a number from 1 on.')
  let count = 0
  for await (const event of feed(client, { after: after === undefined ? 'latest' : position })) {
    console.log(json ? JSON.stringify(event) : sentence(event))
    count += 1
    if (count >= most) return
  }
}

function sentence({ position, at, kind, dialect, ticket, before, after }: Event): string {
  const told = [before, after].map((side) => (side === null ? '' : JSON.stringify(side))).filter(Boolean)
  return plain([position, at, kind, dialect ?? '', ticket ?? '', told.join(' -> ')].join('  ').trimEnd())
}
