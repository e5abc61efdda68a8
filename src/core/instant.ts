/**
 * A point in time as ISO 8601 text in UTC with milliseconds, `2026-01-15T10:20:30.123Z`.
 *
 * Text, because that is how times enter and leave: such instants sort as text, survive JSON unchanged and cost no
 * conversion on the way from the database to an answer.
 */
export type Instant = string

const POSTGRES_TEXT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:\+00(?::?00)?|Z)$/

/**
 * Reads PostgreSQL's text or JSON form of a `timestamptz` in a UTC session; an instant passes unchanged.
 *
 * @throws Error on anything else, which would be a defect of ours.
 */
export function instant(text: string): Instant {
  const parts = POSTGRES_TEXT.exec(text)
  if (!parts) throw new Error(`Not a UTC timestamp: ${text}`)
  return `${parts[1]}T${parts[2]}.${(parts[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`
}

/** As `instant`, keeping null. */
export function instantOrNull(text: string | null): Instant | null {
  return text === null ? null : instant(text)
}

/**
 * Whether a text from outside, such as a cursor, is an instant: the calendar has that day, and it is not in the year 0,
 * which JavaScript has and PostgreSQL has not.
 */
export function isInstant(text: string): text is Instant {
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text && /^(?!0000)\d{4}-/.test(text)
}

/** The same point in time to the second, `2026-01-15T10:20:30Z`. */
export function toSeconds(at: Instant): string {
  return `${at.slice(0, 19)}Z`
}
