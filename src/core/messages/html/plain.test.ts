import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { plainOf } from './plain.ts'
import { survey } from './survey.ts'

const plain = (html: string): string => plainOf(html, survey(html), new Map())

/** What each says as plain text. */
function says(cases: Readonly<Record<string, string>>): void {
  for (const [html, text] of Object.entries(cases)) assert.equal(plain(html), text, html)
}

describe('plain text of HTML', () => {
  test('has letters as they were written', () => {
    says({
      '<h2>Licence key: aB3dE-9fGh</h2>': 'Licence key: aB3dE-9fGh',
      '<h3>See <a href="https://shop.example/aB?c=D">here</a></h3>': 'See here [https://shop.example/aB?c=D]',
      '<h1>Straße</h1><th>groß</th>': 'Straße\n\ngroß',
      'a &lt;b&gt; &amp;amp; &copy; &#128512; &#150;': 'a <b> &amp; © 😀 –',
    })
  })

  test('reads control characters as every text does, by whatever reference they come', () => {
    says({
      'a &#27;[31mred&#x1b;[0m&#x1B[1m b': 'a red b',
      '<p>line&#11;line&#xB;line': 'line line line',
      '<pre>line&#11;line</pre>': 'line\nline',
      '&#27;]8;;https://evil.example&#7;words&#27;]8;;&#7;': 'words',
      'a&#1;b&#0008;c&#x7F;d&#127e&#031;f': 'abcdef',
      'a&#271;&#1270;&#x1bc;&#9;b&#10;c&#12;d &#128;': 'aďӶƼ b c d €',
      '<img alt="a&#7;b&#27;[1mc" src="x">': '[abc]',
    })
    const dropped = [...Array(8).keys(), ...Array.from({ length: 18 }, (_, nth) => 14 + nth)].filter((code) => code > 0)
    for (const code of dropped)
      for (const reference of [`&#${code};`, `&#x${code.toString(16)};`, `&#0${code} `])
        assert.equal(plain(`a${reference}z`), reference.endsWith(' ') ? 'a z' : 'az', reference)
  })

  test('parts cells and blocks', () => {
    says({
      '<table><tr><td>Order</td><td>4711</td></tr><tr><td>Sum</td><td>3</td></tr></table>after':
        'Order\t4711\nSum\t3\nafter',
      '<table><tr><td>a<td><td>c<tr><td>d</table>': 'a\t\tc\nd',
      '<table><tr><th></th><th>B</th></tr><tr><td></td><td>2</td></tr></table>': '\tB\n\t2'
        .trimStart()
        .replace(/^/, '\t'),
      '<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>': 'a\n\nb\tc',
      '<table><tr><td>o<table><tr><td>i<td>j</table><td>p</table>': 'o\ni\tj\tp',
      '<dl><dt>A<dd>1<dt>B<dd>2</dl>': 'A\n  1\nB\n  2',
      '<details><summary>More</summary>words</details>x': 'More\nwords\nx',
      'a<center>b</center>c': 'a\nb\nc',
      'a<div>b<fieldset><legend>c</legend>d</fieldset></div>e': 'a\nb\nc\nd\ne',
      '<article>a</article><footer>b</footer><address>c</address><figcaption>d</figcaption>': 'a\nb\nc\nd',
      'a</p>b</div>c': 'a\n\nb\nc',
      '<select><option>Red<option>Blue</select>x': '[ ] Red\n[ ] Blue\nx',
    })
  })

  test('marks what text has no form for', () => {
    says({
      '10<sup>6</sup>, H<sub>2</sub>O, x<sup>n + 1</sup>, e<sup>-1</sup>': '10^6, H_2O, x^(n + 1), e^-1',
      '<del>100</del> 80, <s>a</s>, <strike>b</strike>': '~~100~~ 80, ~~a~~, ~~b~~',
      '<span style="text-decoration: line-through">100</span> <ins>80</ins>': '~~100~~ 80',
      '<del>a <s>b</s></del><del></del>': '~~a b~~',
      'Hi <img src="https://x.example/y.png" alt="our  logo">there': 'Hi [our logo] there',
      'ok <img src="https://x.example/1f44d.png" alt="👍">!': 'ok 👍!',
      '<img src="https://x.example/y.png">': '[image]',
      'a<img src="https://x.example/count.gif" width=1 height=1>b<img src="x" alt="">': 'ab',
      '<input type=checkbox checked> Yes <input type=checkbox>No <input type=radio checked>A': '[x] Yes [ ] No (x) A',
      '<select><option>Red<option selected>Blue</select>': '[ ] Red\n[x] Blue',
      '<input value="Kim"><input type=submit value="Send"><input type=hidden value=x><input type=password value=y>':
        'Kim [Send]',
      '<textarea>a\n  b</textarea><button>Go</button>now': 'a\n  b\n[Go] now',
      '<q>so</q> <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>': '“so” 漢(kan)',
      '<math><mfrac><mn>1</mn><mn>2</mn></mfrac><msup><mi>x</mi><mn>2</mn></msup></math>': '1/2 x^2',
      'a<hr>b': 'a\n---\nb',
    })
  })

  test('keeps the numbers of lists', () => {
    says({
      '<ol start="5"><li>a<li>b</ol>': '5. a\n6. b',
      '<ol><li value=3>a<li>b<li value=9>c</ol>': '3. a\n4. b\n9. c',
      '<ol reversed><li>a<li>b<li>c</ol>': '3. a\n2. b\n1. c',
      '<ol reversed start=2><li>a<li>b<li>c</ol>': '2. a\n1. b\n0. c',
      '<ol type=a start=26><li>x<li>y</ol><ol type=I start=4><li>z</ol>': 'z. x\naa. y\n\nIV. z',
      '<ol><li>a<ul><li>b<li>c</ul><li>d</ol>': '1. a\n   * b\n   * c\n2. d',
      '<ol><li></li><li>b</li></ol>': '1.\n2. b',
      '<ol><li>a<br>b<p>c</p></li></ol>': '1. a\n   b\n\n   c',
      '<ul style="list-style-type:none"><li>a</ul>': 'a',
    })
  })

  test('keeps links, beside words and pictures', () => {
    says({
      '<a href="https://a.example/x?y=1&amp;z=2">here</a>.': 'here [https://a.example/x?y=1&z=2].',
      '<a href="https://a.example/">a.example</a> <a href="mailto:kim@a.example">kim@a.example</a>':
        'a.example kim@a.example',
      '<a href="www.a.example">site</a> <a href="a.example/b">b</a> <a href="//c.example">c</a>':
        'site [http://www.a.example] b [http://a.example/b] c [https://c.example]',
      '<a href="https://a.example"><img src="l.png" alt="logo"></a>next': '[logo] [https://a.example] next'.replace(
        '] next',
        '] next',
      ),
      '<a href="#top">up</a> <a href="javascript:x()">run</a> <a href="page.html">page</a>': 'up run page',
      '<base href="https://a.example/d/"><a href="page.html">page</a>': 'page [https://a.example/d/page.html]',
      '<a href="tel:+49 30 1">call</a> <a href="onenote:x">note</a>': 'call [+49 30 1] note [onenote:x]',
      '<iframe src="https://v.example/1"></iframe><video src="https://v.example/2"></video>':
        '[https://v.example/1] [https://v.example/2]',
    })
  })

  test('keeps lines and spaces where they count', () => {
    says({
      '<pre>\n  a\n\tb  c\n</pre>': '  a\n\tb  c',
      '<div style="white-space: pre-wrap">a  b\n c</div>': 'a  b\n c',
      '<div style="white-space:pre-line">a  b\n c</div>': 'a b\nc',
      'a\nb <b>c</b>\r\nd': 'a\nb c\nd',
      '<p>a\nb</p>': 'a b',
      '<div>a</div><div><br></div><div>b</div>': 'a\n\nb',
      'a<br><br><br>b': 'a\n\n\nb',
      '&nbsp;&nbsp;a&nbsp;b': '  a b',
    })
  })

  test('takes nothing for a tag that is none, and loses nothing that has no end', () => {
    says({
      'Call Bob <bob@example.com> about List<String>': 'Call Bob <bob@example.com> about List<String>',
      'press <Ctrl>+<C> or <Ctrl>+<Alt>+<Del>': 'press <Ctrl>+<C> or <Ctrl>+<Alt>+<Del>',
      '1 < 2 && 3 > 2, <3, if a <b and c> d': '1 < 2 && 3 > 2, <3, if a <b and c> d',
      'see <https://a.example/b> and <your-name>': 'see <https://a.example/b> and <your-name>',
      '<order><id>5</id></order>': '<order><id>5</id></order>',
      'a <b': 'a <b',
      'a <a href="x>y</a> z': 'a <a href="x>y z',
      'a <!-- b c': 'a <!-- b c',
      'a <!-- b --> c': 'a c',
      '<![CDATA[a <b>]]> c': 'a <b> c',
      'a <title>b': 'a <title>b',
      '<xml><w:a>b</w:a> c': '<xml>b c',
    })
  })

  test('leaves out what is no words: programs, styles, titles, data of office programs', () => {
    says({
      '<head><title>T</title><style>p{}</style></head><script>x()</script><p>a</p>': 'a',
      '<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><o:p>a</o:p>': 'a',
      '<?xml:namespace prefix = o /><template>t</template>a': 'a',
    })
  })

  test('is all of it, however long', () => {
    const lines = Array.from({ length: 6_000 }, (_, nth) => `2026-05-03 10:00:00 line ${nth} ok`)
    assert.equal(plain(lines.join('<br>')), lines.join('\n'))
    assert.equal(plain(lines.map((line) => `<div>${line}</div>`).join('')), lines.join('\n'))
  })

  test('has words apart at any depth', () => {
    const deep = (name: string, words: string): string => `<${name}>`.repeat(5_000) + words + `</${name}>`.repeat(5_000)
    for (const name of ['div', 'blockquote', 'b', 'ul', 'span', 'table><tr><td', 'q', 'sup']) {
      const text = plain(`${deep(name, '<p>one</p><p>two</p>')}<p>end</p>`)
      assert.match(text, /one\n[\s\S]*two[^a-z]*\nend/, name)
    }
  })
})

