import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { composed } from '../spelling.ts'
import { ledTo, tagOf } from '../tickets/rules/tags.ts'
import { FIND_TAG, type FoundTag, LIST_TAGS } from './store.ts'
import type { Tag, TagSort } from './tag.ts'

/** A place in the order of tags. */
export interface TagPlace {
  readonly name: string
  readonly tickets: number
}

/** Which tags are listed. */
export interface TagPage {
  /** What the name has to hold, in capitals or small letters. */
  readonly words: string
  readonly coloured: boolean
  readonly sort: TagSort
  readonly after: TagPlace | null
  readonly limit: number
}

/** Whoever works here sees the tags. @throws Refusal `forbidden` */
function demandReader({ actor }: Context): void {
  demandTenantWide(actor, 'message.note')
}

/** A page of the tags of a tenant. @throws Refusal `forbidden` */
export async function listTags(
  ctx: Context,
  { words, coloured, sort, after, limit }: TagPage,
): Promise<{ readonly tags: readonly Tag[]; readonly next: TagPlace | null }> {
  demandReader(ctx)
  const place = { after_name: after?.name ?? null, after_tickets: after?.tickets ?? 0 }
  const asked = { words: composed(words).toLowerCase(), coloured, sort, ...place, limit: limit + 1 }
  const rows = await ctx.store.run(LIST_TAGS.with({ tenant_id: ctx.tenant.id, ...asked }))
  const shown = rows.slice(0, limit)
  return { tags: shown, next: rows.length > limit ? (shown.at(-1) ?? null) : null }
}

/** A tag by its name, or by one that leads to it. @throws Refusal `forbidden`, `not_found` */
export async function getTag(ctx: Context, given: string): Promise<Tag> {
  demandReader(ctx)
  const found = await findTag(ctx, ledTo(tagOf(given), ctx.tenant.tagWays))
  if (!found?.is_tag) refuse({ code: 'not_found', missing: 'tag' })
  return tagIn(found)
}

/** What is known of a name by now, also where it is no tag. */
export async function findTag({ store, tenant }: Context, name: string): Promise<FoundTag | undefined> {
  const [row] = await store.run(FIND_TAG.with({ tenant_id: tenant.id, name }))
  return row
}

export function tagIn({ name, colour, description, tickets, kept }: FoundTag): Tag {
  return { name, colour, description, tickets, kept }
}
