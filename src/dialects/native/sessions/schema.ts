import { type Static, Type } from 'typebox'
import { password } from '../passwords/schema.ts'
import { code } from '../second-factor/schema.ts'
import { closed, id, instant, instantOrNull } from '../shapes.ts'

export const NewSessionBody = closed({
  login: Type.String({ minLength: 1, maxLength: 320, description: 'E-mail address or user name.' }),
  password,
  code: Type.Optional(code),
})
export type NewSessionBody = Static<typeof NewSessionBody>

export const SessionAnswer = closed({
  id,
  user_agent: Type.String({ description: 'As the browser calls itself.' }),
  current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
  created_at: instant,
  expires_at: instant,
  last_used_at: instantOrNull,
})
export type SessionAnswer = Static<typeof SessionAnswer>

export const SessionListAnswer = closed({ data: Type.Array(SessionAnswer) })

export const SignedInAnswer = closed({
  session: SessionAnswer,
  csrf_token: Type.String({ description: 'To be sent as X-CSRF-Token with every request that changes something.' }),
})

export const SessionParams = Type.Object({
  id: Type.String({ description: 'UUID of a session, or `current` for the one that asks, if any.' }),
})
