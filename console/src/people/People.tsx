import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Form, Input, Label, SearchField } from 'react-aria-components'
import type { ListedUser } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { More } from '../shell/More.tsx'
import { Segments } from '../shell/Segments.tsx'
import { Choice } from '../tickets/Choice.tsx'
import { nameOf } from '../tickets/list.ts'
import { Avatar } from './Avatar.tsx'
import { showPerson, usePeople } from './people.ts'
import { ROLES, type Role, rolesOf } from './roles.ts'

/** Everybody that the desk knows: found by name or address, colleagues first. */
export function People() {
  const words = useWords()
  const navigate = useNavigate()
  const search = useSearch({ from: '/settings/people' })
  const people = usePeople(search)
  const who = search.who ?? 'colleagues'
  const show = (next: { readonly find: string; readonly who: string }): void => {
    const wanted = {
      ...(next.find !== '' && { find: next.find }),
      ...(next.who === 'everybody' && { who: 'everybody' as const }),
    }
    void navigate({ to: '/settings/people', search: wanted, replace: true })
  }
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.people}</h1>
        <DialogForm action={words.people.add} title={words.people.add}>
          {(close) => <NewPerson onDone={close} />}
        </DialogForm>
      </header>
      <div className="page-tools">
        <SearchField className="page-search" defaultValue={search.find ?? ''} onChange={(find) => show({ find, who })}>
          <Label className="hidden-visually">{words.people.find}</Label>
          <Input className="field" placeholder={words.people.find} maxLength={100} />
        </SearchField>
        <Segments
          label={words.people.who}
          value={who}
          options={[
            { id: 'colleagues', name: words.people.colleagues },
            { id: 'everybody', name: words.people.everybody },
          ]}
          onChange={(id) => show({ find: search.find ?? '', who: id })}
        />
      </div>
      <Loaded query={people}>
        {({ pages }) => {
          const shown = pages.flatMap(({ data }) => data)
          if (shown.length === 0) return <p className="lines-empty">{words.people.none}</p>
          return (
            <>
              <ul className="lines" aria-label={words.pages.people}>
                {shown.map((person) => (
                  <PersonLine key={person.id} person={person} />
                ))}
              </ul>
              <More list={people} />
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function PersonLine({ person }: { readonly person: ListedUser }) {
  const words = useWords()
  return (
    <li className="line" data-off={!person.active || undefined}>
      <Avatar person={person} />
      <span className="line-about">
        <Link className="line-link text" to="/settings/people/$personId" params={{ personId: person.id }}>
          {nameOf(person) || words.people.nameless}
        </Link>
        <span className="hint text">{person.email ?? person.username ?? person.phone}</span>
      </span>
      <span className="badges">
        {!person.active && <span className="badge off">{words.people.keptOut}</span>}
        {person.kind !== 'person' && <span className="badge">{words.people.kinds[person.kind]}</span>}
        {rolesOf(person, words).map((role) => (
          <span key={role} className="badge">
            {role}
          </span>
        ))}
      </span>
    </li>
  )
}

const FIELDS = ['name', 'surname', 'email'] as const
/** What somebody may be. A service is what keys without a person act as. */
const KINDS = ['person', 'service', 'automation'] as const
type Kind = (typeof KINDS)[number]

function NewPerson({ onDone }: { readonly onDone: () => void }) {
  const words = useWords()
  const me = useMe()
  const navigate = useNavigate()
  const sending = useSending(useSaid())
  const desks = me.desks.filter(({ role }) => role === 'admin')
  const [role, setRole] = useState<Role | 'owner'>('agent')
  const [kind, setKind] = useState<Kind>('person')
  const [desk, setDesk] = useState(desks.length > 1 ? 'all' : (desks[0]?.id ?? ''))

  async function make(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const email = String(given.get('email')).trim()
    const on = desk === 'all' || role === 'owner' ? desks.map(({ id }) => id) : [desk]
    const body = {
      name: String(given.get('name')),
      surname: String(given.get('surname')),
      ...(email !== '' && { email }),
      kind,
      ...(role === 'owner' && { owner: true }),
      // An owner is an admin of every desk.
      memberships: on.map((id) => ({ desk: id, role: role === 'owner' ? 'admin' : role })),
    }
    await sending.send(async () => {
      const person = await client.call('createUser', { body })
      showPerson(person)
      onDone()
      void navigate({ to: '/settings/people/$personId', params: { personId: person.id } })
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={(event) => void make(event)}>
      <TextInput name="name" label={words.people.name} isRequired autoFocus autoComplete="off" />
      <TextInput name="surname" label={words.people.surname} autoComplete="off" />
      <TextInput name="email" label={words.session.email} type="email" isCode autoComplete="off" />
      <Choice
        label={words.people.kind}
        value={kind}
        options={KINDS.map((id) => ({ id, name: words.people.kinds[id] }))}
        onChange={(chosen) => setKind(KINDS.find((each) => each === chosen) ?? kind)}
      />
      <Choice
        label={words.people.role}
        value={role}
        options={[
          ...ROLES.map((id) => ({ id, name: words.people.roles[id] })),
          ...(me.user.owner ? [{ id: 'owner', name: words.people.owner }] : []),
        ]}
        onChange={(chosen) => setRole(ROLES.find((each) => each === chosen) ?? 'owner')}
      />
      {desks.length > 1 && role !== 'owner' && (
        <Choice
          label={words.ticket.desk}
          value={desk}
          options={[{ id: 'all', name: words.people.allDesks }, ...desks]}
          onChange={setDesk}
        />
      )}
      <p className="hint">{kind === 'person' ? words.people.addHint : words.people.machineHint}</p>
      <FormFoot sending={sending} action={words.people.make} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}
