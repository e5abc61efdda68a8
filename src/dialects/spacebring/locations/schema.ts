import { type Static, Type } from 'typebox'
import { closed, date, id, uuid } from '../shapes.ts'

/** Spacebring reference, Get a location. */
export const LocationParams = Type.Object({ locationId: uuid('The id of the location.') })

const Location = closed({ id, networkRef: id, title: Type.String(), createDate: date }, 'Location')
export type Location = Static<typeof Location>

const Network = closed({ id, title: Type.String() }, 'Network')

export const LocationsAnswer = closed({ locations: Type.Array(Location) })
export const LocationAnswer = closed({ location: Location })
export const NetworksAnswer = closed({ networks: Type.Array(Network) })
