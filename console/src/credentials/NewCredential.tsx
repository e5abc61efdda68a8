import { type FormEvent, useState } from 'react'
import { Checkbox, Form } from 'react-aria-components'
import type { CreateCredentialAnswer, CreateCredentialBody } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { FormFoot } from '../forms/FormFoot.tsx'
import { linesOf } from '../forms/lines.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { PersonPicker } from '../people/PersonPicker.tsx'
import { useMe } from '../session/session.ts'
import { Choice } from '../tickets/Choice.tsx'
import { nameOf } from '../tickets/list.ts'
import { KINDS } from './kinds.ts'

interface Props {
  readonly onMade: (credential: CreateCredentialAnswer) => void
  readonly onDone: () => void
}

const DAY_MS = 86_400_000
/** How many days a credential may count. */
const DAYS = { never: null, month: 30, quarter: 90, year: 365 } as const
type Span = keyof typeof DAYS
const SPANS: readonly Span[] = ['never', 'month', 'quarter', 'year']

/** What a key that only reads may do, in the native API's words. */
const READING = ['ticket.read', 'message.read_internal', 'user.read', 'catalogue.read', 'view.read']

const FIELDS = ['name', 'user', 'redirect_uris', 'origins'] as const

/** Asks for a new credential: whose API it opens, as whom, and for how long. */
export function NewCredential({ onMade, onDone }: Props) {
  const words = useWords()
  const me = useMe()
  const sending = useSending(useSaid())
  const desks = me.desks.filter(({ role }) => role === 'admin')
  const [chosen, choose] = useState(0)
  const [user, setUser] = useState<string | null>(me.user.id)
  // A credential of all desks is an owner's to make.
  const [desk, setDesk] = useState(me.user.owner ? 'all' : (desks[0]?.id ?? ''))
  const [span, setSpan] = useState<Span>('never')
  const [allows, setAllows] = useState('all')
  const [isTest, setTest] = useState(false)
  const kind = KINDS[chosen]

  async function make(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (!kind) return
    const given = new FormData(event.currentTarget)
    const days = DAYS[span]
    const body: CreateCredentialBody = {
      dialect: kind.dialect,
      kind: kind.kind,
      name: String(given.get('name')),
      user: user ?? me.user.id,
      desk: desk === 'all' ? null : desk,
      ...(days !== null && { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() }),
      ...(kind.dialect === 'native' && allows === 'reading' && { scopes: READING }),
      ...(kind.scopes && { scopes: kind.scopes(desk === 'all' ? me.desks.map(({ id }) => id) : [desk]) }),
      ...(kind.client && { redirect_uris: linesOf(given, 'redirect_uris') }),
      ...(kind.browsers && { origins: linesOf(given, 'origins') }),
      ...(isTest && { test: true }),
    }
    await sending.send(async () => {
      onMade(await client.call('createCredential', { body }))
      onDone()
      void askAgain(keys.credentials)
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={(event) => void make(event)}>
      <Choice
        label={words.credentials.api}
        value={String(chosen)}
        options={KINDS.map(({ vendor, what }, index) => ({
          id: String(index),
          name: `${vendor}: ${words.credentials.whats[what]}`,
        }))}
        onChange={(index) => choose(Number(index))}
      />
      <TextInput
        name="name"
        label={words.credentials.name}
        hint={words.credentials.nameHint}
        isRequired
        autoFocus
        autoComplete="off"
      />
      <PersonPicker
        name="user"
        label={words.credentials.user}
        hint={words.credentials.userHint}
        who="everybody"
        isRequired
        chosen={{ id: me.user.id, name: nameOf(me.user) }}
        onChoose={setUser}
      />
      {(desks.length > 1 || me.user.owner) && (
        <Choice
          label={words.ticket.desk}
          value={desk}
          options={[...(me.user.owner ? [{ id: 'all', name: words.people.allDesks }] : []), ...desks]}
          onChange={setDesk}
        />
      )}
      {kind?.dialect === 'native' && (
        <Choice
          label={words.credentials.allows}
          value={allows}
          options={[
            { id: 'all', name: words.credentials.allowsAll },
            { id: 'reading', name: words.credentials.allowsReading },
          ]}
          onChange={setAllows}
        />
      )}
      <Choice
        label={words.credentials.ends}
        value={span}
        options={SPANS.map((id) => ({ id, name: words.credentials.spans[id] }))}
        onChange={(id) => setSpan(SPANS.find((each) => each === id) ?? span)}
      />
      {kind?.client && (
        <TextInput
          name="redirect_uris"
          label={words.credentials.redirects}
          hint={words.credentials.redirectsHint}
          rows={2}
          isCode
          isRequired={kind.what === 'client'}
        />
      )}
      {kind?.browsers && (
        <TextInput
          name="origins"
          label={words.credentials.origins}
          hint={words.credentials.originsHint}
          rows={2}
          isCode
        />
      )}
      <Checkbox className="tick" isSelected={isTest} onChange={setTest}>
        <span className="tick-box" aria-hidden="true" />
        {words.credentials.isTest}
      </Checkbox>
      <FormFoot sending={sending} action={words.credentials.make} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}
