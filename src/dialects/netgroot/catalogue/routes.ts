import { Type } from 'typebox'
import type { Route } from '../../route.ts'
import { route } from '../../route.ts'
import { NEEDS, type Need } from '../auth.ts'
import { show, shownAs } from '../envelope.ts'
import { encodeGroups, encodePriorities, encodeStatuses, encodeSubjects, encodeTypes } from './codec.ts'
import { Subject, TicketGroup, TicketPriority, TicketStatus, TicketType } from './schema.ts'

/** The lists that give the ids for creating a ticket; the vendor documents getSubjects, the others complete it. */
export const catalogueRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getSubjects',
    operationId: 'getSubjects',
    summary: 'List the subjects a ticket may be opened under',
    need: NEEDS.lookUp,
    answers: { 200: shownAs(Type.Array(Subject)) },
    handle: async ({ ctx }) => show(encodeSubjects(ctx.tenant)),
  }),
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getTypes',
    operationId: 'getTypes',
    summary: 'List the types of ticket',
    need: NEEDS.lookUp,
    answers: { 200: shownAs(Type.Array(TicketType)) },
    handle: async ({ ctx }) => show(encodeTypes(ctx.tenant)),
  }),
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getStatuses',
    operationId: 'getStatuses',
    summary: 'List the statuses of tickets',
    need: NEEDS.lookUp,
    answers: { 200: shownAs(Type.Array(TicketStatus)) },
    handle: async ({ ctx }) => show(encodeStatuses(ctx.tenant)),
  }),
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getPriorities',
    operationId: 'getPriorities',
    summary: 'List the priorities of tickets',
    need: NEEDS.lookUp,
    answers: { 200: shownAs(Type.Array(TicketPriority)) },
    handle: async ({ ctx }) => show(encodePriorities(ctx.tenant)),
  }),
  route({
    method: 'GET',
    path: '/api/v1/Tickets/getGroups',
    operationId: 'getGroups',
    summary: 'List the groups that tickets are routed to',
    need: NEEDS.lookUp,
    answers: { 200: shownAs(Type.Array(TicketGroup)) },
    handle: async ({ ctx }) => show(encodeGroups(ctx.tenant)),
  }),
]
