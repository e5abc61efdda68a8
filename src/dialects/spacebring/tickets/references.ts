import type { Context } from '../../../core/context.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { demand, worksOn } from '../../../core/identity/actor.ts'
import type { Decision } from '../../../core/tickets/commands/change.ts'
import type { RequesterChoice, Ticket, TicketChange } from '../../../core/tickets/ticket.ts'
import { findOwner, findUsersByMembership, findUsersInReach } from '../../../core/users/queries.ts'
import { lowerCase } from './codec.ts'
import type { AssigneeBody, CreateBody, ListQuery } from './schema.ts'

/**
 * What requests refer to and the core asks for by another name: memberships stand for users, and ids in a filter must
 * exist.
 */

/** The location of a list. @throws Refusal `invalid` for an unknown one (S15) */
export function findLocation(ctx: Context, locationRef: string): string {
  const deskId = lowerCase(locationRef)
  const known = ctx.tenant.desks.some((desk) => desk.id === deskId)
  return known ? deskId : refuseField(['locationRef'], 'unknown', 'There is no such location.')
}

/**
 * For whom a ticket is made: who is named, a member of the location; else the calling user. A network's own credential is
 * a service, in the place of the network's owner (S5).
 *
 * Spacebring reference, Create a ticket: "Defaults to the authenticated user".
 */
export async function findRequester(ctx: Context, { ticket }: CreateBody): Promise<RequesterChoice> {
  const named = ticket.userRefRequester
  if (named !== undefined) return { by: 'id', id: lowerCase(named), member: true }
  const { user } = ctx.actor
  if (user.kind === 'person') return { by: 'id', id: user.id, member: true }
  return { by: 'id', id: (await findOwner(ctx)) ?? user.id, member: false }
}

/**
 * The users behind a filter by memberships. Who does not work in the location filters by the own membership only.
 *
 * Spacebring reference, Retrieve tickets.
 */
export async function findRequesters(ctx: Context, query: ListQuery, deskId: string): Promise<readonly string[]> {
  const ids = distinctIds(query.membershipRefRequester, 'membershipRefRequester')
  if (!worksOn(ctx.actor, deskId)) return [ownUser(ctx, ids, deskId)]
  const users = await findUsersByMembership(ctx, ids)
  return ids.map((id) => {
    const user = users.get(id)
    const isHere = user?.memberships.some((each) => each.id === id && each.deskId === deskId)
    return user && isHere
      ? user.id
      : refuseField(['membershipRefRequester'], 'unknown', `There is no membership ${id} in this location.`)
  })
}

function ownUser(ctx: Context, membershipIds: readonly string[], deskId: string): string {
  const { user } = ctx.actor
  const own = user.memberships.find((each) => each.deskId === deskId)
  const isOwn = membershipIds.every((id) => id === own?.id)
  return isOwn ? user.id : refuse({ code: 'forbidden', permission: 'user.read' })
}

/** The users of a filter by assignees, which is for those who work in the location (Spacebring reference, Retrieve tickets). */
export async function findAssignees(ctx: Context, query: ListQuery, deskId: string): Promise<readonly string[]> {
  const ids = distinctIds(query.userRefAssignee, 'userRefAssignee')
  if (!worksOn(ctx.actor, deskId)) refuse({ code: 'forbidden', permission: 'user.read' })
  const known = new Set((await findUsersInReach(ctx, ids)).map((user) => user.id))
  const unknown = ids.find((id) => !known.has(id))
  if (unknown) refuseField(['userRefAssignee'], 'unknown', `There is no user ${unknown}.`)
  return ids
}

function distinctIds(list: string | undefined, field: keyof ListQuery): readonly string[] {
  const ids = (list ?? '').split(',').map(lowerCase)
  if (new Set(ids).size < ids.length) refuseField([field], 'choice', 'The ids must be unique.')
  return ids
}

/**
 * Whom to assign, null for nobody: named by user, by membership, or by both if they mean the same (S23). A membership is
 * one of the ticket's own location.
 *
 * Spacebring reference, Update a ticket's assignee.
 */
export function decodeAssignee(ctx: Context, { ticket }: AssigneeBody): TicketChange | Decision<Ticket, TicketChange> {
  const { userRefAssignee: userRef, membershipRefAssignee: membershipRef } = ticket
  if (membershipRef === undefined) {
    if (userRef === undefined) refuseField(['ticket', 'userRefAssignee'], 'required', 'Say whom to assign, or null.')
    return { assigneeId: userRef && lowerCase(userRef) }
  }
  return {
    decide: async ({ deskId }) => {
      const assigneeId = membershipRef && (await findAssigneeByMembership(ctx, deskId, lowerCase(membershipRef)))
      if (userRef !== undefined && (userRef && lowerCase(userRef)) !== assigneeId) {
        refuseField(['ticket', 'membershipRefAssignee'], 'choice', 'This is not a membership of userRefAssignee.')
      }
      return { assigneeId }
    },
  }
}

async function findAssigneeByMembership(ctx: Context, deskId: string, membershipId: string): Promise<string> {
  // Before the look at the membership, so that nobody without the right learns whether it exists.
  demand(ctx.actor, 'ticket.assign', deskId)
  const user = (await findUsersByMembership(ctx, [membershipId])).get(membershipId)
  const membership = user?.memberships.find((each) => each.id === membershipId && each.deskId === deskId)
  if (!user || !membership || (membership.role === 'customer' && !user.isOwner)) {
    refuseField(['ticket', 'membershipRefAssignee'], 'unknown', 'There is no administrator with this membership here.')
  }
  return user.id
}
