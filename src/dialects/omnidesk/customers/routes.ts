import { type LinkTo, linkingIn } from '../../../core/attachments/links.ts'
import { TITLE_CHARACTERS } from '../../../core/bounds.ts'
import type { Context } from '../../../core/context.ts'
import { eraseUser } from '../../../core/erasure/person.ts'
import { refuse } from '../../../core/errors.ts'
import { asReached } from '../../../core/identity/reach.ts'
import type { UserProfile } from '../../../core/identity/user.ts'
import { getMessages } from '../../../core/tickets/queries/conversation.ts'
import { listTickets } from '../../../core/tickets/queries/list.ts'
import { orEarlierUser } from '../../../core/users/commands.ts'
import { findErasable, findProfile, findProfilesByExternalId, listCustomers } from '../../../core/users/queries.ts'
import { type Route, route } from '../../route.ts'
import type { Answer } from '../../wire.ts'
import { NEEDS, type Need } from '../auth.ts'
import { parametersOf } from '../names.ts'
import { pageOf, showPage, showPart } from '../paging.ts'
import { AnyQuery } from '../parameters.ts'
import { showResult } from '../tickets/codec.ts'
import { Result } from '../tickets/schema.ts'
import { encodeMessage } from '../tickets/timeline.ts'
import {
  type CustomerKey,
  decodeAddedChannels,
  decodeKey,
  decodeListing,
  decodeNew,
  decodePath,
  decodeSearch,
  decodeTimelineKey,
  decodeUpdate,
  encodeCustomer,
  inParameters,
  isOwnField,
} from './codec.ts'
import { changeCustomer, customerBy, linkTicketsFrom, saveCustomer } from './saving.ts'
import {
  AddChannelBody,
  CustomerItem,
  CustomerPath,
  CustomerQuery,
  CustomerRecord,
  CustomerResult,
  CustomerTimeline,
  KeyBody,
  NewCustomerBody,
  TimelineQuery,
  UpdateCustomerBody,
} from './schema.ts'

/** The vendor's timeline has no pages: it shows the customer's latest tickets. */
const TICKETS_OF_TIMELINE = 100

