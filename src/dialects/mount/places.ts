import type { Issue } from '../../core/errors.ts'

/**
 * By which clients say where a page begins, in the words of many vendors, without case, hyphens and underscores. How long a
 * page is does not matter here: whoever asks on and on for the next one names a place.
 */
const PLACES: ReadonlySet<string> = new Set([
  ...['skip', 'offset', 'start', 'startat', 'startindex', 'startfrom', 'itemstart', 'from', 'first'],
  ...['page', 'pageno', 'pagenumber', 'pagenum', 'pageindex', 'currentpage', 'p'],
  ...['cursor', 'nextcursor', 'pagecursor', 'pagetoken', 'nextpagetoken', 'nexttoken', 'token', 'continuationtoken'],
  ...['next', 'nextpage', 'after', 'before', 'startingafter', 'endingbefore', 'sinceid', 'lastid', 'marker'],
])

/**
 * Places in a query that its operation does not read. Ignored, each of them would be answered with the same page for ever,
 * and a loop that waits for an empty one would never end.
 *
 * @param known the parameters that the operation reads.
 */
export function unknownPlaces(query: unknown, known: readonly string[]): readonly Issue[] {
  if (typeof query !== 'object' || query === null) return []
  return Object.keys(query)
    .filter((name) => !known.includes(name) && PLACES.has(name.toLowerCase().replaceAll(/[-_[\]]/g, '')))
    .map((name) => ({ path: [name], rule: 'not_allowed', message: 'This list is not paged by it.' }))
}
