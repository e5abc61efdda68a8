import type { LinkTo } from '../attachments/links.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Event } from '../events/event.ts'
import type { UserProfile, UserSummary } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import type { Message } from '../messages/message.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** An event with all that a payload may show of it, read from the store moments after it happened. */
export interface News {
  readonly event: Event
  readonly tenant: Tenant
  /** Null when it was deleted since, and for events that are about no ticket. */
  readonly ticket: Ticket | null
  /** The ticket that the event is about, when it was deleted. */
  readonly gone: GoneTicket | null
  readonly message: Message | null
  /** The id of the user that the event is about, erased or not. */
  readonly subjectId: string | null
  /** The user that the event is about, as they are now; null when it is about none, or about one who was erased. */
  readonly subject: UserProfile | null
  /** Everybody whom the event names, by id. */
  readonly users: ReadonlyMap<string, UserSummary>
  /** Where the attachments of the message are, for a while. */
  readonly linkTo: LinkTo
}

/** All that is known of a deleted ticket. Desk and integer are null of those that an early version deleted. */
export interface GoneTicket {
  readonly id: string
  readonly deskId: string | null
  readonly integer: number | null
}

/** What a dialect tells of an event. */
export interface Notice {
  /** The dialect's name of the event. */
  readonly type: string
  /** The payload, exactly as it is sent and signed. */
  readonly body: string
}

/** What a signature covers. Secrets: the current one first, then one that was replaced a short time ago. */
export interface Signing {
  readonly deliveryId: string
  /** New for each attempt. */
  readonly attemptId: string
  readonly at: Instant
  readonly body: string
  readonly secrets: readonly [string, ...string[]]
  readonly deskId: string
}

/** How one dialect tells events: its names, payloads, signature and patience. */
export interface Protocol {
  readonly eventTypes: readonly { readonly name: string; readonly about: string }[]
  /** Names of the vendor's that may be subscribed to, and that nothing here ever is. */
  readonly neverSent?: readonly string[]
  /** What a webhook gets that names no events. */
  readonly defaultEvents: readonly string[]
  /** Whether `*` means all events. */
  readonly hasEverything: boolean
  /** How long a receiver may take, in milliseconds. */
  readonly timeoutMs: number
  /** The pause after each failed attempt, in milliseconds; after the last one there is no other attempt. */
  readonly retryDelaysMs: readonly number[]
  /** Whether the last attempt's failure with this status (null: no answer) disables the webhook. */
  disables(status: number | null): boolean
  /** Makes a signing secret as the dialect's receivers expect it. */
  newSecret(): string
  /** What is told of an event; nothing, if the dialect has no name for it. */
  encode(news: News): readonly Notice[]
  /** What a test sends. */
  test(id: string, at: Instant): Notice
  /** The headers of one attempt, with the signature. */
  sign(signing: Signing): Readonly<Record<string, string>>
  /** Whether an endpoint that answered OPTIONS so may be subscribed; absent when the dialect does not ask. */
  readonly acceptsEndpoint?: (answer: SentAnswer) => boolean
}

/** A request to a receiver. */
export interface Outgoing {
  readonly method: 'POST' | 'OPTIONS'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
}

/** What a receiver answered; texts are cut to a bounded length. */
export interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Failing to reach a receiver is nothing unexpected, so it is a value. */
export type Sent = { readonly answer: SentAnswer } | { readonly problem: string }

/** Sends one request, to allowed targets only. */
export interface Sender {
  send(request: Outgoing): Promise<Sent>
  /** What is wrong with a URL by itself, as a sentence; null when it may be tried. */
  urlProblem(url: string): string | null
}
