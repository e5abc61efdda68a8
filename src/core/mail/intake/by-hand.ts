import { deskOfAddress } from '../../catalogue/addresses.ts'
import type { Context } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { demand } from '../../identity/actor.ts'
import { findLiving } from '../../identity/queries.ts'
import { getTicket } from '../../tickets/queries/find.ts'
import type { TicketRef } from '../../tickets/ticket.ts'
import { findByEmail } from '../../users/queries.ts'
import { readMail } from '../reading/read.ts'
import { writerOf } from '../threading/sender.ts'
import { keyFor } from './key.ts'
import { sayMail } from './message.ts'
import { join, NOTHING_READ, open, place, settle } from './project.ts'
import { getMail, getRawMail } from './queries.ts'
import type { ReceivedMail } from './received.ts'

/** Where somebody files a mail: on a ticket, or as a new one on a desk. */
export type Filed = { readonly ticket: TicketRef } | { readonly deskId: string | null }

/**
 * Files a mail that the rules did not: what is held, was said by a machine, was discarded, or waits. It says on the ticket what it
 * would have said by itself, in the name of who wrote it. It is filed once, whoever does so at the same time; nothing is
 * learned from it.
 *
 * @throws Refusal `not_found`, `forbidden`, `conflict` for one that is on a ticket, `invalid`, `ticket_closed`
 */
export async function fileByHand(ctx: Context, id: string, where: Filed): Promise<ReceivedMail> {
  const { state, reason, explanation, ...before } = await getMail(ctx, id)
  const { tenant, actor } = ctx
  if (reason === 'by_hand') return { ...before, state, reason }
  if (state === 'created' || state === 'joined')
    return refuse({ code: 'conflict', message: 'This mail is on a ticket already.' })
  const ticket = 'ticket' in where ? await getTicket(ctx, where.ticket) : null
  const wanted = 'deskId' in where ? (where.deskId ?? before.deskId ?? tenant.defaultDesk.id) : (ticket?.deskId ?? '')
  const desk = tenant.desks.find((each) => each.id === wanted && each.active)
  if (!desk) return refuseField(['desk'], 'unknown', 'This desk does not exist.')
  demand(actor, 'ticket.change', desk.id)
  const mail = readMail(await getRawMail(ctx, id))
  const isOwn = (address: string): boolean => deskOfAddress(tenant, address) !== null
  const writer = writerOf(mail, isOwn) ?? { address: before.fromAddress, name: before.fromName, by: 'from' as const }
  const addressed = { desk, address: desk.addresses[0] ?? '', tag: '' }
  const about = { mail, addressed, writer, authentication: before.authentication, isOwn }
  if (state !== 'automatic') await place(ctx, before.id, about)
  const [found] = writer.address === '' ? [] : await findByEmail(ctx, writer.address)
  const [user = null] = found ? await findLiving(ctx, [found.id]) : []
  const filing = { ...ctx, idempotency: keyFor(before.id, 'file') }
  const { message: said, remarks } = await sayMail(filing, mail)
  const told = { ...(explanation ?? NOTHING_READ), remarks: [...(explanation?.remarks ?? []), ...remarks] }
  const reading = { mail, explanation: { ...told, writer } }
  const work = { ...about, ...reading, said, user }
  const fate = ticket
    ? await join(filing, { ...work, decision: decisionFor(ticket) })
    : await open(filing, before.id, { ...work, decision: { joins: null, continues: null, considered: [] } })
  await settle(ctx, before.id, reading, { ...fate, reason: 'by_hand' })
  const { explanation: _, ...after } = await getMail(ctx, before.id)
  return after
}

function decisionFor(ticket: Awaited<ReturnType<typeof getTicket>>) {
  const { id, integer, number, deskId, status, title, latestMessageAt } = ticket
  const joins = {
    ...({
      rule: 'subject',
      value: 'by hand',
      nth: 1,
      byDeskId: null,
      relation: 'participant',
      verdict: 'joins',
    } as const),
    ticket: { id, integer, number, deskId, status, title, latestMessageAt },
  }
  return { joins, continues: null, considered: [joins] }
}
