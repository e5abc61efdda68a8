import { type Static, Type } from 'typebox'
import { DeskName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, listOf, objectOrNull, textOrNull } from '../shapes.ts'

export const CredentialQuery = closed(pageParameters)
export const CredentialParams = Type.Object({ id: Type.String() })

export const CredentialAnswer = closed({
  id,
  dialect: Type.String({ description: 'Whose API it opens.' }),
  kind: Type.String({ description: 'What callers present.' }),
  name: Type.String(),
  public_id: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'What is presented with the secret, where a pair is.',
  }),
  user: Type.String({ format: 'uuid', description: 'As whom its holder acts.' }),
  desk: objectOrNull(DeskName.properties),
  scopes: Type.Array(Type.String(), { description: "What it may do, in the vendor's words." }),
  origins: Type.Array(Type.String()),
  redirect_uris: Type.Array(Type.String()),
  test: Type.Boolean({ description: 'Whether it is for trying things out.' }),
  created_at: instant,
  expires_at: instantOrNull,
  revoked_at: instantOrNull,
  last_used_at: textOrNull,
})
export type CredentialAnswer = Static<typeof CredentialAnswer>
export const CredentialListAnswer = listOf(CredentialAnswer)

export const NewCredentialAnswer = closed({
  ...CredentialAnswer.properties,
  secret: Type.String({ description: 'Told once, and to a repeat by the same key. Only its digest is kept.' }),
})

const words = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { maxItems: 100, description }))

export const NewCredentialBody = closed({
  dialect: Type.Optional(Type.String({ description: 'Whose API it opens: native by default.' })),
  kind: Type.Optional(Type.String({ description: 'What callers present: api_key by default.' })),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  user: Type.Optional(Type.String({ format: 'uuid', description: 'As whom its holder acts: you by default.' })),
  desk: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'uuid',
      description: 'The only desk that it reaches; of your key by default.',
    }),
  ),
  scopes: words("What it may do, in the vendor's words; all that its kind gives by default."),
  origins: words('The sites whose pages may use it in a browser.'),
  redirect_uris: words('Of a client of /oauth2: where people are sent back to.'),
  test: Type.Optional(Type.Boolean({ description: 'For trying things out.' })),
  expires_at: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'date-time',
      description: 'When it ends; never by default.',
    }),
  ),
})
export type NewCredentialBody = Static<typeof NewCredentialBody>
