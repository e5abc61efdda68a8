import type { Context } from '../../../core/context.ts'
import { getTimeline, type TimelineEntry } from '../../../core/tickets/queries.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'

const ENTRIES_PER_READ = 500

/** A ticket with all of its timeline: this vendor shows all activities at once. @throws Refusal `not_found` */
export async function wholeTimeline(
  ctx: Context,
  id: string,
): Promise<{ readonly ticket: Ticket; readonly entries: readonly TimelineEntry[] }> {
  const first = await getTimeline(ctx, { id }, { after: 0, limit: ENTRIES_PER_READ })
  const entries = [...first.entries]
  for (let { next } = first; next !== null; ) {
    const page = await getTimeline(ctx, { id }, { after: next, limit: ENTRIES_PER_READ })
    entries.push(...page.entries)
    next = page.next
  }
  return { ticket: first.ticket, entries }
}
