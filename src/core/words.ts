/** The closed lists of words that every room of the core knows. What each means is in GLOSSARY.md. */

export const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
/** Where a ticket stands. `pending` waits for the requester, `on_hold` for somebody else. */
export type Status = (typeof STATUSES)[number]

/** The statuses in which nothing more is to be done. */
export const FINISHED: readonly Status[] = ['solved', 'closed']

export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof PRIORITIES)[number]

export type Direction = 'inbound' | 'outbound'

/** Languages whose forms of words the search knows, by the codes of BCP 47. */
export const SEARCH_LANGUAGES = ['da', 'de', 'en', 'es', 'fr', 'it', 'nl', 'no', 'pt', 'sv'] as const
export type SearchLanguage = (typeof SEARCH_LANGUAGES)[number]
