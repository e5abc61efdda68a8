import sanitizeHtml from 'sanitize-html'
import { embeddedAddress, fieldWords, pictureWords, SOME_PICTURE } from './described.ts'
import { BLOCKS, FORMULA_PARTS } from './elements.ts'
import { baseOf, LINKED_SCHEMES, type Target, targetOf } from './links.ts'
import type { Tag } from './markup.ts'
import { isData, type Shown } from './pictures.ts'
import { type TreeVisitor, walkTree } from './structure.ts'
import { declarationsOf } from './style.ts'
import type { Survey } from './survey.ts'

/** Scheme of the address of a file of the message, which the shown form has in the place of its download link. */
const FILE_SCHEME = 'attachment'

const TICKS = { box: { on: '☑', off: '☐' }, radio: { on: '◉', off: '○' } }

/** Elements that are kept, and what becomes of some others. All others go, and their words stay. */
const KEPT: ReadonlySet<string> = new Set(
  `a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details
  dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark menu nav ol p
  pre q rb rp rt rtc ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr
  tt u ul var wbr`.split(/\s+/),
)
const BECOMES: Readonly<Record<string, string>> = {
  font: 'span',
  label: 'span',
  image: 'img',
  listing: 'pre',
  xmp: 'pre',
  plaintext: 'pre',
  textarea: 'pre',
  dir: 'ul',
}

const GLOBAL = ['dir', 'lang', 'title', 'style']
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  img: ['src', 'alt', 'width', 'height'],
  td: ['colspan', 'rowspan', 'align'],
  th: ['colspan', 'rowspan', 'align', 'scope'],
  tr: ['align'],
  col: ['span'],
  colgroup: ['span'],
  ol: ['start', 'type', 'reversed'],
  ul: ['type'],
  li: ['value', 'type'],
  details: ['open'],
  p: ['align'],
  div: ['align'],
  time: ['datetime'],
}

/** Values that attributes may have, where not any text will do. */
const VALUES: Readonly<Record<string, RegExp>> = {
  dir: /^(?:ltr|rtl|auto)$/i,
  lang: /^[\w-]{1,35}$/,
  align: /^(?:left|right|center|justify)$/i,
  scope: /^(?:row|col|rowgroup|colgroup)$/i,
  start: /^[-+]?\d{1,9}$/,
  value: /^[-+]?\d{1,9}$/,
  span: /^\d{1,3}$/,
  colspan: /^\d{1,3}$/,
  rowspan: /^\d{1,3}$/,
  type: /^(?:[1aAiI]|disc|circle|square)$/,
  width: /^\d{1,5}(?:\.\d+)?(?:px|%)?$/,
  height: /^\d{1,5}(?:\.\d+)?(?:px|%)?$/,
}
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['reversed', 'open'])

