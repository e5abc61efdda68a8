/** The credential of whoever files mail: nobody presents it. */
export const CLERK_ID = '00000000-0000-7000-8000-00006d61696c'

/** The key under which one effect of a mail takes place. */
export function keyFor(mailId: string, effect: string) {
  return { claimant: CLERK_ID, key: `mail ${mailId} ${effect}`, fingerprint: mailId }
}
