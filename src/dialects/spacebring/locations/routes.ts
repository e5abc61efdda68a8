import { refuse } from '../../../core/errors.ts'
import { reachesDesk } from '../../../core/identity/actor.ts'
import { type Route, route } from '../../route.ts'
import { type Need, readingOf } from '../auth.ts'
import { lowerCase } from '../tickets/codec.ts'
import { encodeLocation } from './codec.ts'
import { LocationAnswer, LocationParams, LocationsAnswer, NetworksAnswer } from './schema.ts'

/** Spacebring reference, Networks and Locations: by which clients find the ids that tickets are asked for with. */
export const locationRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/networks/v1',
    operationId: 'getNetworks',
    summary: 'Retrieve networks',
    // No scope and no network header: the reference lists neither.
    need: { scopes: [], uses: [], findsNetwork: true },
    answers: { 200: NetworksAnswer },
    handle: async ({ ctx }) => ({ status: 200, body: { networks: [{ id: ctx.tenant.id, title: ctx.tenant.name }] } }),
  }),
  route({
    method: 'GET',
    path: '/locations/v1',
    operationId: 'getLocations',
    summary: 'Retrieve all locations',
    need: readingOf('locations'),
    answers: { 200: LocationsAnswer },
    handle: async ({ ctx }) => {
      const desks = ctx.tenant.desks.filter(({ id, active }) => active && reachesDesk(ctx.actor, id))
      return { status: 200, body: { locations: desks.map((desk) => encodeLocation(desk, ctx.tenant)) } }
    },
  }),
  route({
    method: 'GET',
    path: '/locations/v1/:locationId',
    operationId: 'getLocation',
    summary: 'Get a location',
    need: readingOf('locations'),
    params: LocationParams,
    answers: { 200: LocationAnswer },
    handle: async ({ ctx, params }) => {
      const desk = ctx.tenant.desks.find(({ id }) => id === lowerCase(params.locationId))
      if (!desk || !reachesDesk(ctx.actor, desk.id)) refuse({ code: 'not_found', missing: 'desk' })
      return { status: 200, body: { location: encodeLocation(desk, ctx.tenant) } }
    },
  }),
]