/** Elements in which words can stand, and what may be on them. */
const WRAPPERS = [
  'p',
  'div',
  'b',
  'i',
  'h1',
  'h3',
  'span',
  'li',
  'td',
  'th',
  'dt',
  'dd',
  'summary',
  'center',
  'del',
  'sup',
  'sub',
  'q',
  'blockquote',
  'pre',
  'a href="https://x.example/y"',
  'option',
  'label',
  'button',
  'font color=red',
  'details',
  'section',
  'table',
  'tr',
  'ol start=7',
  'ul',
  'article',
  'code',
  'ins',
  'u',
  'small',
  'mi',
  'o:p',
  'caption',
  'legend',
  'nav',
  'textarea',
] as const

const words = fc.stringMatching(/^[A-Za-z0-9ÄßÉждあ漢 .,-]{1,12}$/)
const tree: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    words,
    fc.tuple(fc.constantFrom(...WRAPPERS), fc.array(tie('node'), { maxLength: 4 })).map(([wrapper, inner]) => {
      const end = wrapper.split(' ', 1)[0] ?? ''
      // Text that is read as it is would hold tags as words.
      const held = end === 'textarea' ? inner.join('').replace(/<[^>]*>/g, '') : inner.join('')
      return `<${wrapper}>${held}</${end}>`
    }),
    fc.constantFrom(
      '<br>',
      '<hr>',
      '<!-- no -->',
      '<img alt="">',
      '<wbr>',
      '\n',
      '&nbsp;',
      '<p>',
      '</div>',
      '</b>',
      '<td>',
      '<li>',
    ),
  ),
})).node

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

