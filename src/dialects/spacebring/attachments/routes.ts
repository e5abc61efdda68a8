import { Type } from 'typebox'
import { uploadAttachment } from '../../../core/attachments/commands.ts'
import { linkingIn } from '../../../core/attachments/links.ts'
import { route } from '../../route.ts'
import { fileIn } from '../../uploads.ts'
import { writing } from '../auth.ts'
import { closed } from '../shapes.ts'
import { encodeAttachment } from '../tickets/activities.ts'
import { Attachment } from '../tickets/schema.ts'

const UploadBody = Type.Object({
  file: Type.Unsafe<unknown>({ contentMediaType: 'application/octet-stream', description: 'The file, with its name.' }),
})

/** How an attachment gets the key that a comment names it by. The vendor has no public operation for it (S30). */
export const attachmentRoutes = [
  route({
    method: 'POST',
    path: '/support/attachments/v1',
    operationId: 'uploadAttachment',
    summary: 'Upload a file for a comment',
    need: writing('attachment.create'),
    takesFile: true,
    body: UploadBody,
    answers: { 201: closed({ attachment: Attachment }) },
    handle: async ({ ctx, body, services }) => {
      const attachment = await uploadAttachment(ctx, fileIn(body))
      return { status: 201, body: { attachment: encodeAttachment(attachment, linkingIn(services.links, ctx)) } }
    },
  }),
]
