/** What the parts of HTML are, by name. https://html.spec.whatwg.org/multipage/indices.html#elements-3 and section 16.2, obsolete ones. */

const set = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/))

/** Each stands on lines of its own. */
export const BLOCKS = set(`
  address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer
  form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main marquee menu multicol nav noframes ol
  optgroup option p plaintext pre search section select summary table tbody textarea tfoot thead title tr ul xmp`)

/** Those with a blank line before and after them. */
export const PARAGRAPHS = set('blockquote dl figure h1 h2 h3 h4 h5 h6 listing menu ol p plaintext pre table ul xmp')

export const HEADINGS = set('h1 h2 h3 h4 h5 h6')

export const CELLS = set('td th')

/** They have no content and no end. */
export const VOID = set(`
  area base basefont bgsound br col command embed frame hr image img input keygen link meta param source spacer track wbr`)

/** Their content is no words of the message: programs, styles, and data of office programs. */
export const DROPPED = set('script style title xml template datalist')

/** Their spaces and line ends are kept. */
export const PREFORMATTED = set('pre listing plaintext textarea xmp')

const INLINE = set(`
  a abbr acronym applet audio b bdi bdo big blink button canvas cite code colgroup data del dfn em font i iframe ins kbd
  label map mark meter nextid nobr noembed noscript object output picture progress q rb rp rt rtc ruby s samp slot small
  span strike strong sub sup time tt u var video`)

/** Of MathML and SVG. https://w3c.github.io/mathml-core, https://www.w3.org/TR/SVG2/eltindex.html */
const FOREIGN = set(`
  math annotation annotation-xml maction maligngroup malignmark menclose merror mfenced mfrac mi mmultiscripts mn mo mover
  mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover
  none semantics
  svg animate animatemotion animatetransform circle clippath defs desc ellipse feblend fecolormatrix fecomponenttransfer
  fecomposite feflood fegaussianblur feimage femerge femergenode feoffset filter foreignobject g line lineargradient
  marker mask metadata mpath path pattern polygon polyline radialgradient rect set stop switch symbol text textpath tspan
  use view`)

/** Parts of a formula: what stands beside each other there is read as one number when it is put together. */
export const FORMULA_PARTS = set('mi mn mo ms mtext mtd mtr')

/** Prefixes that office programs write. */
const OFFICE = /^(?:[movwxp]|st\d|ns\d|u\d):[a-z]/

/** Words that people put between angle brackets, as keys to press or places to fill in: elements only with an end. */
const OFTEN_MEANT_AS_WORDS = set(`
  abbr acronym address annotation applet area article aside audio base bdi bdo button canvas caption circle cite code command data datalist
  defs del desc details dfn dialog dir ellipse embed figure filter footer form frame g header hgroup image input ins kbd label
  legend line link main map mark marker mask menu meta metadata meter nav none object output param path pattern picture progress rect samp script search section
  select set slot source stop style summary switch symbol table template text time title track use var video view xml`)

/** Attributes that are often written without a value. */
const WITHOUT_VALUE = set(`
  allowfullscreen alt async autofocus autoplay border checked class compact contenteditable controls default defer disabled
  download hidden href id ismap itemscope loop multiple muted name nohref noresize noshade novalidate nowrap open readonly
  required reversed selected style title value`)

/**
 * Whether a tag is one of HTML's, or words in angle brackets: `<bob@example.com>`, `List<String>`, `<Ctrl>`, `a <b and c>
 * d`. A browser would not show these, and so lose them.
 *
 * @param hasEnd whether there is an end tag of this name.
 */
export function isElement(name: string, attributes: ReadonlyMap<string, string>, hasEnd: boolean): boolean {
  if (KNOWN.has(name) || OFFICE.test(name)) {
    if (hasEnd) return true
    if (attributes.size === 0) return !OFTEN_MEANT_AS_WORDS.has(name)
    return attributes.entries().some(([attribute, value]) => value !== '' || isAttribute(attribute))
  }
  // An author's own elements have a hyphen: https://html.spec.whatwg.org/multipage/custom-elements.html
  return hasEnd && /^[a-z][\p{L}\p{N}._]*-[\p{L}\p{N}._-]*$/u.test(name)
}

function isAttribute(name: string): boolean {
  return WITHOUT_VALUE.has(name) || /^(?:data|aria|v|x)-|^\/$/.test(name)
}

const KNOWN = new Set([VOID, DROPPED, BLOCKS, CELLS, INLINE, FOREIGN].flatMap((names) => [...names]))

/** Which open elements end where one begins, unless one of `within` is between. */
export interface Ending {
  readonly ends: ReadonlySet<string>
  readonly within: ReadonlySet<string>
}

const LISTS = set('ul ol menu dir table td th')
const TABLE = set('table')
const ENDS_PARAGRAPH: Ending = { ends: set('p'), within: set('table td th caption button object') }
const CLOSES_P = set(`
  address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5
  h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp dd dt`)

/** End tags that may be left out: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags */
const ENDINGS: ReadonlyMap<string, Ending> = new Map([
  ['li', { ends: set('li'), within: LISTS }],
  ['dt', { ends: set('dt dd'), within: set('dl table td th') }],
  ['dd', { ends: set('dt dd'), within: set('dl table td th') }],
  ['option', { ends: set('option'), within: set('select') }],
  ['optgroup', { ends: set('option optgroup'), within: set('select') }],
  ['td', { ends: CELLS, within: set('tr table') }],
  ['th', { ends: CELLS, within: set('tr table') }],
  ['tr', { ends: set('tr caption colgroup'), within: TABLE }],
  ['tbody', { ends: set('tbody thead tfoot caption colgroup'), within: TABLE }],
  ['thead', { ends: set('tbody thead tfoot caption colgroup'), within: TABLE }],
  ['tfoot', { ends: set('tbody thead tfoot caption colgroup'), within: TABLE }],
  ['a', { ends: set('a'), within: set('table td th caption') }],
  ['rt', { ends: set('rt rp'), within: set('ruby') }],
  ['rp', { ends: set('rt rp'), within: set('ruby') }],
])

const ENDINGS_BEFORE: ReadonlyMap<string, readonly Ending[]> = new Map(
  [...CLOSES_P, ...ENDINGS.keys()].map((name) => {
    const own = ENDINGS.get(name)
    return [name, [...(CLOSES_P.has(name) ? [ENDS_PARAGRAPH] : []), ...(own ? [own] : [])]]
  }),
)

/** What ends where an element of this name begins. */
export function endingsBefore(name: string): readonly Ending[] {
  return ENDINGS_BEFORE.get(name) ?? []
}

/** An end tag of something else within one of these does not end what is around it. */
export const ENCLOSING = set('table td th caption')
/** Their own end tags reach through those. */
export const TABLE_PARTS = set('table tbody thead tfoot tr td th caption body html')
