/** What is written with marks and lists is kept and sent as HTML; what has none of these, as plain text. */

const PLAIN: readonly string[] = ['HTML', 'HEAD', 'BODY', 'P', 'BR']

const parse = (html: string): Document => new DOMParser().parseFromString(html, 'text/html')

/** The text of what was written as plain text; null where there is more than text in it. */
export function plainOf(html: string): string | null {
  const page = parse(html)
  return [...page.querySelectorAll('*')].every(({ tagName }) => PLAIN.includes(tagName)) ? textIn(page) : null
}

/** What was written, in words alone, for a glance at it. */
export const textOf = (html: string): string => textIn(parse(html))

function textIn(page: Document): string {
  for (const line of page.querySelectorAll('br')) line.replaceWith('\n')
  const blocks = [...page.body.children].map(({ textContent }) => (textContent ?? '').trimEnd())
  return blocks.filter((block) => block !== '').join('\n\n')
}

/** How Word and Outlook mark what is in a list: by paragraphs that begin with a sign. */
const WORD_LIST = 'p[class*="MsoList"], p[style*="mso-list"]'
const WORD_SIGN = 'span[style*="mso-list"]'

/** HTML of other programs as it is pasted: what is no words of it goes, and lists of Word become lists. */
export function tidy(html: string): string {
  const page = parse(html)
  for (const element of page.querySelectorAll('style, script, meta, link, title, xml')) element.remove()
  for (const element of page.querySelectorAll('*'))
    if (element.tagName.includes(':')) element.replaceWith(...element.childNodes)
  for (const paragraph of page.querySelectorAll(WORD_LIST)) {
    const sign = paragraph.querySelector(WORD_SIGN)
    const name = /^\s*(?:\d+|[a-z])[.)]/i.test(sign?.textContent ?? '') ? 'ol' : 'ul'
    sign?.remove()
    const before = paragraph.previousElementSibling
    const list = before?.tagName.toLowerCase() === name ? before : page.createElement(name)
    const item = page.createElement('li')
    item.append(...paragraph.childNodes)
    if (list !== before) paragraph.before(list)
    list.append(item)
    paragraph.remove()
  }
  return page.body.innerHTML
}

/** Plain text as the field has it: a blank line parts paragraphs. */
export function htmlOf(text: string): string {
  const page = parse('')
  for (const paragraph of text === '' ? [] : text.split(/\n{2,}/)) {
    const block = page.createElement('p')
    for (const [nth, line] of paragraph.split('\n').entries())
      block.append(...(nth > 0 ? [page.createElement('br')] : []), line)
    page.body.append(block)
  }
  return page.body.innerHTML
}
