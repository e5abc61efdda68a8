import { createClient } from '../../../sdk/client.ts'

let csrfToken: string | null = null

/** The one client of this page: of the server that it came from, by the session's cookie. */
export const client = createClient({ url: '', csrfToken: () => csrfToken })

/** Keeps the token that goes with the cookie at every write; null once there is no session. */
export function keepCsrfToken(token: string | null): void {
  csrfToken = token
}
