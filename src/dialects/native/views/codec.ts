import type { Context } from '../../../core/context.ts'
import { type Audience, mayChangeShared, type Shared } from '../../../core/identity/audience.ts'
import { MANAGE } from '../../../core/views/rules.ts'
import type { NewView, View, ViewChange } from '../../../core/views/view.ts'
import { namesOf } from '../names.ts'
import { decodeSort, encodeSort } from '../tickets/query.ts'
import type { NewViewBody, ViewAnswer, ViewChangeBody } from './schema.ts'

const NEWEST = '-created'

/** @throws Refusal `invalid` */
export function decodeNewView({ name, query, sort = NEWEST, audience = 'private', group }: NewViewBody): NewView {
  return { name, query, ...decodeSort(sort), audience, groupId: group?.toLowerCase() ?? null }
}

/** What is asked of an audience. */
interface AudienceBody {
  readonly audience?: Audience | undefined
  readonly group?: string | null | undefined
}

/** What is not for a group any more needs no word for that: an audience goes with its group. */
export function decodeAudience(kept: Shared, { audience, group }: AudienceBody): { readonly shared?: Shared } {
  if (audience === undefined && group === undefined) return {}
  const groupId = audience !== undefined && audience !== 'group' ? null : kept.groupId
  return {
    shared: {
      audience: audience ?? kept.audience,
      groupId: group === undefined ? groupId : (group?.toLowerCase() ?? null),
    },
  }
}

/** @throws Refusal `invalid` */
export function decodeViewChange(view: View, { name, query, sort, audience, group }: ViewChangeBody): ViewChange {
  return {
    ...(name !== undefined && { name }),
    ...(query !== undefined && { query }),
    ...(sort !== undefined && { order: decodeSort(sort) }),
    ...decodeAudience(view, { audience, group }),
  }
}

export function encodeView({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>, view: View): ViewAnswer {
  const { id, version, name, query, audience, groupId, authorId, pinned } = view
  return {
    ...{ id, version, name, query, sort: encodeSort(view), audience },
    group: namesOf(tenant).group(groupId),
    saved: authorId !== null,
    pinned,
    changeable: mayChangeShared(actor, view, MANAGE),
  }
}
