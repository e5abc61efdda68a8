import type { LinkTo } from '../../../core/attachments/links.ts'
import type { RecordRow } from '../../../core/catalogue/records.ts'
import { sourceOf } from '../../../core/catalogue/source.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type {
  Export,
  ExportAsked,
  ExportedFile,
  ExportedMessage,
  ExportPlace,
  ExportRecord,
} from '../../../core/export/record.ts'
import type { Message } from '../../../core/messages/message.ts'
import type { Person, Ticket } from '../../../core/tickets/ticket.ts'
import { cursorOf } from './cursor.ts'

/**
 * The lines of an export, each an object of JSON: docs/import-export.md tells what is in them. Records of the catalogue are named
 * by their names, so that the lines say the same to another tenant; people and everything else by the ids of this one.
 */

/** Counted up with each change that an importer of before would misread. */
export const FORMAT = 1

export type Line = Readonly<Record<string, unknown>>

export function headerLine(tenant: Tenant, asked: ExportAsked, { position, parts }: Export, now: string): Line {
  return {
    kind: 'polydesk',
    format: FORMAT,
    source: sourceOf(tenant),
    tenant: { id: tenant.id, name: tenant.name },
    query: asked.query,
    files: asked.files,
    parts,
    after: asked.after === null ? null : cursorOf(asked.after),
    position,
    exported_at: now,
  }
}

/** What is told at the end, by which a file that was cut off is known: how many lines came before it, and of which kinds. */
export function endLine(counts: ReadonlyMap<string, number>): Line {
  const lines = [...counts.values()].reduce((sum, each) => sum + each, 0)
  return { kind: 'end', lines, counts: Object.fromEntries(counts) }
}

/** Makes the lines of a tenant's records. @param linkTo where the bytes of files are, for an export without them */
export function linesIn(tenant: Tenant, linkTo: LinkTo | null): (record: ExportRecord) => Line {
  const source = sourceOf(tenant)
  const names = namesIn(tenant)
  const message = (each: ExportedMessage): Line => messageLine(names, each, linkTo)
  return (record) => {
    switch (record.kind) {
      case 'catalogue':
        return { kind: record.of, source, ...catalogueLine(record.record) }
      case 'field': {
        const { id, key, type, label, description, choices, required, active } = record.field
        const field = { key, type, label, description, choices, required, active }
        return { kind: 'field', source, id: String(id), ...field }
      }
      case 'user': {
        const { user, place } = record
        return {
          ...{ kind: 'user', source, id: user.id, user_kind: user.kind, owner: user.isOwner, name: user.name },
          ...{ surname: user.surname, email: user.email, username: user.username, phone: user.phone },
          ...{ customer_number: user.customerNumber, photo_url: user.photoUrl, about: user.about, active: user.active },
          fields: user.fields,
          memberships: user.memberships.map(({ deskId, role }) => ({ desk: names.desk(deskId), role })),
          addresses: user.addresses,
          external_ids: user.externalIds.map(({ deskId, externalId }) => ({
            desk: names.desk(deskId),
            id: externalId,
          })),
          created_at: user.createdAt,
          ...cursor(place),
        }
      }
      case 'members':
        return {
          kind: 'members',
          source,
          id: record.groupId,
          group: names.group(record.groupId),
          users: record.userIds,
        }
      case 'file': {
        const { file, ticketId, part, isLast, bytes } = record
        return {
          ...{
            kind: 'file',
            source,
            id: file.id,
            ticket: ticketId,
            name: file.name,
            type: file.mediaType,
            size: file.size,
          },
          ...{ sha256: file.sha256, part, last: isLast, content: Buffer.from(bytes).toString('base64') },
        }
      }
      case 'ticket':
        return {
          ...{ kind: 'ticket', source, ...ticketLine(names, record.ticket) },
          messages: record.messages.map(message),
          ...cursor(record.place),
        }
      case 'messages':
        return {
          ...{ kind: 'messages', source, ticket: record.ticketId, messages: record.messages.map(message) },
          ...cursor(record.place),
        }
    }
  }
}

