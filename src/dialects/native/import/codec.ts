import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Parse } from 'typebox/value'
import { RECORD_KINDS, type RecordKind } from '../../../core/catalogue/records.ts'
import { type Issue, Refusal, refuse, refuseField } from '../../../core/errors.ts'
import type { Imported, ImportedMessage, ImportedTicket, ImportedUser } from '../../../core/import/record.ts'
import type { ImportReport } from '../../../core/import/report.ts'
import { type Instant, isInstant } from '../../../core/instant.ts'
import { parseJson } from '../../json.ts'
import { schemaIssues } from '../../mount/issues.ts'
import { readTexts } from '../../text.ts'
import { WireRefusal } from '../../wire.ts'
import { FORMAT } from '../export/lines.ts'
import {
  FieldLine,
  FileLine,
  MembersLine,
  type MessageLine,
  MessagesLine,
  RecordLine,
  type ReportAnswer,
  TicketLine,
  UserLine,
} from './schema.ts'

/** A line that was read. */
export interface ReadLine {
  readonly about: { readonly kind: string; readonly id: string | null }
  /** What it brings; null for the first and the last line of an export. */
  readonly imported: Imported | null
  /** Fields that are not known, which are left out. */
  readonly unknown: readonly Issue[]
}

/** What is wrong with a line. */
export interface BadLine {
  readonly about: ReadLine['about']
  readonly issues: readonly Issue[]
}

/** Each kind of line with its schema, compiled when it is first needed. */
const SCHEMAS: Readonly<Record<string, TSchema>> = {
  ticket: TicketLine,
  messages: MessagesLine,
  field: FieldLine,
  user: UserLine,
  members: MembersLine,
  file: FileLine,
  ...Object.fromEntries(RECORD_KINDS.map((kind) => [kind, RecordLine])),
}
const compiled = new Map<string, Validator>()

/** Reads one line. @param source what those before said they come from @param now after which nothing has happened yet */
export function readLine(bytes: Buffer, now: Instant): ReadLine | BadLine {
  let value: unknown
  try {
    value = parseJson(bytes)
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error
    const message = error.error.code === 'malformed' ? error.error.message : 'Is no JSON.'
    return bad({ kind: 'line', id: null }, [], 'format', message)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return bad({ kind: 'line', id: null }, [], 'type', 'Must be an object of JSON.')
  const { kind, id } = named(value)
  const about = { kind: kind in SCHEMAS ? kind : 'line', id }
  if (kind === 'polydesk') {
    if ('format' in value && value.format !== FORMAT) refuseField(['format'], 'choice', `Must be ${FORMAT}.`)
    return { about: { kind, id: null }, imported: null, unknown: [] }
  }
  if (kind === 'end') return { about: { kind, id: null }, imported: null, unknown: [] }
  const schema = SCHEMAS[kind]
  if (!schema) return bad(about, ['kind'], 'choice', `Must be one of ${Object.keys(SCHEMAS).join(', ')}.`)
  readTexts(value, () => true)
  const validator = compiled.get(kind) ?? Compile(schema)
  compiled.set(kind, validator)
  const issues = validator.Check(value) ? [] : schemaIssues(validator.Errors(value), value)
  const wrong = issues.filter(({ rule }) => rule !== 'not_allowed')
  if (wrong.length > 0) return { about, issues: wrong }
  const unknown = issues.filter(({ rule }) => rule === 'not_allowed')
  for (const { path } of unknown) remove(value, path)
  try {
    return { about, imported: importedOf(kind, value, now), unknown }
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'invalid') return { about, issues: error.error.issues }
    throw error
  }
}

function bad(about: BadLine['about'], path: Issue['path'], rule: Issue['rule'], message: string): BadLine {
  return { about, issues: [{ path, rule, message }] }
}

function named(value: object): { readonly kind: string; readonly id: string | null } {
  const kind = 'kind' in value && typeof value.kind === 'string' ? value.kind : ''
  const id = 'id' in value ? value.id : 'ticket' in value ? value.ticket : null
  return { kind, id: typeof id === 'string' ? id.slice(0, 255) : null }
}

/** Takes a field out that nobody knows. */
function remove(value: object, path: Issue['path']): void {
  let holder: unknown = value
  for (const name of path.slice(0, -1)) holder = isRecord(holder) ? holder[name] : undefined
  if (isRecord(holder)) delete holder[path.at(-1) ?? '']
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}

