import { type Static, Type } from 'typebox'

/** Moov, List accounts. A count above 1000 is cut, as for tickets (M26). */
export const ListAccounts = Type.Object({
  name: Type.Optional(Type.String({ description: 'A part of the name.' })),
  email: Type.Optional(Type.String({ description: 'Only with this address; no account has one here.' })),
  type: Type.Optional(Type.Enum(['individual', 'business'], { description: 'Every account here is a business.' })),
  foreignID: Type.Optional(Type.String({ description: 'Only with this reference; no account has one here.' })),
  includeDisconnected: Type.Optional(Type.Enum(['true', 'false'], { description: 'Disconnected ones too.' })),
  capability: Type.Optional(Type.String({ description: 'Only with this capability; there are none here.' })),
  capabilityStatus: Type.Optional(Type.String({ description: 'Only with such a capability; there are none here.' })),
  skip: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$', description: 'How many to leave out.' })),
  count: Type.Optional(Type.String({ pattern: '^0*[1-9][0-9]{0,8}$', description: '200 by default, 1000 at most.' })),
})
export type ListAccounts = Static<typeof ListAccounts>

const closed = { additionalProperties: false } as const
const time = Type.String({ format: 'date-time' })

/** Moov, Accounts: every field that the vendor requires. What nothing is known of is left out. */
export const Account = Type.Object(
  {
    accountID: Type.String({ format: 'uuid' }),
    mode: Type.Enum(['sandbox', 'production']),
    accountType: Type.Literal('business'),
    displayName: Type.String(),
    profile: Type.Object(
      { business: Type.Object({ legalBusinessName: Type.String(), ownersProvided: Type.Boolean() }, closed) },
      closed,
    ),
    verification: Type.Object(
      { verificationStatus: Type.Literal('unverified'), status: Type.Literal('unverified') },
      closed,
    ),
    createdOn: time,
    updatedOn: time,
  },
  { ...closed, title: 'Account' },
)
export type Account = Static<typeof Account>

export const Accounts = Type.Array(Account)
