import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import type { Context } from '../context.ts'
import { changeTicket, changeTickets } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { getTicket } from './queries/find.ts'
import type { Ticket } from './ticket.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

const ticket = async (): Promise<Ticket> => {
  const { ticket } = await createTicket(made.as(made.agent), {
    deskId: made.desks[0],
    requester: { by: 'id', id: made.customer.id, member: true },
    title: 'Decided twice',
  })
  return ticket
}

/** Each writer has a store of its own, as in a process of its own: here nobody takes turns. */
const writers = (): readonly [Context, Context] => [
  made.as(made.agent),
  made.as(made.agent, { store: core.otherStore }),
]

/** Lets nobody pass before as many have come as are awaited; who comes later passes. */
function barrier(awaited: number): () => Promise<void> {
  let come = 0
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    come += 1
    if (come >= awaited) open()
    return opened
  }
}

test('of two who decide on the same ticket the later decides again, on what the first made of it', async () => {
  const { id } = await ticket()
  const both = barrier(2)
  const decide = async ({ tags }: Ticket) => {
    await both()
    return { addTags: [`after ${tags.length}`] }
  }
  await Promise.all(writers().map((ctx) => changeTicket(ctx, { id }, { decide })))
  assert.deepEqual([...(await getTicket(made.as(made.agent), { id })).tags].sort(), ['after 0', 'after 1'])
})

test('a decision on several tickets is made again as soon as one of them has changed', async () => {
  const ids = [(await ticket()).id, (await ticket()).id]
  const refs = ids.map((id) => ({ id }))
  const [ours, theirs] = writers()
  const seen: number[][] = []
  const decide = async (tickets: readonly Ticket[]) => {
    seen.push(tickets.map(({ tags }) => tags.length))
    if (seen.length === 1) await changeTicket(theirs, { id: ids[1] ?? '' }, { addTags: ['theirs'] })
    return [{ addTags: [`of ${tickets.reduce((sum, { tags }) => sum + tags.length, 0)}`] }]
  }
  const { tickets } = await changeTickets(made.as(made.owner, { store: ours.store }), refs, { decide })
  assert.deepEqual(seen, [
    [0, 0],
    [0, 1],
  ])
  assert.deepEqual(
    tickets.map(({ tags }) => [...tags].sort()),
    [['of 1'], ['of 1', 'theirs']],
  )
})

test('what a decision refuses is the answer, and nothing is written', async () => {
  const { id, version } = await ticket()
  const decide = () => {
    throw new Error('Not this one.')
  }
  await assert.rejects(changeTicket(made.as(made.agent), { id }, { decide }), /Not this one/)
  assert.equal((await getTicket(made.as(made.agent), { id })).version, version)
})
