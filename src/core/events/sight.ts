import { type Actor, isIn, may, mayTenantWide, type Sight, sightOf } from '../identity/actor.ts'
import { managesShared } from '../identity/audience.ts'
import type { Permission } from '../identity/permissions.ts'
import type { Event } from './event.ts'

/** An event with where its ticket stood at that moment, which is what its readers are judged by. */
export interface RecordedEvent extends Event {
  /** The user or record that it is about, where it is about no ticket. */
  readonly subjectId: string | null
  readonly deskId: string | null
  readonly requesterId: string | null
  readonly assigneeId: string | null
  /** Of the message that it is about; null where it is about none. */
  readonly visibility: 'public' | 'internal' | null
}

/**
 * Whether an event is for an actor to read: of tickets that were in sight then, also in the moment in which they left it,
 * and of notes only with the permission to read them; of the catalogue whoever may read it, and of who is in groups whoever reads of people; of people only an owner, who
 * sees all of them, and oneself; of tags whoever works here; of views, saved replies and macros those for whom they are, or were; of credentials who manages them; of bulk jobs
 * who asked for them, and owners; of messages that are sent later their authors; of letters who reads notes on their desk, and of addresses to which mail goes again whoever reads of people; of exports whoever made them, and who reads all of the tenant's events.
 */
export function showsEvent(actor: Actor, event: RecordedEvent): boolean {
  if (event.kind.startsWith('user.')) return showsUser(actor, event)
  if (event.kind.startsWith('view.')) return showsShared(actor, event, { read: 'view.read', manage: 'view.manage' })
  if (event.kind.startsWith('saved_reply.') || event.kind.startsWith('macro.'))
    return showsShared(actor, event, { read: 'message.note', manage: 'catalogue.manage' })
  if (event.kind.startsWith('credential.')) return showsCredential(actor, event)
  if (event.kind.startsWith('tag.')) return mayTenantWide(actor, 'message.note')
  if (event.kind === 'tenant.exported') return showsExport(actor, event)
  if (event.kind.startsWith('scheduled_message.')) return showsScheduled(actor, event)
  if (event.kind.startsWith('bulk_job.')) return showsBulkJob(actor, event)
  if (event.kind.startsWith('letter.')) return showsLetter(actor, event)
  if (event.kind === 'undeliverable_address.cleared') return mayTenantWide(actor, 'user.read')
  if (event.kind.startsWith('group.member_')) return mayTenantWide(actor, 'user.read')
  if (event.ticketId === null) return actor.permissions.has('catalogue.read')
  if (!actor.permissions.has('ticket.read') || !wasInSight(sightOf(actor), event)) return false
  return event.visibility !== 'internal' || (event.deskId !== null && may(actor, 'message.read_internal', event.deskId))
}

function showsUser({ permissions, user, credential }: Actor, { subjectId }: RecordedEvent): boolean {
  if (!permissions.has('user.read')) return false
  return subjectId === user.id || (user.isOwner && credential.deskId === null)
}

/** Of a credential of one desk who manages those; of all others an owner. */
function showsCredential(actor: Actor, { before, after }: RecordedEvent): boolean {
  const deskId = (before ?? after)?.['desk_id']
  if (typeof deskId === 'string') return may(actor, 'credential.manage', deskId)
  const { permissions, user, credential } = actor
  return permissions.has('credential.manage') && user.isOwner && credential.deskId === null
}

function showsBulkJob({ permissions, user, credential }: Actor, { after }: RecordedEvent): boolean {
  if (!permissions.has('ticket.bulk')) return false
  return after?.['user_id'] === user.id || (user.isOwner && credential.deskId === null)
}

/** What is not said yet is its author's to know. */
function showsScheduled({ permissions, user }: Actor, { before, after }: RecordedEvent): boolean {
  return permissions.has('ticket.read') && (after ?? before)?.['user_id'] === user.id
}

/** Of letters whoever reads notes where their ticket was. */
function showsLetter(actor: Actor, { after }: RecordedEvent): boolean {
  const deskId = after?.['desk_id']
  return typeof deskId === 'string' && may(actor, 'message.read_internal', deskId)
}

function showsExport(actor: Actor, { actorId }: RecordedEvent): boolean {
  if (actorId === actor.user.id) return actor.permissions.has('export')
  return actor.credential.deskId === null && mayTenantWide(actor, 'audit.read')
}

/** What it takes to see what is shared, and what others share. */
interface Sharing {
  readonly read: Permission
  readonly manage: Permission
}

/** With what is private nobody but its author does anything. */
function showsShared(actor: Actor, { actorId, before, after }: RecordedEvent, { read, manage }: Sharing): boolean {
  if (!mayTenantWide(actor, read)) return false
  if (actorId === actor.user.id) return true
  const manages = managesShared(actor, manage)
  return [before, after].some((data) => {
    const [audience, groupId] = [data?.['audience'], data?.['group_id']]
    if (audience === 'everyone') return true
    return audience === 'group' && (manages || (typeof groupId === 'string' && isIn(actor, groupId)))
  })
}

/** On its desk then, or on the one that it was moved from; as its requester then, or before. */
function wasInSight(sight: Sight, { deskId, requesterId, before }: RecordedEvent): boolean {
  const desks = [deskId, before?.['desk_id']]
  if (sight.onlyDeskId !== null && !desks.includes(sight.onlyDeskId)) return false
  if (sight.all || desks.some((id) => typeof id === 'string' && sight.deskIds.includes(id))) return true
  return sight.requesterId !== null && [requesterId, before?.['requester_id']].includes(sight.requesterId)
}
