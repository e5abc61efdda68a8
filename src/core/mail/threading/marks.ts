/** What of a subject leads to a ticket, or tells that it is about something else. */

/** Numbers of ours in a subject, `[#123]`, each once; more than a few are somebody's list. */
export function ownNumbers(subject: string): readonly number[] {
  const numbers = [...subject.matchAll(/\[#(\d{1,9})\]/g)].map(([, digits]) => Number(digits))
  return [...new Set(numbers)].slice(0, MOST_NUMBERS)
}

const MOST_NUMBERS = 5

/** A word by which other desks call a ticket, and what they call this one: `Ticket#2026-1187`, `Vorgang Nr. A-4711`. */
const FOREIGN =
  /\b(?:ticket|case|incident|request|vorgang|anfrage|fall|dossier|ref(?:erence)?)\b[\s:.#-]*(?:id|nr|no|number|nummer)?[\s:.#-]*([a-z]{0,6}-?\d[\w-]{3,39})/iu

/** The number that somebody else's desk has for this, in small letters; null where there is none. */
export function foreignNumber(subject: string): string | null {
  const found = FOREIGN.exec(subject.replace(/\[#\d{1,9}\]/g, ' '))?.[1]
  return found === undefined ? null : found.toLowerCase()
}

/** What answers, forwards, lists and machines put before a subject, in the languages that mail is written in. */
const PREFIX =
  /^\s*(?:(?:re|aw|antw|sv|vs|ref|rif|odp|ynt|res|fw|fwd|wg|tr|rv|enc|doorst|vl|i|pd|auto|automatic reply|automatische antwort)(?:\[\d+\])?\s*:|\[[^\]]{0,60}\])\s*/iu

/** A subject without what was put before it, in small letters: two of one conversation are the same. */
export function baseSubject(subject: string): string {
  let rest = subject.normalize('NFKC')
  for (let cut = rest.replace(PREFIX, ''); cut !== rest; cut = rest.replace(PREFIX, '')) rest = cut
  return rest
    .replace(/\[#\d{1,9}\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

const FORWARD = /^\s*(?:fw|fwd|wg|tr|rv|enc|doorst|vl|vb|i|pd)\s*:/iu

/** Whether a subject says that its mail passes another one on. */
export function isForward(subject: string): boolean {
  return FORWARD.test(subject)
}
