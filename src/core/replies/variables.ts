import { type Issue, refuse } from '../errors.ts'
import type { Actor } from '../identity/actor.ts'
import { fullName } from '../identity/user.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** What variables are filled from. */
interface Occasion {
  readonly ticket: Ticket
  /** Whoever answers. */
  readonly actor: Actor
  /** The desk that the ticket belongs to. */
  readonly deskName: string
}

/** What can be said of a ticket in a saved reply. */
export const VARIABLES = {
  'requester.name': ({ ticket }: Occasion) => (ticket.requester ? fullName(ticket.requester) : ticket.fromName),
  'requester.first_name': ({ ticket }: Occasion) => ticket.requester?.name ?? '',
  'requester.email': ({ ticket }: Occasion) => ticket.requester?.email ?? '',
  'ticket.number': ({ ticket }: Occasion) => String(ticket.number),
  'ticket.title': ({ ticket }: Occasion) => ticket.title,
  'desk.name': ({ deskName }: Occasion) => deskName,
  'agent.name': ({ actor }: Occasion) => fullName(actor.user),
  'agent.first_name': ({ actor }: Occasion) => actor.user.name,
} as const satisfies Readonly<Record<string, (of: Occasion) => string>>

type Variable = keyof typeof VARIABLES

const NAMES = Object.keys(VARIABLES)
const isVariable = (name: string): name is Variable => NAMES.includes(name)

/** Two braces, a name, two braces. What has no end is text. */
const PLACES = /\{\{([^{}]{0,100})\}\}/g

/** Refuses a text with a variable that nothing would be filled in for, at its place. @throws Refusal `invalid` (path `text`) */
export function demandVariables(text: string): void {
  const issues = [...text.matchAll(PLACES)].flatMap(({ 0: { length }, 1: name = '', index: at }): readonly Issue[] => {
    if (isVariable(name.trim())) return []
    const message = `There is no variable ${name.trim()}. There are ${NAMES.join(', ')}.`
    return [{ path: ['text'], rule: 'unknown', message, place: { at, length, expected: NAMES.join(', ') } }]
  })
  if (issues.length > 0) refuse({ code: 'invalid', issues })
}

/** The variables in a text for which nothing is known. */
export function unfilledIn(text: string, of: Occasion): readonly Variable[] {
  const names = [...text.matchAll(PLACES)].map(([, name = '']) => name.trim())
  return [...new Set(names.filter(isVariable))].filter((variable) => VARIABLES[variable](of) === '')
}

/** A text with its variables filled in. What is not known of the ticket stays as it stands: whoever answers sees it. */
export function filled(text: string, of: Occasion): string {
  return text.replace(PLACES, (place, name: string) => {
    const variable = name.trim()
    return (isVariable(variable) && VARIABLES[variable](of)) || place
  })
}