function importedOf(kind: string, value: object, now: Instant): Imported {
  const source =
    'source' in value && typeof value.source === 'string'
      ? value.source
      : refuseField(['source'], 'required', 'Is required.')
  switch (kind) {
    case 'ticket': {
      const line = Parse(TicketLine, value)
      return { source, id: line.id, thing: { kind, ticket: ticketIn(line, now) } }
    }
    case 'messages': {
      const { ticket, messages = [] } = Parse(MessagesLine, value)
      return { source, id: ticket, thing: { kind, ticket, messages: messagesIn(messages, now) } }
    }
    case 'user': {
      const line = Parse(UserLine, value)
      return { source, id: line.id, thing: { kind, user: userIn(line) } }
    }
    case 'field': {
      const { id, kind: _kind, source: _source, cursor: _cursor, ...field } = Parse(FieldLine, value)
      return { source, id, thing: { kind, field } }
    }
    case 'members': {
      const { id, group, users } = Parse(MembersLine, value)
      return { source, id, thing: { kind, group, users } }
    }
    case 'file': {
      const { id, name, sha256, part = 0, last = true, content } = Parse(FileLine, value)
      const bytes = Buffer.from(content, 'base64')
      if (bytes.toString('base64') !== content) refuseField(['content'], 'format', 'Must be base64.')
      return { source, id, thing: { kind, name, sha256: sha256 ?? null, part, isLast: last, bytes } }
    }
    default: {
      const { id, name, active, status, priority, offered_in, channel } = Parse(RecordLine, value)
      const of =
        RECORD_KINDS.find((each): each is RecordKind => each === kind) ??
        refuse({ code: 'not_found', missing: 'record' })
      if (of === 'status_label' && status === undefined) refuseField(['status'], 'required', 'Is required.')
      if (of === 'priority_label' && priority === undefined) refuseField(['priority'], 'required', 'Is required.')
      if (of === 'channel' && channel === undefined) refuseField(['channel'], 'required', 'Is required.')
      const own = {
        ...(active !== undefined && { active }),
        ...(status !== undefined && { status }),
        ...(priority !== undefined && { priority }),
        ...(offered_in !== undefined && { offeredIn: offered_in }),
        ...(channel !== undefined && { channel }),
      }
      return { source, id, thing: { kind: 'catalogue', record: { of, name, ...own } } }
    }
  }
}

/** A point in time as sources write one: with a zone. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/

function instantIn(path: Issue['path'], text: string, now: Instant): Instant {
  const time = TIME.test(text) ? new Date(text.replace(' ', 'T')) : null
  const at = time && !Number.isNaN(time.getTime()) ? time.toISOString() : ''
  if (!isInstant(at)) return refuseField(path, 'format', 'Must be a time with its zone, such as 2026-01-15T10:20:30Z.')
  return at > now ? refuseField(path, 'too_large', 'Is not over yet.') : at
}

const TIMES = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  status_changed_at: 'statusChangedAt',
  first_response_at: 'firstResponseAt',
  latest_message_at: 'latestMessageAt',
  latest_agent_at: 'latestAgentAt',
  latest_requester_at: 'latestRequesterAt',
  waiting_since: 'waitingSince',
  solved_at: 'solvedAt',
  closed_at: 'closedAt',
  finished_at: 'finishedAt',
} as const

function ticketIn(line: TicketLine, now: Instant): ImportedTicket {
  const times: Record<string, Instant | null> = {}
  for (const [field, name] of Object.entries(TIMES)) {
    const told = line[field as keyof typeof TIMES]
    if (typeof told === 'string') times[name] = instantIn([field], told, now)
    else if (told === null) times[name] = null
  }
  const { title, desk, status, priority, topic, type, form, group, requester, assignee, tags, channel, direction } =
    line
  const { from, to, reference, fields = {} } = line
  return {
    ...defined({
      title,
      desk,
      status,
      priority,
      topic,
      type,
      form,
      group,
      requester,
      assignee,
      tags,
      channel,
      direction,
    }),
    ...defined({ reference, fields: Object.keys(fields).length > 0 ? fields : undefined }),
    ...(from && { from: { address: from.address ?? '', name: from.name ?? '' } }),
    ...(to && { to: { address: to.address ?? '', name: to.name ?? '' } }),
    times,
    messages: messagesIn(line.messages ?? [], now),
  }
}

/** The fields that are there. */
function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  // Those that are undefined are gone, which is what the type says.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }
}

function messagesIn(lines: readonly MessageLine[], now: Instant): readonly ImportedMessage[] {
  return lines.map((line, nth) => {
    const path = ['messages', nth]
    const { text, html, plain, author_role: authorRole, direction, channel, status } = line
    if ((text === undefined) === (html === undefined))
      refuseField([...path, 'text'], 'required', 'Either text or html is required.')
    return {
      id: line.id,
      visibility: line.visibility ?? 'public',
      author: line.author ?? null,
      authorName: line.author_name ?? null,
      ...defined({ authorRole, direction, channel, plain, status }),
      format: html === undefined ? 'text' : 'html',
      text: html ?? text ?? '',
      to: line.to ?? [],
      cc: line.cc ?? [],
      bcc: line.bcc ?? [],
      inReplyTo: line.in_reply_to ?? null,
      reference: line.reference ?? null,
      files: (line.attachments ?? []).map(({ id, name, sha256 }) => ({ id, ...defined({ name, sha256 }) })),
      ...(line.created_at !== undefined && { createdAt: instantIn([...path, 'created_at'], line.created_at, now) }),
    }
  })
}

function userIn(line: UserLine): ImportedUser {
  const { user_kind: userKind, owner, name, surname, email, username, customer_number: customerNumber } = line
  const { phone, photo_url: photoUrl, about, active, fields, memberships, addresses, external_ids: externalIds } = line
  return defined({
    ...{ userKind, owner, name, surname, email, username, customerNumber, phone, photoUrl, about, active, fields },
    ...{ memberships, addresses, externalIds },
  })
}

export function encodeReport({ dryRun, notKept, problems, ...counts }: ImportReport): ReportAnswer {
  return {
    dry_run: dryRun,
    lines: counts.lines,
    created: { ...counts.created },
    changed: { ...counts.changed },
    unchanged: { ...counts.unchanged },
    refused: { ...counts.refused },
    not_kept: { ...notKept },
    problems: problems.map(({ line, kind, id, outcome, issue: { path, rule, message } }) => ({
      ...{ line, kind, id, outcome, field: path.join('.'), rule, message },
    })),
  }
}
