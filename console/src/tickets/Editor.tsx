import { Editor as Writing } from '@tiptap/core'
import Blockquote from '@tiptap/extension-blockquote'
import Bold from '@tiptap/extension-bold'
import Code from '@tiptap/extension-code'
import CodeBlock from '@tiptap/extension-code-block'
import Document from '@tiptap/extension-document'
import HardBreak from '@tiptap/extension-hard-break'
import Italic from '@tiptap/extension-italic'
import Paragraph from '@tiptap/extension-paragraph'
import Text from '@tiptap/extension-text'
import { Fragment, type ResolvedPos, Slice } from '@tiptap/pm/model'
import {
  Bold as BoldIcon,
  Code as CodeIcon,
  Italic as ItalicIcon,
  Link as LinkIcon,
  List,
  ListOrdered,
  type LucideIcon,
  Quote,
} from 'lucide-react'
import { type FormEvent, useEffect, useEffectEvent, useReducer, useRef, useState } from 'react'
import {
  Button,
  Dialog,
  DialogTrigger,
  Form,
  Input,
  Label,
  Popover,
  TextField,
  ToggleButton,
  Toolbar,
} from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { pastedFiles } from './Files.tsx'
import { addressOf, Link } from './link.ts'
import { BulletList, ListItem, OrderedList } from './lists.ts'
import { textOf, tidy } from './rich.ts'
import { Undo } from './undo.ts'
import '../theme/editor.css'

interface Props {
  readonly html: string
  readonly label: string
  readonly hint: string
  /** The element that says what is wrong; null where nothing is. */
  readonly problemId: string | null
  /** Plain text to put where the cursor is, once; null for none. */
  readonly insertion: { readonly text: string } | null
  /** Whether it is to take the focus. */
  readonly isAsked: boolean
  readonly onFocus: () => void
  readonly onChange: (html: string) => void
  readonly onFiles: (files: readonly File[]) => void
  readonly onSend: () => void
}

/** The field in which a message is written, with marks, lists, quotes, links and code. Loaded when a ticket is. */
export default function Editor(props: Props) {
  const { html, label, hint, problemId, insertion, isAsked, onFocus, onChange, onFiles, onSend } = props
  const place = useRef<HTMLDivElement>(null)
  const [writing, setWriting] = useState<Writing | null>(null)
  /** What is in the field, as it was told or given last. */
  const known = useRef(html)
  const attributes = useEffectEvent(() => ({
    role: 'textbox',
    'aria-multiline': 'true',
    'aria-label': label,
    class: 'message-field',
    ...(problemId !== null && { 'aria-invalid': 'true', 'aria-describedby': problemId }),
  }))
  const tell = useEffectEvent((next: string) => {
    known.current = next
    onChange(next)
  })
  const take = useEffectEvent((files: readonly File[]) => onFiles(files))
  const send = useEffectEvent(() => onSend())
  const isAskedNow = useEffectEvent(() => isAsked)
  const focus = useEffectEvent((made: Writing) => {
    // At once: its own command waits for a frame, and keys that come until then are not for this field.
    made.commands.setTextSelection(made.state.doc.content.size)
    made.view.focus()
    onFocus()
  })
  useEffect(() => {
    const made = new Writing({
      element: place.current,
      content: known.current,
      // Styles of its own would be against the page's policy.
      injectCSS: false,
      extensions: [
        ...[Document, Paragraph, Text, HardBreak, Bold, Italic, Code, CodeBlock, Blockquote],
        ...[BulletList, OrderedList, ListItem, Link, Undo],
      ],
      editorProps: {
        attributes: () => attributes(),
        transformPastedHTML: tidy,
        clipboardTextParser: paragraphsOf,
        handlePaste: (_view, { clipboardData }) => {
          const files = clipboardData ? pastedFiles(clipboardData) : []
          if (files.length > 0) take(files)
          return files.length > 0
        },
        handleKeyDown: (view, { key, ctrlKey, metaKey }) => {
          // Out of the field, as out of any other.
          if (key === 'Escape') {
            view.dom.blur()
            return true
          }
          if (key !== 'Enter' || !(ctrlKey || metaKey)) return false
          send()
          return true
        },
      },
      onUpdate: ({ editor }) => tell(textOf(editor.getHTML()).trim() === '' ? '' : editor.getHTML()),
    })
    setWriting(made)
    if (isAskedNow()) focus(made)
    return () => made.destroy()
  }, [])
  // What another window wrote, what was sent, and what came back.
  useEffect(() => {
    if (!writing || html === known.current) return
    known.current = html
    writing.commands.setContent(html, { emitUpdate: false })
  }, [writing, html])
  useEffect(() => {
    if (writing && isAsked) focus(writing)
  }, [writing, isAsked])
  useEffect(() => {
    if (!writing || insertion === null) return
    const { state, view } = writing
    view.dispatch(state.tr.replaceSelection(paragraphsOf(insertion.text, state.selection.$from)).scrollIntoView())
    view.focus()
  }, [writing, insertion])
  // Its attributes are asked for when it is drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is drawn again for what they are made of.
  useEffect(() => writing?.view.setProps({}), [writing, label, problemId])
  return (
    <>
      {writing && <Marks writing={writing} />}
      <div className="editor" data-hint={html === '' ? hint : undefined} ref={place} />
    </>
  )
}

