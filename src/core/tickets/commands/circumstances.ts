import type { Forwardable } from '../../attachments/attachment.ts'
import { boundsOf, SPREAD_CHARACTERS } from '../../bounds.ts'
import type { Tenant } from '../../catalogue/tenant.ts'
import type { Context } from '../../context.ts'
import { refuseField } from '../../errors.ts'
import type { UserSummary } from '../../identity/user.ts'
import { demandFitting, demandFittingForms, demandRoom, fieldOf, hasRoom } from '../../messages/bounds.ts'
import { type Content, contentOf, roomFor } from '../../messages/content.ts'
import type { MessageRef, NewMessage } from '../../messages/message.ts'
import type { Answered } from '../../messages/rules.ts'
import { MOST_MESSAGES } from '../../messages/store.ts'
import type { Provenance } from '../drafts.ts'
import type { Circumstances } from '../rules/circumstances.ts'
import { peopleIn } from '../rules/field-values.ts'
import type { Ticket, TicketChange } from '../ticket.ts'
import { fail } from './outcome.ts'

/** Who calls, when and how, for the events of the call. */
export function provenance(ctx: Context): Provenance {
  return {
    actorId: ctx.actor.user.id,
    credentialId: ctx.actor.credential.id,
    dialect: ctx.dialect,
    requestId: ctx.requestId,
    at: ctx.now,
  }
}

export type Looked = Required<Pick<Circumstances, 'uploads' | 'contentOf'>> & {
  readonly people: readonly UserSummary[]
  readonly answered?: readonly Answered[]
  readonly forwardable?: readonly Forwardable[]
}

export function circumstances(ctx: Context, { people, ...looked }: Looked, recordAlways: boolean): Circumstances {
  const { actor, tenant, now, newId } = ctx
  const messageBytes = ctx.store.files?.limits.messageBytes ?? 0
  const byId = new Map(people.map((user) => [user.id, user]))
  return { actor, tenant, now, newId, people: byId, recordAlways, messageBytes, ...looked }
}

export function attachmentsNamed(changes: readonly Pick<TicketChange, 'message'>[]): readonly string[] {
  return changes.flatMap(({ message }) => message?.attachmentIds ?? [])
}

export function messagesNamed(changes: readonly TicketChange[]): readonly MessageRef[] {
  return changes.flatMap(({ message }) => message?.envelope?.inReplyTo ?? [])
}

/** The forms of messages, made once however often these are decided. */
export type Contents = Map<NewMessage, Content>

/**
 * Makes the forms of the messages that changes hold and that have none yet. A message that goes on several tickets keeps
 * its pictures in words: a file is on one message.
 *
 * @returns the pictures of those that were made, which are to be kept before they are written.
 */
export async function makeContents(
  ctx: Context,
  contents: Contents,
  changes: readonly { readonly message?: NewMessage }[],
  isForOne: boolean,
): Promise<Content['pictures']> {
  const messages = changes.flatMap(({ message }) => (message && !contents.has(message) ? [message] : []))
  const made = await Promise.all(
    messages.map(async (message) => {
      const room = roomFor(isForOne ? ctx.store.files?.limits : undefined, message)
      demandFitting(message, boundsOf(ctx))
      const content = await contentOf(message, { room, newId: ctx.newId })
      demandFittingForms(message, content, boundsOf(ctx))
      contents.set(message, content)
      return content.pictures
    }),
  )
  return made.flat()
}

export function contentIn(contents: Contents): Circumstances['contentOf'] {
  return (message) => contents.get(message) ?? fail('The forms of each message are made before.')
}

/** Refuses messages that tickets have no room for. Few tickets are old enough that it takes counting. */
export async function demandRoomOn(
  ctx: Context,
  tickets: readonly Ticket[],
  changes: readonly TicketChange[],
): Promise<void> {
  const added = changes.flatMap(({ message }) => message ?? [])
  const bounds = boundsOf(ctx)
  const old = tickets.filter(({ version }) => !hasRoom(version, added.length, bounds)).map(({ id }) => id)
  if (old.length === 0) return
  const [most] = await ctx.store.run(MOST_MESSAGES.with({ tenant_id: ctx.tenant.id, ticket_ids: old }))
  demandRoom(added, most?.messages ?? 0, bounds)
}

/** Refuses texts that come to too much on all the tickets that they go onto. */
export function demandSpreadable(changes: readonly TicketChange[], tickets: number): void {
  const [first, ...others] = changes.flatMap(({ message }) => message ?? [])
  if (!first || tickets <= 1) return
  const characters = [first, ...others].reduce((sum, { text }) => sum + text.length, 0)
  const most = Math.floor(SPREAD_CHARACTERS / tickets)
  if (characters > most)
    refuseField(['message', fieldOf(first)], 'too_long', `At most ${most} characters on so many tickets.`, most)
}

export function namedPeople(
  { fields }: Pick<Tenant, 'fields'>,
  named: Pick<TicketChange, 'assigneeId' | 'requesterId' | 'message' | 'fields'>,
): string[] {
  const author = typeof named.message?.author === 'object' ? named.message.author.id : null
  const held = peopleIn(fields, named.fields)
  return [named.assigneeId, named.requesterId, author, ...held].filter((id) => typeof id === 'string')
}
