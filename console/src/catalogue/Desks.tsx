import type { FormEvent } from 'react'
import { Form } from 'react-aria-components'
import { client } from '../api/client.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { linesOf } from '../forms/lines.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { notify } from '../shell/notices.ts'
import { NewRecord, Records } from './Records.tsx'
import { type Listed, RECORD_LISTS, readRecordsAnew } from './records.ts'

/** The desks, and what the whole is called. */
export function Desks() {
  const words = useWords()
  const list = RECORD_LISTS.desks
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.desks}</h1>
        <DialogForm action={words.catalogue.adds.desks} title={words.catalogue.adds.desks}>
          {(close) => <NewRecord list={list} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.catalogue.abouts.desks}</p>
      <Records list={list} label={words.pages.desks}>
        {(desk) => <Addresses desk={desk} />}
      </Records>
      <Tenant />
    </>
  )
}

/** Where a desk gets mail. */
function Addresses({ desk }: { readonly desk: Listed }) {
  const words = useWords()
  const said = words.catalogue
  const { id, name, addresses = [] } = desk
  return (
    <div className="desk-addresses">
      <span className="hint text">{addresses.length > 0 ? addresses.join(', ') : said.noAddresses}</span>
      <DialogForm
        className="button small quiet"
        action={said.addresses}
        name={said.addressesOf(name)}
        title={said.addressesOf(name)}
      >
        {(close) => <AddressForm id={id} addresses={addresses} onDone={close} />}
      </DialogForm>
    </div>
  )
}

interface AddressFormProps {
  readonly id: string
  readonly addresses: readonly string[]
  readonly onDone: () => void
}

function AddressForm({ id, addresses, onDone }: AddressFormProps) {
  const words = useWords()
  const said = words.catalogue
  const sending = useSending(useSaid())

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const body = { addresses: linesOf(new FormData(event.currentTarget), 'addresses') }
    void sending.send(async () => {
      await client.call('changeDesk', { params: { id }, body })
      await readRecordsAnew()
      onDone()
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput
        name="addresses"
        label={said.addresses}
        value={addresses.join('\n')}
        hint={said.addressesHint}
        rows={4}
        isCode
        autoFocus
      />
      <FormFoot sending={sending} action={words.saved.keep} fields={ADDRESS_FIELDS} onCancel={onDone} />
    </Form>
  )
}

const ADDRESS_FIELDS = ['addresses'] as const
const FIELDS = ['name'] as const

function Tenant() {
  const words = useWords()
  const { tenant } = useMe()
  const sending = useSending(useSaid())

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name'))
    void sending.send(async () => {
      await client.call('changeTenant', { body: { name } })
      notify(words.forms.saved)
      await readRecordsAnew()
    })
  }

  return (
    <section aria-labelledby="tenant">
      <h2 id="tenant">{words.catalogue.tenant}</h2>
      <Form className="settings-form wide" validationErrors={sending.errors} onSubmit={save}>
        <TextInput
          name="name"
          label={words.catalogue.name}
          value={tenant.name}
          hint={words.catalogue.tenantHint}
          isRequired
        />
        <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} />
      </Form>
    </section>
  )
}
