import { Type } from 'typebox'
import { uploadAttachment } from '../../../core/attachments/commands.ts'
import { linkingIn } from '../../../core/attachments/links.ts'
import { type Route, route } from '../../route.ts'
import { fileIn } from '../../uploads.ts'
import type { Need } from '../auth.ts'
import { closed } from '../shapes.ts'
import { encodeAttachment } from '../tickets/codec.ts'
import { AttachmentAnswer } from '../tickets/schema.ts'

const UploadBody = closed({
  file: Type.Unsafe<unknown>({ contentMediaType: 'application/octet-stream', description: 'The file, with its name.' }),
})

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
]
