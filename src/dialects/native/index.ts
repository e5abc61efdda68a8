import type { Dialect } from '../dialect.ts'
import { credentialRoutes } from './access/routes.ts'
import { attachmentRoutes } from './attachments/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { admit, authenticate, type Need } from './auth.ts'
import { bulkRoutes } from './bulk/routes.ts'
import { catalogueRoutes } from './catalogue/routes.ts'
import { errors, ProblemBody, tooLateBody } from './errors.ts'
import { eventRoutes } from './events/routes.ts'
import { examples } from './examples.ts'
import { exportRoutes } from './export/routes.ts'
import { groupRoutes } from './groups/routes.ts'
import { importRoutes } from './import/routes.ts'
import { letterRoutes } from './letters/routes.ts'
import { linkRoutes } from './links/routes.ts'
import { macroRoutes } from './macros/routes.ts'
import { mailRoutes } from './mail/routes.ts'
import { options } from './options.ts'
import { openPasswordRoutes, passwordRoutes } from './passwords/routes.ts'
import { profile } from './profile.ts'
import { replyRoutes } from './replies/routes.ts'
import { reportRoutes } from './reports/routes.ts'
import { scheduledRoutes } from './scheduled/routes.ts'
import { secondFactorRoutes } from './second-factor/routes.ts'
import { openSessionRoutes, sessionRoutes } from './sessions/routes.ts'
import { tagRoutes } from './tags/routes.ts'
import { ticketRoutes } from './tickets/routes.ts'
import { TicketAnswer } from './tickets/schema.ts'
import { draftRoutes } from './unsent/routes.ts'
import { userRoutes } from './users/routes.ts'
import { viewRoutes } from './views/routes.ts'
import { ViewAnswer } from './views/schema.ts'
import { webhooks } from './webhooks/protocol.ts'
import { webhookRoutes } from './webhooks/routes.ts'

const DESCRIPTION = `Polydesk's own API: tickets, their messages and what happened to them, in Polydesk's own words.

A list is \`{"data": [...], "next": "<cursor>" | null}\`; \`limit\` is 1 to 200 (1,000 for messages), and \`cursor\` the \`next\` of the page before.
Every error is a problem document (RFC 9457, \`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`code\`, and for
an invalid request \`errors\`: \`[{field, rule, message}]\`. A write with an \`Idempotency-Key\` may be sent again: it is
answered as the first time, and with another body 422. The \`ETag\` of a ticket or view is its version; a change with
\`If-Match\` that is not its ETag any more is refused with 412. Unknown fields and parameters are refused.`

export const native: Dialect<Need, 'native'> = {
  ...profile,
  title: 'Native API',
  prefixes: ['/v1'],
  routes: [
    ...ticketRoutes,
    ...linkRoutes,
    ...attachmentRoutes,
    ...catalogueRoutes,
    ...userRoutes,
    ...groupRoutes,
    ...credentialRoutes,
    ...webhookRoutes,
    ...sessionRoutes,
    ...passwordRoutes,
    ...secondFactorRoutes,
    ...eventRoutes,
    ...auditRoutes,
    ...viewRoutes,
    ...replyRoutes,
    ...macroRoutes,
    ...draftRoutes,
    ...reportRoutes,
    ...tagRoutes,
    ...scheduledRoutes,
    ...bulkRoutes,
    ...exportRoutes,
    ...importRoutes,
    ...mailRoutes,
    ...letterRoutes,
  ],
  openRoutes: [...openSessionRoutes, ...openPasswordRoutes],
  errors,
  webhooks,
  examples,
  openapi: {
    description: DESCRIPTION,
    errorBodies: { default: ProblemBody, 412: tooLateBody({ ticket: TicketAnswer, view: ViewAnswer }) },
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key. Its scopes are permissions of Polydesk by name, or * for all.',
      },
    },
  },
  authenticate,
  admit,
  browsers: ({ chosen }) => chosen(options).origins,
  // The id by which events and the log name the request.
  everyAnswer: ({ id }) => ({ 'x-request-id': id }),
}
