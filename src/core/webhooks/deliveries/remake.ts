import { type NewsSystem, newsFor, newsOf, noticesOf } from './news.ts'
import { BLANK_DELIVERIES, REMAKE } from './store/make.ts'

/** Deliveries that are made again at a time: however long their messages are. */
const DELIVERIES_AT_ONCE = 50

/**
 * Makes the payloads of deliveries again that an erasure blanked, of what is left. They keep their ids and their places in
 * their lines, and those behind them wait until they are made. Of what is left a dialect may have nothing to tell: then a
 * delivery is skipped.
 *
 * @returns whether there may be more.
 */
export async function remakeBlank(given: NewsSystem): Promise<boolean> {
  const { store, tenant } = given
  const blank = await store.run(BLANK_DELIVERIES.with({ tenant_id: tenant.id, limit: DELIVERIES_AT_ONCE }))
  const [first] = blank
  if (!first) return false
  const events = new Map(blank.map((row) => [row.position, row]))
  const news = new Map((await newsOf(given, [...events.values()])).map((each) => [each.event.position, each]))
  const made = blank.map(({ delivery_id, for_dialect, for_desk, position, nth, event_type }) => {
    const all = news.get(position)
    const told = all && newsFor(for_desk, all)
    const notices = told ? noticesOf(given, for_dialect, told) : []
    const same = notices[nth]?.type === event_type ? notices[nth] : notices.find(({ type }) => type === event_type)
    return { id: delivery_id, body: same?.body ?? null }
  })
  // Nothing is made when something was erased meanwhile, which may have been in what was read.
  await store.run(REMAKE.with({ tenant_id: tenant.id, erasures: first.erasures, payloads: made, now: given.now }))
  return true
}
