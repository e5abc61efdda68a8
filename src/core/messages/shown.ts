import type { LinkTo } from '../attachments/links.ts'
import type { Message } from './message.ts'

/**
 * A message as HTML that a browser may be given: its safe form, with links in the places of its files. Null for plain
 * text.
 */
export function shownHtml({ safeHtml, attachments }: Message, linkTo: LinkTo): string | null {
  if (safeHtml === null || !safeHtml.includes('<img src="attachment:')) return safeHtml
  const files = new Map(attachments.map((each) => [each.id, each]))
  // Only a tag of ours can look so: in words the angle bracket is escaped.
  return safeHtml.replace(/<img src="attachment:([\da-f-]{0,36})"/g, (_, id: string) => {
    const file = files.get(id)
    return file ? `<img src="${linkTo(file).replaceAll('&', '&amp;')}"` : '<img'
  })
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Plain text as HTML that shows it unchanged: escaped, each line break kept. */
export function textAsHtml(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
  return `<p>${escaped.replace(/\r\n|\r|\n/g, '<br>')}</p>`
}
