import { refuse } from '../../../core/errors.ts'
import { listUsers } from '../../../core/users/queries.ts'
import { type Route, route } from '../../route.ts'
import { NEEDS, type Need } from '../auth.ts'
import { parametersOf } from '../names.ts'
import { pageOf, showPage } from '../paging.ts'
import { AnyQuery } from '../parameters.ts'
import { brandsOf } from '../records.ts'
import { VIEWS } from '../tickets/views.ts'
import { decodeUserListing, encodeInUse, encodeUser, showNamed } from './codec.ts'
import {
  BrandRecord,
  CatalogueQuery,
  ChannelItem,
  ChannelPath,
  ChannelRecord,
  GroupRecord,
  UserQuery,
  UserRecord,
  ViewRecord,
} from './schema.ts'

/** A view's name may hold a little more than other names may. */
const VIEW_NAME_QUERY = /^[0-9a-zA-Z _-]*$/

/**
 * The lists behind the ids in a ticket. Channels, users and views are the vendor's controllers; brands and groups have
 * none that is public, although their ids are needed to open a ticket.
 */
export const catalogueRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v2/brand',
    operationId: 'getBrandIndex',
    summary: 'List brands',
    need: NEEDS.readBrands,
    query: CatalogueQuery,
    answers: { 200: pageOf(BrandRecord) },
    handle: async (call) => showNamed(encodeInUse(brandsOf(call.ctx)), parametersOf(call)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/group',
    operationId: 'getGroupIndex',
    summary: 'List groups',
    need: NEEDS.readGroups,
    query: CatalogueQuery,
    answers: { 200: pageOf(GroupRecord) },
    handle: async (call) => showNamed(encodeInUse(call.ctx.tenant.groups), parametersOf(call)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/channel',
    operationId: 'getChannelIndex',
    summary: 'List channels',
    need: NEEDS.readChannels,
    query: CatalogueQuery,
    answers: { 200: pageOf(ChannelRecord) },
    handle: async (call) =>
      showNamed(
        call.ctx.tenant.channels.filter((each) => each.active),
        parametersOf(call),
      ),
  }),
  route({
    method: 'GET',
    path: '/api/v2/channel/:channelID',
    operationId: 'getChannelItem',
    summary: 'Get a channel',
    need: NEEDS.readChannel,
    params: ChannelPath,
    query: AnyQuery,
    answers: { 200: ChannelItem },
    handle: async ({ ctx, params }) => {
      const item = ctx.tenant.channels.find((each) => each.active && String(each.id) === params.channelID)
      return item ? { status: 200, body: { type: 'item', item } } : refuse({ code: 'not_found', missing: 'channel' })
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/user',
    operationId: 'getUserIndex',
    summary: 'List users: the people who work on tickets',
    need: NEEDS.readUsers,
    query: UserQuery,
    answers: { 200: pageOf(UserRecord) },
    handle: async (call) => {
      const { filter, window } = decodeUserListing(parametersOf(call))
      const { users, total } = await listUsers(call.ctx, filter, { by: 'offset', ...window })
      return showPage(users.map(encodeUser), window, total ?? 0)
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/view',
    operationId: 'getViewIndex',
    summary: 'List the views that a list of tickets can apply',
    need: NEEDS.readViews,
    query: CatalogueQuery,
    answers: { 200: pageOf(ViewRecord) },
    handle: async (call) => showNamed(VIEWS, parametersOf(call), VIEW_NAME_QUERY),
  }),
]
