import type { Static } from 'typebox'
import { Type } from 'typebox'

export const LoginBody = Type.Object({ username: Type.String(), password: Type.String() })
export type LoginBody = Static<typeof LoginBody>

/** The vendor's exception to its own envelope: no `success`, no `data` (ISPCRM reference, Login and Logout). */
export const LoginAnswer = Type.Object({
  message: Type.Literal('Login successful'),
  token: Type.String(),
  subscriber: Type.Object({
    id: Type.Integer(),
    customer_id: Type.String(),
    username: Type.String(),
    firstname: Type.String(),
    lastname: Type.String(),
  }),
})

export type LoginAnswer = Static<typeof LoginAnswer>

/** The other exception: `message` only. */
export const LoginRefused = Type.Object({ message: Type.Literal('Invalid credentials') })

export const LogoutAnswer = Type.Object({ success: Type.Literal(true), message: Type.Literal('Logout successful') })
