import { demandNamed } from '../bulk/commands.ts'
import { demandSome } from '../bulk/rules.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { type Audience, demandAudience, demandMayChangeShared, demandNewAudience } from '../identity/audience.ts'
import { demandLiving } from '../identity/queries.ts'
import { lockAuthor } from '../identity/store/audience.ts'
import { readName } from '../name.ts'
import { MANAGE } from '../replies/queries.ts'
import { LONGEST_REPLY } from '../replies/reply.ts'
import { demandVariables } from '../replies/variables.ts'
import { composed } from '../spelling.ts'
import { isFinished } from '../tickets/rules/lifecycle.ts'
import { LONGEST_SNOOZE, type Macro, type MacroEdit, type MacroMessage, MOST_MACROS, type NewMacro } from './macro.ts'
import { getMacro, readerOfMacros } from './queries.ts'
import { ofActor } from './rules.ts'
import { CHANGE_MACRO, COUNT_MACROS, DELETE_MACRO, INSERT_MACRO, MACRO_KEPT } from './store.ts'

/** Only if the macro still has one of these versions. */
export interface MacroPrecondition {
  readonly versions: readonly number[] | null
}

/**
 * Saves a macro.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `name`, `text`, `group`, and beginning with `change`), `conflict` for one
 * more than there may be, `idempotency_mismatch`
 */
export async function createMacro(ctx: Context, input: NewMacro): Promise<Macro> {
  readerOfMacros(ctx)
  const id = await once(
    ctx,
    MACRO_KEPT,
    async () => {
      demandAudience(ctx.actor, ctx.tenant, input, MANAGE)
      const words = wordsOf(input)
      await demandPossible(ctx, input)
      await demandRoom(ctx, input.audience, null)
      const [made] = await ctx.store.run(INSERT_MACRO.with(...lockedCall(ctx, { id: ctx.newId(), ...words })))
      if (!made) await demandLiving(ctx)
      return made?.id
    },
    keptId,
  )
  return getMacro(ctx, id)
}

/**
 * Changes a macro. What is not named stays, also where it names what is gone by now.
 *
 * @param editOf the edit, which may depend on the macro.
 * @throws Refusal `forbidden`, `not_found`, `invalid` (as above, and `audience`), `conflict`, `precondition_failed`,
 * `idempotency_mismatch`
 */
export async function changeMacro(
  ctx: Context,
  macroId: string,
  editOf: (macro: Macro) => MacroEdit,
  precondition: MacroPrecondition,
): Promise<Macro> {
  const id = await once(
    ctx,
    MACRO_KEPT,
    async () => {
      const macro = await findChangeable(ctx, macroId, precondition)
      const { shared, ...edit } = editOf(macro)
      const changed = { ...macro, ...edit, ...shared }
      demandNewAudience(ctx.actor, ctx.tenant, macro, changed, MANAGE)
      const words = wordsOf(changed)
      if (edit.change !== undefined) await demandPossible(ctx, changed)
      else if (changed.message === null && changed.change.snoozeMinutes === undefined) demandSome(changed.change)
      if (changed.audience !== macro.audience) await demandRoom(ctx, changed.audience, macro.id)
      const about = { id: macro.id, version: macro.version, ...words }
      const [written] = await ctx.store.run(CHANGE_MACRO.with(...lockedCall(ctx, about)))
      return written?.id
    },
    keptId,
  )
  return getMacro(ctx, id)
}

/** What it changed on tickets stays. @throws Refusal `forbidden`, `not_found`, `precondition_failed`, `idempotency_mismatch` */
export async function deleteMacro(ctx: Context, macroId: string, precondition: MacroPrecondition): Promise<void> {
  await once(
    ctx,
    MACRO_KEPT,
    async () => {
      const { id, version } = await findChangeable(ctx, macroId, precondition)
      const [deleted] = await ctx.store.run(DELETE_MACRO.with(...lockedCall(ctx, { id, version })))
      return deleted?.id
    },
    keptId,
  )
}

/** The macro at one of the versions that will do, if the actor may change it. */
async function findChangeable(ctx: Context, id: string, { versions }: MacroPrecondition): Promise<Macro> {
  const macro = await getMacro(ctx, id)
  demandMayChangeShared(ctx.actor, macro, MANAGE)
  if (versions !== null && !versions.includes(macro.version)) refuse({ code: 'precondition_failed' })
  return macro
}

/** Refuses what no ticket could get by it. @throws Refusal `invalid` (paths beginning with `change`) */
async function demandPossible(ctx: Context, { change, message }: Pick<NewMacro, 'change' | 'message'>): Promise<void> {
  const { snoozeMinutes, ...filing } = ofActor(change, ctx.actor)
  if (message === null && snoozeMinutes === undefined) demandSome(filing)
  await demandNamed(ctx, filing)
}

/** A macro as it is written. @throws Refusal `invalid` */
function wordsOf({ name, change, message, audience, groupId }: NewMacro) {
  const { snoozeMinutes, status } = change
  if (typeof snoozeMinutes === 'number' && !(snoozeMinutes >= 1 && snoozeMinutes <= LONGEST_SNOOZE))
    refuseField(['change', 'snooze'], 'too_large', `From 1 to ${LONGEST_SNOOZE} minutes.`, LONGEST_SNOOZE)
  if (snoozeMinutes !== undefined && status !== undefined && isFinished(status.to))
    refuseField(['change', 'snooze'], 'not_allowed', 'What is solved or closed is not snoozed.')
  const said = message && readMessage(message)
  return {
    ...{ name: readName(name), change, audience, group_id: groupId },
    ...{ message_visibility: said?.visibility ?? null, message_text: said?.text ?? null },
  }
}

/** @throws Refusal `invalid` (path `text`) */
function readMessage({ visibility, text }: MacroMessage): MacroMessage {
  const said = composed(text)
  if (said.trim() === '') refuseField(['text'], 'required', 'Must not be empty.')
  if ([...said].length > LONGEST_REPLY) refuseField(['text'], 'too_long', 'Is too long.', LONGEST_REPLY)
  demandVariables(said)
  return { visibility, text: said }
}

/** That there are not as many already as may be; the statement sees to it once more. @throws Refusal `conflict` */
async function demandRoom(ctx: Context, audience: Audience, id: string | null): Promise<void> {
  const whose = { tenant_id: ctx.tenant.id, user_id: ctx.actor.user.id }
  const [row] = await ctx.store.run(COUNT_MACROS.with({ ...whose, audience, id }))
  if ((row?.count ?? 0) < MOST_MACROS) return
  const [who, what] = audience === 'private' ? ['A person has', 'private'] : ['There are', 'shared']
  refuse({ code: 'conflict', message: `${who} at most ${MOST_MACROS} ${what} macros.` })
}

/** What a statement of one call takes, behind its locks. */
function lockedCall<About extends object>(ctx: Context, about: About) {
  return [callValues(ctx, about), lockAuthor(ctx.tenant.id, ctx.actor.user.id)] as const
}

/** The macro that an earlier call with the same key was about. */
function keptId({ macro: id }: { readonly macro?: string }): string {
  return id ?? refuse({ code: 'not_found', missing: 'macro' })
}
