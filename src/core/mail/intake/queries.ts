import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { demandTenantWide, may } from '../../identity/actor.ts'
import { getTicket } from '../../tickets/queries/find.ts'
import type { TicketRef } from '../../tickets/ticket.ts'
import { UUID } from '../../uuid.ts'
import { type Explanation, MAIL_STATES, type MailState, type ReceivedMail } from './received.ts'
import { COUNT_MAILS, FIND_MAIL, LIST_MAILS, mailOf, RAW_MAIL } from './store.ts'

/** Which mail somebody sees: of the desks on which they read notes; of no desk whoever manages the mail of all. */
function sightOf({ tenant, actor }: Context): {
  readonly tenant_id: string
  readonly desk_ids: readonly string[] | null
} {
  demandTenantWide(actor, 'message.read_internal')
  const isWhole = actor.user.isOwner && actor.credential.deskId === null && actor.permissions.has('mail.manage')
  const desks = tenant.desks.filter(({ id }) => may(actor, 'message.read_internal', id)).map(({ id }) => id)
  return { tenant_id: tenant.id, desk_ids: isWhole ? null : desks }
}

/** Which mail is listed. */
export interface MailFilter {
  readonly states?: readonly MailState[]
  readonly ticket?: TicketRef
  /** The id after which the page begins. */
  readonly before: string | null
  readonly limit: number
}

/** A page of the mail in sight, the newest first. @throws Refusal `forbidden`, `not_found` (the ticket) */
export async function listMail(
  ctx: Context,
  { states, ticket, before, limit }: MailFilter,
): Promise<{ readonly mails: readonly ReceivedMail[]; readonly next: string | null }> {
  const sight = sightOf(ctx)
  const ticketId = ticket ? (await getTicket(ctx, ticket)).id : null
  const wanted = { ...sight, states: states ?? null, ticket_id: ticketId, before, limit: limit + 1 }
  const rows = await ctx.store.run(LIST_MAILS.with(wanted))
  const mails = rows.slice(0, limit).map(mailOf)
  return { mails, next: rows.length > limit ? (mails.at(-1)?.id ?? null) : null }
}

/** How much mail in sight is in each state: together all that came. @throws Refusal `forbidden` */
export async function countMail(ctx: Context): Promise<Readonly<Record<MailState, number>>> {
  const rows = await ctx.store.run(COUNT_MAILS.with(sightOf(ctx)))
  const counts: Record<MailState, number> = { waiting: 0, created: 0, joined: 0, automatic: 0, held: 0, discarded: 0 }
  for (const state of MAIL_STATES) counts[state] = rows.find((row) => row.state === state)?.count ?? 0
  return counts
}

/** @throws Refusal `forbidden`, `not_found` */
export async function getMail(
  ctx: Context,
  id: string,
): Promise<ReceivedMail & { readonly explanation: Explanation | null }> {
  const sight = sightOf(ctx)
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_MAIL.with({ ...sight, id: id.toLowerCase() })) : []
  if (!row) return refuse({ code: 'not_found', missing: 'mail' })
  return { ...mailOf(row), explanation: row.explanation }
}

/** The bytes of a mail as they came. @throws Refusal `forbidden`, `not_found` */
export async function getRawMail(ctx: Context, id: string): Promise<Buffer> {
  const { id: known } = await getMail(ctx, id)
  const [row] = await ctx.store.run(RAW_MAIL.with({ tenant_id: ctx.tenant.id, id: known }))
  return row?.raw ?? refuse({ code: 'not_found', missing: 'mail' })
}
