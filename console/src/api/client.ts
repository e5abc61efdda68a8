import { createClient } from '../../../sdk/client.ts'

let token: string | null = null

/** The token that goes with the session's cookie at every write. */
export const csrfToken = (): string | null => token

/** The one client of this page: of the server that it came from, by the session's cookie. */
export const client = createClient({ url: '', csrfToken })

/** Keeps the token that goes with the cookie at every write; null once there is no session. */
export function keepCsrfToken(given: string | null): void {
  token = given
}
