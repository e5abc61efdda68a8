import type { FileCopy } from '../../attachments/attachment.ts'
import { checkFiles } from '../../attachments/rules.ts'
import { CHANNEL } from '../../catalogue/tenant.ts'
import { refuse } from '../../errors.ts'
import { type Actor, demand, worksOn } from '../../identity/actor.ts'
import type { Content } from '../../messages/content.ts'
import type { AuthorRole, NewMessage, OpeningMessage } from '../../messages/message.ts'
import { decideEnvelope } from '../../messages/rules.ts'
import { composed } from '../../spelling.ts'
import type { Status } from '../../words.ts'
import type { MessageDraft, TicketState } from '../drafts.ts'
import type { NewTicket } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'
import { checkAuthor, checkReferences } from './references.ts'

/** Who does not work on a desk speaks for nobody else there. `requesterId` is null for one who is not known yet. */
function demandOwnVoice(input: NewMessage, requesterId: string | null, deskId: string, actor: Actor): void {
  if (worksOn(actor, deskId)) return
  const { author, authorRole = 'requester' } = input
  const authorId = typeof author === 'object' ? author.id : author === 'requester' ? requesterId : actor.user.id
  const isOwn = author !== 'nobody' && authorId === actor.user.id && authorRole === 'requester'
  if (!isOwn) refuse({ code: 'forbidden', permission: 'message.reply' })
}

export function openingMessage(
  input: OpeningMessage,
  status: Status,
  { deskId, requester, channelId = CHANNEL.api }: NewTicket,
  given: Circumstances,
): MessageDraft {
  // The public opening is the ticket itself.
  if (input.visibility === 'internal') demand(given.actor, 'message.note', deskId)
  demandOwnVoice(input, requester.by === 'id' ? requester.id : null, deskId, given.actor)
  const author = input.author ?? 'requester'
  const content = given.contentOf(input)
  const files = filesOf(input, content, deskId, given)
  if (typeof author === 'object') checkAuthor(author.id, given)
  if (input.channelId !== undefined) checkReferences(given.tenant, { channelId: input.channelId })
  const isRequesters =
    author === 'requester' || (typeof author === 'object' && requester.by === 'id' && author.id === requester.id)
  const authorRole = input.authorRole ?? (isRequesters ? 'requester' : 'agent')
  return {
    id: given.newId(),
    visibility: input.visibility,
    authorId: author === 'requester' ? 'requester' : author === 'nobody' ? null : author.id,
    authorName: input.authorName === undefined ? null : composed(input.authorName),
    authorRole,
    direction: input.direction ?? (authorRole === 'requester' ? 'inbound' : 'outbound'),
    channelId: input.channelId ?? channelId,
    ...content,
    ticketStatus: status,
    envelope: null,
    ...files,
  }
}

type MessageFiles = Pick<MessageDraft, 'attachmentIds' | 'copies'>

function filesOf(
  { attachmentIds = [], forwardedFiles = [] }: NewMessage,
  { pictures }: Content,
  deskId: string,
  given: Circumstances,
): MessageFiles {
  const { actor, uploads = new Map(), forwardable = [], messageBytes = 0 } = given
  if (forwardedFiles.length > 0) demand(actor, 'attachment.create', deskId)
  const wanted = { ids: attachmentIds, uploads, forwarded: forwardedFiles, forwardable, messageBytes }
  const copies = checkFiles(actor.user.id, wanted).map(({ id }): FileCopy => ({ id: given.newId(), sourceId: id }))
  return { attachmentIds: [...attachmentIds, ...pictures.map(({ id }) => id)], copies }
}

export function decideMessage(before: TicketState, input: NewMessage, given: Circumstances): MessageDraft {
  const { actor } = given
  demand(actor, input.visibility === 'public' ? 'message.reply' : 'message.note', before.deskId)
  demandOwnVoice(input, before.requesterId, before.deskId, actor)
  const authorId =
    input.author === 'nobody'
      ? null
      : input.author === 'requester'
        ? before.requesterId
        : (input.author?.id ?? actor.user.id)
  if (authorId !== before.requesterId) checkAuthor(authorId, given)
  const isRequesters = input.author === 'requester' || (authorId !== null && authorId === before.requesterId)
  const authorRole: AuthorRole = input.authorRole ?? (isRequesters ? 'requester' : 'agent')
  if (authorRole === 'requester' && input.visibility === 'public' && before.status === 'closed')
    refuse({ code: 'ticket_closed' })
  if (input.channelId !== undefined) checkReferences(given.tenant, { channelId: input.channelId })
  const { visibility, channelId = CHANNEL.api } = input
  const content = given.contentOf(input)
  const place = { visibility, channelId, ticketId: before.id, deskId: before.deskId }
  return {
    id: given.newId(),
    visibility,
    authorId,
    authorName: input.authorName === undefined ? null : composed(input.authorName),
    authorRole,
    direction: input.direction ?? (authorRole === 'requester' ? 'inbound' : 'outbound'),
    channelId,
    ...content,
    ticketStatus: before.status,
    envelope: decideEnvelope(input.envelope, place, actor, given.answered ?? []),
    ...(input.unsentId !== undefined && { unsentId: input.unsentId }),
    ...(input.scheduled !== undefined && { scheduled: input.scheduled }),
    ...filesOf(input, content, before.deskId, given),
  }
}
