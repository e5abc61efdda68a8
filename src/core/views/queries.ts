import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { managesShared } from '../identity/audience.ts'
import { countEach, readQueries } from '../query/list.ts'
import type { Mistake } from '../query/query.ts'
import { UUID } from '../uuid.ts'
import { MANAGE } from './rules.ts'
import { FIND_VIEW, LIST_VIEWS, viewOf } from './store.ts'
import { BUILTIN_VIEWS, type View } from './view.ts'

/** As far as the tickets of a view are counted. */
const MOST_COUNTED = 1_000

/** How many tickets a view has for whoever asks. */
export interface ViewCount {
  readonly viewId: string
  readonly count: number
  /** Whether there are more than were counted. */
  readonly more: boolean
  /** Why it cannot be counted: its query means nothing any more, such as when a group was renamed. */
  readonly mistake: Mistake | null
}

/** Who asks for views. @throws Refusal `forbidden` */
export function readerOfViews({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>) {
  demandTenantWide(actor, 'view.read')
  const { groupIds = [] } = actor
  return { tenant_id: tenant.id, user_id: actor.user.id, group_ids: groupIds, manages: managesShared(actor, MANAGE) }
}

/** The views that whoever asks may use, in their order: those that everybody has, then the saved ones. @throws Refusal `forbidden` */
export async function listViews(ctx: Context): Promise<readonly View[]> {
  const saved = await ctx.store.run(LIST_VIEWS.with(readerOfViews(ctx)))
  return [...BUILTIN_VIEWS, ...saved.map(viewOf)]
}

/** @throws Refusal `forbidden`, `not_found` */
export async function getView(ctx: Context, id: string): Promise<View> {
  const reader = readerOfViews(ctx)
  const builtin = BUILTIN_VIEWS.find((view) => view.id === id)
  if (builtin) return builtin
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_VIEW.with({ ...reader, id: id.toLowerCase() })) : []
  return row ? viewOf(row) : refuse({ code: 'not_found', missing: 'view' })
}

/** How much is in each view, all counted together. One that cannot be read says so, and breaks no other. @throws Refusal `forbidden` */
export async function countViews(ctx: Context): Promise<readonly ViewCount[]> {
  const views = await listViews(ctx)
  const read = await readQueries(
    ctx,
    views.map(({ query }) => query),
  )
  const counts = await countEach(
    ctx,
    read.flatMap((each) => ('conditions' in each ? [each.conditions] : [])),
    MOST_COUNTED,
  )
  let next = 0
  return views.map(({ id: viewId }, at) => {
    const each = read[at]
    if (each && 'mistake' in each) return { viewId, count: 0, more: false, mistake: each.mistake }
    return { viewId, ...(counts[next++] ?? { count: 0, more: false }), mistake: null }
  })
}