function cursor(place: ExportPlace | null): { readonly cursor?: string } {
  return place === null ? {} : { cursor: cursorOf(place) }
}

interface LineNames {
  readonly desk: (id: string) => string
  readonly group: (id: string | null) => string | null
  readonly topic: (id: number | null) => string | null
  readonly type: (id: number | null) => string | null
  readonly form: (id: number | null) => string | null
  readonly channel: (id: number) => string
}

function namesIn(tenant: Tenant): LineNames {
  function namesOf<Id>(records: readonly { readonly id: Id; readonly name: string }[]) {
    const names = new Map(records.map(({ id, name }) => [id, name]))
    return (id: Id | null): string | null => (id === null ? null : (names.get(id) ?? null))
  }
  const desk = namesOf(tenant.desks)
  const channels = new Map(tenant.channels.map(({ id, kind }) => [id, kind]))
  return {
    desk: (id) => desk(id) ?? '',
    group: namesOf(tenant.groups),
    topic: namesOf(tenant.topics),
    type: namesOf(tenant.types),
    form: namesOf(tenant.forms),
    channel: (id) => channels.get(id) ?? '',
  }
}

/** A record of any kind: what only some have is where it is. */
function catalogueLine(record: RecordRow): Line {
  return {
    id: String(record.id),
    name: record.name,
    active: record.active,
    ...('isDefault' in record && { default: record.isDefault }),
    ...('offeredIn' in record && { offered_in: record.offeredIn }),
    ...('status' in record && { status: record.status }),
    ...('priority' in record && { priority: record.priority }),
    ...('icon' in record && { channel: record.kind }),
  }
}

function ticketLine(names: LineNames, ticket: Ticket): Line {
  return {
    id: ticket.id,
    number: ticket.number,
    desk: names.desk(ticket.deskId),
    title: ticket.title,
    status: ticket.status,
    priority: ticket.priority,
    topic: names.topic(ticket.topicId),
    type: names.type(ticket.typeId),
    form: names.form(ticket.formId),
    group: names.group(ticket.groupId),
    requester: personLine(ticket.requester),
    assignee: personLine(ticket.assignee),
    channel: names.channel(ticket.channelId),
    direction: ticket.direction,
    from: { address: ticket.fromAddress, name: ticket.fromName },
    to: { address: ticket.toAddress, name: ticket.toName },
    reference: ticket.externalReference,
    tags: ticket.tags,
    fields: ticket.fields,
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
    status_changed_at: ticket.statusChangedAt,
    first_response_at: ticket.firstResponseAt,
    latest_message_at: ticket.latestMessageAt,
    latest_agent_at: ticket.latestAgentAt,
    latest_requester_at: ticket.latestRequesterAt,
    waiting_since: ticket.waitingSince,
    solved_at: ticket.solvedAt,
    closed_at: ticket.closedAt,
    finished_at: ticket.finishedAt,
  }
}

function personLine(person: Person | Message['author']): Line | null {
  if (person === null) return null
  const { id, email, name, surname } = person
  return { id, email, name, surname }
}

function messageLine(names: LineNames, message: ExportedMessage, linkTo: LinkTo | null): Line {
  const { envelope } = message
  return {
    id: message.id,
    visibility: message.visibility,
    author: personLine(message.author),
    author_name: message.authorName,
    author_role: message.authorRole,
    direction: message.direction,
    channel: names.channel(message.channelId),
    [message.format]: message.text,
    ...(message.plain !== null && { plain: message.plain }),
    status: message.ticketStatus,
    to: envelope.to,
    cc: envelope.cc,
    bcc: envelope.bcc,
    in_reply_to: envelope.inReplyTo,
    reference: envelope.externalReference,
    attachments: message.files.map((file) => fileLine(file, linkTo)),
    created_at: message.createdAt,
  }
}

function fileLine(file: ExportedFile, linkTo: LinkTo | null): Line {
  const { id, name, mediaType: type, size, sha256 } = file
  return { id, name, type, size, sha256, ...(linkTo && { url: linkTo(file) }) }
}
