/**
 * When something was recorded. Servers' clocks differ, and calls overtake each other; but in a tenant everything is
 * recorded in one order, that of its counter row's lock. So a statement takes the time of its calls, or the latest one that
 * was recorded before if that is later: times never go back, as positions never do.
 */

/** By how much the clocks of servers may differ. A time that is further ahead came of a clock that was wrong: it holds nobody up. */
const MOST_SKEW = "interval '1 minute'"

/**
 * SQL of what `latest_at` of a tenant's counters `c` becomes, which is when a statement records.
 *
 * @param at SQL of the latest time of the statement's calls.
 */
export function momentOf(at: string): string {
  // By their difference: a time and an interval are added in the session's time zone, which a cluster does not know.
  return `case when c.latest_at <= ${at} then ${at} when c.latest_at - ${at} <= ${MOST_SKEW} then c.latest_at else ${at} end`
}
