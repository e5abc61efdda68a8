/** What the native API's operations take and answer. Made from its OpenAPI document by `npm run generate`. */

/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Ticket".
 */
export interface Ticket {
  id: string
  /**
   * Unique in the tenant.
   */
  integer: number
  /**
   * Unique on the desk.
   */
  number: number
  /**
   * Counts the changes; the ETag.
   */
  version: number
  desk: {
    id: string
    integer: number
    name: string
  }
  title: string
  /**
   * Plain text of the first public message; in lists and webhooks at most 10000 characters.
   */
  description: string
  /**
   * There, and true, where the description goes on; the ticket itself has all of it.
   */
  description_cut?: boolean
  status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  /**
   * The tenant's own name for the status.
   */
  status_label: string | null
  priority: 'low' | 'normal' | 'high' | 'urgent'
  topic: {
    id: number
    name: string
  } | null
  type: {
    id: number
    name: string
  } | null
  group: {
    id: string
    integer: number
    name: string
  } | null
  requester: {
    id: string
    integer: number
    name: string
    surname: string
    email: string | null
    /**
     * customer, agent or admin on the ticket's desk; owner of the tenant; null: none.
     */
    role: string | null
  } | null
  assignee: {
    id: string
    integer: number
    name: string
    surname: string
    email: string | null
    /**
     * customer, agent or admin on the ticket's desk; owner of the tenant; null: none.
     */
    role: string | null
  } | null
  /**
   * Kind of the channel it came in by.
   */
  channel: string
  direction: 'inbound' | 'outbound'
  from: {
    address: string
    name: string
  }
  to: {
    address: string
    name: string
  }
  reference: string | null
  form: number | null
  tags: string[]
  /**
   * What is set of the fields of the tenant, by key: a text, a number, true or false, a date as 2026-01-31, the value of a choice or a list of several, the id of a person.
   */
  fields: {
    [k: string]: string[] | string | number | boolean
  }
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  updated_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  status_changed_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  first_response_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  latest_message_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  latest_agent_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  latest_requester_at: string | null
  /**
   * Since when the requester waits for an answer; null when they do not.
   */
  waiting_since: string | null
  /**
   * Until when it is out of the everyday views, 9999-12-31T23:59:59.999Z for until its requester says something; null: it is in them.
   */
  snoozed_until: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  solved_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  closed_at: string | null
  /**
   * Whether it changed after what you saw of it; with include=unread.
   */
  unread?: boolean
  /**
   * Of the last event of it that you saw; 0 for none; with include=unread.
   */
  read_position?: number
  /**
   * What you may do with it now; with include=abilities.
   */
  abilities?: ('reply' | 'note' | 'change' | 'status' | 'close' | 'assign' | 'merge' | 'split' | 'link' | 'delete')[]
  /**
   * Its links to others that you see, the oldest first; with include=links.
   */
  links?: Link[]
  /**
   * Where what the words of q ask for is said; with include=snippets in a list.
   */
  snippet?: {
    /**
     * A piece of plain text.
     */
    text: string
    marks: {
      /**
       * Where a match begins, in UTF-16 units.
       */
      at: number
      length: number
    }[]
    /**
     * Id of the message; null for the title or the first text.
     */
    message: string | null
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Link".
 */
export interface Link {
  id: string
  /**
   * What the other ticket is to this one: related, its parent, a child of it, the predecessor that it follows up, or a follow_up of it.
   */
  relation: 'related' | 'parent' | 'child' | 'predecessor' | 'follow_up'
  ticket: {
    id: string
    /**
     * Unique in the tenant.
     */
    integer: number
    /**
     * Unique on the desk.
     */
    number: number
    desk: {
      id: string
      integer: number
      name: string
    }
    title: string
    status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  }
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Message".
 */
export interface Message {
  id: string
  integer: number
  visibility: 'public' | 'internal'
  author: {
    id: string
    integer: number
    name: string
    surname: string
    email: string | null
  } | null
  /**
   * To be shown in place of the author's own name.
   */
  author_name: string | null
  author_role: 'requester' | 'agent'
  direction: 'inbound' | 'outbound'
  channel: string
  /**
   * What it was written in.
   */
  format: 'text' | 'html'
  /**
   * As plain text.
   */
  text: string
  /**
   * As sanitised HTML; null when it was written as plain text.
   */
  html: string | null
  /**
   * The ticket's status after this message.
   */
  ticket_status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  /**
   * Whom it goes to.
   */
  to: string[]
  /**
   * Who gets a copy.
   */
  cc: string[]
  /**
   * Who gets a copy unseen; empty without message.read_internal.
   */
  bcc: string[]
  /**
   * The message that it answers; null also when that one was deleted.
   */
  in_reply_to: string | null
  external_reference: string | null
  attachments: Attachment[]
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  delivery?: {
    /**
     * waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.
     */
    state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'refused' | 'bounced' | 'held'
    /**
     * What the mail server said last, or why it is held.
     */
    answer: string
    /**
     * by_hand; no_address: the requester has none; no_desk_address; undeliverable: mail to the requester came back; null for what is not held.
     */
    held_because: 'by_hand' | 'no_address' | 'no_desk_address' | 'undeliverable' | null
    /**
     * How often it was tried.
     */
    attempts: number
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    next_at: string | null
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    finished_at: string | null
  } | null
  /**
   * The ticket that it was written on, where that was merged into this one; else null.
   */
  merged_from: {
    id: string
    integer: number
    number: number
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Attachment".
 */
export interface Attachment {
  id: string
  /**
   * Unique in the tenant.
   */
  integer: number
  name: string
  /**
   * Media type, told from the content.
   */
  type: string
  /**
   * Bytes.
   */
  size: number
  /**
   * Pixels, of an image.
   */
  width: number | null
  /**
   * Pixels, of an image.
   */
  height: number | null
  /**
   * Where it can be downloaded by anybody who has this address, for a while.
   */
  url: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Value".
 */
export interface Value {
  /**
   * As the ticket had it; of records and people their id; null for none, or where it was erased.
   */
  value: {
    [k: string]: unknown
  }
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  since: string
  /**
   * Null while it has it.
   */
  until: string | null
  /**
   * Of the event that gave it this value.
   */
  position: number
  actor: {
    id: string
    integer: number
    name: string
    surname: string
    email: string | null
    /**
     * customer, agent or admin on the ticket's desk; owner of the tenant; null: none.
     */
    role: string | null
  } | null
  /**
   * The API it was done through.
   */
  dialect: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "TimelineEntry".
 */
export interface TimelineEntry {
  id: string
  /**
   * Counts the tenant's events.
   */
  position: number
  kind:
    | 'ticket.created'
    | 'ticket.status_changed'
    | 'ticket.priority_changed'
    | 'ticket.topic_changed'
    | 'ticket.type_changed'
    | 'ticket.title_changed'
    | 'ticket.group_changed'
    | 'ticket.assignee_changed'
    | 'ticket.requester_changed'
    | 'ticket.desk_changed'
    | 'ticket.form_changed'
    | 'ticket.tags_changed'
    | 'ticket.fields_changed'
    | 'ticket.waiting_changed'
    | 'ticket.merged'
    | 'ticket.absorbed'
    | 'ticket.unmerged'
    | 'ticket.released'
    | 'ticket.snoozed'
    | 'ticket.woken'
    | 'ticket.macro_run'
    | 'ticket.split'
    | 'ticket.split_off'
    | 'ticket.linked'
    | 'ticket.unlinked'
    | 'ticket.deleted'
    | 'message.added'
    | 'message.deleted'
    | 'user.created'
    | 'user.changed'
    | 'user.erased'
    | 'user.password_changed'
    | 'user.password_link_created'
    | 'user.second_factor_changed'
    | 'tenant.changed'
    | 'tenant.exported'
    | 'desk.created'
    | 'desk.changed'
    | 'group.created'
    | 'group.changed'
    | 'group.member_added'
    | 'group.member_removed'
    | 'topic.created'
    | 'topic.changed'
    | 'type.created'
    | 'type.changed'
    | 'form.created'
    | 'form.changed'
    | 'status_label.created'
    | 'status_label.changed'
    | 'priority_label.created'
    | 'priority_label.changed'
    | 'channel.created'
    | 'channel.changed'
    | 'field.created'
    | 'field.changed'
    | 'tag.created'
    | 'tag.changed'
    | 'tag.merged'
    | 'tag.deleted'
    | 'credential.created'
    | 'credential.revoked'
    | 'view.created'
    | 'view.changed'
    | 'view.deleted'
    | 'saved_reply.created'
    | 'saved_reply.changed'
    | 'saved_reply.deleted'
    | 'macro.created'
    | 'macro.changed'
    | 'macro.deleted'
    | 'scheduled_message.created'
    | 'scheduled_message.changed'
    | 'scheduled_message.deleted'
    | 'scheduled_message.held'
    | 'letter.resent'
    | 'letter.held'
    | 'undeliverable_address.cleared'
    | 'bulk_job.created'
    | 'bulk_job.changed'
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  at: string
  actor: {
    id: string
    integer: number
    name: string
    surname: string
    email: string | null
    /**
     * customer, agent or admin on the ticket's desk; owner of the tenant; null: none.
     */
    role: string | null
  } | null
  /**
   * Name of the credential used.
   */
  credential: string | null
  /**
   * The API it was done through.
   */
  dialect: string
  request_id: string
  before: {
    [k: string]: unknown
  } | null
  after: {
    [k: string]: unknown
  } | null
  /**
   * Position of the first event of the change that this one undoes; null: none.
   */
  undoes: number | null
  message: {
    id: string
    integer: number
    visibility: 'public' | 'internal'
    author: {
      id: string
      integer: number
      name: string
      surname: string
      email: string | null
    } | null
    /**
     * To be shown in place of the author's own name.
     */
    author_name: string | null
    author_role: 'requester' | 'agent'
    direction: 'inbound' | 'outbound'
    channel: string
    /**
     * What it was written in.
     */
    format: 'text' | 'html'
    /**
     * As plain text.
     */
    text: string
    /**
     * As sanitised HTML; null when it was written as plain text.
     */
    html: string | null
    /**
     * The ticket's status after this message.
     */
    ticket_status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    /**
     * Whom it goes to.
     */
    to: string[]
    /**
     * Who gets a copy.
     */
    cc: string[]
    /**
     * Who gets a copy unseen; empty without message.read_internal.
     */
    bcc: string[]
    /**
     * The message that it answers; null also when that one was deleted.
     */
    in_reply_to: string | null
    external_reference: string | null
    attachments: Attachment[]
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    created_at: string
    delivery?: {
      /**
       * waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.
       */
      state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'refused' | 'bounced' | 'held'
      /**
       * What the mail server said last, or why it is held.
       */
      answer: string
      /**
       * by_hand; no_address: the requester has none; no_desk_address; undeliverable: mail to the requester came back; null for what is not held.
       */
      held_because: 'by_hand' | 'no_address' | 'no_desk_address' | 'undeliverable' | null
      /**
       * How often it was tried.
       */
      attempts: number
      /**
       * UTC, for instance 2026-01-15T10:20:30.123Z
       */
      next_at: string | null
      /**
       * UTC, for instance 2026-01-15T10:20:30.123Z
       */
      finished_at: string | null
    } | null
    /**
     * The ticket that it was written on, where that was merged into this one; else null.
     */
    merged_from: {
      id: string
      integer: number
      number: number
    } | null
  } | null
  /**
   * The ticket that it happened to, where that was merged into this one; else null.
   */
  merged_from: {
    id: string
    integer: number
    number: number
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Desk".
 */
export interface Desk {
  id: string
  integer: number
  name: string
  /**
   * Whether tickets that name no desk go there.
   */
  default: boolean
  /**
   * Whether new tickets may have it.
   */
  active: boolean
  /**
   * Where it gets mail.
   */
  addresses: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Group".
 */
export interface Group {
  id: string
  integer: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Topic".
 */
export interface Topic {
  id: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
  /**
   * The dialects whose callers may choose it by themselves.
   */
  offered_in: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Type".
 */
export interface Type {
  id: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StatusLabel".
 */
export interface StatusLabel {
  id: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
  status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "PriorityLabel".
 */
export interface PriorityLabel {
  id: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
  priority: 'low' | 'normal' | 'high' | 'urgent'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Channel".
 */
export interface Channel {
  id: number
  name: string
  /**
   * Whether new tickets may have it.
   */
  active: boolean
  /**
   * What tickets name it by.
   */
  kind: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Field".
 */
export interface Field {
  id: number
  /**
   * By which tickets and queries name it; it stays.
   */
  key: string
  type: 'text' | 'number' | 'boolean' | 'date' | 'choice' | 'choices' | 'person'
  /**
   * What people read.
   */
  label: string
  description: string
  /**
   * Of a choice, or of several (choices): in the order in which they are offered, with retired ones.
   */
  choices: {
    /**
     * What tickets hold; it stays.
     */
    value: string
    /**
     * What people read.
     */
    label: string
    /**
     * Whether it may be chosen.
     */
    active: boolean
  }[]
  /**
   * When a ticket has to have it: to_open, to_solve; null where it need not.
   */
  required: 'to_open' | 'to_solve' | null
  /**
   * Whether it may be set. What tickets hold of a retired one is still shown.
   */
  active: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListedUser".
 */
export interface ListedUser {
  id: string
  integer: number
  kind: 'person' | 'service' | 'automation'
  /**
   * Of the tenant.
   */
  owner: boolean
  name: string
  surname: string
  email: string | null
  username: string | null
  customer_number: string | null
  phone: string | null
  photo_url: string | null
  about: string | null
  active: boolean
  memberships: {
    id: string
    desk: {
      id: string
      integer: number
      name: string
    }
    role: 'customer' | 'agent' | 'admin'
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Credential".
 */
export interface Credential {
  id: string
  /**
   * Whose API it opens.
   */
  dialect: string
  /**
   * What callers present.
   */
  kind: string
  name: string
  /**
   * What is presented with the secret, where a pair is.
   */
  public_id: string | null
  /**
   * As whom its holder acts.
   */
  user: string
  desk: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * What it may do, in the vendor's words.
   */
  scopes: string[]
  origins: string[]
  redirect_uris: string[]
  /**
   * Whether it is for trying things out.
   */
  test: boolean
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  expires_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  revoked_at: string | null
  last_used_at: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Webhook".
 */
export interface Webhook {
  id: string
  dialect: string
  desk: {
    id: string
    integer: number
    name: string
  } | null
  url: string
  description: string
  events: string[]
  enabled: boolean
  /**
   * gone: the receiver answered 410. Unless disabled by hand, what happens is kept until it is enabled again.
   */
  disabled_by: 'hand' | 'failures' | 'gone' | null
  disabled_because: string | null
  /**
   * Until when the receiver asked to be left alone, by Retry-After.
   */
  rests_until: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  updated_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  last_used_at: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListedDelivery".
 */
export interface ListedDelivery {
  id: string
  /**
   * As the dialect calls it.
   */
  event: string
  /**
   * Of the event in the log.
   */
  position: number
  state: 'waiting' | 'delivered' | 'dead' | 'skipped'
  attempts: number
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  next_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  finished_at: string | null
  /**
   * The earlier delivery of the same ticket that has to be delivered, given up or skipped first.
   */
  waits_for: string | null
  last: {
    status: number | null
    problem: string | null
    /**
     * The first words of the body.
     */
    answer: string | null
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Session".
 */
export interface Session {
  id: string
  /**
   * As the browser calls itself.
   */
  user_agent: string
  /**
   * Whether it is the one that asks.
   */
  current: boolean
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  expires_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  last_used_at: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Event".
 */
export interface Event {
  /**
   * Its place among all events of the tenant, without gaps.
   */
  position: number
  id: string
  kind:
    | 'ticket.created'
    | 'ticket.status_changed'
    | 'ticket.priority_changed'
    | 'ticket.topic_changed'
    | 'ticket.type_changed'
    | 'ticket.title_changed'
    | 'ticket.group_changed'
    | 'ticket.assignee_changed'
    | 'ticket.requester_changed'
    | 'ticket.desk_changed'
    | 'ticket.form_changed'
    | 'ticket.tags_changed'
    | 'ticket.fields_changed'
    | 'ticket.waiting_changed'
    | 'ticket.merged'
    | 'ticket.absorbed'
    | 'ticket.unmerged'
    | 'ticket.released'
    | 'ticket.snoozed'
    | 'ticket.woken'
    | 'ticket.macro_run'
    | 'ticket.split'
    | 'ticket.split_off'
    | 'ticket.linked'
    | 'ticket.unlinked'
    | 'ticket.deleted'
    | 'message.added'
    | 'message.deleted'
    | 'user.created'
    | 'user.changed'
    | 'user.erased'
    | 'user.password_changed'
    | 'user.password_link_created'
    | 'user.second_factor_changed'
    | 'tenant.changed'
    | 'tenant.exported'
    | 'desk.created'
    | 'desk.changed'
    | 'group.created'
    | 'group.changed'
    | 'group.member_added'
    | 'group.member_removed'
    | 'topic.created'
    | 'topic.changed'
    | 'type.created'
    | 'type.changed'
    | 'form.created'
    | 'form.changed'
    | 'status_label.created'
    | 'status_label.changed'
    | 'priority_label.created'
    | 'priority_label.changed'
    | 'channel.created'
    | 'channel.changed'
    | 'field.created'
    | 'field.changed'
    | 'tag.created'
    | 'tag.changed'
    | 'tag.merged'
    | 'tag.deleted'
    | 'credential.created'
    | 'credential.revoked'
    | 'view.created'
    | 'view.changed'
    | 'view.deleted'
    | 'saved_reply.created'
    | 'saved_reply.changed'
    | 'saved_reply.deleted'
    | 'macro.created'
    | 'macro.changed'
    | 'macro.deleted'
    | 'scheduled_message.created'
    | 'scheduled_message.changed'
    | 'scheduled_message.deleted'
    | 'scheduled_message.held'
    | 'letter.resent'
    | 'letter.held'
    | 'undeliverable_address.cleared'
    | 'bulk_job.created'
    | 'bulk_job.changed'
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  at: string
  /**
   * The ticket that it is about.
   */
  ticket: string | null
  /**
   * The message that it is about.
   */
  message: string | null
  /**
   * The user or record that it is about, where it is about no ticket.
   */
  subject: string | null
  /**
   * The user who did it.
   */
  actor: string | null
  /**
   * By which API.
   */
  dialect: string
  request_id: string
  /**
   * The ticket's at that moment.
   */
  desk: string | null
  /**
   * The ticket's at that moment.
   */
  requester: string | null
  /**
   * The ticket's at that moment.
   */
  assignee: string | null
  /**
   * Of the message.
   */
  visibility: 'public' | 'internal' | null
  /**
   * The changed fields as they were.
   */
  before: {
    [k: string]: unknown
  } | null
  /**
   * The changed fields as they are since.
   */
  after: {
    [k: string]: unknown
  } | null
  /**
   * Position of the first event of the change that this one undoes; null: none.
   */
  undoes: number | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "View".
 */
export interface View {
  /**
   * A word for those that everybody has, a UUID for saved ones.
   */
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
  name: string
  /**
   * In the language of `q` of listTickets.
   */
  query: string
  /**
   * As `sort` of listTickets.
   */
  sort: string
  /**
   * Whom it is for: you alone, the members of a group, or everyone who may see views.
   */
  audience: 'private' | 'group' | 'everyone'
  group: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * False for those that everybody has.
   */
  saved: boolean
  /**
   * Whether you want it before the others.
   */
  pinned: boolean
  /**
   * Whether you may change and delete it.
   */
  changeable: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "QueryField".
 */
export interface QueryField {
  field: string
  takes: string
  about: string
  example: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SavedReply".
 */
export interface SavedReply {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
  name: string
  /**
   * What it is filed under; empty for none.
   */
  folder: string
  language: string | null
  /**
   * With its variables.
   */
  text: string
  /**
   * With what is known of the ticket in their place; null unless `ticket` names one.
   */
  filled: string | null
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience: 'private' | 'group' | 'everyone'
  group: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * Whether you may change and delete it.
   */
  changeable: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Macro".
 */
export interface Macro {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
  name: string
  change: {
    status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    priority?: 'low' | 'normal' | 'high' | 'urgent'
    /**
     * Id of a topic.
     */
    topic?: number | null
    /**
     * Id of a type.
     */
    type?: number | null
    /**
     * A group.
     */
    group?: string | null
    /**
     * Tags to add.
     *
     * @maxItems 100
     */
    add_tags?: string[]
    /**
     * Tags to remove.
     *
     * @maxItems 100
     */
    remove_tags?: string[]
    /**
     * Fields of the tenant by key: null empties one, and those that are not named stay.
     */
    fields?: {
      /**
       * @maxItems 200
       */
      [k: string]: string | number | boolean | string[] | null
    }
    /**
     * A user who works on the desk; me for whoever runs it.
     */
    assignee?: string | null
    /**
     * For so many minutes, or until its requester says something; null for the latter alone.
     */
    snooze?: number | null
  }
  /**
   * With its variables; null: it says nothing.
   */
  text: string | null
  visibility: 'public' | 'internal' | null
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience: 'private' | 'group' | 'everyone'
  group: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * Whether you may change and delete it.
   */
  changeable: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Draft".
 */
export interface Draft {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
  visibility: 'public' | 'internal'
  text: string | null
  html: string | null
  attachments: {
    id: string
    name: string
    size: number
  }[]
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  updated_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Tag".
 */
export interface Tag {
  name: string
  /**
   * Null for none.
   */
  colour: 'grey' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple' | 'pink' | 'brown' | null
  description: string
  /**
   * How many tickets have it.
   */
  tickets: number
  /**
   * The job that gives it to the tickets after it was renamed; else null.
   */
  job: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Scheduled".
 */
export interface Scheduled {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
  author: {
    id: string
    name: string
    surname: string
  }
  visibility: 'public' | 'internal'
  text: string | null
  html: string | null
  attachments: {
    id: string
    name: string
    size: number
  }[]
  status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed' | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  send_at: string
  unless_answered: boolean
  /**
   * It waits for its time; it could not be sent and is held until it is changed; or an answer came first.
   */
  state: 'waiting' | 'held' | 'answered'
  /**
   * Why it is held: what a message of then was answered; null where it is not.
   */
  problem: {
    /**
     * urn:polydesk:error:<code>
     */
    type: string
    title: string
    status: number
    /**
     * The last part of type.
     */
    code: string
    detail?: string
    errors?: {
      /**
       * Where in the request, for instance requester.email or tags[0].
       */
      field: string
      rule: string
      message: string
      /**
       * Of a query: at which character, from 0.
       */
      at?: number
      /**
       * Of a query: for how many.
       */
      length?: number
      /**
       * Of a query: what would be right there.
       */
      expected?: string
    }[]
  } | null
  /**
   * Whether you may change and cancel it: it is yours.
   */
  changeable: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Job".
 */
export interface Job {
  id: string
  state: 'running' | 'done' | 'cancelled'
  /**
   * Who asked for it, whose rights it has.
   */
  user: string
  /**
   * What its tickets were looked for by; null where they were named.
   */
  query: string | null
  /**
   * The view in which they were looked for.
   */
  view: string | null
  /**
   * What each ticket gets; null for an undo.
   */
  change: {
    status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    priority?: 'low' | 'normal' | 'high' | 'urgent'
    /**
     * Id of a topic.
     */
    topic?: number | null
    /**
     * Id of a type.
     */
    type?: number | null
    /**
     * A group.
     */
    group?: string | null
    /**
     * A user who works on the desk.
     */
    assignee?: string | null
    /**
     * Tags to add.
     *
     * @maxItems 100
     */
    add_tags?: string[]
    /**
     * Tags to remove.
     *
     * @maxItems 100
     */
    remove_tags?: string[]
    /**
     * Fields of the tenant by key: null empties one, and those that are not named stay.
     */
    fields?: {
      /**
       * @maxItems 200
       */
      [k: string]: string | number | boolean | string[] | null
    }
  } | null
  /**
   * The job that it takes back.
   */
  undoes: string | null
  /**
   * The job that took it back.
   */
  undone_by: string | null
  /**
   * How many tickets it is for, which was fixed when it began.
   */
  total: number
  /**
   * Of how many it is known what came of them.
   */
  done: number
  changed: number
  /**
   * Those that were so already.
   */
  unchanged: number
  refused: number
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  finished_at: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "JobResult".
 */
export interface JobResult {
  ticket: string
  /**
   * Of the ticket as you see it now; null where you do not.
   */
  number: number | null
  /**
   * Likewise.
   */
  title: string | null
  /**
   * What came of it; null while it was not its turn, and for good where the job was cancelled before.
   */
  outcome: 'changed' | 'unchanged' | 'refused' | null
  /**
   * Why it was refused: what a change of this ticket alone would have been answered.
   */
  problem: {
    /**
     * urn:polydesk:error:<code>
     */
    type: string
    title: string
    status: number
    /**
     * The last part of type.
     */
    code: string
    detail?: string
    errors?: {
      /**
       * Where in the request, for instance requester.email or tags[0].
       */
      field: string
      rule: string
      message: string
      /**
       * Of a query: at which character, from 0.
       */
      at?: number
      /**
       * Of a query: for how many.
       */
      length?: number
      /**
       * Of a query: what would be right there.
       */
      expected?: string
    }[]
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Mail".
 */
export interface Mail {
  id: string
  /**
   * What became of it: waits to be read, created a ticket, joined one, was automatic, is held for somebody to look at, or was discarded by a rule.
   */
  state: 'waiting' | 'created' | 'joined' | 'automatic' | 'held' | 'discarded'
  /**
   * Why it is in this state.
   */
  reason:
    | 'received'
    | 'new'
    | 'stranger'
    | 'closed'
    | 'other_desk'
    | 'other_subject'
    | 'token'
    | 'reference'
    | 'foreign_number'
    | 'subject'
    | 'by_hand'
    | 'bounce'
    | 'receipt'
    | 'report'
    | 'machine'
    | 'unreadable'
    | 'no_desk'
    | 'no_writer'
    | 'too_many'
    | 'refused'
    | 'copy'
    | 'own_mail'
    | 'erased'
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  received_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  decided_at: string | null
  /**
   * In bytes.
   */
  size: number
  /**
   * For whom it was by the envelope; null where that was not told.
   */
  recipient: string | null
  /**
   * From whom it was by the envelope; empty for mail that wants no answer.
   */
  sender: string | null
  desk: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * UUID of its ticket.
   */
  ticket: string | null
  /**
   * UUID of what it says on the ticket.
   */
  message: string | null
  from: {
    address: string
    name: string
  }
  subject: string
  /**
   * Whether it is from whom it says, as far as the operator's own mail server tells: nobody acts as staff unless verified.
   */
  authentication: 'verified' | 'unverified' | 'failed'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Letter".
 */
export interface Letter {
  /**
   * UUID of its message, too.
   */
  id: string
  /**
   * Its Message-ID, without brackets: the same however often it is sent.
   */
  message_id: string
  /**
   * waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.
   */
  state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'refused' | 'bounced' | 'held'
  /**
   * What the mail server said last, or why it is held.
   */
  answer: string
  /**
   * by_hand; no_address: the requester has none; no_desk_address; undeliverable: mail to the requester came back; null for what is not held.
   */
  held_because: 'by_hand' | 'no_address' | 'no_desk_address' | 'undeliverable' | null
  /**
   * How often it was tried.
   */
  attempts: number
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  next_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  finished_at: string | null
  ticket: {
    id: string
    integer: number
    number: number
    title: string
  }
  desk: {
    id: string
    integer: number
    name: string
  }
  to: {
    address: string
    name: string
    undeliverable: {
      id: string
      address: string
      /**
       * What the mail server said of it.
       */
      answer: string
      /**
       * UTC, for instance 2026-01-15T10:20:30.123Z
       */
      since: string
    } | null
  } | null
  /**
   * How many others get a copy.
   */
  copies: number
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "UndeliverableAddresse".
 */
export interface UndeliverableAddresse {
  id: string
  address: string
  /**
   * What the mail server said of it.
   */
  answer: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  since: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateTicketBody".
 */
export interface CreateTicketBody {
  /**
   * The default desk, or the one that the key is for, by default.
   */
  desk?: string
  requester?: {
    /**
     * A user.
     */
    id?: string
    /**
     * A user by address, made if there is none.
     */
    email?: string
    /**
     * With email: the name of a user who is made.
     */
    name?: string
  }
  title?: string
  /**
   * Plain text; not together with html.
   */
  text?: string
  /**
   * HTML; not together with text.
   */
  html?: string
  /**
   * Files of the message; each attachment is used once.
   *
   * @maxItems 20
   *
   * Items: An attachment that you uploaded.
   */
  attachments?: string[]
  status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Id of a topic.
   */
  topic?: number | null
  /**
   * Id of a type.
   */
  type?: number | null
  /**
   * Id of a form.
   */
  form?: number | null
  /**
   * A group.
   */
  group?: string | null
  /**
   * A user who works on the desk.
   */
  assignee?: string | null
  /**
   * Tags of the ticket.
   *
   * @maxItems 100
   */
  tags?: string[]
  /**
   * What it holds in the fields of the tenant, by key.
   */
  fields?: {
    /**
     * @maxItems 200
     */
    [k: string]: string | number | boolean | string[] | null
  }
  /**
   * Your own reference.
   */
  reference?: string | null
  /**
   * Kind of a channel; api by default.
   */
  channel?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTicketsQuery".
 */
export interface ListTicketsQuery {
  q?: string
  view?: string
  sort?: string
  status?: string
  priority?: string
  desk?: string
  requester?: string
  assignee?: string
  unassigned?: 'true' | 'false'
  group?: string
  topic?: string
  include?: string
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTicketsAnswer".
 */
export interface ListTicketsAnswer {
  data: Ticket[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
  /**
   * Cursor of the page before, with q, view or sort; null: none.
   */
  previous?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "GetTicketQuery".
 */
export interface GetTicketQuery {
  include?: string
  as_of?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeTicketBody".
 */
export interface ChangeTicketBody {
  title?: string
  status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  priority?: 'low' | 'normal' | 'high' | 'urgent'
  /**
   * Id of a topic.
   */
  topic?: number | null
  /**
   * Id of a type.
   */
  type?: number | null
  /**
   * Id of a form.
   */
  form?: number | null
  /**
   * A group.
   */
  group?: string | null
  /**
   * A user who works on the desk.
   */
  assignee?: string | null
  /**
   * A user.
   */
  requester?: string | null
  /**
   * Where the ticket moves to; it gets a new number there.
   */
  desk?: string
  /**
   * Tags to add.
   *
   * @maxItems 100
   */
  add_tags?: string[]
  /**
   * Tags to remove.
   *
   * @maxItems 100
   */
  remove_tags?: string[]
  /**
   * Fields of the tenant by key: null empties one, and those that are not named stay.
   */
  fields?: {
    /**
     * @maxItems 200
     */
    [k: string]: string | number | boolean | string[] | null
  }
  /**
   * False: what the requester said last needs no answer; true: it does after all.
   */
  waiting?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "MarkReadBody".
 */
export interface MarkReadBody {
  /**
   * Of the last event that you saw; absent for all there is.
   */
  position?: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "UndoChangeBody".
 */
export interface UndoChangeBody {
  /**
   * Position of any event of the change, as the timeline tells it; the last change by default.
   */
  change?: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "MergeTicketBody".
 */
export interface MergeTicketBody {
  into: string | number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SplitTicketBody".
 */
export interface SplitTicketBody {
  message: string | number
  /**
   * Whether what was said after it goes with it; false by default.
   */
  following?: boolean
  title?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SnoozeTicketBody".
 */
export interface SnoozeTicketBody {
  /**
   * When it wakes by itself, up to 5 years from now; null for never. Its requester wakes it by any message.
   */
  until: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AddMessageBody".
 */
export interface AddMessageBody {
  /**
   * Plain text; not together with html.
   */
  text?: string
  /**
   * HTML; not together with text.
   */
  html?: string
  /**
   * Files of the message; each attachment is used once.
   *
   * @maxItems 20
   *
   * Items: An attachment that you uploaded.
   */
  attachments?: string[]
  /**
   * Whom it goes to; only by who works on the desk. Nothing is sent by e-mail yet.
   *
   * @maxItems 50
   */
  to?: string[]
  /**
   * Who gets a copy; likewise.
   *
   * @maxItems 50
   */
  cc?: string[]
  /**
   * Who gets a copy unseen; likewise, and shown only to those who may read internal messages.
   *
   * @maxItems 50
   */
  bcc?: string[]
  /**
   * The message of this ticket that it answers; a public one if it is public itself.
   */
  in_reply_to?: string
  /**
   * What it is called in the system that it came from.
   */
  external_reference?: string
  /**
   * A public reply, or an internal note; public by default.
   */
  visibility?: 'public' | 'internal'
  /**
   * The status of the ticket with this message; by the lifecycle by default.
   */
  status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
  /**
   * Your draft of it, which goes with it; one that is gone already is in no way.
   */
  draft?: string
  /**
   * The latest message that you saw: refused with 412 if anything public was said after it.
   */
  unless_public_after?: string
  /**
   * Who was responsible as you saw it: refused with 412 once it is somebody else, who is not you.
   */
  unless_taken_from?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AddMessageAnswer".
 */
export interface AddMessageAnswer {
  message: Message
  ticket: Ticket
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListMessagesQuery".
 */
export interface ListMessagesQuery {
  limit?: string
  cursor?: string
  include?: string
  as_of?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListMessagesAnswer".
 */
export interface ListMessagesAnswer {
  data: Message[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
  /**
   * With as_of, on the first page: what was there then, and was deleted since.
   */
  deleted?: {
    id: string
    visibility: 'public' | 'internal'
    author_role: 'requester' | 'agent' | null
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    created_at: string
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    deleted_at: string
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "OriginalMessage".
 */
export interface OriginalMessage {
  id: string
  integer: number
  /**
   * What it was written in.
   */
  format: 'text' | 'html'
  /**
   * As it came in. Do not render it: what is in it would run.
   */
  original: string
  /**
   * What made its safe form; null when it was written as plain text.
   */
  sanitizer: string | null
  /**
   * The number of the rules by which its forms were made; 0 in haste, null before there were numbers.
   */
  rendering: number | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListValuesQuery".
 */
export interface ListValuesQuery {
  field: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListValuesAnswer".
 */
export interface ListValuesAnswer {
  /**
   * The first value first.
   */
  data: Value[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTimelineQuery".
 */
export interface ListTimelineQuery {
  limit?: string
  cursor?: string
  include?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTimelineAnswer".
 */
export interface ListTimelineAnswer {
  data: TimelineEntry[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListLinksAnswer".
 */
export interface ListLinksAnswer {
  data: Link[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LinkTicketsBody".
 */
export interface LinkTicketsBody {
  /**
   * What the other ticket is to this one: related, its parent, a child of it, the predecessor that it follows up, or a follow_up of it.
   */
  relation: 'related' | 'parent' | 'child' | 'predecessor' | 'follow_up'
  ticket: string | number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Tenant".
 */
export interface Tenant {
  id: string
  name: string
  /**
   * The language whose forms of words the search knows: with `en` whoever seeks `invoices` finds an invoice. Null: words are found by themselves and by what they begin with.
   */
  search_language: 'da' | 'de' | 'en' | 'es' | 'fr' | 'it' | 'nl' | 'no' | 'pt' | 'sv' | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeTenantBody".
 */
export interface ChangeTenantBody {
  name?: string
  /**
   * The language whose forms of words the search knows: with `en` whoever seeks `invoices` finds an invoice. Null: words are found by themselves and by what they begin with.
   */
  search_language?: 'da' | 'de' | 'en' | 'es' | 'fr' | 'it' | 'nl' | 'no' | 'pt' | 'sv' | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListDesksQuery".
 */
export interface ListDesksQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListDesksAnswer".
 */
export interface ListDesksAnswer {
  data: Desk[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateDeskBody".
 */
export interface CreateDeskBody {
  name: string
  /**
   * All addresses at which it gets mail, each of one desk only; *@example.com is for all that are no other.
   *
   * @maxItems 50
   */
  addresses?: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeDeskBody".
 */
export interface ChangeDeskBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
  /**
   * All addresses at which it gets mail, each of one desk only; *@example.com is for all that are no other.
   *
   * @maxItems 50
   */
  addresses?: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListGroupsQuery".
 */
export interface ListGroupsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListGroupsAnswer".
 */
export interface ListGroupsAnswer {
  data: Group[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateGroupBody".
 */
export interface CreateGroupBody {
  name: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeGroupBody".
 */
export interface ChangeGroupBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTopicsQuery".
 */
export interface ListTopicsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTopicsAnswer".
 */
export interface ListTopicsAnswer {
  data: Topic[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateTopicBody".
 */
export interface CreateTopicBody {
  name: string
  /**
   * The dialects whose callers may choose it by themselves; none by default.
   *
   * @maxItems 1
   */
  offered_in?: 'netgroot'[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeTopicBody".
 */
export interface ChangeTopicBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
  /**
   * All dialects whose callers may choose it by themselves.
   *
   * @maxItems 1
   */
  offered_in?: 'netgroot'[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTypesQuery".
 */
export interface ListTypesQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTypesAnswer".
 */
export interface ListTypesAnswer {
  data: Type[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateTypeBody".
 */
export interface CreateTypeBody {
  name: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeTypeBody".
 */
export interface ChangeTypeBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListFormsQuery".
 */
export interface ListFormsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListFormsAnswer".
 */
export interface ListFormsAnswer {
  data: Type[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateFormBody".
 */
export interface CreateFormBody {
  name: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeFormBody".
 */
export interface ChangeFormBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListStatusLabelsQuery".
 */
export interface ListStatusLabelsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListStatusLabelsAnswer".
 */
export interface ListStatusLabelsAnswer {
  data: StatusLabel[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateStatusLabelBody".
 */
export interface CreateStatusLabelBody {
  name: string
  status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeStatusLabelBody".
 */
export interface ChangeStatusLabelBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListPriorityLabelsQuery".
 */
export interface ListPriorityLabelsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListPriorityLabelsAnswer".
 */
export interface ListPriorityLabelsAnswer {
  data: PriorityLabel[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreatePriorityLabelBody".
 */
export interface CreatePriorityLabelBody {
  name: string
  priority: 'low' | 'normal' | 'high' | 'urgent'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangePriorityLabelBody".
 */
export interface ChangePriorityLabelBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListChannelsQuery".
 */
export interface ListChannelsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListChannelsAnswer".
 */
export interface ListChannelsAnswer {
  data: Channel[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateChannelBody".
 */
export interface CreateChannelBody {
  name: string
  /**
   * What tickets name it by.
   */
  kind: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeChannelBody".
 */
export interface ChangeChannelBody {
  name?: string
  /**
   * False retires it: tickets that have it keep it, and no other may get it.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListFieldsQuery".
 */
export interface ListFieldsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListFieldsAnswer".
 */
export interface ListFieldsAnswer {
  data: Field[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateFieldBody".
 */
export interface CreateFieldBody {
  /**
   * By which tickets and queries name it; it stays.
   */
  key: string
  /**
   * What it holds; it stays.
   */
  type: 'text' | 'number' | 'boolean' | 'date' | 'choice' | 'choices' | 'person'
  label: string
  /**
   * What is to be said to whoever sets it.
   */
  description?: string
  /**
   * What may be chosen: values, or values with what they are called. Only of a choice or of choices.
   *
   * @maxItems 200
   */
  choices?: (
    | string
    | {
        value: string
        label?: string
        active?: boolean
      }
  )[]
  /**
   * When a ticket has to have it: to_open, to_solve; null, the default: it need not.
   */
  required?: 'to_open' | 'to_solve' | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeFieldBody".
 */
export interface ChangeFieldBody {
  label?: string
  /**
   * What is to be said to whoever sets it.
   */
  description?: string
  /**
   * All that may be chosen, in their order: those that are not named are retired, and none is deleted.
   *
   * @maxItems 200
   */
  choices?: (
    | string
    | {
        value: string
        label?: string
        active?: boolean
      }
  )[]
  /**
   * When a ticket has to have it: to_open, to_solve; null, the default: it need not.
   */
  required?: 'to_open' | 'to_solve' | null
  /**
   * False retires it: tickets keep what they hold, and it is not set any more.
   */
  active?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListUsersQuery".
 */
export interface ListUsersQuery {
  query?: string
  works?: 'true'
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListUsersAnswer".
 */
export interface ListUsersAnswer {
  data: ListedUser[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateUserBody".
 */
export interface CreateUserBody {
  name: string
  /**
   * A person by default. A service is what keys without a person act as.
   */
  kind?: 'person' | 'service' | 'automation'
  surname?: string
  email?: string | null
  username?: string | null
  customer_number?: string | null
  phone?: string | null
  photo_url?: string | null
  about?: string | null
  active?: boolean
  /**
   * Of the tenant. Owners alone decide; the last one who may sign in stays one.
   */
  owner?: boolean
  /**
   * Set by name; null takes one away.
   */
  fields?: {
    [k: string]: string | null
  }
  /**
   * To add or to set.
   *
   * @maxItems 100
   */
  memberships?: {
    /**
     * UUID or integer of a desk.
     */
    desk: number | string
    role: 'customer' | 'agent' | 'admin'
  }[]
  /**
   * To add: what a client's own system calls the user.
   */
  external_ids?: {
    /**
     * UUID or integer of a desk.
     */
    desk: number | string
    id: string
  }[]
  /**
   * To add; a telephone number in E.164.
   */
  addresses?: {
    kind: 'email' | 'telephone' | 'facebook' | 'twitter'
    address: string
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "User".
 */
export interface User {
  id: string
  integer: number
  kind: 'person' | 'service' | 'automation'
  /**
   * Of the tenant.
   */
  owner: boolean
  name: string
  surname: string
  email: string | null
  username: string | null
  customer_number: string | null
  phone: string | null
  photo_url: string | null
  about: string | null
  active: boolean
  memberships: {
    id: string
    desk: {
      id: string
      integer: number
      name: string
    }
    role: 'customer' | 'agent' | 'admin'
  }[]
  /**
   * Texts under the tenant's own names.
   */
  fields: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: string
  }
  addresses: {
    kind: 'email' | 'telephone' | 'facebook' | 'twitter'
    address: string
  }[]
  external_ids: {
    desk: {
      id: string
      integer: number
      name: string
    }
    id: string
  }[]
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeUserBody".
 */
export interface ChangeUserBody {
  name?: string
  surname?: string
  email?: string | null
  username?: string | null
  customer_number?: string | null
  phone?: string | null
  photo_url?: string | null
  about?: string | null
  active?: boolean
  /**
   * Of the tenant. Owners alone decide; the last one who may sign in stays one.
   */
  owner?: boolean
  /**
   * Set by name; null takes one away.
   */
  fields?: {
    [k: string]: string | null
  }
  /**
   * To add or to set.
   *
   * @maxItems 100
   */
  memberships?: {
    /**
     * UUID or integer of a desk.
     */
    desk: number | string
    role: 'customer' | 'agent' | 'admin'
  }[]
  /**
   * To add: what a client's own system calls the user.
   */
  external_ids?: {
    /**
     * UUID or integer of a desk.
     */
    desk: number | string
    id: string
  }[]
  /**
   * To add; a telephone number in E.164.
   */
  addresses?: {
    kind: 'email' | 'telephone' | 'facebook' | 'twitter'
    address: string
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Me".
 */
export interface Me {
  user: ListedUser
  tenant: {
    id: string
    name: string
  }
  credential: {
    name: string
    desk: {
      id: string
      integer: number
      name: string
    } | null
    expires_at: string | null
  }
  /**
   * Those within reach, with the role there.
   */
  desks: {
    id: string
    integer: number
    name: string
    role: 'customer' | 'agent' | 'admin'
  }[]
  /**
   * Those that you are in.
   */
  groups: {
    id: string
    integer: number
    name: string
  }[]
  /**
   * Of a session, for X-CSRF-Token; null for a key.
   */
  csrf_token: string | null
  /**
   * The most that the key gives; roles may give less.
   */
  permissions: (
    | 'ticket.read'
    | 'ticket.create'
    | 'ticket.change'
    | 'ticket.status'
    | 'ticket.assign'
    | 'ticket.delete'
    | 'ticket.bulk'
    | 'ticket.merge'
    | 'message.read_internal'
    | 'message.reply'
    | 'message.note'
    | 'message.delete'
    | 'attachment.create'
    | 'user.read'
    | 'user.manage'
    | 'catalogue.read'
    | 'catalogue.manage'
    | 'view.read'
    | 'view.manage'
    | 'webhook.manage'
    | 'credential.manage'
    | 'export'
    | 'report.read'
    | 'audit.read'
    | 'mail.manage'
    | 'tenant.manage'
  )[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListGroupMembersQuery".
 */
export interface ListGroupMembersQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListGroupMembersAnswer".
 */
export interface ListGroupMembersAnswer {
  data: ListedUser[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListCredentialsQuery".
 */
export interface ListCredentialsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListCredentialsAnswer".
 */
export interface ListCredentialsAnswer {
  data: Credential[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateCredentialBody".
 */
export interface CreateCredentialBody {
  /**
   * Whose API it opens: native by default.
   */
  dialect?: string
  /**
   * What callers present: api_key by default.
   */
  kind?: string
  name: string
  /**
   * As whom its holder acts: you by default.
   */
  user?: string
  /**
   * The only desk that it reaches; of your key by default.
   */
  desk?: string | null
  /**
   * What it may do, in the vendor's words; all that its kind gives by default.
   *
   * @maxItems 100
   */
  scopes?: string[]
  /**
   * The sites whose pages may use it in a browser.
   *
   * @maxItems 100
   */
  origins?: string[]
  /**
   * Of a client of /oauth2: where people are sent back to.
   *
   * @maxItems 100
   */
  redirect_uris?: string[]
  /**
   * For trying things out.
   */
  test?: boolean
  /**
   * When it ends; never by default.
   */
  expires_at?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateCredentialAnswer".
 */
export interface CreateCredentialAnswer {
  id: string
  /**
   * Whose API it opens.
   */
  dialect: string
  /**
   * What callers present.
   */
  kind: string
  name: string
  /**
   * What is presented with the secret, where a pair is.
   */
  public_id: string | null
  /**
   * As whom its holder acts.
   */
  user: string
  desk: {
    id: string
    integer: number
    name: string
  } | null
  /**
   * What it may do, in the vendor's words.
   */
  scopes: string[]
  origins: string[]
  redirect_uris: string[]
  /**
   * Whether it is for trying things out.
   */
  test: boolean
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  expires_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  revoked_at: string | null
  last_used_at: string | null
  /**
   * Told once, and to a repeat by the same key. Only its digest is kept.
   */
  secret: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListWebhooksQuery".
 */
export interface ListWebhooksQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListWebhooksAnswer".
 */
export interface ListWebhooksAnswer {
  data: Webhook[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateWebhookBody".
 */
export interface CreateWebhookBody {
  url: string
  /**
   * Whose payloads, signature and retries: native (default), spacebring, moov, omnidesk.
   */
  dialect?: string
  /**
   * Only events of this desk; null: of all desks. The desk of the key, where it is bound to one.
   */
  desk?: string | null
  /**
   * Names of events as the dialect calls them; * is all, where the dialect has that. The dialect's usual ones by default.
   *
   * @minItems 1
   * @maxItems 100
   */
  events?: string[]
  description?: string
  enabled?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateWebhookAnswer".
 */
export interface CreateWebhookAnswer {
  id: string
  dialect: string
  desk: {
    id: string
    integer: number
    name: string
  } | null
  url: string
  description: string
  events: string[]
  enabled: boolean
  /**
   * gone: the receiver answered 410. Unless disabled by hand, what happens is kept until it is enabled again.
   */
  disabled_by: 'hand' | 'failures' | 'gone' | null
  disabled_because: string | null
  /**
   * Until when the receiver asked to be left alone, by Retry-After.
   */
  rests_until: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  updated_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  last_used_at: string | null
  /**
   * Signs every delivery. Shown now only.
   */
  secret: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeWebhookBody".
 */
export interface ChangeWebhookBody {
  url?: string
  /**
   * Names of events as the dialect calls them; * is all, where the dialect has that. The dialect's usual ones by default.
   *
   * @minItems 1
   * @maxItems 100
   */
  events?: string[]
  description?: string
  /**
   * true also sends what has been waiting since failures disabled it.
   */
  enabled?: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RotateWebhookSecretAnswer".
 */
export interface RotateWebhookSecretAnswer {
  /**
   * Signs every delivery. Shown now only.
   */
  secret: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "TestWebhookAnswer".
 */
export interface TestWebhookAnswer {
  /**
   * What was sent.
   */
  body: string
  /**
   * null: there was no answer.
   */
  status: number | null
  answer_body: string | null
  problem: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ReplayDeadDeliveriesAnswer".
 */
export interface ReplayDeadDeliveriesAnswer {
  replayed: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SendWaitingDeliveriesAnswer".
 */
export interface SendWaitingDeliveriesAnswer {
  /**
   * Deliveries that go out as their turn comes.
   */
  due: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListDeliveriesQuery".
 */
export interface ListDeliveriesQuery {
  state?: 'waiting' | 'delivered' | 'dead' | 'skipped'
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListDeliveriesAnswer".
 */
export interface ListDeliveriesAnswer {
  data: ListedDelivery[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Delivery".
 */
export interface Delivery {
  id: string
  /**
   * As the dialect calls it.
   */
  event: string
  /**
   * Of the event in the log.
   */
  position: number
  state: 'waiting' | 'delivered' | 'dead' | 'skipped'
  attempts: number
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  next_at: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  created_at: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  finished_at: string | null
  /**
   * The earlier delivery of the same ticket that has to be delivered, given up or skipped first.
   */
  waits_for: string | null
  last: {
    status: number | null
    problem: string | null
    /**
     * The first words of the body.
     */
    answer: string | null
  } | null
  /**
   * The payload, exactly as it is sent; null while it is made again without what was erased.
   */
  body: string | null
  log: {
    number: number
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    at: string
    duration_ms: number
    url: string
    request_headers: {
      /**
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: string
    }
    status: number | null
    answer_headers: {
      /**
       * This interface was referenced by `undefined`'s JSON-Schema definition
       * via the `patternProperty` "^.*$".
       */
      [k: string]: string
    } | null
    answer_body: string | null
    problem: string | null
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ReplayDeliveryAnswer".
 */
export interface ReplayDeliveryAnswer {
  replayed: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SendDeliveryAnswer".
 */
export interface SendDeliveryAnswer {
  /**
   * Deliveries that go out as their turn comes.
   */
  due: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListSessionsAnswer".
 */
export interface ListSessionsAnswer {
  data: Session[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SignInBody".
 */
export interface SignInBody {
  /**
   * E-mail address or user name.
   */
  login: string
  password: string
  /**
   * Six digits of the authenticator app, or a recovery code; each counts once.
   */
  code?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SignInAnswer".
 */
export interface SignInAnswer {
  session: Session
  /**
   * To be sent as X-CSRF-Token with every request that changes something.
   */
  csrf_token: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangePasswordBody".
 */
export interface ChangePasswordBody {
  /**
   * The present one.
   */
  password: string
  new_password: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreatePasswordLinkAnswer".
 */
export interface CreatePasswordLinkAnswer {
  /**
   * The link is `/password#` and this, at the address of this server. Told once.
   */
  token: string
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  expires_at: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SecondFactor".
 */
export interface SecondFactor {
  /**
   * Since when there is one; null: there is none.
   */
  since: string | null
  /**
   * How many are left.
   */
  recovery_codes: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "BeginSecondFactorBody".
 */
export interface BeginSecondFactorBody {
  password: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "BeginSecondFactorAnswer".
 */
export interface BeginSecondFactorAnswer {
  /**
   * In base 32, to be typed into an app.
   */
  secret: string
  /**
   * The same as an otpauth: URI, to be shown as a QR code.
   */
  uri: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ConfirmSecondFactorBody".
 */
export interface ConfirmSecondFactorBody {
  /**
   * Six digits of the authenticator app, or a recovery code; each counts once.
   */
  code: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ConfirmSecondFactorAnswer".
 */
export interface ConfirmSecondFactorAnswer {
  /**
   * They are not shown again.
   */
  recovery_codes: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RenewRecoveryCodesBody".
 */
export interface RenewRecoveryCodesBody {
  password: string
  /**
   * Six digits of the authenticator app, or a recovery code; each counts once.
   */
  code: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RenewRecoveryCodesAnswer".
 */
export interface RenewRecoveryCodesAnswer {
  /**
   * They are not shown again.
   */
  recovery_codes: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "EndSecondFactorBody".
 */
export interface EndSecondFactorBody {
  password: string
  /**
   * Six digits of the authenticator app, or a recovery code; each counts once.
   */
  code: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SecondFactorOf".
 */
export interface SecondFactorOf {
  /**
   * Since when there is one; null: there is none.
   */
  since: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListEventsQuery".
 */
export interface ListEventsQuery {
  after?: string
  limit?: string
  wait?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListEventsAnswer".
 */
export interface ListEventsAnswer {
  data: Event[]
  /**
   * The position to go on after. Where it is the one that was asked for, there is no more yet.
   */
  next: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListAuditQuery".
 */
export interface ListAuditQuery {
  limit?: string
  cursor?: string
  actor?: string
  kind?:
    | 'user.created'
    | 'user.changed'
    | 'user.erased'
    | 'user.password_changed'
    | 'user.password_link_created'
    | 'user.second_factor_changed'
    | 'tenant.changed'
    | 'tenant.exported'
    | 'desk.created'
    | 'desk.changed'
    | 'group.created'
    | 'group.changed'
    | 'group.member_added'
    | 'group.member_removed'
    | 'topic.created'
    | 'topic.changed'
    | 'type.created'
    | 'type.changed'
    | 'form.created'
    | 'form.changed'
    | 'status_label.created'
    | 'status_label.changed'
    | 'priority_label.created'
    | 'priority_label.changed'
    | 'channel.created'
    | 'channel.changed'
    | 'field.created'
    | 'field.changed'
    | 'tag.created'
    | 'tag.changed'
    | 'tag.merged'
    | 'tag.deleted'
    | 'credential.created'
    | 'credential.revoked'
    | 'macro.created'
    | 'macro.changed'
    | 'macro.deleted'
    | 'scheduled_message.created'
    | 'scheduled_message.changed'
    | 'scheduled_message.deleted'
    | 'scheduled_message.held'
  from?: string
  to?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListAuditAnswer".
 */
export interface ListAuditAnswer {
  data: Event[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListViewsAnswer".
 */
export interface ListViewsAnswer {
  data: View[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateViewBody".
 */
export interface CreateViewBody {
  name: string
  /**
   * In the language of `q` of listTickets.
   */
  query: string
  /**
   * As `sort` of listTickets; -created by default.
   */
  sort?: string
  /**
   * Whom it is for: you alone, the members of a group, or everyone who may see views.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CountViewsAnswer".
 */
export interface CountViewsAnswer {
  data: {
    view: string
    count: number
    /**
     * Whether there are more than that.
     */
    more: boolean
    /**
     * What is wrong with its query, which then counts nothing.
     */
    problem: string | null
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "OrderViewsBody".
 */
export interface OrderViewsBody {
  /**
   * Saved views, the first one first. Those that are not named are behind them.
   *
   * @maxItems 100
   */
  views: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeViewBody".
 */
export interface ChangeViewBody {
  name?: string
  /**
   * In the language of `q` of listTickets.
   */
  query?: string
  /**
   * As `sort` of listTickets; -created by default.
   */
  sort?: string
  /**
   * Whom it is for: you alone, the members of a group, or everyone who may see views.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListQueryFieldsAnswer".
 */
export interface ListQueryFieldsAnswer {
  data: QueryField[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListSavedRepliesQuery".
 */
export interface ListSavedRepliesQuery {
  ticket?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListSavedRepliesAnswer".
 */
export interface ListSavedRepliesAnswer {
  data: SavedReply[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateSavedReplyBody".
 */
export interface CreateSavedReplyBody {
  name: string
  /**
   * Plain text. Variables are filled in when it is inserted: {{requester.name}}, {{requester.first_name}}, {{requester.email}}, {{ticket.number}}, {{ticket.title}}, {{desk.name}}, {{agent.name}}, {{agent.first_name}}.
   */
  text: string
  /**
   * What it is filed under; none by default.
   */
  folder?: string
  /**
   * The language that it is in, such as en or de-CH; null where it does not matter.
   */
  language?: string | null
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "GetSavedReplyQuery".
 */
export interface GetSavedReplyQuery {
  ticket?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeSavedReplyBody".
 */
export interface ChangeSavedReplyBody {
  name?: string
  /**
   * Plain text. Variables are filled in when it is inserted: {{requester.name}}, {{requester.first_name}}, {{requester.email}}, {{ticket.number}}, {{ticket.title}}, {{desk.name}}, {{agent.name}}, {{agent.first_name}}.
   */
  text?: string
  /**
   * What it is filed under; none by default.
   */
  folder?: string
  /**
   * The language that it is in, such as en or de-CH; null where it does not matter.
   */
  language?: string | null
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListMacrosAnswer".
 */
export interface ListMacrosAnswer {
  data: Macro[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateMacroBody".
 */
export interface CreateMacroBody {
  name: string
  change?: {
    status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    priority?: 'low' | 'normal' | 'high' | 'urgent'
    /**
     * Id of a topic.
     */
    topic?: number | null
    /**
     * Id of a type.
     */
    type?: number | null
    /**
     * A group.
     */
    group?: string | null
    /**
     * Tags to add.
     *
     * @maxItems 100
     */
    add_tags?: string[]
    /**
     * Tags to remove.
     *
     * @maxItems 100
     */
    remove_tags?: string[]
    /**
     * Fields of the tenant by key: null empties one, and those that are not named stay.
     */
    fields?: {
      /**
       * @maxItems 200
       */
      [k: string]: string | number | boolean | string[] | null
    }
    /**
     * A user who works on the desk; me for whoever runs it.
     */
    assignee?: string | null
    /**
     * For so many minutes, or until its requester says something; null for the latter alone.
     */
    snooze?: number | null
  }
  /**
   * What it says, as plain text; null for nothing. Filled in when it is run: {{requester.name}}, {{requester.first_name}}, {{requester.email}}, {{ticket.number}}, {{ticket.title}}, {{desk.name}}, {{agent.name}}, {{agent.first_name}}.
   */
  text?: string | null
  /**
   * Whether that is a reply or a note; public by default.
   */
  visibility?: 'public' | 'internal'
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeMacroBody".
 */
export interface ChangeMacroBody {
  name?: string
  change?: {
    status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    priority?: 'low' | 'normal' | 'high' | 'urgent'
    /**
     * Id of a topic.
     */
    topic?: number | null
    /**
     * Id of a type.
     */
    type?: number | null
    /**
     * A group.
     */
    group?: string | null
    /**
     * Tags to add.
     *
     * @maxItems 100
     */
    add_tags?: string[]
    /**
     * Tags to remove.
     *
     * @maxItems 100
     */
    remove_tags?: string[]
    /**
     * Fields of the tenant by key: null empties one, and those that are not named stay.
     */
    fields?: {
      /**
       * @maxItems 200
       */
      [k: string]: string | number | boolean | string[] | null
    }
    /**
     * A user who works on the desk; me for whoever runs it.
     */
    assignee?: string | null
    /**
     * For so many minutes, or until its requester says something; null for the latter alone.
     */
    snooze?: number | null
  }
  /**
   * What it says, as plain text; null for nothing. Filled in when it is run: {{requester.name}}, {{requester.first_name}}, {{requester.email}}, {{ticket.number}}, {{ticket.title}}, {{desk.name}}, {{agent.name}}, {{agent.first_name}}.
   */
  text?: string | null
  /**
   * Whether that is a reply or a note; public by default.
   */
  visibility?: 'public' | 'internal'
  /**
   * Whom it is for: you alone, the members of a group, or everyone who works here.
   */
  audience?: 'private' | 'group' | 'everyone'
  /**
   * Where it is for a group.
   */
  group?: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "PreviewMacroQuery".
 */
export interface PreviewMacroQuery {
  ticket: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "PreviewMacroAnswer".
 */
export interface PreviewMacroAnswer {
  ticket: string
  /**
   * Of the ticket: a run with it as If-Match does just this, or nothing.
   */
  version: number
  /**
   * What would change; empty where all is so already.
   */
  changes: {
    /**
     * As its event will be.
     */
    kind: string
    before: {
      [k: string]: unknown
    } | null
    after: {
      [k: string]: unknown
    } | null
  }[]
  /**
   * Why its run would be refused, which would be answered this; null where it would not be.
   */
  problem: {
    /**
     * urn:polydesk:error:<code>
     */
    type: string
    title: string
    status: number
    /**
     * The last part of type.
     */
    code: string
    detail?: string
    errors?: {
      /**
       * Where in the request, for instance requester.email or tags[0].
       */
      field: string
      rule: string
      message: string
      /**
       * Of a query: at which character, from 0.
       */
      at?: number
      /**
       * Of a query: for how many.
       */
      length?: number
      /**
       * Of a query: what would be right there.
       */
      expected?: string
    }[]
  } | null
  message: {
    visibility: 'public' | 'internal'
    /**
     * With its variables filled in.
     */
    text: string
    /**
     * Variables of which nothing is known on this ticket: it is not run without a text of your own.
     */
    unfilled: string[]
  } | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunMacroBody".
 */
export interface RunMacroBody {
  macro: string
  /**
   * What is said in the place of its own text.
   */
  text?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListDraftsAnswer".
 */
export interface ListDraftsAnswer {
  data: Draft[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SaveDraftBody".
 */
export interface SaveDraftBody {
  /**
   * What it is to be: a public reply, or an internal note; public by default.
   */
  visibility?: 'public' | 'internal'
  /**
   * Plain text; not together with html.
   */
  text?: string
  /**
   * HTML; not together with text.
   */
  html?: string
  /**
   * Files that are to go with it. They are kept for as long as the draft has them.
   *
   * @maxItems 20
   *
   * Items: An attachment that you uploaded.
   */
  attachments?: string[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ReadReportQuery".
 */
export interface ReadReportQuery {
  from?: string
  to?: string
  zone?: string
  by?: string
  q?: string
  dialect?: string
  interval?: 'day' | 'week' | 'month'
  format?: 'json' | 'csv'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ReadReportAnswer".
 */
export interface ReadReportAnswer {
  name: 'created' | 'solved' | 'backlog' | 'first_response' | 'resolution' | 'replies' | 'reopened'
  unit: 'seconds' | 'replies' | 'times' | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  from: string | null
  /**
   * UTC, for instance 2026-01-15T10:20:30.123Z
   */
  to: string
  zone: string
  by: string | null
  total: {
    all: {
      tickets: number
      /**
       * What these tickets come to, in `unit`; 0 where there is none.
       */
      sum: number
      /**
       * Of a ticket; null without tickets or unit.
       */
      mean: number | null
    }
    people: {
      tickets: number
      /**
       * What these tickets come to, in `unit`; 0 where there is none.
       */
      sum: number
      /**
       * Of a ticket; null without tickets or unit.
       */
      mean: number | null
    } | null
    automations: {
      tickets: number
      /**
       * What these tickets come to, in `unit`; 0 where there is none.
       */
      sum: number
      /**
       * Of a ticket; null without tickets or unit.
       */
      mean: number | null
    } | null
  }
  rows: {
    /**
     * Of `by`: an id, a tag, a choice; null for tickets that have none, and without `by`.
     */
    value: string | null
    name: string | null
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    from: string | null
    /**
     * UTC, for instance 2026-01-15T10:20:30.123Z
     */
    to: string
    figures: {
      all: {
        tickets: number
        /**
         * What these tickets come to, in `unit`; 0 where there is none.
         */
        sum: number
        /**
         * Of a ticket; null without tickets or unit.
         */
        mean: number | null
      }
      people: {
        tickets: number
        /**
         * What these tickets come to, in `unit`; 0 where there is none.
         */
        sum: number
        /**
         * Of a ticket; null without tickets or unit.
         */
        mean: number | null
      } | null
      automations: {
        tickets: number
        /**
         * What these tickets come to, in `unit`; 0 where there is none.
         */
        sum: number
        /**
         * Of a ticket; null without tickets or unit.
         */
        mean: number | null
      } | null
    }
  }[]
  /**
   * Of the last event that is counted.
   */
  position: number
  /**
   * How many events are not counted yet.
   */
  behind: number
  /**
   * False while all is counted anew, after an update or `polydesk reports rebuild`.
   */
  complete: boolean
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListReportTicketsQuery".
 */
export interface ListReportTicketsQuery {
  from?: string
  to?: string
  zone?: string
  by?: string
  q?: string
  dialect?: string
  limit?: string
  cursor?: string
  measure?: 'all' | 'people' | 'automations'
  value?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListReportTicketsAnswer".
 */
export interface ListReportTicketsAnswer {
  data: Ticket[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTagsQuery".
 */
export interface ListTagsQuery {
  q?: string
  coloured?: 'true' | 'false'
  sort?: 'name' | '-tickets'
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListTagsAnswer".
 */
export interface ListTagsAnswer {
  data: Tag[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateTagBody".
 */
export interface CreateTagBody {
  name: string
  /**
   * One of grey, red, orange, yellow, green, teal, blue, purple, pink, brown; null for none.
   */
  colour?: 'grey' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple' | 'pink' | 'brown' | null
  /**
   * What is to be said to whoever sets it.
   */
  description?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeTagBody".
 */
export interface ChangeTagBody {
  name?: string
  /**
   * One of grey, red, orange, yellow, green, teal, blue, purple, pink, brown; null for none.
   */
  colour?: 'grey' | 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'purple' | 'pink' | 'brown' | null
  /**
   * What is to be said to whoever sets it.
   */
  description?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "MergeTagBody".
 */
export interface MergeTagBody {
  /**
   * Name of the tag that stays.
   */
  into: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListScheduledAnswer".
 */
export interface ListScheduledAnswer {
  data: Scheduled[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ScheduleMessageBody".
 */
export interface ScheduleMessageBody {
  /**
   * Plain text; not together with html.
   */
  text?: string
  /**
   * HTML; not together with text.
   */
  html?: string
  /**
   * Files of the message.
   *
   * @maxItems 20
   *
   * Items: An attachment that you uploaded.
   */
  attachments?: string[]
  /**
   * The status of the ticket with this message; null for the one by the lifecycle.
   */
  status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed' | null
  /**
   * Not to be sent once the requester has said something; false by default.
   */
  unless_answered?: boolean
  /**
   * A public reply, or an internal note; public by default.
   */
  visibility?: 'public' | 'internal'
  /**
   * When it is sent, up to a year from now.
   */
  send_at: string
  /**
   * Your draft of it, which goes with it.
   */
  draft?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ScheduleMessageAnswer".
 */
export interface ScheduleMessageAnswer {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeScheduledBody".
 */
export interface ChangeScheduledBody {
  /**
   * Plain text; not together with html.
   */
  text?: string
  /**
   * HTML; not together with text.
   */
  html?: string
  /**
   * Files of the message.
   *
   * @maxItems 20
   *
   * Items: An attachment that you uploaded.
   */
  attachments?: string[]
  /**
   * The status of the ticket with this message; null for the one by the lifecycle.
   */
  status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed' | null
  /**
   * Not to be sent once the requester has said something; false by default.
   */
  unless_answered?: boolean
  /**
   * When it is sent, up to a year from now.
   */
  send_at?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ChangeScheduledAnswer".
 */
export interface ChangeScheduledAnswer {
  id: string
  /**
   * Goes up with each change; it is the ETag.
   */
  version: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CreateJobBody".
 */
export interface CreateJobBody {
  /**
   * All tickets in sight that it finds, in the language of `q` of listTickets; 10000 at the most. Empty with `view` for all of that.
   */
  query?: string
  /**
   * With query: id of a view, whose query has to hold too.
   */
  view?: string
  /**
   * Or the tickets by id, in the place of a query.
   *
   * @maxItems 10000
   */
  tickets?: string[]
  change?: {
    status?: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    priority?: 'low' | 'normal' | 'high' | 'urgent'
    /**
     * Id of a topic.
     */
    topic?: number | null
    /**
     * Id of a type.
     */
    type?: number | null
    /**
     * A group.
     */
    group?: string | null
    /**
     * A user who works on the desk.
     */
    assignee?: string | null
    /**
     * Tags to add.
     *
     * @maxItems 100
     */
    add_tags?: string[]
    /**
     * Tags to remove.
     *
     * @maxItems 100
     */
    remove_tags?: string[]
    /**
     * Fields of the tenant by key: null empties one, and those that are not named stay.
     */
    fields?: {
      /**
       * @maxItems 200
       */
      [k: string]: string | number | boolean | string[] | null
    }
  }
  /**
   * Or what a macro changes, by its id; it says nothing and does not snooze.
   */
  macro?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListJobsQuery".
 */
export interface ListJobsQuery {
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListJobsAnswer".
 */
export interface ListJobsAnswer {
  data: Job[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListJobResultsQuery".
 */
export interface ListJobResultsQuery {
  outcome?: 'changed' | 'unchanged' | 'refused'
  limit?: string
  cursor?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListJobResultsAnswer".
 */
export interface ListJobResultsAnswer {
  data: JobResult[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ImportRecordsQuery".
 */
export interface ImportRecordsQuery {
  dry_run?: 'true' | 'false'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ImportRecordsAnswer".
 */
export interface ImportRecordsAnswer {
  dry_run: boolean
  lines: number
  created: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: number
  }
  changed: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: number
  }
  unchanged: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: number
  }
  refused: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: number
  }
  /**
   * How often each field could not be kept, also where it is not named among the problems.
   */
  not_kept: {
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^.*$".
     */
    [k: string]: number
  }
  /**
   * The first thousand.
   */
  problems: {
    /**
     * Counted from 1.
     */
    line: number
    kind: string
    /**
     * In its source.
     */
    id: string | null
    /**
     * Whether all of the line is not kept, or this field.
     */
    outcome: 'refused' | 'left_out'
    field: string
    rule: string
    message: string
  }[]
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "HandOverMailQuery".
 */
export interface HandOverMailQuery {
  recipient?: string
  sender?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "HandOverMailAnswer".
 */
export interface HandOverMailAnswer {
  id: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListMailQuery".
 */
export interface ListMailQuery {
  limit?: string
  cursor?: string
  state?: 'waiting' | 'created' | 'joined' | 'automatic' | 'held' | 'discarded'
  ticket?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListMailAnswer".
 */
export interface ListMailAnswer {
  data: Mail[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CountMailAnswer".
 */
export interface CountMailAnswer {
  /**
   * How many came: the sum of all others.
   */
  received: number
  /**
   * How many wait to be read.
   */
  waiting: number
  /**
   * How many made a ticket.
   */
  created: number
  /**
   * How many joined one.
   */
  joined: number
  /**
   * How many were said by machines.
   */
  automatic: number
  /**
   * How many are held for somebody to look at.
   */
  held: number
  /**
   * How many were discarded by a rule.
   */
  discarded: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ExplainMailAnswer".
 */
export interface ExplainMailAnswer {
  mail: Mail
  /**
   * The addresses by which its desk was looked for.
   */
  recipients: {
    address: string
    /**
     * UUID of the desk that has it.
     */
    desk: string | null
  }[]
  writer: {
    address: string
    name: string
    /**
     * The header that tells it.
     */
    by: string
  } | null
  /**
   * What it is: personal, list, automatic, bounce, receipt or report.
   */
  kind: string
  kind_reasons: string[]
  /**
   * Every ticket to which something of it led, the surest first.
   */
  candidates: {
    /**
     * By what the mail leads to it.
     */
    rule: 'token' | 'reference' | 'foreign_number' | 'subject'
    /**
     * The id, number or tag that does.
     */
    value: string
    /**
     * Whether the mail joins it, or why not.
     */
    verdict: 'joins' | 'later' | 'stranger' | 'closed' | 'other_desk' | 'other_subject'
    /**
     * What who wrote the mail was to it.
     */
    relation: 'token' | 'agent' | 'requester' | 'participant' | 'colleague' | 'stranger'
    ticket: {
      id: string
      integer: number
      number: number
      title: string
      /**
       * As it was then.
       */
      status: 'new' | 'open' | 'pending' | 'on_hold' | 'solved' | 'closed'
    }
  }[]
  /**
   * What was not as it should be in it.
   */
  doubts: string[]
  /**
   * What else there is to say of the decision.
   */
  remarks: string[]
  copy_of: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "FileMailBody".
 */
export interface FileMailBody {
  /**
   * UUID or integer of the ticket that it is about; a new one by default.
   */
  ticket?: string
  /**
   * Of a new ticket: that of the mail by default.
   */
  desk?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListLettersQuery".
 */
export interface ListLettersQuery {
  limit?: string
  cursor?: string
  state?: string
  desk?: string
  ticket?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListLettersAnswer".
 */
export interface ListLettersAnswer {
  data: Letter[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CountLettersAnswer".
 */
export interface CountLettersAnswer {
  /**
   * How many wait to be sent.
   */
  waiting: number
  /**
   * How many are being sent.
   */
  sending: number
  /**
   * How many a relay has.
   */
  sent: number
  /**
   * How many a relay may have.
   */
  uncertain: number
  /**
   * How many were given up.
   */
  refused: number
  /**
   * How many came back.
   */
  bounced: number
  /**
   * How many are not to be sent.
   */
  held: number
  /**
   * How many of those that wait were made more than an hour ago.
   */
  late: number
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ResendLetterAnswer".
 */
export interface ResendLetterAnswer {
  id: string
  /**
   * waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.
   */
  state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'refused' | 'bounced' | 'held'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "HoldLetterAnswer".
 */
export interface HoldLetterAnswer {
  id: string
  /**
   * waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.
   */
  state: 'waiting' | 'sending' | 'sent' | 'uncertain' | 'refused' | 'bounced' | 'held'
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListUndeliverableAddressesQuery".
 */
export interface ListUndeliverableAddressesQuery {
  limit?: string
  cursor?: string
  address?: string
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ListUndeliverableAddressesAnswer".
 */
export interface ListUndeliverableAddressesAnswer {
  data: UndeliverableAddresse[]
  /**
   * Cursor of the next page; null: none.
   */
  next: string | null
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ResetPasswordBody".
 */
export interface ResetPasswordBody {
  /**
   * What stands behind # in the link.
   */
  token: string
  password: string
}

export interface Operations {
  createTicket: { params: undefined; query: undefined; body: CreateTicketBody; answer: Ticket }
  listTickets: { params: undefined; query: ListTicketsQuery; body: undefined; answer: ListTicketsAnswer }
  getTicket: { params: { id: string }; query: GetTicketQuery; body: undefined; answer: Ticket }
  changeTicket: { params: { id: string }; query: undefined; body: ChangeTicketBody; answer: Ticket }
  deleteTicket: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  markRead: { params: { id: string }; query: undefined; body: MarkReadBody; answer: undefined }
  markUnread: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  getTicketByNumber: { params: { desk: string; number: string }; query: undefined; body: undefined; answer: Ticket }
  undoChange: { params: { id: string }; query: undefined; body: UndoChangeBody; answer: Ticket }
  mergeTicket: { params: { id: string }; query: undefined; body: MergeTicketBody; answer: Ticket }
  unmergeTicket: { params: { id: string }; query: undefined; body: undefined; answer: Ticket }
  splitTicket: { params: { id: string }; query: undefined; body: SplitTicketBody; answer: Ticket }
  snoozeTicket: { params: { id: string }; query: undefined; body: SnoozeTicketBody; answer: Ticket }
  wakeTicket: { params: { id: string }; query: undefined; body: undefined; answer: Ticket }
  addMessage: { params: { id: string }; query: undefined; body: AddMessageBody; answer: AddMessageAnswer }
  listMessages: { params: { id: string }; query: ListMessagesQuery; body: undefined; answer: ListMessagesAnswer }
  deleteMessage: { params: { id: string; message: string }; query: undefined; body: undefined; answer: undefined }
  getOriginalMessage: {
    params: { id: string; message: string }
    query: undefined
    body: undefined
    answer: OriginalMessage
  }
  listValues: { params: { id: string }; query: ListValuesQuery; body: undefined; answer: ListValuesAnswer }
  listTimeline: { params: { id: string }; query: ListTimelineQuery; body: undefined; answer: ListTimelineAnswer }
  listLinks: { params: { id: string }; query: undefined; body: undefined; answer: ListLinksAnswer }
  linkTickets: { params: { id: string }; query: undefined; body: LinkTicketsBody; answer: Link }
  unlinkTickets: { params: { id: string; link: string }; query: undefined; body: undefined; answer: undefined }
  uploadAttachment: { params: undefined; query: undefined; body: FormData; answer: Attachment }
  getTenant: { params: undefined; query: undefined; body: undefined; answer: Tenant }
  changeTenant: { params: undefined; query: undefined; body: ChangeTenantBody; answer: Tenant }
  listDesks: { params: undefined; query: ListDesksQuery; body: undefined; answer: ListDesksAnswer }
  createDesk: { params: undefined; query: undefined; body: CreateDeskBody; answer: Desk }
  getDesk: { params: { id: string }; query: undefined; body: undefined; answer: Desk }
  changeDesk: { params: { id: string }; query: undefined; body: ChangeDeskBody; answer: Desk }
  listGroups: { params: undefined; query: ListGroupsQuery; body: undefined; answer: ListGroupsAnswer }
  createGroup: { params: undefined; query: undefined; body: CreateGroupBody; answer: Group }
  getGroup: { params: { id: string }; query: undefined; body: undefined; answer: Group }
  changeGroup: { params: { id: string }; query: undefined; body: ChangeGroupBody; answer: Group }
  listTopics: { params: undefined; query: ListTopicsQuery; body: undefined; answer: ListTopicsAnswer }
  createTopic: { params: undefined; query: undefined; body: CreateTopicBody; answer: Topic }
  getTopic: { params: { id: string }; query: undefined; body: undefined; answer: Topic }
  changeTopic: { params: { id: string }; query: undefined; body: ChangeTopicBody; answer: Topic }
  listTypes: { params: undefined; query: ListTypesQuery; body: undefined; answer: ListTypesAnswer }
  createType: { params: undefined; query: undefined; body: CreateTypeBody; answer: Type }
  getType: { params: { id: string }; query: undefined; body: undefined; answer: Type }
  changeType: { params: { id: string }; query: undefined; body: ChangeTypeBody; answer: Type }
  listForms: { params: undefined; query: ListFormsQuery; body: undefined; answer: ListFormsAnswer }
  createForm: { params: undefined; query: undefined; body: CreateFormBody; answer: Type }
  getForm: { params: { id: string }; query: undefined; body: undefined; answer: Type }
  changeForm: { params: { id: string }; query: undefined; body: ChangeFormBody; answer: Type }
  listStatusLabels: { params: undefined; query: ListStatusLabelsQuery; body: undefined; answer: ListStatusLabelsAnswer }
  createStatusLabel: { params: undefined; query: undefined; body: CreateStatusLabelBody; answer: StatusLabel }
  getStatusLabel: { params: { id: string }; query: undefined; body: undefined; answer: StatusLabel }
  changeStatusLabel: { params: { id: string }; query: undefined; body: ChangeStatusLabelBody; answer: StatusLabel }
  listPriorityLabels: {
    params: undefined
    query: ListPriorityLabelsQuery
    body: undefined
    answer: ListPriorityLabelsAnswer
  }
  createPriorityLabel: { params: undefined; query: undefined; body: CreatePriorityLabelBody; answer: PriorityLabel }
  getPriorityLabel: { params: { id: string }; query: undefined; body: undefined; answer: PriorityLabel }
  changePriorityLabel: {
    params: { id: string }
    query: undefined
    body: ChangePriorityLabelBody
    answer: PriorityLabel
  }
  listChannels: { params: undefined; query: ListChannelsQuery; body: undefined; answer: ListChannelsAnswer }
  createChannel: { params: undefined; query: undefined; body: CreateChannelBody; answer: Channel }
  getChannel: { params: { id: string }; query: undefined; body: undefined; answer: Channel }
  changeChannel: { params: { id: string }; query: undefined; body: ChangeChannelBody; answer: Channel }
  listFields: { params: undefined; query: ListFieldsQuery; body: undefined; answer: ListFieldsAnswer }
  createField: { params: undefined; query: undefined; body: CreateFieldBody; answer: Field }
  getField: { params: { field: string }; query: undefined; body: undefined; answer: Field }
  changeField: { params: { field: string }; query: undefined; body: ChangeFieldBody; answer: Field }
  listUsers: { params: undefined; query: ListUsersQuery; body: undefined; answer: ListUsersAnswer }
  createUser: { params: undefined; query: undefined; body: CreateUserBody; answer: User }
  getUser: { params: { id: string }; query: undefined; body: undefined; answer: User }
  changeUser: { params: { id: string }; query: undefined; body: ChangeUserBody; answer: User }
  eraseUser: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  removeMembership: { params: { id: string; desk: string }; query: undefined; body: undefined; answer: undefined }
  getMe: { params: undefined; query: undefined; body: undefined; answer: Me }
  listGroupMembers: {
    params: { id: string }
    query: ListGroupMembersQuery
    body: undefined
    answer: ListGroupMembersAnswer
  }
  addGroupMember: { params: { id: string; user: string }; query: undefined; body: undefined; answer: undefined }
  removeGroupMember: { params: { id: string; user: string }; query: undefined; body: undefined; answer: undefined }
  listCredentials: { params: undefined; query: ListCredentialsQuery; body: undefined; answer: ListCredentialsAnswer }
  createCredential: { params: undefined; query: undefined; body: CreateCredentialBody; answer: CreateCredentialAnswer }
  getCredential: { params: { id: string }; query: undefined; body: undefined; answer: Credential }
  revokeCredential: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  listWebhooks: { params: undefined; query: ListWebhooksQuery; body: undefined; answer: ListWebhooksAnswer }
  createWebhook: { params: undefined; query: undefined; body: CreateWebhookBody; answer: CreateWebhookAnswer }
  getWebhook: { params: { id: string }; query: undefined; body: undefined; answer: Webhook }
  changeWebhook: { params: { id: string }; query: undefined; body: ChangeWebhookBody; answer: Webhook }
  deleteWebhook: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  rotateWebhookSecret: { params: { id: string }; query: undefined; body: undefined; answer: RotateWebhookSecretAnswer }
  testWebhook: { params: { id: string }; query: undefined; body: undefined; answer: TestWebhookAnswer }
  replayDeadDeliveries: {
    params: { id: string }
    query: undefined
    body: undefined
    answer: ReplayDeadDeliveriesAnswer
  }
  sendWaitingDeliveries: {
    params: { id: string }
    query: undefined
    body: undefined
    answer: SendWaitingDeliveriesAnswer
  }
  listDeliveries: { params: { id: string }; query: ListDeliveriesQuery; body: undefined; answer: ListDeliveriesAnswer }
  getDelivery: { params: { id: string; delivery: string }; query: undefined; body: undefined; answer: Delivery }
  replayDelivery: {
    params: { id: string; delivery: string }
    query: undefined
    body: undefined
    answer: ReplayDeliveryAnswer
  }
  sendDelivery: {
    params: { id: string; delivery: string }
    query: undefined
    body: undefined
    answer: SendDeliveryAnswer
  }
  skipDelivery: { params: { id: string; delivery: string }; query: undefined; body: undefined; answer: ListedDelivery }
  listSessions: { params: undefined; query: undefined; body: undefined; answer: ListSessionsAnswer }
  signIn: { params: undefined; query: undefined; body: SignInBody; answer: SignInAnswer }
  signOut: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  changePassword: { params: undefined; query: undefined; body: ChangePasswordBody; answer: undefined }
  createPasswordLink: { params: { id: string }; query: undefined; body: undefined; answer: CreatePasswordLinkAnswer }
  getSecondFactor: { params: undefined; query: undefined; body: undefined; answer: SecondFactor }
  beginSecondFactor: {
    params: undefined
    query: undefined
    body: BeginSecondFactorBody
    answer: BeginSecondFactorAnswer
  }
  confirmSecondFactor: {
    params: undefined
    query: undefined
    body: ConfirmSecondFactorBody
    answer: ConfirmSecondFactorAnswer
  }
  renewRecoveryCodes: {
    params: undefined
    query: undefined
    body: RenewRecoveryCodesBody
    answer: RenewRecoveryCodesAnswer
  }
  endSecondFactor: { params: undefined; query: undefined; body: EndSecondFactorBody; answer: undefined }
  getSecondFactorOf: { params: { id: string }; query: undefined; body: undefined; answer: SecondFactorOf }
  resetSecondFactor: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  listEvents: { params: undefined; query: ListEventsQuery; body: undefined; answer: ListEventsAnswer }
  listAudit: { params: undefined; query: ListAuditQuery; body: undefined; answer: ListAuditAnswer }
  listViews: { params: undefined; query: undefined; body: undefined; answer: ListViewsAnswer }
  createView: { params: undefined; query: undefined; body: CreateViewBody; answer: View }
  countViews: { params: undefined; query: undefined; body: undefined; answer: CountViewsAnswer }
  orderViews: { params: undefined; query: undefined; body: OrderViewsBody; answer: undefined }
  getView: { params: { id: string }; query: undefined; body: undefined; answer: View }
  changeView: { params: { id: string }; query: undefined; body: ChangeViewBody; answer: View }
  deleteView: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  pinView: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  unpinView: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  listQueryFields: { params: undefined; query: undefined; body: undefined; answer: ListQueryFieldsAnswer }
  listSavedReplies: { params: undefined; query: ListSavedRepliesQuery; body: undefined; answer: ListSavedRepliesAnswer }
  createSavedReply: { params: undefined; query: undefined; body: CreateSavedReplyBody; answer: SavedReply }
  getSavedReply: { params: { id: string }; query: GetSavedReplyQuery; body: undefined; answer: SavedReply }
  changeSavedReply: { params: { id: string }; query: undefined; body: ChangeSavedReplyBody; answer: SavedReply }
  deleteSavedReply: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  markSavedReplyUsed: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  listMacros: { params: undefined; query: undefined; body: undefined; answer: ListMacrosAnswer }
  createMacro: { params: undefined; query: undefined; body: CreateMacroBody; answer: Macro }
  getMacro: { params: { id: string }; query: undefined; body: undefined; answer: Macro }
  changeMacro: { params: { id: string }; query: undefined; body: ChangeMacroBody; answer: Macro }
  deleteMacro: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  previewMacro: { params: { id: string }; query: PreviewMacroQuery; body: undefined; answer: PreviewMacroAnswer }
  runMacro: { params: { id: string }; query: undefined; body: RunMacroBody; answer: Ticket }
  listDrafts: { params: { id: string }; query: undefined; body: undefined; answer: ListDraftsAnswer }
  saveDraft: { params: { id: string; draft: string }; query: undefined; body: SaveDraftBody; answer: Draft }
  discardDraft: { params: { id: string; draft: string }; query: undefined; body: undefined; answer: undefined }
  readReport: { params: { name: string }; query: ReadReportQuery; body: undefined; answer: ReadReportAnswer }
  listReportTickets: {
    params: { name: string }
    query: ListReportTicketsQuery
    body: undefined
    answer: ListReportTicketsAnswer
  }
  listTags: { params: undefined; query: ListTagsQuery; body: undefined; answer: ListTagsAnswer }
  createTag: { params: undefined; query: undefined; body: CreateTagBody; answer: Tag }
  getTag: { params: { tag: string }; query: undefined; body: undefined; answer: Tag }
  changeTag: { params: { tag: string }; query: undefined; body: ChangeTagBody; answer: Tag }
  deleteTag: { params: { tag: string }; query: undefined; body: undefined; answer: Job }
  mergeTag: { params: { tag: string }; query: undefined; body: MergeTagBody; answer: Job }
  listScheduled: { params: { id: string }; query: undefined; body: undefined; answer: ListScheduledAnswer }
  scheduleMessage: {
    params: { id: string }
    query: undefined
    body: ScheduleMessageBody
    answer: ScheduleMessageAnswer
  }
  getScheduled: { params: { id: string; scheduled: string }; query: undefined; body: undefined; answer: Scheduled }
  changeScheduled: {
    params: { id: string; scheduled: string }
    query: undefined
    body: ChangeScheduledBody
    answer: ChangeScheduledAnswer
  }
  cancelScheduled: { params: { id: string; scheduled: string }; query: undefined; body: undefined; answer: undefined }
  createJob: { params: undefined; query: undefined; body: CreateJobBody; answer: Job }
  listJobs: { params: undefined; query: ListJobsQuery; body: undefined; answer: ListJobsAnswer }
  getJob: { params: { id: string }; query: undefined; body: undefined; answer: Job }
  listJobResults: { params: { id: string }; query: ListJobResultsQuery; body: undefined; answer: ListJobResultsAnswer }
  cancelJob: { params: { id: string }; query: undefined; body: undefined; answer: Job }
  undoJob: { params: { id: string }; query: undefined; body: undefined; answer: Job }
  importRecords: { params: undefined; query: ImportRecordsQuery; body: undefined; answer: ImportRecordsAnswer }
  handOverMail: { params: undefined; query: HandOverMailQuery; body: undefined; answer: HandOverMailAnswer }
  listMail: { params: undefined; query: ListMailQuery; body: undefined; answer: ListMailAnswer }
  countMail: { params: undefined; query: undefined; body: undefined; answer: CountMailAnswer }
  getMail: { params: { id: string }; query: undefined; body: undefined; answer: Mail }
  explainMail: { params: { id: string }; query: undefined; body: undefined; answer: ExplainMailAnswer }
  fileMail: { params: { id: string }; query: undefined; body: FileMailBody; answer: Mail }
  listLetters: { params: undefined; query: ListLettersQuery; body: undefined; answer: ListLettersAnswer }
  countLetters: { params: undefined; query: undefined; body: undefined; answer: CountLettersAnswer }
  getLetter: { params: { id: string }; query: undefined; body: undefined; answer: Letter }
  resendLetter: { params: { id: string }; query: undefined; body: undefined; answer: ResendLetterAnswer }
  holdLetter: { params: { id: string }; query: undefined; body: undefined; answer: HoldLetterAnswer }
  listUndeliverableAddresses: {
    params: undefined
    query: ListUndeliverableAddressesQuery
    body: undefined
    answer: ListUndeliverableAddressesAnswer
  }
  clearUndeliverableAddress: { params: { id: string }; query: undefined; body: undefined; answer: undefined }
  resetPassword: { params: undefined; query: undefined; body: ResetPasswordBody; answer: undefined }
}

/** Where each operation is. */
export const OPERATIONS = {
  createTicket: { method: 'POST', path: '/v1/tickets' },
  listTickets: { method: 'GET', path: '/v1/tickets' },
  getTicket: { method: 'GET', path: '/v1/tickets/{id}' },
  changeTicket: { method: 'PATCH', path: '/v1/tickets/{id}' },
  deleteTicket: { method: 'DELETE', path: '/v1/tickets/{id}' },
  markRead: { method: 'PUT', path: '/v1/tickets/{id}/read' },
  markUnread: { method: 'DELETE', path: '/v1/tickets/{id}/read' },
  getTicketByNumber: { method: 'GET', path: '/v1/desks/{desk}/tickets/{number}' },
  undoChange: { method: 'POST', path: '/v1/tickets/{id}/undo' },
  mergeTicket: { method: 'POST', path: '/v1/tickets/{id}/merge' },
  unmergeTicket: { method: 'POST', path: '/v1/tickets/{id}/unmerge' },
  splitTicket: { method: 'POST', path: '/v1/tickets/{id}/split' },
  snoozeTicket: { method: 'POST', path: '/v1/tickets/{id}/snooze' },
  wakeTicket: { method: 'DELETE', path: '/v1/tickets/{id}/snooze' },
  addMessage: { method: 'POST', path: '/v1/tickets/{id}/messages' },
  listMessages: { method: 'GET', path: '/v1/tickets/{id}/messages' },
  deleteMessage: { method: 'DELETE', path: '/v1/tickets/{id}/messages/{message}' },
  getOriginalMessage: { method: 'GET', path: '/v1/tickets/{id}/messages/{message}/original' },
  listValues: { method: 'GET', path: '/v1/tickets/{id}/history' },
  listTimeline: { method: 'GET', path: '/v1/tickets/{id}/timeline' },
  listLinks: { method: 'GET', path: '/v1/tickets/{id}/links' },
  linkTickets: { method: 'POST', path: '/v1/tickets/{id}/links' },
  unlinkTickets: { method: 'DELETE', path: '/v1/tickets/{id}/links/{link}' },
  uploadAttachment: { method: 'POST', path: '/v1/attachments' },
  getTenant: { method: 'GET', path: '/v1/tenant' },
  changeTenant: { method: 'PATCH', path: '/v1/tenant' },
  listDesks: { method: 'GET', path: '/v1/desks' },
  createDesk: { method: 'POST', path: '/v1/desks' },
  getDesk: { method: 'GET', path: '/v1/desks/{id}' },
  changeDesk: { method: 'PATCH', path: '/v1/desks/{id}' },
  listGroups: { method: 'GET', path: '/v1/groups' },
  createGroup: { method: 'POST', path: '/v1/groups' },
  getGroup: { method: 'GET', path: '/v1/groups/{id}' },
  changeGroup: { method: 'PATCH', path: '/v1/groups/{id}' },
  listTopics: { method: 'GET', path: '/v1/topics' },
  createTopic: { method: 'POST', path: '/v1/topics' },
  getTopic: { method: 'GET', path: '/v1/topics/{id}' },
  changeTopic: { method: 'PATCH', path: '/v1/topics/{id}' },
  listTypes: { method: 'GET', path: '/v1/types' },
  createType: { method: 'POST', path: '/v1/types' },
  getType: { method: 'GET', path: '/v1/types/{id}' },
  changeType: { method: 'PATCH', path: '/v1/types/{id}' },
  listForms: { method: 'GET', path: '/v1/forms' },
  createForm: { method: 'POST', path: '/v1/forms' },
  getForm: { method: 'GET', path: '/v1/forms/{id}' },
  changeForm: { method: 'PATCH', path: '/v1/forms/{id}' },
  listStatusLabels: { method: 'GET', path: '/v1/status_labels' },
  createStatusLabel: { method: 'POST', path: '/v1/status_labels' },
  getStatusLabel: { method: 'GET', path: '/v1/status_labels/{id}' },
  changeStatusLabel: { method: 'PATCH', path: '/v1/status_labels/{id}' },
  listPriorityLabels: { method: 'GET', path: '/v1/priority_labels' },
  createPriorityLabel: { method: 'POST', path: '/v1/priority_labels' },
  getPriorityLabel: { method: 'GET', path: '/v1/priority_labels/{id}' },
  changePriorityLabel: { method: 'PATCH', path: '/v1/priority_labels/{id}' },
  listChannels: { method: 'GET', path: '/v1/channels' },
  createChannel: { method: 'POST', path: '/v1/channels' },
  getChannel: { method: 'GET', path: '/v1/channels/{id}' },
  changeChannel: { method: 'PATCH', path: '/v1/channels/{id}' },
  listFields: { method: 'GET', path: '/v1/fields' },
  createField: { method: 'POST', path: '/v1/fields' },
  getField: { method: 'GET', path: '/v1/fields/{field}' },
  changeField: { method: 'PATCH', path: '/v1/fields/{field}' },
  listUsers: { method: 'GET', path: '/v1/users' },
  createUser: { method: 'POST', path: '/v1/users' },
  getUser: { method: 'GET', path: '/v1/users/{id}' },
  changeUser: { method: 'PATCH', path: '/v1/users/{id}' },
  eraseUser: { method: 'DELETE', path: '/v1/users/{id}' },
  removeMembership: { method: 'DELETE', path: '/v1/users/{id}/memberships/{desk}' },
  getMe: { method: 'GET', path: '/v1/me' },
  listGroupMembers: { method: 'GET', path: '/v1/groups/{id}/members' },
  addGroupMember: { method: 'PUT', path: '/v1/groups/{id}/members/{user}' },
  removeGroupMember: { method: 'DELETE', path: '/v1/groups/{id}/members/{user}' },
  listCredentials: { method: 'GET', path: '/v1/credentials' },
  createCredential: { method: 'POST', path: '/v1/credentials' },
  getCredential: { method: 'GET', path: '/v1/credentials/{id}' },
  revokeCredential: { method: 'DELETE', path: '/v1/credentials/{id}' },
  listWebhooks: { method: 'GET', path: '/v1/webhooks' },
  createWebhook: { method: 'POST', path: '/v1/webhooks' },
  getWebhook: { method: 'GET', path: '/v1/webhooks/{id}' },
  changeWebhook: { method: 'PATCH', path: '/v1/webhooks/{id}' },
  deleteWebhook: { method: 'DELETE', path: '/v1/webhooks/{id}' },
  rotateWebhookSecret: { method: 'POST', path: '/v1/webhooks/{id}/rotate_secret' },
  testWebhook: { method: 'POST', path: '/v1/webhooks/{id}/test' },
  replayDeadDeliveries: { method: 'POST', path: '/v1/webhooks/{id}/replay' },
  sendWaitingDeliveries: { method: 'POST', path: '/v1/webhooks/{id}/send' },
  listDeliveries: { method: 'GET', path: '/v1/webhooks/{id}/deliveries' },
  getDelivery: { method: 'GET', path: '/v1/webhooks/{id}/deliveries/{delivery}' },
  replayDelivery: { method: 'POST', path: '/v1/webhooks/{id}/deliveries/{delivery}/replay' },
  sendDelivery: { method: 'POST', path: '/v1/webhooks/{id}/deliveries/{delivery}/send' },
  skipDelivery: { method: 'POST', path: '/v1/webhooks/{id}/deliveries/{delivery}/skip' },
  listSessions: { method: 'GET', path: '/v1/sessions' },
  signIn: { method: 'POST', path: '/v1/sessions' },
  signOut: { method: 'DELETE', path: '/v1/sessions/{id}' },
  changePassword: { method: 'POST', path: '/v1/me/password' },
  createPasswordLink: { method: 'POST', path: '/v1/users/{id}/password_link' },
  getSecondFactor: { method: 'GET', path: '/v1/me/second_factor' },
  beginSecondFactor: { method: 'POST', path: '/v1/me/second_factor' },
  confirmSecondFactor: { method: 'POST', path: '/v1/me/second_factor/confirmation' },
  renewRecoveryCodes: { method: 'POST', path: '/v1/me/second_factor/recovery_codes' },
  endSecondFactor: { method: 'POST', path: '/v1/me/second_factor/removal' },
  getSecondFactorOf: { method: 'GET', path: '/v1/users/{id}/second_factor' },
  resetSecondFactor: { method: 'DELETE', path: '/v1/users/{id}/second_factor' },
  listEvents: { method: 'GET', path: '/v1/events' },
  listAudit: { method: 'GET', path: '/v1/audit' },
  listViews: { method: 'GET', path: '/v1/views' },
  createView: { method: 'POST', path: '/v1/views' },
  countViews: { method: 'GET', path: '/v1/views/counts' },
  orderViews: { method: 'PUT', path: '/v1/views/order' },
  getView: { method: 'GET', path: '/v1/views/{id}' },
  changeView: { method: 'PATCH', path: '/v1/views/{id}' },
  deleteView: { method: 'DELETE', path: '/v1/views/{id}' },
  pinView: { method: 'PUT', path: '/v1/views/{id}/pin' },
  unpinView: { method: 'DELETE', path: '/v1/views/{id}/pin' },
  listQueryFields: { method: 'GET', path: '/v1/query/fields' },
  listSavedReplies: { method: 'GET', path: '/v1/saved_replies' },
  createSavedReply: { method: 'POST', path: '/v1/saved_replies' },
  getSavedReply: { method: 'GET', path: '/v1/saved_replies/{id}' },
  changeSavedReply: { method: 'PATCH', path: '/v1/saved_replies/{id}' },
  deleteSavedReply: { method: 'DELETE', path: '/v1/saved_replies/{id}' },
  markSavedReplyUsed: { method: 'PUT', path: '/v1/saved_replies/{id}/used' },
  listMacros: { method: 'GET', path: '/v1/macros' },
  createMacro: { method: 'POST', path: '/v1/macros' },
  getMacro: { method: 'GET', path: '/v1/macros/{id}' },
  changeMacro: { method: 'PATCH', path: '/v1/macros/{id}' },
  deleteMacro: { method: 'DELETE', path: '/v1/macros/{id}' },
  previewMacro: { method: 'GET', path: '/v1/macros/{id}/preview' },
  runMacro: { method: 'POST', path: '/v1/tickets/{id}/macros' },
  listDrafts: { method: 'GET', path: '/v1/tickets/{id}/drafts' },
  saveDraft: { method: 'PUT', path: '/v1/tickets/{id}/drafts/{draft}' },
  discardDraft: { method: 'DELETE', path: '/v1/tickets/{id}/drafts/{draft}' },
  readReport: { method: 'GET', path: '/v1/reports/{name}' },
  listReportTickets: { method: 'GET', path: '/v1/reports/{name}/tickets' },
  listTags: { method: 'GET', path: '/v1/tags' },
  createTag: { method: 'POST', path: '/v1/tags' },
  getTag: { method: 'GET', path: '/v1/tags/{tag}' },
  changeTag: { method: 'PATCH', path: '/v1/tags/{tag}' },
  deleteTag: { method: 'DELETE', path: '/v1/tags/{tag}' },
  mergeTag: { method: 'POST', path: '/v1/tags/{tag}/merge' },
  listScheduled: { method: 'GET', path: '/v1/tickets/{id}/scheduled' },
  scheduleMessage: { method: 'POST', path: '/v1/tickets/{id}/scheduled' },
  getScheduled: { method: 'GET', path: '/v1/tickets/{id}/scheduled/{scheduled}' },
  changeScheduled: { method: 'PATCH', path: '/v1/tickets/{id}/scheduled/{scheduled}' },
  cancelScheduled: { method: 'DELETE', path: '/v1/tickets/{id}/scheduled/{scheduled}' },
  createJob: { method: 'POST', path: '/v1/jobs' },
  listJobs: { method: 'GET', path: '/v1/jobs' },
  getJob: { method: 'GET', path: '/v1/jobs/{id}' },
  listJobResults: { method: 'GET', path: '/v1/jobs/{id}/results' },
  cancelJob: { method: 'POST', path: '/v1/jobs/{id}/cancel' },
  undoJob: { method: 'POST', path: '/v1/jobs/{id}/undo' },
  importRecords: { method: 'POST', path: '/v1/import' },
  handOverMail: { method: 'POST', path: '/v1/mail' },
  listMail: { method: 'GET', path: '/v1/mail' },
  countMail: { method: 'GET', path: '/v1/mail/counts' },
  getMail: { method: 'GET', path: '/v1/mail/{id}' },
  explainMail: { method: 'GET', path: '/v1/mail/{id}/explain' },
  fileMail: { method: 'POST', path: '/v1/mail/{id}/file' },
  listLetters: { method: 'GET', path: '/v1/letters' },
  countLetters: { method: 'GET', path: '/v1/letters/counts' },
  getLetter: { method: 'GET', path: '/v1/letters/{id}' },
  resendLetter: { method: 'POST', path: '/v1/letters/{id}/resend' },
  holdLetter: { method: 'POST', path: '/v1/letters/{id}/hold' },
  listUndeliverableAddresses: { method: 'GET', path: '/v1/undeliverable_addresses' },
  clearUndeliverableAddress: { method: 'DELETE', path: '/v1/undeliverable_addresses/{id}' },
  resetPassword: { method: 'POST', path: '/v1/password_resets' },
} as const satisfies Readonly<Record<keyof Operations, { readonly method: string; readonly path: string }>>
