import type { Context } from '../../context.ts'
import { keepable, keysOfAddress } from '../intake/words.ts'
import type { Bounce } from '../reading/mail.ts'
import { verdictOf } from './bounce.ts'
import { FIND_RETURNED, RETURN_LETTER } from './store/sending.ts'

/** Ids of one bounce that are looked up. */
const MOST_IDS = 10

/**
 * Ties a bounce to the letter that it is about. A bounce is anybody's to write, so it counts only with the id of the letter,
 * which none but those have who got it, or should have.
 *
 * @returns the message that was sent; null where it is about no letter of ours
 */
export async function returnLetter({ store, tenant, now }: Context, bounce: Bounce): Promise<string | null> {
  const ids = [...bounce.returned.ids, ...bounce.returned.envelopeIds].map(keepable).slice(0, MOST_IDS)
  if (ids.length === 0) return null
  const [letter] = await store.run(FIND_RETURNED.with({ tenant_id: tenant.id, mail_ids: ids }))
  if (!letter) return null
  const { message_id, email, cc, bcc } = letter
  const keysOf = (address: string) => keysOfAddress(address).map(keepable)
  const to = { requester: email === null ? [] : keysOf(email), copies: [...cc, ...bcc].flatMap(keysOf) }
  const { is, words } = verdictOf(bounce, to, keysOf)
  const returned = { tenant_id: tenant.id, message_id, is_back: is === 'bounced', answer: keepable(words), now }
  await store.run(RETURN_LETTER.with(returned))
  return message_id
}
