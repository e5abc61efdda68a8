import type { Context } from '../../../core/context.ts'
import type { TicketKey, TicketPage } from '../../../core/tickets/queries/list.ts'
import type { TicketFilter } from '../../../core/tickets/ticket.ts'
import { DEFAULT_LIMIT, decodePageToken, encodePageToken, type Listing, searchQueryNext } from '../paging.ts'
import { DEFAULT_ORDER, ORDER_OF_WORD } from '../words.ts'
import { findAssignees, findLocation, findRequesters } from './references.ts'
import type { ListQuery } from './schema.ts'

/** A list request as the core takes it. */
export interface DecodedListing extends Listing {
  readonly filter: TicketFilter
  readonly page: TicketPage
}

/** Spacebring reference, Retrieve tickets. What can be checked without looking anything up comes first (S42). */
export async function decodeListing(ctx: Context, query: ListQuery): Promise<DecodedListing> {
  const { limit = DEFAULT_LIMIT, nextPageToken, order = DEFAULT_ORDER } = query
  const locationRef = findLocation(ctx, query.locationRef)
  const after = nextPageToken === undefined ? null : decodePageToken(nextPageToken, { order, locationRef })
  const filter = {
    deskIds: [locationRef],
    ...(query.membershipRefRequester && { requesterIds: await findRequesters(ctx, query, locationRef) }),
    ...(query.userRefAssignee && { assigneeIds: await findAssignees(ctx, query, locationRef) }),
  }
  return { order, locationRef, filter, page: { by: 'key', order: ORDER_OF_WORD[order], after, limit: Number(limit) } }
}

/** How to ask for the page that follows. */
export interface NextPage {
  readonly nextPageToken: string
  readonly searchQueryNext: string
}

/** The query that was asked, without what this dialect ignored, and the token of the next page (S19). */
export function pageAfter(listing: Listing, query: ListQuery, key: TicketKey): NextPage {
  const nextPageToken = encodePageToken(listing, key)
  const { locationRef, limit, order, membershipRefRequester, userRefAssignee } = query
  const asked = { locationRef, limit, order, membershipRefRequester, userRefAssignee }
  return { nextPageToken, searchQueryNext: searchQueryNext(asked, nextPageToken) }
}
