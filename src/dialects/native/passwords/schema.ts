import { type Static, Type } from 'typebox'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../../core/passwords/password.ts'
import { closed, instant } from '../shapes.ts'

/** What somebody says their password is; a new one has a least length. */
export const password = Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD })
const newPassword = Type.String({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD })

export const PasswordChangeBody = closed({
  password: Type.String({ ...password, description: 'The present one.' }),
  new_password: newPassword,
})
export type PasswordChangeBody = Static<typeof PasswordChangeBody>

export const PasswordResetBody = closed({
  token: Type.String({ minLength: 1, maxLength: 200, description: 'What stands behind # in the link.' }),
  password: newPassword,
})
export type PasswordResetBody = Static<typeof PasswordResetBody>

export const PasswordLinkAnswer = closed({
  token: Type.String({ description: 'The link is `/password#` and this, at the address of this server. Told once.' }),
  expires_at: instant,
})
