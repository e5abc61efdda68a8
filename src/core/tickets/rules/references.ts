import type { Tenant } from '../../catalogue/tenant.ts'
import { type Issue, refuse } from '../../errors.ts'
import { reachesEverybody, reachesPerson } from '../../identity/reach.ts'
import type { UserSummary } from '../../identity/user.ts'
import type { NewTicket } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'

export function unknown(field: string): Issue {
  return { path: [field], rule: 'unknown', message: `This ${field} does not exist.` }
}

type References = Partial<Pick<NewTicket, 'deskId' | 'topicId' | 'typeId' | 'groupId' | 'channelId' | 'formId'>>

/** Refuses references that name nothing usable. `current` is what the ticket has already: that may stay, even inactive. */
export function checkReferences(tenant: Tenant, wanted: References, current: References = {}): void {
  const issues: Issue[] = []
  const missing = <Id>(
    id: Id | null | undefined,
    records: readonly { readonly id: Id; readonly active: boolean }[],
    has?: Id | null,
  ): boolean =>
    id !== null && id !== undefined && id !== has && !records.some((record) => record.id === id && record.active)
  if (missing(wanted.deskId, tenant.desks, current.deskId)) issues.push(unknown('desk'))
  if (missing(wanted.topicId, tenant.topics, current.topicId)) issues.push(unknown('topic'))
  if (missing(wanted.typeId, tenant.types, current.typeId)) issues.push(unknown('type'))
  if (missing(wanted.groupId, tenant.groups, current.groupId)) issues.push(unknown('group'))
  if (missing(wanted.channelId, tenant.channels)) issues.push(unknown('channel'))
  if (missing(wanted.formId, tenant.forms, current.formId)) issues.push(unknown('form'))
  if (issues.length > 0) refuse({ code: 'invalid', issues })
}

/** An assignee works on the ticket's desk. */
export function checkAssignee(
  assigneeId: string | null | undefined,
  deskId: string,
  people: ReadonlyMap<string, UserSummary>,
): void {
  if (assigneeId === null || assigneeId === undefined) return
  const user = people.get(assigneeId)
  const works = user?.isOwner || user?.memberships.some((each) => each.deskId === deskId && each.role !== 'customer')
  if (!user?.active || !works) refuse({ code: 'invalid', issues: [unknown('assignee')] })
}

/** Refuses somebody whom the actor does not know, and who is nobody. Whether others are there the store finds. */
export function checkRequester(id: string, { actor, people }: Circumstances): void {
  if (reachesEverybody(actor) || id === actor.user.id) return
  const user = people.get(id)
  if (!user || !reachesPerson(actor, user)) refuse({ code: 'invalid', issues: [unknown('requester')] })
}

export function checkAuthor(authorId: string | null, { actor, people }: Circumstances): void {
  if (authorId === null || authorId === actor.user.id) return
  const author = people.get(authorId)
  if (!author || !reachesPerson(actor, author)) refuse({ code: 'invalid', issues: [unknown('author')] })
}
