import { isOrigin, listOf } from '../../options.ts'

/** What an operator may choose for this dialect. */
export const options = {
  /** Whose pages may use it with a key that has no list of its own. */
  origins: listOf(
    'POLYDESK_ORIGINS',
    "Sites whose pages may use the native API in a browser (CORS), as https://app.example.com, separated by commas; a key with origins of its own is for those instead. Moov's keys have their own lists only.",
    '(none)',
    isOrigin,
    'origins like https://app.example.com',
  ),
}
