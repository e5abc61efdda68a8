import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2'
import { readableText } from '../../text.ts'
import { isElement } from './elements.ts'

/** A tag with its attributes, names in lower case. The first of two attributes of a name counts. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** What is found in HTML, in order. */
export interface MarkupHandler {
  open(tag: Tag): void
  close(name: string): void
  /** Words, with character references decoded. */
  text(text: string): void
}

/** How often what is left after something without an end is read anew: each time costs a pass. */
const MOST_PASSES = 4

/**
 * Reads HTML as a browser does, in time that grows with its length only, but loses no words: what is no element
 * (`isElement`), and what follows a tag or comment that never ends, is text.
 */
export function readMarkup(html: string, handler: MarkupHandler): void {
  const source = readableText(html.replace(TO_CONTROL, controlOf)).replace(/\r\n?/g, '\n')
  const ends = endTagsIn(source)
  let from = 0
  for (let pass = 1; from < source.length; pass++) {
    const rest = from === 0 ? source : source.slice(from)
    const read = readPass(rest, ends, handler)
    if (read === rest.length) return
    // All of it would be lost: a browser takes it for a part of a tag or comment.
    const isLast = pass === MOST_PASSES
    handler.text(isLast ? rest.slice(read) : (/^<(?:!--)?/.exec(rest.slice(read, read + 4))?.[0] ?? ''))
    if (isLast) return
    from += read + (rest.startsWith('<!--', read) ? 4 : 1)
  }
}

/** A reference to a control character other than tab, line end and form feed, by its decimal or hexadecimal number. */
const TO_CONTROL = /&#(?:0*([1-8]|1[145-9]|2\d|3[01]|127)(?!\d)|x0*([1-8bef]|1[\da-f]|7f)(?![\da-f]));?/gi

/** What a reference names: what no text may hold is told from what a text means before anything else is read. */
function controlOf(_reference: string, decimal: string | undefined, hexadecimal = ''): string {
  return String.fromCharCode(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal))
}

/** The names of all end tags. */
function endTagsIn(source: string): ReadonlySet<string> {
  return new Set(Array.from(source.matchAll(/<\/([a-z][^\s/>]*)/gi), ([, name = '']) => name.toLowerCase()))
}

/** Characters that no text has. Tab and line end are in some, form feed is a blank. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/g

const NONE: ReadonlyMap<string, string> = new Map()

/** @returns up to where it was read: its length, or where something began that has no end. */
function readPass(source: string, ends: ReadonlySet<string>, handler: MarkupHandler): number {
  let done = 0
  let tagStart = 0
  let name = ''
  let attributes = new Map<string, string>()
  let attribute = ''
  let value = ''

  function openTag(endIndex: number): void {
    const known = isElement(name, attributes, ends.has(name))
    if (known) handler.open({ name, attributes })
    else handler.text(source.slice(tagStart, endIndex + 1))
    done = endIndex + 1
  }

  const callbacks: TokenizerCallbacks = {
    ontext(start, end) {
      // Where the source ends within an end tag the tokenizer tells of text that is none.
      if (start < done) return
      handler.text(source.slice(start, end).replace(CONTROLS, ''))
      done = end
    },
    ontextentity(codepoint, end) {
      handler.text(String.fromCodePoint(codepoint).replace(CONTROLS, ''))
      done = end
    },
    onopentagname(start, end) {
      tagStart = start - 1
      name = source.slice(start, end).toLowerCase()
      attributes = new Map()
    },
    onattribname(start, end) {
      attribute = source.slice(start, end).toLowerCase()
      value = ''
    },
    onattribdata(start, end) {
      value += source.slice(start, end)
    },
    onattribentity(codepoint) {
      value += String.fromCodePoint(codepoint)
    },
    onattribend() {
      if (!attributes.has(attribute)) attributes.set(attribute, value.replace(CONTROLS, ''))
    },
    onopentagend: openTag,
    onselfclosingtag: openTag,
    onclosetag(start, end) {
      const tagEnd = source.indexOf('>', end)
      if (tagEnd === -1) return
      done = tagEnd + 1
      const closed = source.slice(start, end).toLowerCase()
      if (isElement(closed, NONE, true)) handler.close(closed)
      else handler.text(source.slice(start - 2, done))
    },
    oncomment(start, end) {
      if (end >= source.length) return
      done = end + 1
      const isComment = source.startsWith('<!--', start - 4)
      if (!isComment && !isDeclaration(source, start)) handler.text(source.slice(source.lastIndexOf('<', start), done))
    },
    oncdata(start, end, endOffset) {
      handler.text(source.slice(start, end - endOffset).replace(CONTROLS, ''))
      done = end + 1
    },
    ondeclaration(_start, end) {
      done = end + 1
    },
    onprocessinginstruction(_start, end) {
      done = end + 1
    },
    onend() {},
  }
  const tokenizer = new Tokenizer({ decodeEntities: true }, callbacks)
  tokenizer.write(source)
  tokenizer.end()
  return done
}

/** `<![if !vml]>`, `<![endif]>`, `<?xml …>`: of office programs, and no words. */
function isDeclaration(source: string, start: number): boolean {
  return source[start] === '[' || source.startsWith('?xml', start)
}
