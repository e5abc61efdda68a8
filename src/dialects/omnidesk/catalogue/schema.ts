import { Type } from 'typebox'
import { declared, parameters } from '../parameters.ts'

export const CatalogueQuery = parameters({
  query: declared("^[0-9a-zA-Z ]+$ = ''", 'Part of the name.'),
  itemStart: declared('number = 0'),
  itemLimit: declared('number = 15', '1 to 9999.'),
})

export const UserQuery = parameters({
  query: declared("string = ''", 'Part of the name, the telephone number or the e-mail address.'),
  itemStart: declared('number = 0'),
  itemLimit: declared('number = 15', '1 to 999.'),
  activeOnly: declared("boolean = 'false'"),
  extended: declared("boolean = 'true'", 'Makes no difference.'),
})

export const BrandRecord = Type.Object({ id: Type.Integer(), name: Type.String() })
export const GroupRecord = Type.Object({ id: Type.Integer(), name: Type.String() })
export const ChannelRecord = Type.Object({ id: Type.Integer(), name: Type.String(), icon: Type.String() })
export const ViewRecord = Type.Object({ id: Type.Integer(), name: Type.String(), slug: Type.String() })
export const UserRecord = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  email: Type.String(),
  active: Type.Boolean(),
})
