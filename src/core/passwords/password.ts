/** Characters of a password at the least (NIST SP 800-63B, 5.1.1.2). */
export const SHORTEST_PASSWORD = 8
/** And at the most: hashing more would only cost. */
export const LONGEST_PASSWORD = 1_000

/** How the credential of a link by which a password is set is kept. */
export const LINK_KIND = 'password_link'
/** For how long such a link works: a working day is enough, and an old mailbox is no way in. */
export const LINK_HOURS = 24
