import { type Editor, Extension } from '@tiptap/core'
import { history, redo, undo } from '@tiptap/pm/history'

const again = ({ editor }: { readonly editor: Editor }): boolean => redo(editor.state, editor.view.dispatch)

/** What is typed is undone, and done again, by the keys that do so everywhere. */
export const Undo = Extension.create({
  name: 'undo',
  addProseMirrorPlugins: () => [history()],
  addKeyboardShortcuts: () => ({
    'Mod-z': ({ editor }) => undo(editor.state, editor.view.dispatch),
    'Mod-Shift-z': again,
    'Mod-y': again,
  }),
})
