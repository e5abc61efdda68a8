import { type Bounds, isLonger, MARKUP } from '../bounds.ts'
import { refuseField } from '../errors.ts'
import { type Content, IN_HASTE } from './content.ts'
import type { NewMessage } from './message.ts'

type Written = Pick<NewMessage, 'text' | 'format' | 'plain'>

/**
 * Refuses texts that are too long, before anything is made of them; nothing of one is ever left out. HTML has markup
 * beside its text.
 *
 * @throws Refusal `invalid` (paths `message.text`, `html`, `plain`)
 */
export function demandFitting(
  { text, format, plain }: Written,
  { textCharacters }: Pick<Bounds, 'textCharacters'>,
): void {
  const most = format === 'text' ? textCharacters : MARKUP * textCharacters
  demandNoLonger(text, most, fieldOf({ format }))
  demandNoLonger(plain ?? '', textCharacters, 'plain')
}

/** Refuses a message that was made too long, as `demandFitting`. What was rendered in haste is kept with its markup. */
export function demandFittingForms(
  { format }: Pick<NewMessage, 'format'>,
  { format: madeAs, plain, safeHtml, rendering }: Content,
  { textCharacters }: Pick<Bounds, 'textCharacters'>,
): void {
  const isMarkup = madeAs === 'text' && rendering === IN_HASTE
  demandNoLonger(plain, isMarkup ? MARKUP * textCharacters : textCharacters, fieldOf({ format }))
  demandNoLonger(safeHtml ?? '', 2 * MARKUP * textCharacters, fieldOf({ format }))
}

function demandNoLonger(text: string, most: number, field: string): void {
  if (isLonger(text, most)) refuseField(['message', field], 'too_long', `At most ${most} characters.`, most)
}

/** What holds the text of a message. */
export function fieldOf({ format }: Pick<NewMessage, 'format'>): string {
  return format === 'html' ? 'html' : 'text'
}

/**
 * Refuses messages on a ticket that has as many as it may.
 *
 * @param counted how many it has, where that was counted.
 * @throws Refusal `invalid` (paths `message.text`, `html`)
 */
export function demandRoom(
  added: readonly Pick<NewMessage, 'format'>[],
  counted: number,
  { messages }: Pick<Bounds, 'messages'>,
): void {
  const [message] = added
  if (message && counted + added.length > messages)
    refuseField(['message', fieldOf(message)], 'not_allowed', `A ticket has at most ${messages} messages.`, messages)
}

/**
 * Whether a ticket is so young that its messages need not be counted: each call that adds some counts its version up. Only
 * one that adds very many at once is counted before they are needed, and leaves its ticket older than it looks.
 */
export function hasRoom(version: number, added: number, { messages }: Pick<Bounds, 'messages'>): boolean {
  const few = Math.floor(Math.sqrt(messages))
  return added === 0 || (version < few && added <= few)
}
