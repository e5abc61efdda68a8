import type { FieldChanges } from '../catalogue/field.ts'
import type { Instant } from '../instant.ts'

export const EVENT_KINDS = [
  'ticket.created',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.topic_changed',
  'ticket.type_changed',
  'ticket.title_changed',
  'ticket.group_changed',
  'ticket.assignee_changed',
  'ticket.requester_changed',
  'ticket.desk_changed',
  'ticket.form_changed',
  'ticket.tags_changed',
  'ticket.fields_changed',
  'ticket.waiting_changed',
  'ticket.merged',
  'ticket.absorbed',
  'ticket.unmerged',
  'ticket.released',
  'ticket.snoozed',
  'ticket.woken',
  'ticket.macro_run',
  'ticket.split',
  'ticket.split_off',
  'ticket.linked',
  'ticket.unlinked',
  'ticket.deleted',
  'message.added',
  'message.deleted',
  'user.created',
  'user.changed',
  'user.erased',
  'user.password_changed',
  'user.password_link_created',
  'user.second_factor_changed',
  'tenant.changed',
  'tenant.exported',
  'desk.created',
  'desk.changed',
  'group.created',
  'group.changed',
  'group.member_added',
  'group.member_removed',
  'topic.created',
  'topic.changed',
  'type.created',
  'type.changed',
  'form.created',
  'form.changed',
  'status_label.created',
  'status_label.changed',
  'priority_label.created',
  'priority_label.changed',
  'channel.created',
  'channel.changed',
  'field.created',
  'field.changed',
  'tag.created',
  'tag.changed',
  'tag.merged',
  'tag.deleted',
  'credential.created',
  'credential.revoked',
  'view.created',
  'view.changed',
  'view.deleted',
  'saved_reply.created',
  'saved_reply.changed',
  'saved_reply.deleted',
  'macro.created',
  'macro.changed',
  'macro.deleted',
  'scheduled_message.created',
  'scheduled_message.changed',
  'scheduled_message.deleted',
  'scheduled_message.held',
  'letter.resent',
  'letter.held',
  'undeliverable_address.cleared',
  'bulk_job.created',
  'bulk_job.changed',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** What an event holds of before and after: the changed fields, in the core's words; those of the tenant's own by key. */
export type EventData = Readonly<Record<string, string | number | boolean | null | readonly string[] | FieldChanges>>

/** One change, for ever. `position` counts a tenant's events without gaps and is the event's integer id. */
export interface Event {
  readonly id: string
  readonly position: number
  readonly kind: EventKind
  readonly ticketId: string | null
  readonly messageId: string | null
  readonly actorId: string | null
  readonly credentialId: string | null
  readonly dialect: string
  readonly requestId: string
  readonly at: Instant
  readonly before: EventData | null
  readonly after: EventData | null
  /** The position of the first event of the change that this one undoes; null where it undoes none. */
  readonly undoes: number | null
}
