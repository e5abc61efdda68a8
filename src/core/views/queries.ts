import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { countTickets, readQuery } from '../query/list.ts'
import type { Mistake } from '../query/query.ts'
import { BUILTIN_VIEWS, type View } from './view.ts'

/** As far as the tickets of a view are counted. */
const MOST_COUNTED = 1_000

/** How many tickets a view has for whoever asks. */
export interface ViewCount {
  readonly viewId: string
  readonly count: number
  /** Whether there are more than were counted. */
  readonly more: boolean
  /** Why it cannot be counted: its query means nothing any more, such as when a group was retired. */
  readonly mistake: Mistake | null
}

/** The views that whoever asks may use, in their order. @throws Refusal `forbidden` */
export function listViews(ctx: Context): readonly View[] {
  demandTenantWide(ctx.actor, 'view.read')
  return BUILTIN_VIEWS
}

/** @throws Refusal `forbidden`, `not_found` */
export function getView(ctx: Context, id: string): View {
  return listViews(ctx).find((view) => view.id === id) ?? refuse({ code: 'not_found', missing: 'view' })
}

/** How much is in each view, all asked at once. One that cannot be read says so, and breaks no other. @throws Refusal `forbidden` */
export async function countViews(ctx: Context): Promise<readonly ViewCount[]> {
  return Promise.all(listViews(ctx).map((view) => countView(ctx, view)))
}

async function countView(ctx: Context, { id, query }: View): Promise<ViewCount> {
  const read = await readQuery(ctx, query)
  if ('mistake' in read) return { viewId: id, count: 0, more: false, mistake: read.mistake }
  const count = await countTickets(ctx, read.conditions, MOST_COUNTED + 1)
  return { viewId: id, count: Math.min(count, MOST_COUNTED), more: count > MOST_COUNTED, mistake: null }
}