const COLOUR = /^(?:#[\da-f]{3,8}|rgba?\([\d., %]{1,40}\)|[a-z]{3,24})$/
/** What is said by style alone: what is struck out, which answers are red, which words run the other way. */
const STYLES: Readonly<Record<string, RegExp>> = {
  'white-space': /^(?:pre|pre-wrap|pre-line|break-spaces)$/,
  'text-decoration': /^(?:underline|line-through|underline line-through|line-through underline)$/,
  'text-decoration-line': /^(?:underline|line-through|underline line-through|line-through underline)$/,
  'vertical-align': /^(?:super|sub)$/,
  'text-align': /^(?:left|right|center|justify|start|end)$/,
  direction: /^(?:ltr|rtl)$/,
  'unicode-bidi': /^(?:bidi-override|embed|isolate|isolate-override|plaintext)$/,
  'font-weight': /^(?:normal|bold|[1-9]00)$/,
  'font-style': /^(?:normal|italic|oblique)$/,
  'list-style-type': /^[a-z-]{3,24}$/,
  color: COLOUR,
  'background-color': COLOUR,
}
/** Said by nearly every element that a word processor writes, and wrong on a dark page. */
const SAYS_NOTHING = /^(?:black|windowtext|inherit|initial|transparent|currentcolor|#000|#000000|rgb\(0, ?0, ?0\))$/

/** The last word on what goes out, whatever was made before: the library is looked after by those who know the field. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [...KEPT],
  allowedAttributes: { ...ATTRIBUTES, '*': GLOBAL } as Record<string, string[]>,
  allowedStyles: { '*': Object.fromEntries(Object.entries(STYLES).map(([name, value]) => [name, [value]])) },
  allowedSchemes: [...LINKED_SCHEMES],
  allowedSchemesByTag: { img: ['https', FILE_SCHEME] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'cite'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
}

/**
 * HTML that a browser may be given: it runs nothing, loads nothing but pictures by https and files of the message, and
 * says what the message said.
 */
export function safeHtmlOf(html: string, known: Survey, pictures: ReadonlyMap<string, Shown>): string {
  const writer = new SafeWriter(known, pictures)
  walkTree(html, writer)
  // What the library writes otherwise than the standard does: https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments
  // Both strings can only be markup: `>` in words is written as `&gt;`.
  return sanitizeHtml(writer.end(), ALLOWED).replaceAll(' />', '>').replaceAll('\u00a0', '&nbsp;')
}

/** Where a file of the message stands in its safe form, by a name that is replaced with a link when it is shown. */
export function fileAddress(name: string | number): string {
  return `${FILE_SCHEME}:${name}`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as HTML that shows it, in words and in attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
}

/** Writes balanced HTML of what is kept, with what is not kept said in words. */
class SafeWriter implements TreeVisitor {
  readonly #known: Survey
  readonly #pictures: ReadonlyMap<string, Shown>
  readonly #out: string[] = []
  /** What ends each open element. */
  readonly #ends: string[] = []
  #base: string | null = null
  #hasContent = false
  #unsaidPictures = 0

  constructor(known: Survey, pictures: ReadonlyMap<string, Shown>) {
    this.#known = known
    this.#pictures = pictures
  }

  end(): string {
    if (!this.#hasContent && this.#unsaidPictures > 0) this.text(SOME_PICTURE)
    return this.#out.join('')
  }

  text(text: string): void {
    this.#hasContent ||= text.trim() !== ''
    const shown = escaped(text)
    this.#out.push(this.#known.keepsLines ? shown.replaceAll('\n', '<br>\n') : shown)
  }

  open(tag: Tag): void {
    const { name } = tag
    const end = this.#begin(tag)
    // Else the numbers of a formula would be read as one.
    if (FORMULA_PARTS.has(name)) this.#out.push(' ')
    if (name === 'option') this.text(`${tag.attributes.has('selected') ? TICKS.box.on : TICKS.box.off} `)
    if (name === 'optgroup') this.#words(tag.attributes.get('label') ?? null)
    if (name === 'button') this.text('[')
    const link = this.#embedded(embeddedAddress(tag))
    this.#ends.push(`${name === 'button' ? ']' : ''}${link}${end}`)
  }

  close(): void {
    this.#out.push(this.#ends.pop() ?? '')
  }

  single(tag: Tag): void {
    switch (tag.name) {
      case 'img':
      case 'image':
        this.#picture(tag)
        break
      case 'br':
      case 'hr':
      case 'wbr':
      case 'col':
        this.#out.push(`<${tag.name}${this.#attributes(tag.name, tag)}>`)
        break
      case 'input':
        this.#words(fieldWords(tag, TICKS))
        break
      case 'area':
        this.#words(tag.attributes.get('alt') ? pictureWords(tag, undefined) : null)
        break
      case 'base':
        this.#base ??= baseOf(tag.attributes.get('href'))
        break
      case 'embed':
      case 'frame':
      case 'source':
        this.#out.push(this.#embedded(tag.name === 'source' ? tag.attributes.get('src') : embeddedAddress(tag)))
        break
      default:
    }
  }

  part(name: string): void {
    this.#out.push(BLOCKS.has(name) ? '<br>' : ' ')
  }

  /** @returns what ends it. */
  #begin(tag: Tag): string {
    const attributes = tag.attributes
    let name = BECOMES[tag.name] ?? tag.name
    // These may say in which direction all of it is read.
    if (name === 'html' || name === 'body') {
      if (!attributes.has('dir') && !attributes.has('lang')) return ''
      name = 'div'
    }
    if (!KEPT.has(name)) {
      if (!BLOCKS.has(name)) return ''
      name = 'div'
    }
    if (name === 'a') return this.#beginLink(tag)
    this.#out.push(`<${name}${this.#attributes(name, tag)}>`)
    return `</${name}>`
  }

  #beginLink(tag: Tag): string {
    const written = tag.attributes.get('href')
    const target = written === undefined ? null : targetOf(written, this.#base)
    if (target?.isLink) {
      this.#out.push(`<a href="${escaped(target.href)}"${this.#attributes('a', tag)}>`)
      return '</a>'
    }
    return target === null ? '' : ` [${escaped(target.href)}]`
  }

  #attributes(name: string, tag: Tag): string {
    let written = ''
    for (const attribute of [...(ATTRIBUTES[name] ?? []), ...GLOBAL]) {
      const value = this.#valueOf(name, attribute, tag)
      if (value !== undefined) written += ` ${attribute}${WITHOUT_VALUE.has(attribute) ? '' : `="${escaped(value)}"`}`
    }
    return written
  }

  #valueOf(name: string, attribute: string, tag: Tag): string | undefined {
    if (attribute === 'href' || attribute === 'src') return undefined
    if (attribute === 'style') return styleOf(tag)
    const value = tag.attributes.get(attribute)
    if (value === undefined) return undefined
    if (attribute === 'alt' || attribute === 'title' || attribute === 'datetime' || WITHOUT_VALUE.has(attribute))
      return value
    const trimmed = value.trim()
    return VALUES[attribute]?.test(trimmed) && name !== '' ? trimmed : undefined
  }

  #picture(tag: Tag): void {
    const source = tag.attributes.get('src') ?? ''
    const shown = this.#pictures.get(source)
    const words = pictureWords(tag, shown)
    if (words === null) this.#unsaidPictures++
    if (typeof shown === 'object') this.#image(fileAddress(shown.picture), tag)
    else if (isData(source)) this.#words(words)
    else this.#pictureElsewhere(targetOf(source, this.#base), tag, words)
  }

  #pictureElsewhere(target: Target | null, tag: Tag, words: string | null): void {
    if (target?.href.toLowerCase().startsWith('https:')) this.#image(target.href, tag)
    else if (target?.isLink) {
      // A picture by a way that is not safe to load is offered, not loaded.
      this.#hasContent = true
      this.#out.push(`<a href="${escaped(target.href)}">${escaped(words ?? SOME_PICTURE)}</a>`)
    } else this.#words(words)
  }

  #image(source: string, tag: Tag): void {
    this.#hasContent = true
    this.#out.push(`<img src="${escaped(source)}"${this.#attributes('img', tag)}>`)
  }

  /** The link to something embedded, as it stands after the words that stand in for it. */
  #embedded(address: string | undefined): string {
    const target = address === undefined ? null : targetOf(address, this.#base)
    if (target === null) return ''
    this.#hasContent = true
    const shown = escaped(target.href)
    return target.isLink ? ` <a href="${shown}">${shown}</a> ` : ` [${shown}] `
  }

  #words(words: string | null): void {
    if (words !== null) this.text(` ${words} `)
  }
}

function styleOf(tag: Tag): string | undefined {
  const kept: string[] = []
  const style = declarationsOf(tag)
  for (const [name, value] of style) if (isKept(name, value)) kept.push(`${name}:${value}`)
  const background = style.get('background')
  if (background !== undefined && isKept('background-color', background)) kept.push(`background-color:${background}`)
  const colour = tag.attributes.get('color')?.trim().toLowerCase()
  if (tag.name === 'font' && colour !== undefined && isKept('color', colour)) kept.push(`color:${colour}`)
  return kept.length === 0 ? undefined : kept.join(';')
}

function isKept(name: string, value: string): boolean {
  return STYLES[name]?.test(value) === true && !(STYLES[name] === COLOUR && SAYS_NOTHING.test(value))
}