/** Plain text as it is pasted: a blank line parts paragraphs, and a line is a line. */
function paragraphsOf(text: string, { doc }: ResolvedPos): Slice {
  const { paragraph, hardBreak } = doc.type.schema.nodes
  const { schema } = doc.type
  const paragraphs = text.split(/(?:\r?\n){2,}/).flatMap((each) => {
    const lines = each.split(/\r?\n/)
    const content = lines.flatMap((line, index) => [
      ...(index > 0 && hardBreak ? [hardBreak.create()] : []),
      ...(line === '' ? [] : [schema.text(line)]),
    ])
    return paragraph ? [paragraph.create(null, content)] : []
  })
  return new Slice(Fragment.from(paragraphs), 1, 1)
}

/** The buttons above the field. */
function Marks({ writing }: { readonly writing: Writing }) {
  const words = useWords().marks
  const [, draw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    writing.on('transaction', draw)
    return () => {
      writing.off('transaction', draw)
    }
  }, [writing])
  const chain = () => writing.chain().focus()
  return (
    <Toolbar className="marks" aria-label={words.title}>
      <Mark
        name={words.bold}
        Icon={BoldIcon}
        isOn={writing.isActive('bold')}
        onPress={() => chain().toggleBold().run()}
      />
      <Mark
        name={words.italic}
        Icon={ItalicIcon}
        isOn={writing.isActive('italic')}
        onPress={() => chain().toggleItalic().run()}
      />
      <Mark
        name={words.list}
        Icon={List}
        isOn={writing.isActive('bulletList')}
        onPress={() => chain().toggleList('bulletList', 'listItem').run()}
      />
      <Mark
        name={words.numbers}
        Icon={ListOrdered}
        isOn={writing.isActive('orderedList')}
        onPress={() => chain().toggleList('orderedList', 'listItem').run()}
      />
      <Mark
        name={words.quote}
        Icon={Quote}
        isOn={writing.isActive('blockquote')}
        onPress={() => chain().toggleBlockquote().run()}
      />
      <Mark
        name={words.code}
        Icon={CodeIcon}
        isOn={writing.isActive('codeBlock')}
        onPress={() => chain().toggleCodeBlock().run()}
      />
      <LinkButton writing={writing} />
    </Toolbar>
  )
}

interface MarkProps {
  readonly name: string
  readonly Icon: LucideIcon
  readonly isOn: boolean
  readonly onPress: () => void
}

function Mark({ name, Icon, isOn, onPress }: MarkProps) {
  return (
    <ToggleButton className="button quiet icon small" aria-label={name} isSelected={isOn} onChange={onPress}>
      <Icon size={15} aria-hidden="true" />
    </ToggleButton>
  )
}

/** Makes a link of what is selected, or of the address itself; an empty address takes it away. */
function LinkButton({ writing }: { readonly writing: Writing }) {
  const words = useWords().marks
  function link(event: FormEvent<HTMLFormElement>, close: () => void): void {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget).get('address')).trim()
    const href = addressOf(given)
    close()
    const chain = writing.chain().focus().extendMarkRange('link')
    if (href === '') chain.unsetMark('link').run()
    else if (writing.state.selection.empty && !writing.isActive('link'))
      chain.insertContent({ type: 'text', text: given, marks: [{ type: 'link', attrs: { href } }] }).run()
    else chain.setMark('link', { href }).run()
  }
  return (
    <DialogTrigger>
      <Button className="button quiet icon small" aria-label={words.link}>
        <LinkIcon size={15} aria-hidden="true" />
      </Button>
      <Popover className="popover">
        <Dialog aria-label={words.link}>
          {({ close }) => (
            <Form className="link-form" onSubmit={(event) => link(event, close)}>
              <TextField name="address" autoFocus defaultValue={String(writing.getAttributes('link')['href'] ?? '')}>
                <Label>{words.address}</Label>
                <Input className="field small" inputMode="url" />
              </TextField>
              <Button type="submit" className="button small">
                {words.setLink}
              </Button>
            </Form>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
