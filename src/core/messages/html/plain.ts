import { embeddedAddress, fieldWords, pictureWords, SOME_PICTURE } from './described.ts'
import { BLOCKS, CELLS, FORMULA_PARTS, PARAGRAPHS, PREFORMATTED } from './elements.ts'
import { addressBeside, baseOf, targetOf } from './links.ts'
import { Numbering } from './lists.ts'
import type { Tag } from './markup.ts'
import type { Shown } from './pictures.ts'
import { type TreeVisitor, walkTree } from './structure.ts'
import { declarationsOf, isStruck, isTight, type Spacing, spacingOf } from './style.ts'
import type { Survey } from './survey.ts'

const TICKS = { box: { on: '[x]', off: '[ ]' }, radio: { on: '(x)', off: '( )' } }
/** How deep quotes and lists are marked at the most: each mark is on every line. */
const DEEPEST_QUOTE = 12
const WIDEST_INDENT = 40
/** Characters of what stands raised or lowered without parentheses. */
const LONGEST_RAISED = 24
/** Pieces of the words of a link that are compared with its address. */
const MOST_COMPARED = 40

/**
 * HTML as plain text: its words as they were written, its blocks on lines of their own, its cells parted by tabs (as
 * `innerText` does, https://html.spec.whatwg.org/multipage/dom.html#the-innertext-idl-attribute), and a mark for what
 * has none in text: `10^6`, `H_2O`, `~~struck~~`, `[alternative text]`, `words [address]`, `* item`, `5. item`, `> quote`.
 */
export function plainOf(html: string, known: Survey, pictures: ReadonlyMap<string, Shown>): string {
  const writer = new PlainWriter(known, pictures)
  walkTree(html, writer)
  return writer.end()
}

/** A mark that is written before the next words, if any come before its element ends. */
interface Mark {
  readonly text: string
  /** Where it was written; -1 when it was not. */
  at: number
}

interface Row {
  cells: number
  /** How many cells had words. */
  filled: number
  hasHeader: boolean
}

type Closing = () => void

class PlainWriter implements TreeVisitor {
  readonly #known: Survey
  readonly #pictures: ReadonlyMap<string, Shown>
  readonly #out: string[] = []
  readonly #closings: (readonly Closing[])[] = []
  /** For formulas: which element each open one is, and how many it has begun. */
  readonly #inside: { readonly name: string; children: number }[] = []

  /** Line ends that were just written, and how many there have to be before the next words. */
  #lineEnds = 0
  #required = 0
  #hasWords = false
  #isBlank = false
  #quotes = 0
  #quotesBefore = 0
  #indent = 0
  #marks: Mark[] = []
  /** Marks of items that have no words yet. */
  #items: string[] = []
  readonly #lists: Numbering[] = []
  #listsBegun = 0
  #tabs = 0
  #row: Row | null = null
  /** Whether the table had a row with headers, or with several words side by side. */
  #isGrid = false
  #isCellEmpty = false
  #spacing: Spacing
  #struck = 0
  #muted = 0
  #base: string | null = null
  #unsaidPictures = 0

  constructor(known: Survey, pictures: ReadonlyMap<string, Shown>) {
    this.#known = known
    this.#pictures = pictures
    this.#spacing = known.keepsLines ? 'lines' : 'blanks'
  }

