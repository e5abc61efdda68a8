import { refuse } from '../../../core/errors.ts'
import { linkTickets, unlinkTickets } from '../../../core/tickets/commands/links.ts'
import { listLinks } from '../../../core/tickets/queries/links.ts'
import { UUID } from '../../../core/uuid.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { decodeRef } from '../reference.ts'
import { TicketParams } from '../tickets/schema.ts'
import { decodeNewLink, encodeLink } from './codec.ts'
import { LinkAnswer, LinkListAnswer, LinkParams, NewLinkBody } from './schema.ts'

export const linkRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/tickets/:id/links',
    operationId: 'listLinks',
    summary: 'List the links of a ticket to others that you see',
    need: ['ticket.read'],
    params: TicketParams,
    answers: { 200: LinkListAnswer },
    handle: async ({ ctx, params }) => {
      const names = namesOf(ctx.tenant)
      const links = await listLinks(ctx, decodeRef(params, 'ticket'))
      return { status: 200, body: { data: links.map((link) => encodeLink(names, link)) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/links',
    operationId: 'linkTickets',
    summary: 'Link a ticket to another one; 200 where it is linked so already',
    need: ['ticket.change', 'ticket.read'],
    params: TicketParams,
    body: NewLinkBody,
    answers: { 200: LinkAnswer, 201: LinkAnswer },
    handle: async ({ ctx, params, body }) => {
      const { link, isNew } = await linkTickets(ctx, decodeRef(params, 'ticket'), decodeNewLink(body))
      return { status: isNew ? 201 : 200, body: encodeLink(namesOf(ctx.tenant), link) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/links/:link',
    operationId: 'unlinkTickets',
    summary: 'Take a link of a ticket away',
    need: ['ticket.change', 'ticket.read'],
    params: LinkParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      if (!UUID.test(params.link)) refuse({ code: 'not_found', missing: 'link' })
      await unlinkTickets(ctx, decodeRef(params, 'ticket'), params.link.toLowerCase())
      return { status: 204 }
    },
  }),
]
