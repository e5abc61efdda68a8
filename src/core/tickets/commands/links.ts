import type { Context } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import type { TicketState } from '../drafts.ts'
import { findAllStates, findTickets } from '../queries/find.ts'
import { linksAmong, listLinks, type ShownLink } from '../queries/links.ts'
import {
  decideLink,
  decideUnlink,
  type Link,
  type LinkDrafts,
  type LinkGiven,
  linkBetween,
  RELATIONS,
  type Relation,
} from '../rules/links.ts'
import { ABOVE, LINK_BY_ID, LINK_TICKETS } from '../store/links.ts'
import type { Ticket, TicketOutcome, TicketRef } from '../ticket.ts'
import { withTicket } from './outcome.ts'
import { type Decided, inRounds, type Made } from './rounds.ts'

/** A new link: what the other ticket is to the one that gets it. */
export interface NewLink {
  readonly relation: Relation
  readonly ticket: TicketRef
}

/** A link, and whether it was there already. */
export interface LinkMade {
  readonly link: ShownLink
  readonly isNew: boolean
}

/**
 * Links a ticket to another one, which becomes a change of both.
 *
 * @throws Refusal `not_found`, `forbidden`, `invalid` (paths `ticket`, `relation`), `conflict`, `idempotency_mismatch`
 */
export async function linkTickets(
  ctx: Context,
  ref: TicketRef,
  { relation, ticket: otherRef }: NewLink,
): Promise<LinkMade> {
  return inRounds(
    ctx,
    [ref, otherRef],
    async (): Promise<Decided<LinkMade>> => {
      const [ticket, other] = await findTickets(ctx, [ref, otherRef])
      if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
      demandChange(ctx, [ticket])
      if (!other) refuseField(['ticket'], 'unknown', 'This ticket does not exist.')
      demandChange(ctx, [other])
      const link = linkBetween(ctx.newId(), ticket.id, relation, other.id)
      const decided = decideLink([ticket, other], link, await givenFor(ctx, [ticket, other], link))
      if (!('already' in decided)) return linking(ctx, decided, link, false, linkMade)
      const shown = (await listLinks(ctx, { id: ticket.id })).find(({ id }) => id === decided.already.id)
      return { already: { link: shown ?? refuse({ code: 'not_found', missing: 'link' }), isNew: false } }
    },
    linkMade,
  )
}

/**
 * Takes a link of a ticket away.
 *
 * @throws Refusal `not_found`, `forbidden`, `idempotency_mismatch`
 */
export async function unlinkTickets(ctx: Context, ref: TicketRef, linkId: string): Promise<void> {
  await inRounds(
    ctx,
    [ref],
    async (): Promise<Decided<TicketOutcome>> => {
      const [ticket] = await findTickets(ctx, [ref])
      if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
      const found = await findLink(ctx, ticket, linkId)
      if (!found || found.isRemoved) refuse({ code: 'not_found', missing: 'link' })
      demandChange(ctx, [ticket, found.other])
      return linking(ctx, decideUnlink([ticket, found.other], found.link, ctx), found.link, true, (outcome) => outcome)
    },
    (outcome) => outcome,
  )
}

/** What an event told of a link: its position, and whether the link was made or taken away. */
export interface LinkTold {
  readonly position: number
  readonly linkId: string
  readonly wasMade: boolean
}

/**
 * Takes back that two tickets were linked, or that their link was taken away.
 *
 * @returns the ticket.
 * @throws Refusal `not_found`, `forbidden`, `conflict`, `idempotency_mismatch`
 */