  end(): string {
    if (!this.#hasWords && this.#unsaidPictures > 0) this.#put(SOME_PICTURE)
    const text = this.#out.join('')
    return text.slice(/^[ \t]*\n/.test(text) ? text.search(/\S/) : 0).trimEnd()
  }

  open(tag: Tag): void {
    const { name } = tag
    const style = declarationsOf(tag)
    const closings: Closing[] = []
    this.#openPart(name)
    this.#inside.push({ name, children: 0 })
    closings.push(() => this.#inside.pop())
    if (BLOCKS.has(name)) {
      const lines = this.#linesAround(tag, style)
      this.#require(lines)
      closings.push(() => this.#require(lines))
    }
    const closing = this.#openNamed(tag, style)
    if (closing) closings.push(closing)
    if (name === 'del' || name === 's' || name === 'strike' || isStruck(style)) closings.push(this.#strike())
    const raised = name === 'sup' || name === 'sub' ? name : style.get('vertical-align')
    if (raised === 'sup' || raised === 'super') closings.push(this.#raise('^'))
    if (raised === 'sub') closings.push(this.#raise('_'))
    const spacing = PREFORMATTED.has(name) ? 'kept' : spacingOf(style)
    if (spacing !== undefined) closings.push(this.#space(spacing))
    this.#closings.push(closings)
  }

  close(): void {
    for (const closing of this.#closings.pop()?.toReversed() ?? []) closing()
  }

  single(tag: Tag): void {
    switch (tag.name) {
      case 'br':
        this.#breakLine()
        break
      case 'hr':
        this.#require(1)
        this.#put('---')
        this.#require(1)
        break
      case 'img':
      case 'image':
      case 'area':
        this.#picture(tag)
        break
      case 'input':
        this.#field(tag)
        break
      case 'base':
        this.#base ??= baseOf(tag.attributes.get('href'))
        break
      case 'embed':
      case 'frame':
      case 'source':
        this.#embedded(tag.name === 'source' ? tag.attributes.get('src') : embeddedAddress(tag))
        break
      default:
    }
  }

  part(name: string): void {
    if (CELLS.has(name)) this.#isBlank = true
    else if (BLOCKS.has(name)) this.#require(PARAGRAPHS.has(name) ? 2 : 1)
  }

  text(text: string): void {
    if (this.#muted > 0 && !/[\p{L}\p{N}]/u.test(text)) return
    if (this.#spacing === 'blanks') this.#words(text)
    else
      for (const [nth, line] of text.split('\n').entries()) {
        if (nth > 0) this.#breakLine()
        if (this.#spacing === 'lines') this.#words(line)
        else if (line !== '') this.#put(line.replaceAll('\u00a0', ' '))
      }
  }

  /** Words between which any white space is one blank. */
  #words(text: string): void {
    const words = text.replace(/[ \t\n\f]+/g, ' ')
    if (words.startsWith(' ')) this.#isBlank = true
    const said = words.trim() === '' ? words.replaceAll(' ', '') : words.replace(/^ | $/g, '')
    if (said !== '') this.#put(said.replaceAll('\u00a0', ' '))
    if (said !== '') this.#isBlank = words.endsWith(' ')
  }

  /** Writes words on the current line, after everything that has to be before them. */
  #put(words: string): void {
    this.#endLines()
    const isFirst = this.#isLineStart()
    if (isFirst) this.#beginLine()
    else if (this.#tabs > 0) this.#out.push('\t'.repeat(this.#tabs))
    else if (this.#isBlank) this.#out.push(' ')
    this.#tabs = 0
    this.#isBlank = false
    if (words === '') return
    for (const mark of this.#marks) mark.at = this.#out.push(mark.text) - 1
    this.#marks = []
    this.#out.push(words)
    this.#lineEnds = 0
    this.#hasWords ||= /[^\s]/.test(words)
    if (this.#row && this.#isCellEmpty) this.#row.filled++
    this.#isCellEmpty = false
  }

  #isLineStart(): boolean {
    return this.#out.length === 0 || this.#lineEnds > 0
  }

  #beginLine(): void {
    const quotes = Math.min(this.#quotes, DEEPEST_QUOTE)
    const items = this.#items.join('')
    const indent = Math.min(this.#indent - items.length, WIDEST_INDENT)
    const prefix = `${'>'.repeat(quotes)}${quotes > 0 ? ' ' : ''}${' '.repeat(Math.max(indent, 0))}${items}`
    if (prefix !== '') this.#out.push(prefix)
    if (items !== '') this.#lineEnds = 0
    this.#items = []
    this.#quotesBefore = this.#quotes
    const row = this.#row
    // Empty cells before: only where columns are seen, not in a table that only places things.
    if (row && row.filled === 0 && this.#tabs > 0 && (row.hasHeader || this.#isGrid))
      this.#out.push('\t'.repeat(this.#tabs))
  }

  /** Asks for line ends before the next words; what is there already counts. */
  #require(lines: number): void {
    this.#isBlank = false
    // Where an item or cell begins, its first block begins with it.
    if (this.#items.length > 0 || this.#isCellEmpty) return
    this.#required = Math.max(this.#required, lines)
  }

  #endLines(): void {
    const missing = this.#required - this.#lineEnds
    this.#required = 0
    if (this.#out.length === 0) return
    for (let nth = 0; nth < missing; nth++) this.#endLine()
  }

  #endLine(): void {
    if (this.#lineEnds > 0) {
      const quotes = Math.min(this.#quotes, this.#quotesBefore, DEEPEST_QUOTE)
      if (quotes > 0) this.#out.push('>'.repeat(quotes))
    } else this.#trimLine()
    this.#out.push('\n')
    this.#lineEnds++
    this.#isBlank = false
  }

  /** No line ends in blanks. */
  #trimLine(): void {
    for (let nth = this.#out.length - 1; nth >= 0; nth--) {
      const piece = this.#out[nth] ?? ''
      if (piece.endsWith('\n')) return
      const trimmed = piece.trimEnd()
      this.#out[nth] = trimmed
      if (trimmed !== '') return
    }
  }

  #breakLine(): void {
    this.#isCellEmpty = false
    this.#endLines()
    if (this.#items.length > 0) this.#put('')
    this.#endLine()
    this.#tabs = 0
  }

  #linesAround(tag: Tag, style: ReadonlyMap<string, string>): number {
    const { name } = tag
    const isList = name === 'ul' || name === 'ol' || name === 'menu'
    if (!PARAGRAPHS.has(name) || name === 'table' || (isList && this.#lists.length > 0)) return 1
    return name === 'p' && isTight(tag, style) ? 1 : 2
  }

  #openNamed(tag: Tag, style: ReadonlyMap<string, string>): Closing | undefined {
    switch (tag.name) {
      case 'a':
        return this.#link(tag.attributes.get('href'))
      case 'ul':
      case 'ol':
      case 'menu':
      case 'dir':
        return this.#list(tag, style)
      case 'li':
        return this.#item(tag, style)
      case 'dd':
        return this.#indented(2)
      case 'blockquote':
        this.#quotes++
        return () => this.#quotes--
      case 'q':
        return this.#between('“', '”')
      case 'rt':
        return this.#between('(', ')')
      case 'rp':
        this.#muted++
        return () => this.#muted--
      case 'button':
        return this.#button()
      case 'option':
        this.#put(tag.attributes.has('selected') ? TICKS.box.on : TICKS.box.off)
        this.#isBlank = true
        return undefined
      case 'optgroup':
        this.#words(tag.attributes.get('label') ?? '')
        return undefined
      case 'table':
        return this.#table()
      case 'tr':
        this.#row = { cells: 0, filled: 0, hasHeader: false }
        this.#tabs = 0
        return () => this.#endRow()
      case 'td':
      case 'th':
        return this.#cell(tag.name === 'th')
      case 'iframe':
      case 'object':
      case 'video':
      case 'audio':
        return () => this.#embedded(embeddedAddress(tag))
      case 'html':
      case 'body':
        return undefined
      default:
        return undefined
    }
  }

  #link(href: string | undefined): Closing | undefined {
    const target = href === undefined ? null : targetOf(href, this.#base)
    if (target === null) return undefined
    const start = this.#out.length
    return () => {
      const pieces = this.#out.slice(start, start + MOST_COMPARED + 1)
      const words = pieces.join('')
      if (words.trim() === '') return
      const beside = pieces.length > MOST_COMPARED ? target.href : addressBeside(words, target)
      if (beside === null) return
      this.#trimLine()
      this.#out.push(`${this.#lineEnds > 0 ? '' : ' '}[${beside}]`)
      this.#lineEnds = 0
    }
  }

  #embedded(address: string | undefined): void {
    const target = address === undefined ? null : targetOf(address, this.#base)
    if (target === null) return
    this.#isBlank = true
    this.#put(`[${target.href}]`)
    this.#isBlank = true
  }

  #picture(tag: Tag): void {
    const words = pictureWords(tag, this.#pictures.get(tag.attributes.get('src') ?? ''))
    if (tag.name === 'area' && !tag.attributes.get('alt')) return
    if (words === null) this.#unsaidPictures++
    else if (words.startsWith('[')) this.#aside(words)
    else this.#put(words)
  }

  /** Words in brackets do not touch others. */
  #aside(words: string): void {
    this.#isBlank ||= this.#out.length > 0
    this.#put(words)
    this.#isBlank = true
  }

  #field(tag: Tag): void {
    const words = fieldWords(tag, TICKS)
    if (words !== null) this.#aside(words)
  }

  #list(tag: Tag, style: ReadonlyMap<string, string>): Closing {
    const length = tag.name === 'ol' ? this.#known.lengths[this.#listsBegun++] : undefined
    this.#lists.push(new Numbering(tag, style, length))
    return () => this.#lists.pop()
  }

  #item(tag: Tag, style: ReadonlyMap<string, string>): Closing {
    const mark = this.#lists.at(-1)?.mark(tag, style, TICKS.box) ?? '* '
    if (mark === '') return () => {}
    this.#endLines()
    this.#items.push(mark)
    const unindent = this.#indented(mark.length)
    const waiting = this.#items
    return () => {
      // An item without words still has its number.
      if (this.#items === waiting && waiting.length > 0) this.#put('')
      unindent()
    }
  }

  #indented(width: number): Closing {
    this.#indent += width
    return () => {
      this.#indent -= width
    }
  }

  #between(before: string, after: string): Closing {
    const mark = this.#mark(before)
    return () => {
      if (this.#written(mark)) this.#out.push(after)
    }
  }

  #button(): Closing {
    this.#isBlank ||= this.#out.length > 0
    const close = this.#between('[', ']')
    return () => {
      close()
      this.#isBlank = true
    }
  }

  #strike(): Closing {
    if (this.#struck++ > 0) return () => this.#struck--
    const close = this.#between('~~', '~~')
    return () => {
      this.#struck--
      close()
    }
  }

  #raise(text: '^' | '_'): Closing {
    const mark = this.#mark(text)
    return () => {
      if (!this.#written(mark)) return
      const raised = this.#out.slice(mark.at + 1, mark.at + 5).join('')
      const isShort = this.#out.length - mark.at <= 5 && raised.length <= LONGEST_RAISED
      if (isShort && /^[-+−]?[\p{L}\p{N}]*$/u.test(raised)) return
      this.#out[mark.at] = `${text}(`
      this.#out.push(')')
    }
  }

  #mark(text: string): Mark {
    const mark = { text, at: -1 }
    this.#marks.push(mark)
    return mark
  }

  /** Whether words came after a mark; if not it is forgotten. */
  #written(mark: Mark): boolean {
    if (mark.at === -1) this.#marks = this.#marks.filter((each) => each !== mark)
    return mark.at !== -1
  }

  #space(spacing: Spacing): Closing {
    const before = this.#spacing
    this.#spacing = spacing
    return () => {
      this.#spacing = before
    }
  }

  #table(): Closing {
    const [row, isGrid] = [this.#row, this.#isGrid]
    this.#row = null
    this.#isGrid = false
    this.#tabs = 0
    return () => {
      this.#row = row
      this.#isGrid = isGrid
      this.#tabs = 0
      this.#isCellEmpty = false
    }
  }

  #cell(isHeader: boolean): Closing {
    this.#row ??= { cells: 0, filled: 0, hasHeader: false }
    if (this.#row.cells > 0) this.#tabs++
    this.#row.cells++
    this.#row.hasHeader ||= isHeader
    this.#isCellEmpty = true
    return () => {
      // What stood on lines of its own within the cell stands beside the next one all the same.
      if (!this.#isCellEmpty) this.#required = 0
      this.#isCellEmpty = false
      this.#isBlank = false
    }
  }

  #endRow(): void {
    if ((this.#row?.filled ?? 0) > 1 || this.#row?.hasHeader) this.#isGrid = true
    this.#row = null
    this.#tabs = 0
    this.#isCellEmpty = false
  }

  /** In formulas what stands beside each other is parted, and what stands above or below is marked. */
  #openPart(name: string): void {
    const parent = this.#inside.at(-1)
    if (!parent) return
    parent.children++
    const isSecond = parent.children === 2
    if (isSecond && parent.name === 'mfrac') this.#mark('/')
    else if (isSecond && (parent.name === 'msup' || parent.name === 'mover')) this.#mark('^')
    else if (isSecond && (parent.name === 'msub' || parent.name === 'munder')) this.#mark('_')
    else if (FORMULA_PARTS.has(name)) this.#isBlank = true
  }
}
