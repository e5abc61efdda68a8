import { DROPPED, ENCLOSING, endingsBefore, PREFORMATTED, TABLE_PARTS, VOID } from './elements.ts'
import { type MarkupHandler, readMarkup, type Tag } from './markup.ts'

/**
 * How many elements are open at once at the most. Those further in are taken as if they were not there, but for where
 * their words part: so the work for each tag is bounded, and no depth glues words together.
 */
const MOST_OPEN = 200

/** Gets HTML as a tree: each element that is opened is closed, in reverse order. */
export interface TreeVisitor {
  open(tag: Tag): void
  close(tag: Tag): void
  /** An element without content. */
  single(tag: Tag): void
  text(text: string): void
  /** Here an element begins or ends that is too deep to be opened. */
  part(name: string): void
}

/** Walks HTML as a tree, in time that grows with its length only. */
export function walkTree(html: string, visitor: TreeVisitor): void {
  const builder = new TreeBuilder(visitor)
  builder.read(html)
}

class TreeBuilder implements MarkupHandler {
  readonly #visitor: TreeVisitor
  readonly #open: Tag[] = []
  /** How many of each name are open. */
  readonly #counts = new Map<string, number>()
  /** How many of each name are open that were too deep. */
  readonly #tooDeep = new Map<string, number>()
  /** The element whose content is dropped, and how many of its name are open. */
  #dropping: { readonly name: string; depth: number; text: string } | null = null

  /** Whether preformatted text has just begun. */
  #isAtStart = false

  constructor(visitor: TreeVisitor) {
    this.#visitor = visitor
  }

  read(html: string): void {
    readMarkup(html, this)
    // It never ended: then what followed was the message.
    const dropped = this.#dropping?.text ?? ''
    this.#dropping = null
    if (dropped !== '') this.#visitor.text(dropped)
    this.#closeDownTo(0)
  }

  open(tag: Tag): void {
    const { name } = tag
    if (this.#dropping) {
      if (name === this.#dropping.name) this.#dropping.depth++
      this.#dropping.text += '\n'
      return
    }
    if (DROPPED.has(name)) {
      this.#dropping = { name, depth: 1, text: '' }
      return
    }
    this.#isAtStart = PREFORMATTED.has(name)
    for (const { ends, within } of endingsBefore(name)) this.#end(ends, within)
    if (VOID.has(name)) {
      this.#visitor.single(tag)
    } else if (this.#open.length < MOST_OPEN) {
      this.#open.push(tag)
      this.#count(this.#counts, name, 1)
      this.#visitor.open(tag)
    } else {
      this.#count(this.#tooDeep, name, 1)
      this.#visitor.part(name)
    }
  }

  close(name: string): void {
    if (this.#dropping) {
      this.#dropping.text += '\n'
      if (name === this.#dropping.name && --this.#dropping.depth === 0) this.#dropping = null
      return
    }
    if (name === 'br') {
      // As browsers take it.
      this.#visitor.single({ name, attributes: new Map() })
      return
    }
    if ((this.#tooDeep.get(name) ?? 0) > 0) {
      this.#count(this.#tooDeep, name, -1)
      this.#visitor.part(name)
      return
    }
    const nth = this.#indexOf(new Set([name]), TABLE_PARTS.has(name) ? null : ENCLOSING)
    if (nth === -1) this.#visitor.part(name)
    else this.#closeDownTo(nth)
  }

  text(text: string): void {
    if (this.#dropping) this.#dropping.text += text
    else {
      // The first line end of preformatted text is markup: https://html.spec.whatwg.org/multipage/syntax.html#element-restrictions
      const said = this.#isAtStart && text.startsWith('\n') ? text.slice(1) : text
      this.#isAtStart = false
      if (said !== '') this.#visitor.text(said)
    }
  }

  #end(ends: ReadonlySet<string>, within: ReadonlySet<string>): void {
    const nth = this.#indexOf(ends, within)
    if (nth !== -1) this.#closeDownTo(nth)
  }

  /** Where the innermost open element of one of these names is, -1 if something that encloses is in front of it. */
  #indexOf(names: ReadonlySet<string>, enclosing: ReadonlySet<string> | null): number {
    let isOpen = false
    for (const name of names) isOpen ||= (this.#counts.get(name) ?? 0) > 0
    if (!isOpen) return -1
    for (let nth = this.#open.length - 1; nth >= 0; nth--) {
      const name = this.#open[nth]?.name ?? ''
      if (names.has(name)) return nth
      if (enclosing?.has(name)) return -1
    }
    return -1
  }

  #closeDownTo(nth: number): void {
    while (this.#open.length > nth) {
      const tag = this.#open.pop()
      if (!tag) return
      this.#count(this.#counts, tag.name, -1)
      this.#visitor.close(tag)
    }
    if (nth < MOST_OPEN / 2) this.#tooDeep.clear()
  }

  #count(counts: Map<string, number>, name: string, change: number): void {
    counts.set(name, (counts.get(name) ?? 0) + change)
  }
}
