import { type Static, Type } from 'typebox'
import { AUDIENCES } from '../../../core/identity/audience.ts'
import { LONGEST_QUERY } from '../../../core/query/query.ts'
import { MOST_VIEWS } from '../../../core/views/view.ts'
import { closed, id, objectOrNull, word } from '../shapes.ts'

const audience = word(AUDIENCES, 'Whom it is for: you alone, the members of a group, or everyone who may see views.')

export const ViewAnswer = closed({
  id: Type.String({ description: 'A word for those that everybody has, a UUID for saved ones.' }),
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
  name: Type.String(),
  query: Type.String({ description: 'In the language of `q` of listTickets.' }),
  sort: Type.String({ description: 'As `sort` of listTickets.' }),
  audience,
  group: objectOrNull({ id, integer: Type.Integer(), name: Type.String() }),
  saved: Type.Boolean({ description: 'False for those that everybody has.' }),
  pinned: Type.Boolean({ description: 'Whether you want it before the others.' }),
  changeable: Type.Boolean({ description: 'Whether you may change and delete it.' }),
})
export type ViewAnswer = Static<typeof ViewAnswer>
export const ViewListAnswer = closed({ data: Type.Array(ViewAnswer) })

const name = Type.String({ minLength: 1, maxLength: 255 })
const query = Type.String({ maxLength: LONGEST_QUERY, description: 'In the language of `q` of listTickets.' })
const sort = Type.String({ description: 'As `sort` of listTickets; -created by default.' })
const group = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  format: 'uuid',
  description: 'Where it is for a group.',
})

export const NewViewBody = closed({
  name,
  query,
  sort: Type.Optional(sort),
  audience: Type.Optional(audience),
  group: Type.Optional(group),
})
export type NewViewBody = Static<typeof NewViewBody>

export const ViewChangeBody = closed({
  name: Type.Optional(name),
  query: Type.Optional(query),
  sort: Type.Optional(sort),
  audience: Type.Optional(audience),
  group: Type.Optional(group),
})
export type ViewChangeBody = Static<typeof ViewChangeBody>

export const ViewParams = Type.Object({ id: Type.String() })

export const OrderBody = closed({
  views: Type.Array(id, {
    maxItems: 2 * MOST_VIEWS,
    description: 'Saved views, the first one first. Those that are not named are behind them.',
  }),
})

export const CountsAnswer = closed({
  data: Type.Array(
    closed({
      view: Type.String(),
      count: Type.Integer(),
      more: Type.Boolean({ description: 'Whether there are more than that.' }),
      problem: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'What is wrong with its query, which then counts nothing.',
      }),
    }),
  ),
})

export const FieldsAnswer = closed({
  data: Type.Array(
    closed({ field: Type.String(), takes: Type.String(), about: Type.String(), example: Type.String() }),
  ),
})
