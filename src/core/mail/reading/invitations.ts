import { normalAddress } from './addresses.ts'
import type { Invitation, Mailbox } from './mail.ts'

/** Events of one file that are told, and people of one event. */
const MOST = 50
const MOST_PEOPLE = 500

interface Property {
  readonly name: string
  readonly parameters: ReadonlyMap<string, string>
  readonly value: string
}

/** The events of a calendar file (RFC 5545): what, when, where and who. What is in none of its words stays in the file. */
export function invitationsIn(text: string, method: string): readonly Invitation[] {
  const found: Invitation[] = []
  const open: string[] = []
  let event: Property[] = []
  let said = method
  for (const property of propertiesOf(text)) {
    if (property.name === 'BEGIN') {
      open.push(property.value.toUpperCase())
      if (isEvent(open)) event = []
    } else if (property.name === 'END') {
      if (isEvent(open)) found.push(invitationOf(event, said))
      open.pop()
      if (found.length === MOST) break
    } else if (isEvent(open)) event.push(property)
    else if (property.name === 'METHOD' && open.length === 1) said = property.value.trim()
  }
  return found
}

/** Of what lies within an event, as its alarms do, nothing is told. */
function isEvent(open: readonly string[]): boolean {
  const last = open.at(-1)
  return open.length === 2 && (last === 'VEVENT' || last === 'VTODO')
}

function* propertiesOf(text: string): Generator<Property> {
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const [, name = '', parameters = '', value = ''] =
      /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^":;]*)+)*):(.*)$/.exec(line) ?? []
    if (name === '') continue
    const read = [...parameters.matchAll(/;([\w-]+)=(?:"([^"]*)"|([^;]*))/g)].map(
      ([, key = '', quoted, plain = '']) => [key.toUpperCase(), quoted ?? plain] as const,
    )
    yield { name: name.toUpperCase(), parameters: new Map(read), value }
  }
}

function invitationOf(event: readonly Property[], method: string): Invitation {
  const find = (name: string): Property | undefined => event.find((each) => each.name === name)
  const text = (name: string): string => unescaped(find(name)?.value ?? '')
  const people = (name: string): readonly Mailbox[] => event.filter((each) => each.name === name).flatMap(mailboxOf)
  return {
    uid: find('UID')?.value.trim() || null,
    method: method.toUpperCase(),
    summary: text('SUMMARY'),
    location: text('LOCATION'),
    start: moment(find('DTSTART')?.value ?? ''),
    end: moment(find('DTEND')?.value ?? find('DUE')?.value ?? ''),
    zone: find('DTSTART')?.parameters.get('TZID') ?? null,
    recurrence: find('RRULE')?.value ?? null,
    organizer: people('ORGANIZER')[0] ?? null,
    attendees: people('ATTENDEE').slice(0, MOST_PEOPLE),
  }
}

function unescaped(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, letter: string) => (/n/i.test(letter) ? '\n' : letter)).trim()
}

/** `20261106T090000Z` with its parts told apart; what is none of these stays as it is. */
function moment(value: string): string {
  const [, year, month, day, hours, minutes, seconds, utc = ''] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(value.trim()) ?? []
  if (year === undefined) return value.trim()
  const date = `${year}-${month}-${day}`
  return hours === undefined ? date : `${date}T${hours}:${minutes}:${seconds}${utc}`
}

function mailboxOf({ value, parameters }: Property): readonly Mailbox[] {
  const address = normalAddress(value)
  return address === null ? [] : [{ address, name: parameters.get('CN') ?? '' }]
}

/** What, when, where and who, in lines, for a mail that says nothing else. */
export function invitationText({ summary, start, end, zone, location, organizer, attendees }: Invitation): string {
  const when = [start, end].filter((each) => each !== '').join(' – ')
  const who = [organizer, ...attendees].flatMap((each) =>
    each ? [each.name ? `${each.name} <${each.address}>` : each.address] : [],
  )
  const lines = [
    summary,
    zone && !start.endsWith('Z') ? `${when} (${zone})` : when,
    location,
    [...new Set(who)].join(', '),
  ]
  return lines.filter((line) => line !== '').join('\n')
}
