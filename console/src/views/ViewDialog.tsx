import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import {
  Button,
  Dialog,
  FieldError,
  Form,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import type { View } from '../../../sdk/operations.ts'
import type { FieldError as Mistake } from '../../../sdk/problem.ts'
import { client } from '../api/client.ts'
import { Audience, audienceOf, sharedBy } from '../forms/Audience.tsx'
import { useWords } from '../i18n/words.ts'
import { type Editing, editView, useEditing } from './editing.ts'
import { readViewsAnew, useViews } from './views.ts'

/** Saves what is searched for as a view, changes one, or deletes it. */
export function ViewDialog() {
  const editing = useEditing()
  return (
    <ModalOverlay
      className="overlay"
      isOpen={editing !== null}
      onOpenChange={(open) => !open && editView(null)}
      isDismissable
    >
      <Modal className="card">
        <Dialog>
          {editing?.what === 'delete' && <Deletion view={editing.view} />}
          {editing && editing.what !== 'delete' && <ViewForm editing={editing} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

/** What went wrong: at fields, and as a whole. */
interface Problems {
  readonly fields: Readonly<Record<string, string>>
  readonly whole: string | null
}
const NONE: Problems = { fields: {}, whole: null }

function ViewForm({ editing }: { readonly editing: Exclude<Editing, { what: 'delete' }> }) {
  const words = useWords()
  const navigate = useNavigate()
  const views = useViews()
  const { view: current = 'all', q = '' } = useSearch({ strict: false })
  const base = views.find(({ id }) => id === current)
  const view = editing.what === 'change' ? editing.view : null
  const [isBusy, setBusy] = useState(false)
  const [problems, setProblems] = useState(NONE)
  const [audience, setAudience] = useState(audienceOf(view))

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    const form = new FormData(event.currentTarget)
    const given = { name: String(form.get('name')), query: String(form.get('query')), ...sharedBy(audience) }
    setBusy(true)
    setProblems(NONE)
    try {
      if (view) await client.call('changeView', { params: { id: view.id }, body: given, ifVersion: view.version })
      else {
        const sort = base?.sort ?? '-created'
        const { id } = await client.call('createView', { body: { ...given, sort } })
        void navigate({ to: '/tickets', search: { view: id } })
      }
      readViewsAnew()
      editView(null)
    } catch (error) {
      setProblems(problemsOf(error, words.list.expected, words.saved.changedMeanwhile))
      setBusy(false)
    }
  }

  return (
    // Whatever is wrong stays told until it is sent again, so that no button moves away from under the pointer.
    <Form className="card-form" onSubmit={(event) => void save(event)} validationBehavior="aria">
      <Heading slot="title">{view ? words.saved.change : words.saved.save}</Heading>
      <TextField
        name="name"
        isRequired
        autoFocus
        maxLength={255}
        defaultValue={view?.name ?? ''}
        isInvalid={problems.fields['name'] !== undefined}
      >
        <Label>{words.saved.name}</Label>
        <Input className="field" />
        <FieldError className="field-error">{problems.fields['name']}</FieldError>
      </TextField>
      <TextField
        name="query"
        maxLength={2_000}
        defaultValue={view?.query ?? [base?.query, q].filter(Boolean).join(' ')}
        spellCheck="false"
        isInvalid={problems.fields['query'] !== undefined}
      >
        <Label>{words.saved.query}</Label>
        <Input className="field" />
        <FieldError className="field-error">{problems.fields['query']}</FieldError>
      </TextField>
      <Audience value={audience} onChange={setAudience} shared={view} />
      <p role="alert" className="field-error">
        {problems.fields['audience'] ?? problems.fields['group'] ?? problems.whole}
      </p>
      <div className="card-buttons">
        <Button slot="close" className="button">
          {words.saved.cancel}
        </Button>
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {words.saved.keep}
        </Button>
      </div>
    </Form>
  )
}

function Deletion({ view }: { readonly view: View }) {
  const words = useWords()
  const navigate = useNavigate()
  const { view: current } = useSearch({ strict: false })
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function drop(): Promise<void> {
    setBusy(true)
    // First away from its list, which the feed would have asked for once more.
    if (current === view.id) await navigate({ to: '/tickets', search: { view: 'all' } })
    try {
      await client.call('deleteView', { params: { id: view.id } })
    } catch (error) {
      // Whoever was faster did the same.
      if (!isProblem(error, 'not_found')) {
        setProblem(error instanceof Error ? error.message : '')
        setBusy(false)
        return
      }
    }
    readViewsAnew()
    editView(null)
  }

  return (
    <div className="card-form">
      <Heading slot="title">{words.saved.deleteOf(view.name)}</Heading>
      <p>{view.audience === 'private' ? words.saved.deleteHint : words.saved.deleteSharedHint}</p>
      <p role="alert" className="field-error">
        {problem}
      </p>
      <div className="card-buttons">
        <Button slot="close" className="button" autoFocus>
          {words.saved.cancel}
        </Button>
        <Button className="button primary" isDisabled={isBusy} onPress={() => void drop()}>
          {words.saved.delete}
        </Button>
      </div>
    </div>
  )
}

function problemsOf(error: unknown, expected: (what: string) => string, changedMeanwhile: string): Problems {
  if (isProblem(error, 'precondition_failed')) return { fields: {}, whole: changedMeanwhile }
  if (!isProblem(error)) return { fields: {}, whole: error instanceof Error ? error.message : '' }
  const said = (mistake: Mistake): string =>
    mistake.expected === undefined ? mistake.message : `${expected(mistake.expected)} (${(mistake.at ?? 0) + 1})`
  const fields = Object.fromEntries(error.errors.map((mistake) => [mistake.field, said(mistake)]))
  return { fields, whole: error.errors.length > 0 ? null : (error.detail ?? error.message) }
}
