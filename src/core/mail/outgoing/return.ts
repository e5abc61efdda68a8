import type { Context } from '../../context.ts'
import { addressKey } from '../../spelling.ts'
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
export async function returnLetter({ store, tenant, now, newId }: Context, bounce: Bounce): Promise<string | null> {
  const ids = [...bounce.returned.ids, ...bounce.returned.envelopeIds].map(keepable).slice(0, MOST_IDS)
  if (ids.length === 0) return null
  const [letter] = await store.run(FIND_RETURNED.with({ tenant_id: tenant.id, mail_ids: ids }))
  if (!letter) return null
  const { message_id, email, cc, bcc } = letter
  const keysOf = (address: string) => keysOfAddress(address).map(keepable)
  const addressee = (address: string) => ({ address, keys: keysOf(address) })
  const to = { requester: email === null ? null : addressee(email), copies: [...cc, ...bcc].map(addressee) }
  const { is, words, undeliverable } = verdictOf(bounce, to, keysOf)
  const addresses = undeliverable.map(({ address, answer }) => ({
    ...{ id: newId(), address_key: addressKey(address), address, answer: keepable(answer) },
  }))
  const returned = {
    ...{ tenant_id: tenant.id, message_id, is_back: is === 'bounced', answer: keepable(words), now },
    addresses: [...new Map(addresses.map((each) => [each.address_key, each])).values()],
  }
  await store.run(RETURN_LETTER.with(returned))
  return message_id
}
