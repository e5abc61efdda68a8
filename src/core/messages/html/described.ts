import type { Tag } from './markup.ts'
import type { Shown } from './pictures.ts'

/** What stands in text for what is no text: in both forms the same words. */

/** In the place of a picture of which nothing is known. */
export const SOME_PICTURE = '[image]'

/** Pixels of a side up to which a picture is a spacer or counts readers. */
const SPECK = 2

/**
 * The words for a picture where it cannot be shown: its alternative text in brackets, an emoji as it is. Null for what
 * only decorates.
 */
export function pictureWords({ attributes }: Tag, shown: Shown | undefined): string | null {
  if (shown === 'nothing' || isSpeck(attributes)) return null
  const alt = attributes.get('alt') ?? attributes.get('title') ?? attributes.get('o:title')
  if (alt === undefined) return SOME_PICTURE
  const words = alt.replace(/\s+/g, ' ').trim()
  if (words === '') return null
  return /[\p{L}\p{N}]/u.test(words) ? `[${words}]` : words
}

function isSpeck(attributes: Tag['attributes']): boolean {
  const side = (name: string): number => Number.parseFloat(attributes.get(name) ?? '') || SPECK + 1
  return side('width') <= SPECK && side('height') <= SPECK
}

/** Marks of what can be ticked. */
export interface Ticks {
  readonly on: string
  readonly off: string
}

/** What a field of a form says: its tick, its value. Null when it shows nothing, or what should not be. */
export function fieldWords({ attributes }: Tag, ticks: { readonly box: Ticks; readonly radio: Ticks }): string | null {
  const value = (attributes.get('value') ?? '').trim()
  switch ((attributes.get('type') ?? 'text').trim().toLowerCase()) {
    case 'checkbox':
      return attributes.has('checked') ? ticks.box.on : ticks.box.off
    case 'radio':
      return attributes.has('checked') ? ticks.radio.on : ticks.radio.off
    case 'hidden':
    case 'password':
    case 'file':
    case 'range':
    case 'color':
      return null
    case 'submit':
    case 'reset':
    case 'button':
      return value === '' ? null : `[${value}]`
    case 'image':
      return pictureWords({ name: 'img', attributes }, undefined)
    default:
      return value === '' ? null : value
  }
}

/** What is played or shown in a frame of its own: its address is all that can be told. */
const EMBEDDED: Readonly<Record<string, string>> = {
  iframe: 'src',
  frame: 'src',
  embed: 'src',
  object: 'data',
  video: 'src',
  audio: 'src',
  bgsound: 'src',
}

/** The address of something embedded, as it was written. */
export function embeddedAddress({ name, attributes }: Tag): string | undefined {
  const attribute = EMBEDDED[name]
  return attribute === undefined ? undefined : attributes.get(attribute)
}