/** The Customer controller. */
export const customerRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v2/customer',
    operationId: 'getCustomerIndex',
    summary: 'List customers, the oldest first',
    need: NEEDS.readCustomers,
    query: CustomerQuery,
    answers: { 200: pageOf(CustomerRecord) },
    handle: async (call) => {
      const listing = decodeListing(parametersOf(call))
      const { customers, total } = await listCustomers(call.ctx, listing)
      return showPage(
        customers.map((each) => shown(call.ctx, each)),
        listing,
        total,
      )
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/customer',
    operationId: 'postCustomerIndex',
    summary: 'Make a customer, or complete one, and link an address and tickets',
    need: NEEDS.writeCustomers,
    query: AnyQuery,
    body: NewCustomerBody,
    isText: isOwnField,
    bodyOptional: true,
    answers: { 200: CustomerResult },
    handle: async (call) => {
      const customer = await orEarlierUser(call.ctx, async () => {
        const sent = decodeNew(parametersOf(call), call.ctx)
        return inParameters('customer_link_channel', () => saveCustomer(call.ctx, sent))
      })
      return showSaved('User created and channel linked.', call.ctx, customer)
    },
  }),
  route({
    method: 'PUT',
    path: '/api/v2/customer/updateCustomer',
    operationId: 'putCustomerUpdateCustomer',
    summary: 'Update the given fields of a customer',
    need: NEEDS.writeCustomers,
    query: AnyQuery,
    body: UpdateCustomerBody,
    isText: isOwnField,
    bodyOptional: true,
    answers: { 200: CustomerResult },
    handle: async (call) => {
      const customer = await orEarlierUser(call.ctx, async () => {
        const { name, surname, fields, ...key } = decodeUpdate(parametersOf(call), call.ctx)
        const standing = await customerBy(call.ctx, key)
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(surname === undefined ? {} : { surname }),
          fields,
        }
        return inParameters('externalPrimaryID', () => changeCustomer(call.ctx, standing, change))
      })
      return showSaved('Customer updated.', call.ctx, customer)
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/customer/addChannelOnly',
    operationId: 'postCustomerAddChannelOnly',
    summary: 'Add addresses to a customer',
    need: NEEDS.writeCustomers,
    query: AnyQuery,
    body: AddChannelBody,
    bodyOptional: true,
    answers: { 200: CustomerResult },
    handle: async (call) => {
      const customer = await orEarlierUser(call.ctx, async () => {
        const { addresses, linksOthers, ...key } = decodeAddedChannels(parametersOf(call), call.ctx)
        const standing = await customerBy(call.ctx, key)
        const first = `extra_${addresses[0]?.kind ?? 'email'}`
        const changed = await inParameters(first, () => changeCustomer(call.ctx, standing, { addAddresses: addresses }))
        if (linksOthers) await linkTicketsFrom(call.ctx, key.desk.id, addresses, standing.id)
        return changed
      })
      return showSaved('Channel added.', call.ctx, customer)
    },
  }),
  ...['itemPurgeData', 'purgeData'].map((action) =>
    route({
      method: 'DELETE' as const,
      path: `/api/v2/customer/${action}`,
      operationId: `deleteCustomer${action === 'purgeData' ? 'PurgeData' : 'ItemPurgeData'}`,
      summary: 'Erase all data of a customer',
      need: NEEDS.eraseCustomers,
      query: AnyQuery,
      body: KeyBody,
      bodyOptional: true,
      answers: { 200: Result },
      handle: async (call) => {
        const customer = () => customerBy(call.ctx, decodeKey(parametersOf(call), call.ctx))
        return purge(call.ctx, customer)
      },
    }),
  ),
  route({
    method: 'DELETE',
    path: '/api/v2/customer/:customerID/purgeData',
    operationId: 'deleteCustomerPurgeDataById',
    summary: 'Erase all data of a customer, by id',
    need: NEEDS.eraseCustomers,
    params: CustomerPath,
    query: AnyQuery,
    answers: { 200: Result },
    handle: async (call) => purge(call.ctx, () => erasableAt(call.ctx, call.params)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/customer/timelineByCustomerExternalID',
    operationId: 'getCustomerTimelineByCustomerExternalID',
    summary: "The messages of a customer's tickets, the oldest first",
    need: NEEDS.readCustomerTimeline,
    query: TimelineQuery,
    answers: { 200: CustomerTimeline },
    handle: async (call) =>
      showTimeline(call.ctx, decodeTimelineKey(parametersOf(call), call.ctx), linkingIn(call.services.links, call.ctx)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/customer/searchByPrimaryExternalId',
    operationId: 'postCustomerSearchByPrimaryExternalId',
    summary: 'Find customers by their external id, on one brand or on all',
    need: NEEDS.readCustomers,
    query: AnyQuery,
    body: KeyBody,
    bodyOptional: true,
    answers: { 200: pageOf(CustomerRecord) },
    handle: async (call) => {
      const { externalId, deskId } = decodeSearch(parametersOf(call), call.ctx)
      const customers = await findProfilesByExternalId(call.ctx, externalId, deskId)
      return showPart(
        customers.map((each) => shown(call.ctx, each)),
        { offset: 0, limit: Math.max(customers.length, 1) },
      )
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/customer/:customerID',
    operationId: 'getCustomerItem',
    summary: 'Get a customer',
    need: NEEDS.readCustomers,
    params: CustomerPath,
    query: AnyQuery,
    answers: { 200: CustomerItem },
    handle: async (call) => {
      const customer = await customerAt(call.ctx, call.params)
      return { status: 200, body: { type: 'item', item: shown(call.ctx, customer) } }
    },
  }),
]

async function customerAt(ctx: Context, params: { readonly customerID: string }): Promise<UserProfile> {
  const user = await findProfile(ctx, decodePath(params))
  return user?.kind === 'person' ? user : refuse({ code: 'not_found', missing: 'user' })
}

/** A customer as the caller sees them: by the external ids of brands in reach only. */
function shown(ctx: Context, customer: UserProfile): Readonly<Record<string, unknown>> {
  return encodeCustomer(asReached(ctx.actor, customer), ctx.tenant)
}

/** Also who was erased before: of them only the id is left. */
async function erasableAt(ctx: Context, params: { readonly customerID: string }): Promise<{ readonly id: string }> {
  const { id, user } = await findErasable(ctx, decodePath(params))
  return user === null || user.kind === 'person' ? { id } : refuse({ code: 'not_found', missing: 'user' })
}

function showSaved(message: string, ctx: Context, customer: UserProfile): Answer {
  return showResult(message, { customerID: customer.integer, item: shown(ctx, customer) })
}

async function purge(ctx: Context, customer: () => Promise<{ readonly id: string }>): Promise<Answer> {
  await inParameters('externalPrimaryID', () => eraseUser(ctx, customer))
  return showResult('Customer data purged.')
}

async function showTimeline(ctx: Context, key: CustomerKey, linkTo: LinkTo): Promise<Answer> {
  const { id } = await customerBy(ctx, key)
  const page = { by: 'key', order: 'newest', after: null, limit: TICKETS_OF_TIMELINE } as const
  const { tickets } = await listTickets(ctx, { requesterIds: [id], deskIds: [key.desk.id] }, page, TITLE_CHARACTERS)
  const messages = await getMessages(ctx, tickets)
  const body = messages.flatMap(({ ticket, message }) =>
    encodeMessage(message, { ticket, tenant: ctx.tenant, users: new Map(), linkTo }),
  )
  return { status: 200, body }
}
