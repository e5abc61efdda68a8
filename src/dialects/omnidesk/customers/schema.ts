import { Type } from 'typebox'
import { asked, declared, parameters } from '../parameters.ts'
import { EventEntry, MessageEntry, Result } from '../tickets/schema.ts'

// What callers send, with the types that the vendor's Customer page and its guide declare.

export const CustomerPath = Type.Object({
  customerID: Type.String({ description: 'The integer id of the customer' }),
})

export const CustomerQuery = parameters({
  query: asked(
    "^[0-9a-zA-Z ]+$ = ''",
    'Part of the name, an address or the external primary id; at most 200 characters.',
  ),
  itemStart: asked('number = 0'),
  itemLimit: asked('number = 15', '1 to 99.'),
})

const OWN_FIELDS = 'Any other parameter is a field of your own, by its name.'

export const NewCustomerBody = parameters({
  ticket_id: declared('number', 'The ticket to link.'),
  noSync: declared("boolean = 'false'", 'Do not link the other tickets that came from this address.'),
  firstname: declared('string'),
  lastname: declared('string'),
  brand_id: declared('number', 'The default brand if absent.'),
  primary_id: declared('string', 'What your own system calls the customer.'),
  channel_id: declared('^(email|telephone|facebook|twitter)$'),
  customer_link_channel: declared('string', `The address; a telephone number in E.164. ${OWN_FIELDS}`),
})

export const UpdateCustomerBody = parameters({
  externalPrimaryID: declared('string'),
  brandID: declared('number', 'The default brand if absent.'),
  firstname: declared('string'),
  lastname: declared('string', OWN_FIELDS),
})

export const AddChannelBody = parameters({
  externalPrimaryID: declared('string', 'Also as primary_id.'),
  brandID: declared('number', 'Also as brand_id; the default brand if absent.'),
  noSync: declared("boolean = 'false'"),
  extra_email: declared('string'),
  extra_telephone: declared('string', 'In E.164.'),
  extra_facebook: declared('string'),
  extra_twitter: declared('string'),
})

export const KeyBody = parameters({
  externalPrimaryID: declared('string', 'Also as primary_id or external_id.'),
  brandID: declared('number', 'Also as brand_id.'),
})

export const TimelineQuery = parameters({ brand_id: asked('number'), external_id: asked('string') })

// What callers get.

const customerFields = {
  id: Type.Integer(),
  external_primary_id: Type.String(),
  brand_name: Type.String(),
  brand_id: Type.Integer(),
  firstname: Type.String(),
  lastname: Type.String(),
  channels: Type.Array(Type.Object({ channel_id: Type.String(), address: Type.String() })),
  created_at: Type.String({ description: 'YYYY-MM-DD HH:MM:SS in UTC' }),
}

/** The names that no field of the caller's own can have. */
export const FIXED_FIELDS: readonly string[] = Object.keys(customerFields)

/**
 * A customer; the caller's own fields follow under their names. They are all text, but TypeScript has no type for "these
 * are numbers and all others text": clients made from a document that says so would not compile.
 */
export const CustomerRecord = Type.Object(customerFields, {
  title: 'Customer',
  additionalProperties: true,
})

export const CustomerItem = Type.Object({ type: Type.Literal('item'), item: CustomerRecord })

export const CustomerResult = Type.Object({ ...Result.properties, customerID: Type.Integer(), item: CustomerRecord })

export const CustomerTimeline = Type.Array(Type.Union([EventEntry, MessageEntry]))