export async function undoLink(
  ctx: Context,
  ref: TicketRef,
  { position: undoes, linkId, wasMade }: LinkTold,
): Promise<Ticket> {
  const first = (outcome: TicketOutcome): Ticket => withTicket(outcome).ticket
  return inRounds(
    ctx,
    [ref],
    async (): Promise<Decided<Ticket>> => {
      const [ticket] = await findTickets(ctx, [ref])
      if (!ticket) refuse({ code: 'not_found', missing: 'ticket' })
      demandChange(ctx, [ticket])
      const found = await findLink(ctx, ticket, linkId)
      if (!found) refuse({ code: 'conflict', message: 'The other ticket is not there any more.' })
      const { link, other, isRemoved } = found
      demandChange(ctx, [other])
      if (isRemoved === wasMade) refuse({ code: 'conflict', message: 'It was undone already.' })
      const answer = (outcome: TicketOutcome): Ticket =>
        outcome.tickets.find(({ id }) => id === ticket.id) ?? refuse({ code: 'not_found', missing: 'ticket' })
      if (wasMade) return linking(ctx, decideUnlink([ticket, other], link, { ...ctx, undoes }), link, true, answer)
      const given = { ...(await givenFor(ctx, [ticket, other], link)), undoes }
      const decided = decideLink([ticket, other], link, given)
      if ('already' in decided) refuse({ code: 'conflict', message: 'The tickets were linked anew since.' })
      return linking(ctx, decided, link, false, answer)
    },
    first,
  )
}

function linking<Answer>(
  ctx: Context,
  drafts: LinkDrafts,
  link: Link,
  isRemoved: boolean,
  answer: (outcome: TicketOutcome) => Answer,
): Decided<Answer> {
  const write = (made: Made) => ctx.store.batched(LINK_TICKETS)(ctx.tenant.id, { ...made, drafts, link, isRemoved })
  return { write, answer }
}

/** A link as what was written tells it: the ticket that was asked comes first. */
function linkMade({ tickets, events }: TicketOutcome): LinkMade {
  const [own, others] = events.filter(({ kind }) => kind === 'ticket.linked')
  const other = tickets.find(({ id }) => id === others?.ticketId)
  const relation = RELATIONS.find((each) => each === own?.after?.['relation'])
  const id = own?.after?.['link_id']
  if (!own || !other || !relation || typeof id !== 'string') refuse({ code: 'not_found', missing: 'ticket' })
  return { link: { id, relation, ticket: other, createdAt: own.at }, isNew: true }
}

/**
 * What a link depends on beside its tickets. After these: what happens to their links since then has changed them, and so
 * have those above, which are looked up with the versions that they have in that moment.
 */
async function givenFor(ctx: Context, tickets: readonly [Ticket, Ticket], link: Link): Promise<LinkGiven> {
  const [links, above] = await Promise.all([
    linksAmong(
      ctx,
      tickets.map(({ id }) => id),
    ),
    link.kind === 'child' ? findAbove(ctx, link.toId) : [],
  ])
  return { ...ctx, links, above }
}

async function findAbove(ctx: Context, id: string): Promise<readonly TicketState[]> {
  const rows = await ctx.store.run(ABOVE.with({ tenant_id: ctx.tenant.id, id }))
  const states = await findAllStates(
    ctx,
    rows.map((row) => row.id),
  )
  return rows.flatMap((row) => {
    const state = states.get(row.id)
    return state ? { ...state, version: row.version } : []
  })
}

interface FoundLink {
  readonly link: Link
  readonly other: Ticket
  readonly isRemoved: boolean
}

/** A link of a ticket with what is at its other end, as far as that is in sight; null else. */
export async function findLink(ctx: Context, ticket: Ticket, id: string): Promise<FoundLink | null> {
  const [row] = await ctx.store.run(LINK_BY_ID.with({ tenant_id: ctx.tenant.id, id }))
  if (!row || ![row.from_id, row.to_id].includes(ticket.id) || row.from_id === row.to_id) return null
  const link = { id: row.id, kind: row.kind, fromId: row.from_id, toId: row.to_id }
  const [other] = await findTickets(ctx, [{ id: row.from_id === ticket.id ? row.to_id : row.from_id }])
  return other ? { link, other, isRemoved: row.is_removed } : null
}

function demandChange({ actor }: Context, tickets: readonly Ticket[]): void {
  if (tickets.every(({ deskId }) => may(actor, 'ticket.change', deskId))) return
  refuse({ code: 'forbidden', permission: 'ticket.change' })
}
