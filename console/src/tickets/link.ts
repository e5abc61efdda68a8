import { Mark } from '@tiptap/core'

/** Where a link may lead. */
const ALLOWED = /^(?:https?:\/\/|mailto:|tel:)/i

/** An address as people write it, in whole: of a site where nothing else is said. */
export function addressOf(written: string): string {
  return written === '' || ALLOWED.test(written) ? written : `https://${written}`
}

/** Links in what is written, and in what is pasted; those that could run something are words. */
export const Link = Mark.create({
  name: 'link',
  inclusive: false,
  addAttributes: () => ({ href: { default: null } }),
  parseHTML: () => [
    { tag: 'a[href]', getAttrs: (element) => ALLOWED.test(element.getAttribute('href') ?? '') && null },
  ],
  renderHTML: ({ HTMLAttributes }) => ['a', HTMLAttributes, 0],
})
