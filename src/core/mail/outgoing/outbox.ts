import type { Context, System } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { callValues } from '../../idempotency/claimed.ts'
import { once } from '../../idempotency/store.ts'
import { demand, demandTenantWide, may, mayTenantWide } from '../../identity/actor.ts'
import { type Instant, instant, instantOrNull } from '../../instant.ts'
import type { Message } from '../../messages/message.ts'
import { getTicket } from '../../tickets/queries/find.ts'
import type { TicketRef } from '../../tickets/ticket.ts'
import { UUID } from '../../uuid.ts'
import type { Delivery, SentLetter } from './delivery.ts'
import type { OutgoingState } from './fate.ts'
import {
  COUNT_LETTERS,
  DELIVERY_OF,
  FIND_SENT,
  HOLD_LETTER,
  LETTER_KEPT,
  LIST_LETTERS,
  LIST_LETTERS_IN,
  LIST_LETTERS_OF,
  letterOf,
  MEASURE_LETTERS,
  RESEND_LETTER,
} from './store/outbox.ts'

/** After how long a letter that still waits is late, in milliseconds: by then a short trouble of a relay is over. */
export const LATE_MS = 3_600_000

type Sight = { readonly tenant_id: string; readonly desk_ids: readonly string[] | null }

/** Letters are seen by whoever reads notes on the desk of their ticket. */
function sightOf({ tenant, actor }: Context): Sight {
  demandTenantWide(actor, 'message.read_internal')
  if (actor.user.isOwner && actor.credential.deskId === null) return { tenant_id: tenant.id, desk_ids: null }
  const desks = tenant.desks.filter(({ id }) => may(actor, 'message.read_internal', id)).map(({ id }) => id)
  return { tenant_id: tenant.id, desk_ids: desks }
}

/** Which letters are listed. */
export interface LetterFilter {
  readonly states?: readonly OutgoingState[]
  readonly deskId?: string
  readonly ticket?: TicketRef
  /** The id after which the page begins. */
  readonly before: string | null
  readonly limit: number
}

/** A page of the letters in sight, the newest first. @throws Refusal `forbidden`, `not_found` (the ticket) */
export async function listLetters(
  ctx: Context,
  { states, deskId, ticket, before, limit }: LetterFilter,
): Promise<{ readonly letters: readonly SentLetter[]; readonly next: string | null }> {
  const sight = sightOf(ctx)
  const ticketId = ticket ? (await getTicket(ctx, ticket)).id : null
  const page = { ...sight, desk_id: deskId ?? null, before, limit: limit + 1 }
  const rows =
    ticketId !== null
      ? await ctx.store.run(LIST_LETTERS_OF.with({ ...page, states: states ?? null, ticket_id: ticketId }))
      : states
        ? await ctx.store.run(LIST_LETTERS_IN.with({ ...page, states: [...new Set(states)] }))
        : await ctx.store.run(LIST_LETTERS.with(page))
  const letters = rows.slice(0, limit).map(letterOf)
  return { letters, next: rows.length > limit ? (letters.at(-1)?.id ?? null) : null }
}

/** How many letters in sight are in each state, and how many are late: they have waited for an hour. */
export type LetterCounts = Readonly<Record<OutgoingState | 'late', number>>

/** @throws Refusal `forbidden` */
export async function countLetters(ctx: Context): Promise<LetterCounts> {
  const since = new Date(Date.parse(ctx.now) - LATE_MS).toISOString()
  const rows = await ctx.store.run(COUNT_LETTERS.with({ ...sightOf(ctx), since }))
  const of = (state: OutgoingState): number => rows.find((row) => row.state === state)?.count ?? 0
  return {
    ...{ waiting: of('waiting'), sending: of('sending'), sent: of('sent'), uncertain: of('uncertain') },
    ...{ refused: of('refused'), bounced: of('bounced'), held: of('held') },
    late: rows.reduce((sum, { late }) => sum + late, 0),
  }
}

/** @throws Refusal `forbidden`, `not_found` */
export async function getLetter(ctx: Context, id: string): Promise<SentLetter> {
  const sight = sightOf(ctx)
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_SENT.with({ ...sight, id: id.toLowerCase() })) : []
  return row ? letterOf(row) : refuse({ code: 'not_found', missing: 'letter' })
}

/** What a call on a letter is answered: it may be gone when that is repeated. */
export interface ChangedLetter {
  readonly id: string
  /** What it became. */
  readonly state: OutgoingState
}

/**
 * Has a letter sent again, or now: the same mail, with the same Message-ID, so that programs that got it before know it.
 *
 * @throws Refusal `not_found`, `forbidden`, `conflict` for one that is being sent, `idempotency_mismatch`
 */
export async function resendLetter(ctx: Context, id: string): Promise<ChangedLetter> {
  const changed = await changeLetter(ctx, id, RESEND_LETTER, ({ state }) => {
    if (state === 'sending') refuse({ code: 'conflict', message: 'This letter is being sent.' })
  })
  return { id: changed, state: 'waiting' }
}

/**
 * Keeps a letter from being sent until somebody has it sent; letters of its ticket after it go out before it.
 *
 * @throws Refusal `not_found`, `forbidden`, `conflict` for one that does not wait, `idempotency_mismatch`
 */
export async function holdLetter(ctx: Context, id: string): Promise<ChangedLetter> {
  const changed = await changeLetter(ctx, id, HOLD_LETTER, ({ state }) => {
    if (state !== 'waiting') refuse({ code: 'conflict', message: `This letter does not wait, it is ${state}.` })
  })
  return { id: changed, state: 'held' }
}

function changeLetter(
  ctx: Context,
  id: string,
  change: typeof RESEND_LETTER | typeof HOLD_LETTER,
  demandFit: (letter: SentLetter) => void,
): Promise<string> {
  return once(
    ctx,
    LETTER_KEPT,
    async () => {
      const letter = await getLetter(ctx, id)
      demand(ctx.actor, 'message.reply', letter.deskId)
      demandFit(letter)
      const [row] = await ctx.store.run(change.with(callValues(ctx, { id: letter.id, desk_id: letter.deskId })))
      return row?.id
    },
    ({ letter }) => letter ?? refuse({ code: 'not_found', missing: 'letter' }),
  )
}

/** What became of messages as letters, for whoever reads notes on their desk; of those that went by no mail nothing. */
export async function deliveriesOf(
  ctx: Context,
  messages: readonly Pick<Message, 'id'>[],
): Promise<ReadonlyMap<string, Delivery>> {
  if (messages.length === 0 || !mayTenantWide(ctx.actor, 'message.read_internal')) return new Map()
  const asked = { ...sightOf(ctx), message_ids: messages.map(({ id }) => id) }
  const rows = await ctx.store.run(DELIVERY_OF.with(asked))
  return new Map(
    rows.map(({ id, state, answer, held_because: heldBecause, attempts, next_at, finished_at }) => {
      const nextAt = state === 'waiting' ? instant(next_at) : null
      return [id, { state, answer, heldBecause, attempts, nextAt, finishedAt: instantOrNull(finished_at) }]
    }),
  )
}

/** What waits to be sent, of all tenants. */
export interface LettersWaiting {
  readonly waiting: number
  /** When the oldest of them was made; null where none waits. */
  readonly oldest: Instant | null
}

export async function measureLetters({ store }: Pick<System, 'store'>): Promise<LettersWaiting> {
  const [row] = await store.run(MEASURE_LETTERS.with({}))
  return { waiting: row?.waiting ?? 0, oldest: instantOrNull(row?.oldest ?? null) }
}
