import { type FormEvent, useState } from 'react'
import { Form } from 'react-aria-components'
import type { Tag } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { Confirm } from '../forms/Confirm.tsx'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
import { JobStatus } from '../tickets/JobStatus.tsx'
import { followJob } from '../tickets/jobs.ts'
import { COLOURS, useTags } from './tags.ts'

const NONE = 'none'

/** What tickets of this tenant are tagged with. */
export function Tags() {
  const words = useWords()
  const tags = useTags()
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.tags}</h1>
        <DialogForm action={words.tags.add} title={words.tags.add}>
          {(close) => <TagForm tag={null} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.tags.about}</p>
      <JobStatus />
      <Loaded query={tags}>
        {(all) =>
          all.length === 0 ? (
            <p className="lines-empty">{words.tags.empty}</p>
          ) : (
            <ul className="lines" aria-label={words.pages.tags}>
              {all.map((tag) => (
                <TagLine key={tag.name} tag={tag} all={all} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function TagLine({ tag, all }: { readonly tag: Tag; readonly all: readonly Tag[] }) {
  const { tags: said } = useWords()
  const { name, colour, description, tickets } = tag
  const others = all.filter((each) => each.name !== name)

  async function drop(): Promise<void> {
    followJob(await client.call('deleteTag', { params: { tag: name } }))
    await askAgain(keys.tags)
  }

  return (
    <li className="line record">
      <span className="line-about">
        <span className="line-name">
          <span className="tag plain text" data-colour={colour ?? undefined}>
            {name}
          </span>
        </span>
        <span className="hint text">{[said.tickets(tickets), description].filter(Boolean).join(' · ')}</span>
      </span>
      <DialogForm
        className="button small quiet"
        action={said.change}
        name={said.changeOf(name)}
        title={said.changeOf(name)}
      >
        {(close) => <TagForm tag={tag} onDone={close} />}
      </DialogForm>
      {others.length > 0 && (
        <DialogForm
          className="button small quiet"
          action={said.merge}
          name={said.mergeOf(name)}
          title={said.mergeOf(name)}
        >
          {(close) => <MergeForm tag={tag} others={others} onDone={close} />}
        </DialogForm>
      )}
      <Confirm
        isSmall
        action={said.delete}
        name={said.deleteOf(name)}
        title={said.deleteTitle(name)}
        text={said.deleteHint(tickets)}
        work={drop}
      />
    </li>
  )
}

interface FormProps {
  readonly tag: Tag | null
  readonly onDone: () => void
}

function TagForm({ tag, onDone }: FormProps) {
  const words = useWords()
  const { tags: said } = words
  const sending = useSending(useSaid())
  const [colour, paint] = useState<Tag['colour']>(tag?.colour ?? null)

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const body = { name: String(given.get('name')), colour, description: String(given.get('description')) }
    void sending.send(async () => {
      if (tag === null) await client.call('createTag', { body })
      else {
        const { job } = await client.call('changeTag', { params: { tag: tag.name }, body })
        if (job !== null) followJob(await client.call('getJob', { params: { id: job } }))
      }
      await askAgain(keys.tags)
      onDone()
      notify(said.kept(body.name.trim()))
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput
        name="name"
        label={said.name}
        value={tag?.name ?? null}
        {...(tag !== null && { hint: said.nameHint })}
        longest={100}
        isRequired
        autoFocus
        autoComplete="off"
      />
      <Choice
        label={said.colour}
        value={colour ?? NONE}
        options={[{ id: NONE, name: words.ticket.none }, ...COLOURS.map((id) => ({ id, name: said.colours[id] }))]}
        onChange={(id) => paint(COLOURS.find((each) => each === id) ?? null)}
      />
      <TextInput name="description" label={said.description} value={tag?.description ?? null} longest={1_000} />
      <FormFoot sending={sending} action={words.saved.keep} fields={['name', 'description']} onCancel={onDone} />
    </Form>
  )
}

interface MergeProps {
  readonly tag: Tag
  readonly others: readonly Tag[]
  readonly onDone: () => void
}

function MergeForm({ tag, others, onDone }: MergeProps) {
  const words = useWords()
  const { tags: said } = words
  const sending = useSending(useSaid())
  const [into, choose] = useState(others[0]?.name ?? '')

  function merge(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    void sending.send(async () => {
      followJob(await client.call('mergeTag', { params: { tag: tag.name }, body: { into } }))
      await askAgain(keys.tags)
      onDone()
    })
  }

  return (
    <Form className="card-form" onSubmit={merge}>
      <p>{said.mergeHint(tag.tickets)}</p>
      <Choice
        label={said.into}
        value={into}
        options={others.map(({ name }) => ({ id: name, name }))}
        onChange={choose}
      />
      <FormFoot sending={sending} action={said.merge} fields={[]} onCancel={onDone} />
    </Form>
  )
}
