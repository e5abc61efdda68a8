import { useQuery } from '@tanstack/react-query'
import type { FileMailBody, Mail } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'

/** The feed tells nothing of mail but what becomes of tickets: it is asked for again while somebody looks. */
const AGAIN_MS = 5_000

export type MailState = Mail['state']

/** What somebody has to look at first, then what came in the usual ways. */
export const STATES = [
  'held',
  'created',
  'joined',
  'automatic',
  'discarded',
  'waiting',
] as const satisfies readonly MailState[]

/** How the badge of a state looks. */
export const SIGNS: Readonly<Record<MailState, string>> = {
  ...{ waiting: 'waits', held: 'off', created: 'on', joined: 'on' },
  ...{ automatic: '', discarded: '' },
}

/** Those from which somebody may file a mail by hand. */
export const FILED_BY_HAND: ReadonlySet<MailState> = new Set(['held', 'automatic', 'discarded'])

/** What came, the newest first. Who reads further down is left in peace. */
export function useMail(state: MailState | null) {
  return usePages({
    queryKey: keys.mailListed(state ?? 'all'),
    isFresh: true,
    againMs: AGAIN_MS,
    read: (at, signal) =>
      client.call('listMail', {
        query: {
          limit: '25',
          ...(state !== null && { state }),
          ...at,
        },
        signal,
      }),
  })
}

/** How many there are of each state. */
export function useMailCounts() {
  return useQuery({
    queryKey: keys.mailCounts,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) => client.call('countMail', { signal }),
  })
}

/** Why a mail is where it is. */
export function useReasons({ id, state, ticket }: Mail) {
  return useQuery({
    queryKey: keys.mailWhy(id, `${state} ${ticket}`),
    queryFn: ({ signal }) => client.call('explainMail', { params: { id }, signal }),
  })
}

/** Files a mail on a ticket, or as a new one of a desk. @throws Problem what the server refused */
export async function file({ id }: Mail, where: FileMailBody): Promise<void> {
  await client.call('fileMail', { params: { id }, body: where })
  await askAgain(keys.mail)
}
