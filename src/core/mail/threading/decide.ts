import type { Instant } from '../../instant.ts'
import type { Status } from '../../words.ts'

/** By what a mail leads to a ticket, the surest first. */
export const RULES = ['token', 'reference', 'foreign_number', 'subject'] as const
export type Rule = (typeof RULES)[number]

/** What who wrote a mail is to a ticket. */
export const RELATIONS = ['token', 'agent', 'requester', 'participant', 'colleague', 'stranger'] as const
export type Relation = (typeof RELATIONS)[number]

/** A ticket to which something of a mail leads. */
export interface Candidate {
  readonly rule: Rule
  /** The id, number or tag that leads to it. */
  readonly value: string
  /** Which of several of its kind: the nearest is 1. */
  readonly nth: number
  /** The desk at which the mail arrived that was named; null where that is not known. */
  readonly byDeskId: string | null
  readonly ticket: {
    readonly id: string
    readonly integer: number
    readonly number: number
    readonly deskId: string
    readonly status: Status
    readonly title: string
    readonly latestMessageAt: Instant | null
  }
  readonly relation: Relation
}

/** Why a candidate is not it, or that it is. */
export const VERDICTS = ['joins', 'later', 'stranger', 'closed', 'other_desk', 'other_subject'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Considered extends Candidate {
  readonly verdict: Verdict
}

/** What a mail is about, as far as it decides on its ticket. */
export interface Asking {
  readonly deskId: string
  /** As `baseSubject` makes it. */
  readonly subject: string
  readonly baseOf: (title: string) => string
  readonly now: Instant
}

/** Where a mail goes, and all that was looked at for it. */
export interface Decision {
  /** The ticket that it joins; null for a new one. */
  readonly joins: Considered | null
  /** The ticket that a new one goes on from, or would have been. */
  readonly continues: Considered | null
  readonly considered: readonly Considered[]
}

/** After so long another subject is another matter, in milliseconds. */
const OLD_MS = 30 * 24 * 3_600_000

/** Who may say more on a ticket, by how sure it is that they were told of it: a number is guessed, an id is not. */
const MAY_JOIN: Readonly<Record<Rule, ReadonlySet<Relation>>> = {
  token: new Set(RELATIONS),
  reference: new Set(['agent', 'requester', 'participant', 'colleague']),
  foreign_number: new Set(['agent', 'requester', 'participant']),
  subject: new Set(['agent', 'requester', 'participant']),
}

/**
 * Which ticket a mail belongs to: the first of its candidates, by rule and then by nearness, that its writer may join.
 *
 * What is closed stays so, what came to another desk is that desk's, and who was not of the conversation begins one of their
 * own: these get a new ticket that tells where it comes from.
 */
export function decideTicket(candidates: readonly Candidate[], asking: Asking): Decision {
  const ordered = [...candidates].sort(
    (one, other) =>
      RULES.indexOf(one.rule) - RULES.indexOf(other.rule) ||
      one.nth - other.nth ||
      other.ticket.integer - one.ticket.integer,
  )
  const considered: Considered[] = []
  for (const candidate of ordered) {
    const isFound = considered.some(({ verdict }) => verdict === 'joins')
    considered.push({ ...candidate, verdict: isFound ? 'later' : verdictOn(candidate, asking) })
  }
  const joins = considered.find(({ verdict }) => verdict === 'joins') ?? null
  return { joins, continues: joins === null ? (considered[0] ?? null) : null, considered }
}

function verdictOn({ rule, relation, ticket, byDeskId }: Candidate, asking: Asking): Verdict {
  if (!MAY_JOIN[rule].has(relation)) return 'stranger'
  if (rule !== 'token' && ticket.deskId !== asking.deskId && byDeskId !== asking.deskId) return 'other_desk'
  // As the lifecycle has it: a closed ticket takes no more of its requester.
  if (ticket.status === 'closed' && relation !== 'agent') return 'closed'
  if (ticket.status === 'closed' && rule !== 'token' && rule !== 'reference') return 'closed'
  if (rule === 'reference' && isAnotherMatter(ticket, asking)) return 'other_subject'
  return 'joins'
}

/** An old thread that somebody took for its address, with another subject. */
function isAnotherMatter({ title, status, latestMessageAt }: Candidate['ticket'], asking: Asking): boolean {
  if (status !== 'solved' && status !== 'closed') return false
  const isOld = latestMessageAt !== null && Date.parse(asking.now) - Date.parse(latestMessageAt) > OLD_MS
  return isOld && asking.subject !== asking.baseOf(title)
}
