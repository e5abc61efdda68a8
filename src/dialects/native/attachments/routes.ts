import { create as contentDisposition } from 'content-disposition'
import { Type } from 'typebox'
import { uploadAttachment } from '../../../core/attachments/commands.ts'
import { linkingIn } from '../../../core/attachments/links.ts'
import { getFiles } from '../../../core/tickets/queries/files.ts'
import { type Route, route } from '../../route.ts'
import { fileIn } from '../../uploads.ts'
import type { Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { closed } from '../shapes.ts'
import { encodeAttachment } from '../tickets/codec.ts'
import { AttachmentAnswer, TicketParams } from '../tickets/schema.ts'
import { archiveOf } from './archive.ts'

const UploadBody = closed({
  file: Type.Unsafe<unknown>({ contentMediaType: 'application/octet-stream', description: 'The file, with its name.' }),
})

const ARCHIVE_TYPE = 'application/zip'
const Archive = Type.Unsafe<unknown>({ contentMediaType: ARCHIVE_TYPE, description: 'A ZIP of the files as they are.' })

export const attachmentRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/attachments',
    operationId: 'uploadAttachment',
    summary: 'Upload a file, to be put on a message within a day',
    need: ['attachment.create'],
    takesFile: true,
    body: UploadBody,
    answers: { 201: AttachmentAnswer },
    handle: async ({ ctx, body, services }) => {
      const attachment = await uploadAttachment(ctx, fileIn(body))
      return { status: 201, body: encodeAttachment(attachment, linkingIn(services.links, ctx)) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/attachments.zip',
    operationId: 'downloadAttachments',
    summary: 'Download all files of a ticket in one archive',
    need: ['ticket.read', 'message.read_internal'],
    params: TicketParams,
    answersWith: ARCHIVE_TYPE,
    answers: { 200: Archive },
    handle: async ({ ctx, params }) => {
      const found = await getFiles(ctx, decodeRef(params, 'ticket'))
      const headers = {
        'content-type': ARCHIVE_TYPE,
        'content-disposition': contentDisposition(`ticket-${found.ticket.number}.zip`),
        'cache-control': 'private, no-store',
      }
      return { status: 200, headers, body: archiveOf(found) }
    },
  }),
]
