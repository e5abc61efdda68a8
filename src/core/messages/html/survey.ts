import { isData } from './pictures.ts'
import { walkTree } from './structure.ts'

/** What must be known of HTML before any of it is written. */
export interface Survey {
  /** The `data:` addresses of its pictures, each with its first alternative text. */
  readonly data: ReadonlyMap<string, string>
  /** How many items each `ol` has, in the order of their beginnings. */
  readonly lengths: readonly number[]
  /** Whether line ends in it mean something: nothing else breaks its lines. */
  readonly keepsLines: boolean
}

/** What breaks lines: with any of these, line ends between are only how the source was wrapped. */
const BREAKS =
  /<\/?(?:address|article|blockquote|body|br|center|d[dlt]|div|fieldset|footer|form|h[1-6]|header|hr|html|li|main|ol|p|pre|section|summary|t(?:able|body|d|h|head|r)|ul)[\s/>]/i

/** Looks through HTML once, and only where something in it asks for that. */
export function survey(html: string): Survey {
  const keepsLines = /[\r\n]/.test(html) && !BREAKS.test(html)
  if (!/data:|reversed/i.test(html)) return { data: new Map(), lengths: [], keepsLines }
  const data = new Map<string, string>()
  const lengths: number[] = []
  const open: number[] = []
  walkTree(html, {
    open({ name }) {
      if (name === 'ol') open.push(lengths.push(0) - 1)
      else if (name === 'ul' || name === 'menu') open.push(-1)
      const list = open.at(-1) ?? -1
      if (name === 'li' && list !== -1) lengths[list] = (lengths[list] ?? 0) + 1
    },
    close({ name }) {
      if (name === 'ol' || name === 'ul' || name === 'menu') open.pop()
    },
    single({ name, attributes }) {
      const source = attributes.get('src') ?? ''
      if ((name === 'img' || name === 'image') && isData(source) && !data.has(source))
        data.set(source, attributes.get('alt') ?? '')
    },
    text() {},
    part() {},
  })
  return { data, lengths, keepsLines }
}
