import type { Context } from '../../../core/context.ts'
import { mayChangeView } from '../../../core/views/rules.ts'
import type { NewView, View, ViewChange } from '../../../core/views/view.ts'
import { namesOf } from '../names.ts'
import { decodeSort, encodeSort } from '../tickets/query.ts'
import type { NewViewBody, ViewAnswer, ViewChangeBody } from './schema.ts'

const NEWEST = '-created'

/** @throws Refusal `invalid` */
export function decodeNewView({ name, query, sort = NEWEST, audience = 'private', group }: NewViewBody): NewView {
  return { name, query, ...decodeSort(sort), audience, groupId: group?.toLowerCase() ?? null }
}

/** What is not for a group any more needs no word for that: an audience goes with its group. @throws Refusal `invalid` */
export function decodeViewChange(view: View, { name, query, sort, audience, group }: ViewChangeBody): ViewChange {
  const groupId = audience !== undefined && audience !== 'group' ? null : view.groupId
  const shared = {
    audience: audience ?? view.audience,
    groupId: group === undefined ? groupId : (group?.toLowerCase() ?? null),
  }
  return {
    ...(name !== undefined && { name }),
    ...(query !== undefined && { query }),
    ...(sort !== undefined && { order: decodeSort(sort) }),
    ...((audience !== undefined || group !== undefined) && { shared }),
  }
}

export function encodeView({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>, view: View): ViewAnswer {
  const { id, version, name, query, audience, groupId, authorId, pinned } = view
  return {
    ...{ id, version, name, query, sort: encodeSort(view), audience },
    group: namesOf(tenant).group(groupId),
    saved: authorId !== null,
    pinned,
    changeable: mayChangeView(actor, view),
  }
}
