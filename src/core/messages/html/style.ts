import type { Tag } from './markup.ts'

const NONE: ReadonlyMap<string, string> = new Map()

/** The declarations of a `style` attribute, in lower case; the last of two counts. */
export function declarationsOf({ attributes }: Tag): ReadonlyMap<string, string> {
  const style = attributes.get('style')
  if (style === undefined) return NONE
  const found = new Map<string, string>()
  for (const declaration of style.toLowerCase().split(';')) {
    const colon = declaration.indexOf(':')
    if (colon !== -1) found.set(declaration.slice(0, colon).trim(), declaration.slice(colon + 1).trim())
  }
  return found
}

/** How spaces and line ends count: kept, line ends only, or as blanks. */
export type Spacing = 'kept' | 'lines' | 'blanks'

const SPACINGS: Readonly<Record<string, Spacing>> = {
  pre: 'kept',
  'pre-wrap': 'kept',
  'break-spaces': 'kept',
  'pre-line': 'lines',
  normal: 'blanks',
  nowrap: 'blanks',
}

/** What declarations say of spaces; undefined when nothing. */
export function spacingOf(style: ReadonlyMap<string, string>): Spacing | undefined {
  return SPACINGS[style.get('white-space') ?? '']
}

/** Whether words are struck out, as `del` does. */
export function isStruck(style: ReadonlyMap<string, string>): boolean {
  const decoration = `${style.get('text-decoration') ?? ''} ${style.get('text-decoration-line') ?? ''}`
  return decoration.includes('line-through')
}

/** Whether paragraphs follow each other without a blank line, as Outlook writes them. */
export function isTight(tag: Tag, style: ReadonlyMap<string, string>): boolean {
  const [top = '', , bottom = top] = (style.get('margin') ?? '').split(/\s+/)
  const isNone = (value: string): boolean => /^0(?:\.0+)?(?:[a-z]{2,3}|%)?$/.test(value)
  if (isNone(style.get('margin-top') ?? top) && isNone(style.get('margin-bottom') ?? bottom)) return true
  return /\bMso(?:Normal|PlainText|NoSpacing|ListParagraph)/.test(tag.attributes.get('class') ?? '')
}
