import { type FormEvent, useState } from 'react'
import { Form } from 'react-aria-components'
import type { SavedReply } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { Audience, audienceOf, sharedBy } from '../forms/Audience.tsx'
import { Confirm } from '../forms/Confirm.tsx'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { useReplies } from './replies.ts'

/** What is said often: one's own replies, and those that colleagues share. */
export function Replies() {
  const words = useWords()
  const replies = useReplies()
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.replies}</h1>
        <DialogForm action={words.replies.add} title={words.replies.add}>
          {(close) => <ReplyForm reply={null} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.replies.about}</p>
      <Loaded query={replies}>
        {(all) =>
          all.length === 0 ? (
            <p className="lines-empty">{words.replies.empty}</p>
          ) : (
            <ul className="lines" aria-label={words.pages.replies}>
              {all.map((reply) => (
                <ReplyLine key={reply.id} reply={reply} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function ReplyLine({ reply }: { readonly reply: SavedReply }) {
  const words = useWords()
  const { id, name, folder, language, text, audience, group, changeable } = reply
  const whom = audience === 'group' ? words.saved.group(group?.name ?? '') : words.saved[audience]

  async function drop(): Promise<void> {
    await client.call('deleteSavedReply', { params: { id } })
    await askAgain(keys.replies)
    notify(words.replies.deleted(name))
  }

  return (
    <li className="line">
      <span className="line-about">
        <span className="line-name text">{name}</span>
        <span className="hint text">{[folder, language, whom].filter(Boolean).join(' · ')}</span>
        <span className="hint text">{text}</span>
      </span>
      {changeable && (
        <>
          <DialogForm
            className="button small quiet"
            action={words.replies.change}
            name={words.replies.changeOf(name)}
            title={words.replies.changeOf(name)}
          >
            {(close) => <ReplyForm reply={reply} onDone={close} />}
          </DialogForm>
          <Confirm
            isSmall
            action={words.replies.delete}
            name={words.replies.deleteOf(name)}
            title={words.replies.deleteTitle(name)}
            text={words.replies.deleteHint}
            work={drop}
          />
        </>
      )}
    </li>
  )
}

const FIELDS = ['name', 'folder', 'language', 'text'] as const
const VARIABLES = [
  ...['{{requester.name}}', '{{requester.first_name}}', '{{requester.email}}', '{{ticket.number}}'],
  ...['{{ticket.title}}', '{{desk.name}}', '{{agent.name}}', '{{agent.first_name}}'],
]

interface FormProps {
  readonly reply: SavedReply | null
  readonly onDone: () => void
}

function ReplyForm({ reply, onDone }: FormProps) {
  const words = useWords()
  const sending = useSending(useSaid())
  const [audience, setAudience] = useState(audienceOf(reply))

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const textOf = (field: (typeof FIELDS)[number]): string => String(given.get(field))
    const language = textOf('language').trim()
    const body = {
      ...{ name: textOf('name'), folder: textOf('folder'), text: textOf('text').replaceAll('\r\n', '\n') },
      ...{ language: language === '' ? null : language, ...sharedBy(audience) },
    }
    void sending.send(async () => {
      if (reply) await client.call('changeSavedReply', { params: { id: reply.id }, body, ifVersion: reply.version })
      else await client.call('createSavedReply', { body })
      await askAgain(keys.replies)
      onDone()
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput
        name="name"
        label={words.replies.name}
        value={reply?.name ?? null}
        isRequired
        autoFocus
        autoComplete="off"
      />
      <div className="pair">
        <TextInput name="folder" label={words.replies.folder} value={reply?.folder ?? null} autoComplete="off" />
        <TextInput
          name="language"
          label={words.replies.language}
          value={reply?.language ?? null}
          hint={words.replies.languageHint}
          longest={35}
          isCode
          autoComplete="off"
        />
      </div>
      <TextInput
        name="text"
        label={words.replies.text}
        value={reply?.text ?? null}
        hint={words.replies.textHint(VARIABLES.join(', '))}
        rows={8}
        isRequired
      />
      <Audience value={audience} onChange={setAudience} shared={reply} />
      <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}
