import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Form } from 'react-aria-components'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { linesOf } from '../forms/lines.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { languageNow, useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
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

/** Languages whose forms of words the search knows. */
const LANGUAGES = ['da', 'de', 'en', 'es', 'fr', 'it', 'nl', 'no', 'pt', 'sv'] as const
type Language = (typeof LANGUAGES)[number] | null

function Tenant() {
  const query = useQuery({ queryKey: keys.records('tenant'), queryFn: () => client.call('getTenant') })
  return (
    <Loaded query={query}>{(tenant) => <TenantForm name={tenant.name} language={tenant.search_language} />}</Loaded>
  )
}

function TenantForm({ name: known, language }: { readonly name: string; readonly language: Language }) {
  const words = useWords()
  const sending = useSending(useSaid())
  const [chosen, choose] = useState(language)
  const names = new Intl.DisplayNames(languageNow(), { type: 'language' })
  const options = [
    { id: 'none', name: words.catalogue.noLanguage },
    ...LANGUAGES.map((id) => ({ id, name: names.of(id) ?? id })).toSorted((one, other) =>
      one.name.localeCompare(other.name),
    ),
  ]

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name'))
    void sending.send(async () => {
      await client.call('changeTenant', { body: { name, search_language: chosen } })
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
          value={known}
          hint={words.catalogue.tenantHint}
          isRequired
        />
        <Choice
          label={words.catalogue.searchLanguage}
          value={chosen ?? 'none'}
          options={options}
          onChange={(id) => choose(LANGUAGES.find((each) => each === id) ?? null)}
        />
        <p className="hint">{words.catalogue.searchLanguageHint}</p>
        <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} />
      </Form>
    </section>
  )
}
