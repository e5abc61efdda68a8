import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { type Audience, demandAudience, demandMayChangeShared, demandNewAudience } from '../identity/audience.ts'
import { demandLiving } from '../identity/queries.ts'
import { lockAuthor } from '../identity/store/audience.ts'
import { readName } from '../name.ts'
import { composed } from '../spelling.ts'
import { getReply, MANAGE, readerOfReplies } from './queries.ts'
import { LONGEST_REPLY, MOST_REPLIES, type NewReply, type ReplyChange, type SavedReply } from './reply.ts'
import { CHANGE_REPLY, COUNT_REPLIES, DELETE_REPLY, INSERT_REPLY, REPLY_KEPT, USE_REPLY } from './store.ts'
import { demandVariables } from './variables.ts'

/** Only if the saved reply still has one of these versions. */
export interface ReplyPrecondition {
  readonly versions: readonly number[] | null
}

/**
 * Saves a reply.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `name`, `folder`, `language`, `text`, `group`), `conflict` for one more than
 * there may be, `idempotency_mismatch`
 */
export async function createReply(ctx: Context, input: NewReply): Promise<SavedReply> {
  readerOfReplies(ctx)
  const id = await once(
    ctx,
    REPLY_KEPT,
    async () => {
      demandAudience(ctx.actor, ctx.tenant, input, MANAGE)
      const words = wordsOf(input)
      await demandRoom(ctx, input.audience, null)
      const [made] = await ctx.store.run(INSERT_REPLY.with(...lockedCall(ctx, { id: ctx.newId(), ...words })))
      if (!made) await demandLiving(ctx)
      return made?.id
    },
    keptId,
  )
  return getReply(ctx, id)
}

/**
 * Changes a saved reply.
 *
 * @param changeOf the change, which may depend on the reply.
 * @throws Refusal `forbidden`, `not_found`, `invalid` (as above, and `audience`), `conflict`, `precondition_failed`,
 * `idempotency_mismatch`
 */
export async function changeReply(
  ctx: Context,
  replyId: string,
  changeOf: (reply: SavedReply) => ReplyChange,
  precondition: ReplyPrecondition,
): Promise<SavedReply> {
  const id = await once(
    ctx,
    REPLY_KEPT,
    async () => {
      const reply = await findChangeable(ctx, replyId, precondition)
      const { shared, ...change } = changeOf(reply)
      const changed = { ...reply, ...change, ...shared }
      demandNewAudience(ctx.actor, ctx.tenant, reply, changed, MANAGE)
      const words = wordsOf(changed)
      if (changed.audience !== reply.audience) await demandRoom(ctx, changed.audience, reply.id)
      const about = { id: reply.id, version: reply.version, ...words }
      const [written] = await ctx.store.run(CHANGE_REPLY.with(...lockedCall(ctx, about)))
      return written?.id
    },
    keptId,
  )
  return getReply(ctx, id)
}

/** @throws Refusal `forbidden`, `not_found`, `precondition_failed`, `idempotency_mismatch` */
export async function deleteReply(ctx: Context, replyId: string, precondition: ReplyPrecondition): Promise<void> {
  await once(
    ctx,
    REPLY_KEPT,
    async () => {
      const { id, version } = await findChangeable(ctx, replyId, precondition)
      const [deleted] = await ctx.store.run(DELETE_REPLY.with(...lockedCall(ctx, { id, version })))
      return deleted?.id
    },
    keptId,
  )
}

/** Puts down that whoever calls used a saved reply: it comes before the others from then on. @throws Refusal `forbidden`, `not_found` */
export async function markReplyUsed(ctx: Context, replyId: string): Promise<void> {
  const { id } = await getReply(ctx, replyId)
  const [row] = await ctx.store.run(USE_REPLY.with({ ...readerOfReplies(ctx), id, at: ctx.now }))
  if (!row) refuse({ code: 'not_found', missing: 'saved_reply' })
}

/** The saved reply at one of the versions that will do, if the actor may change it. */
async function findChangeable(ctx: Context, id: string, { versions }: ReplyPrecondition): Promise<SavedReply> {
  const reply = await getReply(ctx, id)
  demandMayChangeShared(ctx.actor, reply, MANAGE)
  if (versions !== null && !versions.includes(reply.version)) refuse({ code: 'precondition_failed' })
  return reply
}

/** A saved reply as it is written. @throws Refusal `invalid` */
function wordsOf({ name, folder, language, text, audience, groupId }: NewReply) {
  const composedText = composed(text)
  if (composedText.trim() === '') refuseField(['text'], 'required', 'Must not be empty.')
  if ([...composedText].length > LONGEST_REPLY) refuseField(['text'], 'too_long', 'Is too long.', LONGEST_REPLY)
  demandVariables(composedText)
  return {
    ...{ name: readName(name), folder: composed(folder.trim()), language: languageOf(language) },
    ...{ text: composedText, audience, group_id: groupId },
  }
}

/** The tag of a language as it is written everywhere. @throws Refusal `invalid` (path `language`) */
function languageOf(tag: string | null): string | null {
  if (tag === null) return null
  try {
    const [language] = Intl.getCanonicalLocales(tag)
    if (language !== undefined) return language
  } catch {
    // Told below.
  }
  return refuseField(['language'], 'format', 'Must be the tag of a language, such as en or de-CH.')
}

/** That there are not as many already as may be; the statement sees to it once more. @throws Refusal `conflict` */
async function demandRoom(ctx: Context, audience: Audience, id: string | null): Promise<void> {
  const whose = { tenant_id: ctx.tenant.id, user_id: ctx.actor.user.id }
  const [row] = await ctx.store.run(COUNT_REPLIES.with({ ...whose, audience, id }))
  if ((row?.count ?? 0) < MOST_REPLIES) return
  const [who, what] = audience === 'private' ? ['A person has', 'private'] : ['There are', 'shared']
  refuse({ code: 'conflict', message: `${who} at most ${MOST_REPLIES} ${what} saved replies.` })
}

/** What a statement of one call takes, behind its locks. */
function lockedCall<About extends object>(ctx: Context, about: About) {
  return [callValues(ctx, about), lockAuthor(ctx.tenant.id, ctx.actor.user.id)] as const
}

/** The saved reply that an earlier call with the same key was about. */
function keptId({ saved_reply: id }: { readonly saved_reply?: string }): string {
  return id ?? refuse({ code: 'not_found', missing: 'saved_reply' })
}
