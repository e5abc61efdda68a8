import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { type Audience, demandAudience, demandMayChangeShared } from '../identity/audience.ts'
import { demandLiving } from '../identity/queries.ts'
import { lockAuthor } from '../identity/store/audience.ts'
import { readName } from '../name.ts'
import { demandFewWords } from '../patterns.ts'
import { demandQuery } from '../query/list.ts'
import { LONGEST_QUERY } from '../query/query.ts'
import { getView, listViews, readerOfViews } from './queries.ts'
import { changedView, MANAGE } from './rules.ts'
import { CHANGE_VIEW, COUNT_VIEWS, DELETE_VIEW, INSERT_VIEW, PIN_VIEW, PLACE_VIEWS, VIEW_KEPT } from './store.ts'
import { MOST_VIEWS, type NewView, type View, type ViewChange } from './view.ts'

/** Only if the view still has one of these versions. */
export interface ViewPrecondition {
  readonly versions: readonly number[] | null
}

/**
 * Saves a query as a view.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `name`, `query`, `group`), `conflict` for one more than there may be,
 * `idempotency_mismatch`
 */
export async function createView(ctx: Context, input: NewView): Promise<View> {
  readerOfViews(ctx)
  const id = await once(
    ctx,
    VIEW_KEPT,
    async () => {
      demandAudience(ctx.actor, ctx.tenant, input, MANAGE)
      await demandReadable(ctx, input.query)
      const id = ctx.newId()
      await demandRoom(ctx, input.audience, null)
      const [made] = await ctx.store.run(INSERT_VIEW.with(...lockedCall(ctx, { id, ...wordsOf(input) })))
      if (!made) await demandLiving(ctx)
      return made?.id
    },
    keptId,
  )
  return getView(ctx, id)
}

/**
 * Changes a view.
 *
 * @param changeOf the change, which may depend on the view.
 * @throws Refusal `forbidden`, `not_found`, `invalid` (paths `name`, `query`, `audience`, `group`), `conflict`,
 * `precondition_failed`, `idempotency_mismatch`
 */
export async function changeView(
  ctx: Context,
  viewId: string,
  changeOf: (view: View) => ViewChange,
  precondition: ViewPrecondition,
): Promise<View> {
  const id = await once(
    ctx,
    VIEW_KEPT,
    async () => {
      const view = await findChangeable(ctx, viewId, precondition)
      const change = changeOf(view)
      const changed = changedView(ctx.actor, ctx.tenant, view, change)
      // What meant something once may stay, also where it does no longer.
      if (change.query !== undefined) await demandReadable(ctx, change.query)
      if (changed.audience !== view.audience) await demandRoom(ctx, changed.audience, view.id)
      const about = { id: view.id, version: view.version, ...wordsOf(changed) }
      const [written] = await ctx.store.run(CHANGE_VIEW.with(...lockedCall(ctx, about)))
      return written?.id
    },
    keptId,
  )
  return getView(ctx, id)
}

/** @throws Refusal `forbidden`, `not_found`, `precondition_failed`, `idempotency_mismatch` */
export async function deleteView(ctx: Context, viewId: string, precondition: ViewPrecondition): Promise<void> {
  await once(
    ctx,
    VIEW_KEPT,
    async () => {
      const { id, version } = await findChangeable(ctx, viewId, precondition)
      const [deleted] = await ctx.store.run(DELETE_VIEW.with(...lockedCall(ctx, { id, version })))
      return deleted?.id
    },
    keptId,
  )
}

/**
 * Puts saved views in an order for whoever calls. Those that are not named are behind them.
 *
 * @throws Refusal `forbidden`, `invalid` (path `views`)
 */
export async function orderViews(ctx: Context, ids: readonly string[]): Promise<void> {
  const saved = new Set((await listViews(ctx)).flatMap(({ id, authorId }) => (authorId === null ? [] : [id])))
  for (const [at, id] of ids.entries()) {
    if (!saved.has(id))
      refuseField(['views', at], 'unknown', 'There is no such view among those that you saved or share.')
    if (ids.indexOf(id) !== at) refuseField(['views', at], 'not_allowed', 'Is there twice.')
  }
  await ctx.store.run(PLACE_VIEWS.with({ ...readerOfViews(ctx), ids }))
}

/** Pins a saved view for whoever calls, or no longer. @throws Refusal `forbidden`, `not_found` */
export async function pinView(ctx: Context, id: string, pinned: boolean): Promise<void> {
  const view = await getView(ctx, id)
  const [row] = await ctx.store.run(PIN_VIEW.with({ ...readerOfViews(ctx), id: savedId(view), pinned }))
  if (!row) refuse({ code: 'not_found', missing: 'view' })
}

/** The view at one of the versions that will do, if the actor may change it. */
async function findChangeable(ctx: Context, id: string, { versions }: ViewPrecondition): Promise<View> {
  const view = await getView(ctx, id)
  demandMayChangeShared(ctx.actor, view, MANAGE)
  if (versions !== null && !versions.includes(view.version)) refuse({ code: 'precondition_failed' })
  return view
}

/** What everybody has is nobody's to arrange. */
function savedId({ id, authorId }: View): string {
  return authorId === null ? refuse({ code: 'not_found', missing: 'view' }) : id
}

/** A view as it is written. @throws Refusal `invalid` (path `name`) */
function wordsOf({ name, query, sort, descending, audience, groupId }: NewView) {
  return { name: readName(name), query, sort, descending, audience, group_id: groupId }
}

/** @throws Refusal `invalid` (path `query`) */
async function demandReadable(ctx: Context, query: string): Promise<void> {
  if (query.length > LONGEST_QUERY) refuseField(['query'], 'too_long', 'Is too long.', LONGEST_QUERY)
  const { words = [], notWords = [] } = await demandQuery(ctx, query, 'query')
  demandFewWords([...words, ...notWords].map(({ text }) => text))
}

/** That there are not as many already as may be; the statement sees to it once more. @throws Refusal `conflict` */
async function demandRoom(ctx: Context, audience: Audience, id: string | null): Promise<void> {
  const whose = { tenant_id: ctx.tenant.id, user_id: ctx.actor.user.id }
  const [row] = await ctx.store.run(COUNT_VIEWS.with({ ...whose, audience, id }))
  if ((row?.count ?? 0) < MOST_VIEWS) return
  const message = audience === 'private' ? 'A person has at most' : 'There are at most'
  refuse({
    code: 'conflict',
    message: `${message} ${MOST_VIEWS} ${audience === 'private' ? 'private' : 'shared'} views.`,
  })
}

/** What a statement of one call takes, behind its locks. */
function lockedCall<About extends object>(ctx: Context, about: About) {
  return [callValues(ctx, about), lockAuthor(ctx.tenant.id, ctx.actor.user.id)] as const
}

/** The view that an earlier call with the same key was about. */
function keptId({ view }: { readonly view?: string }): string {
  return view ?? refuse({ code: 'not_found', missing: 'view' })
}
