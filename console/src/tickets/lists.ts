import { Node, wrappingInputRule } from '@tiptap/core'

/** Lists in what is written: Tiptap's own package of them has tasks and Markdown too, and is as large as all of this field. */

export const ListItem = Node.create({
  name: 'listItem',
  content: 'paragraph block*',
  defining: true,
  parseHTML: () => [{ tag: 'li' }],
  renderHTML: () => ['li', 0],
  addKeyboardShortcuts() {
    const { name } = this
    return {
      Enter: ({ editor }) => editor.commands.splitListItem(name),
      Tab: ({ editor }) => editor.commands.sinkListItem(name),
      'Shift-Tab': ({ editor }) => editor.commands.liftListItem(name),
    }
  },
})

/** Begun by a hyphen or a star too. */
export const BulletList = Node.create({
  name: 'bulletList',
  group: 'block list',
  content: 'listItem+',
  parseHTML: () => [{ tag: 'ul' }],
  renderHTML: () => ['ul', 0],
  addInputRules() {
    return [wrappingInputRule({ find: /^\s*[-*]\s$/, type: this.type })]
  },
})

/** Begun by a number too, which it goes on from. */
export const OrderedList = Node.create({
  name: 'orderedList',
  group: 'block list',
  content: 'listItem+',
  addAttributes: () => ({ start: { default: 1, parseHTML: (element) => Number(element.getAttribute('start')) || 1 } }),
  parseHTML: () => [{ tag: 'ol' }],
  renderHTML: ({ HTMLAttributes }) => ['ol', HTMLAttributes['start'] === 1 ? {} : HTMLAttributes, 0],
  addInputRules() {
    const getAttributes = ([, start]: RegExpMatchArray) => ({ start: Number(start) })
    return [wrappingInputRule({ find: /^(\d{1,3})\.\s$/, type: this.type, getAttributes })]
  },
})
