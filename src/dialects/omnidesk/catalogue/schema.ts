import { Type } from 'typebox'
import { asked, parameters } from '../parameters.ts'

export const CatalogueQuery = parameters({
  query: asked("^[0-9a-zA-Z ]+$ = ''", 'Part of the name; at most 200 characters.'),
  itemStart: asked('number = 0'),
  itemLimit: asked('number = 15', '1 to 9999.'),
})

export const UserQuery = parameters({
  query: asked("string = ''", 'Part of the name, the telephone number or the e-mail address; at most 200 characters.'),
  itemStart: asked('number = 0'),
  itemLimit: asked('number = 15', '1 to 999.'),
  activeOnly: asked("boolean = 'false'"),
  extended: asked("boolean = 'true'", 'Makes no difference.'),
})

export const BrandRecord = Type.Object({ id: Type.Integer(), name: Type.String() })
export const GroupRecord = Type.Object({ id: Type.Integer(), name: Type.String() })
export const ChannelRecord = Type.Object({ id: Type.Integer(), name: Type.String(), icon: Type.String() })
export const ChannelPath = Type.Object({ channelID: Type.String({ description: 'The integer id of the channel' }) })
export const ChannelItem = Type.Object({ type: Type.Literal('item'), item: ChannelRecord })
export const ViewRecord = Type.Object({ id: Type.Integer(), name: Type.String(), slug: Type.String() })
export const UserRecord = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  active: Type.Boolean(),
})