/** Whether the characters of one come in another, in their order. */
function comesIn(some: string, all: string): boolean {
  let from = 0
  for (const character of some) {
    const at = all.indexOf(character, from)
    if (at === -1) return false
    from = at + character.length
  }
  return true
}

test('every letter and digit of HTML is in its plain text, in order', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 6 }), (parts) => {
      const html = parts.join('')
      const said = lettersOf(html.replace(/<!--[\s\S]*?-->|<[^>]*>/g, '').replaceAll('&nbsp;', ' '))
      assert.ok(comesIn(said, lettersOf(plain(html))), plain(html))
    }),
    { numRuns: 500 },
  )
})

test('every letter and digit of any text at all is in its plain text, in order, when it has no tags', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const written = text.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'))
      assert.equal(lettersOf(plain(written)), lettersOf(text))
    }),
  )
})

test('the time that a text takes grows with its length only', () => {
  // Counted, not timed: pieces that are written for each part that comes in, of texts that are merely deep or long.
  const units = [
    '<div>',
    '<ul><li>x',
    '<table><tr><td>x',
    '<blockquote>x<br>',
    '<sup>x',
    '<a href=x.example>x',
    '<li>',
    '<dd>x',
  ]
  for (const unit of units) {
    const [short, long] = [1_000, 8_000].map((times) => plain(unit.repeat(times)).length)
    assert.ok((long ?? 0) <= 8 * (short ?? 0) * 1.5 + 1_000, unit)
  }
})
