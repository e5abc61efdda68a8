import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Letter, TimelineEntry } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'

/** The feed does not tell when a letter has gone out: it is asked for again while somebody looks. */
const AGAIN_MS = 5_000
/** For how long after an answer its letter may still be made, in milliseconds. */
const MADE_MS = 30_000

export type LetterState = Letter['state']

/** What somebody has to look at first, then what goes its way. */
export const LETTER_STATES = [
  'refused',
  'bounced',
  'uncertain',
  'held',
  'waiting',
  'sending',
  'sent',
] as const satisfies readonly LetterState[]

/** How the badge of a state looks. */
export const LETTER_SIGNS: Readonly<Record<LetterState, string>> = {
  ...{ refused: 'off', bounced: 'off', uncertain: 'off', held: 'off' },
  ...{ waiting: 'waits', sending: 'waits', sent: 'on' },
}

/** Whether somebody has to look at it. */
export function isTrouble({ state }: Pick<Letter, 'state'>): boolean {
  return LETTER_SIGNS[state] === 'off'
}

function isOnItsWay({ state }: Pick<Letter, 'state'>): boolean {
  return LETTER_SIGNS[state] === 'waits'
}

/** What goes out, the newest first. Who reads further down is left in peace. */
export function useLetters(state: LetterState | null) {
  return usePages({
    queryKey: keys.lettersListed(state ?? 'all'),
    isFresh: true,
    againMs: AGAIN_MS,
    read: (at, signal) =>
      client.call('listLetters', {
        query: {
          limit: '25',
          ...(state !== null && { state }),
          ...at,
        },
        signal,
      }),
  })
}

/** How many there are in each state. */
export function useLetterCounts() {
  return useQuery({
    queryKey: keys.letterCounts,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) => client.call('countLetters', { signal }),
  })
}

/**
 * The letters of a ticket by their messages; asked for again whenever something happened to it, and until each answer that was
 * given a moment ago has gone out.
 */
export function useLettersOf(ticket: string, timeline: readonly TimelineEntry[]): ReadonlyMap<string, Letter> {
  const answers = timeline.flatMap(({ message }) =>
    message?.visibility === 'public' && message.author_role === 'agent' ? [message] : [],
  )
  const latest = answers.at(-1)
  const { data } = useQuery({
    queryKey: keys.lettersOf(ticket, timeline.length),
    enabled: latest !== undefined,
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () => collect(all(client, 'listLetters', { query: { ticket, limit: '200' } })),
    refetchInterval: ({ state: { data: letters = [] } }) => {
      const isMade = latest === undefined || letters.some(({ id }) => id === latest.id)
      const mayBeMade = !isMade && Date.now() - Date.parse(latest.created_at) < MADE_MS
      return mayBeMade || letters.some(isOnItsWay) ? AGAIN_MS : false
    },
  })
  return new Map((data ?? []).map((letter) => [letter.id, letter]))
}

/** Sends a letter again, or now. @throws Problem what the server refused */
export async function resend({ id }: Letter): Promise<void> {
  await client.call('resendLetter', { params: { id } })
  await askAgain(keys.letters)
}

/** Has mail sent to an address again, with what was held for it. @throws Problem what the server refused */
export async function clear(id: string): Promise<void> {
  await client.call('clearUndeliverableAddress', { params: { id } })
  await askAgain(keys.letters)
}

/**
 * Sends a letter again although mail to its address came back: the address is cleared first, as otherwise it would be held.
 *
 * @throws Problem what the server refused
 */
export async function resendAnyway(letter: Letter): Promise<void> {
  const mark = letter.to?.undeliverable
  if (mark) await client.call('clearUndeliverableAddress', { params: { id: mark.id } })
  // What was held for the address waits by now, and is sent at once.
  await resend(letter)
}

/** The addresses to which nothing more is sent, the newest first. */
export function useUndeliverable() {
  return useQuery({
    queryKey: keys.undeliverable,
    staleTime: 0,
    queryFn: ({ signal }) => client.call('listUndeliverableAddresses', { query: { limit: '200' }, signal }),
  })
}

/** Keeps a letter from being sent. @throws Problem what the server refused */
export async function hold({ id }: Letter): Promise<void> {
  await client.call('holdLetter', { params: { id } })
  await askAgain(keys.letters)
}
