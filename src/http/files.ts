import { create as contentDisposition } from 'content-disposition'
import type { FastifyInstance } from 'fastify'
import { findUploads } from '../core/attachments/commands.ts'
import { asciiName, sentType } from '../core/attachments/rules.ts'
import { sendAnswer } from '../dialects/mount/answer.ts'
import type { Services } from '../dialects/services.ts'
import { answerError } from '../dialects/wire.ts'
import { DEFAULT_ERRORS } from './errors.ts'

/** Where attachments are downloaded: a path of the server's own, by whoever has a link that is still good. */
export const FILES = '/files/'

/**
 * A browser keeps what it gets and never runs it: a download under its own name, of a type that is told and not guessed
 * (`nosniff` is on every answer), in a sandbox should it be shown all the same. Names by RFC 6266 and RFC 8187.
 */
const HARMLESS = {
  'content-security-policy': "default-src 'none'; sandbox",
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
}

/**
 * A PDF in the browser's own viewer, in a frame of the console, which asks for it by `show`. The viewer is no part of the
 * page: what is in a PDF runs in it or nowhere. A sandbox would keep the viewer out too (decision 0034).
 */
const IN_VIEWER = { ...HARMLESS, 'content-security-policy': "default-src 'none'; frame-ancestors 'self'" }
const PDF = 'application/pdf'

/** Serves attachments by signed links (`core/attachments/links.ts`). A link that is wrong or over leads to nothing. */
export function mountFiles(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { tenant: string; id: string }; Querystring: Record<string, unknown> }>(
    `${FILES}:tenant/:id`,
    async (request, reply) => {
      const { tenant, id } = request.params
      const { expires, signature, show } = request.query
      const link = { tenantId: tenant, id, expires: String(expires), signature: String(signature) }
      const isGood = services.links.accepts(link, services.clock())
      const { store } = services
      const upload = isGood ? (await findUploads({ store, tenant: { id: tenant } }, [id])).get(id) : undefined
      const bytes = upload && (await store.files?.store.open({ tenantId: tenant, id }))
      if (!upload || !bytes)
        return sendAnswer(reply, answerError(DEFAULT_ERRORS, { code: 'not_found', missing: 'attachment' }))
      const isShown = show !== undefined && upload.mediaType === PDF
      const type = isShown ? 'inline' : 'attachment'
      return reply
        .headers({
          ...(isShown ? IN_VIEWER : HARMLESS),
          'content-type': sentType(upload.mediaType),
          'content-disposition': contentDisposition(upload.name, { type, fallback: asciiName(upload.name) }),
          'content-length': String(upload.size),
        })
        .send(bytes)
    },
  )
}
