import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, Form } from 'react-aria-components'
import type { ChangeUserBody, User } from '../../../sdk/operations.ts'
import { askAgain, cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { Confirm } from '../forms/Confirm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { ShownOnce } from '../forms/ShownOnce.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { Undeliverable } from '../mail/Undeliverable.tsx'
import { administers } from '../session/permissions.ts'
import { useMe } from '../session/session.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
import { nameOf } from '../tickets/list.ts'
import { Avatar } from './Avatar.tsx'
import { mayChange, mayLetIn, showPerson, useDesks, usePerson } from './people.ts'
import { ROLES, rolesOf } from './roles.ts'

/** A person: what is known of them, their roles, and how they get in. */
export function Person() {
  const words = useWords()
  const { personId } = useParams({ from: '/settings/people/$personId' })
  const person = usePerson(personId)
  return (
    <>
      <Link className="back-link" to="/settings/people">
        <ArrowLeft size={15} aria-hidden="true" />
        {words.pages.people}
      </Link>
      <Loaded query={person}>{(known) => <Known key={known.id} person={known} />}</Loaded>
    </>
  )
}

function Known({ person }: { readonly person: User }) {
  const words = useWords()
  const me = useMe()
  const isChangeable = mayChange(me, person)
  return (
    <>
      <header className="page-head">
        <Avatar person={person} />
        <span className="line-about">
          <h1>{nameOf(person) || words.people.nameless}</h1>
          <span className="hint">{rolesOf(person, words).join(' · ')}</span>
        </span>
        {!person.active && <span className="badge off">{words.people.keptOut}</span>}
      </header>
      {!isChangeable && <p className="hint">{words.people.notYours}</p>}
      {isChangeable && <Profile person={person} />}
      <Roles person={person} isChangeable={isChangeable} />
      {person.kind === 'person' && mayLetIn(me, person) && <WayIn person={person} />}
      {isChangeable && person.id !== me.user.id && <Danger person={person} />}
    </>
  )
}

const FIELDS = ['name', 'surname', 'email', 'username', 'phone'] as const
/** What a person may lack. */
const CLEARED: readonly string[] = ['email', 'username', 'phone']

function Profile({ person }: { readonly person: User }) {
  const words = useWords()
  const sending = useSending(useSaid())
  // What others change meanwhile stays: only what differs from what was shown is sent.
  const [shown, setShown] = useState(person)

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const body: ChangeUserBody = Object.fromEntries(
      FIELDS.flatMap((field) => {
        const text = String(given.get(field)).trim()
        return text === (shown[field] ?? '') ? [] : [[field, text === '' && CLEARED.includes(field) ? null : text]]
      }),
    )
    await sending.send(async () => {
      const changed = await client.call('changeUser', { params: { id: person.id }, body })
      setShown(changed)
      showPerson(changed)
      notify(words.forms.saved)
    })
  }

  return (
    <section aria-labelledby="about">
      <h2 id="about">{words.settings.profile}</h2>
      <Form className="settings-form wide" validationErrors={sending.errors} onSubmit={(event) => void save(event)}>
        <div className="pair">
          <TextInput name="name" label={words.people.name} value={person.name} isRequired autoComplete="off" />
          <TextInput name="surname" label={words.people.surname} value={person.surname} autoComplete="off" />
        </div>
        <TextInput
          name="email"
          label={words.session.email}
          value={person.email}
          type="email"
          isCode
          autoComplete="off"
        />
        {person.email && <Undeliverable address={person.email} stand="" />}
        <div className="pair">
          <TextInput name="username" label={words.people.username} value={person.username} isCode autoComplete="off" />
          <TextInput name="phone" label={words.people.phone} value={person.phone} type="tel" autoComplete="off" />
        </div>
        <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} />
      </Form>
    </section>
  )
}

/** The role on each desk, chosen in place. What is no role is chosen as one, and takes it away. */
function Roles({ person, isChangeable }: { readonly person: User; readonly isChangeable: boolean }) {
  const words = useWords()
  const me = useMe()
  const desks = useDesks()

  const params = { id: person.id }

  async function save(body: ChangeUserBody): Promise<void> {
    await tried(() => client.call('changeUser', { params, body }))
  }

  async function give(desk: string, chosen: string): Promise<void> {
    const role = ROLES.find((each) => each === chosen)
    if (role) await save({ memberships: [{ desk, role }] })
    else await tried(() => client.call('removeMembership', { params: { ...params, desk } }))
  }

  async function tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
      showPerson(await client.call('getUser', { params }))
      notify(words.forms.saved)
    } catch (error) {
      notify(`${words.ticket.notSaved} ${whyOf(error)}`)
    }
  }

  return (
    <section aria-labelledby="roles">
      <h2 id="roles">{words.people.rolesTitle}</h2>
      {person.owner && <p className="hint">{words.people.ownerHint}</p>}
      {person.kind === 'person' && me.user.owner && (
        <Choice
          label={words.people.allDesks}
          value={person.owner ? 'owner' : 'none'}
          options={[
            { id: 'none', name: words.people.noRole },
            { id: 'owner', name: words.people.owner },
          ]}
          refusal={isChangeable ? null : words.ticket.notAllowed}
          onChange={(chosen) => void save({ owner: chosen === 'owner' })}
        />
      )}
      <Loaded query={desks}>
        {(all) =>
          all
            .filter(({ id, active }) => active || person.memberships.some(({ desk }) => desk.id === id))
            .map(({ id, name }) => (
              <Choice
                key={id}
                label={name}
                value={person.memberships.find(({ desk }) => desk.id === id)?.role ?? 'none'}
                options={[
                  { id: 'none', name: words.people.noRole },
                  ...ROLES.map((role) => ({ id: role, name: words.people.roles[role] })),
                ]}
                refusal={isChangeable && administers(me, id) ? null : words.ticket.notAllowed}
                onChange={(chosen) => void give(id, chosen)}
              />
            ))
        }
      </Loaded>
    </section>
  )
}

/** How a person gets in: a link to set a password, and the end of a second factor that was lost. */
function WayIn({ person }: { readonly person: User }) {
  const words = useWords()
  const [link, setLink] = useState<{ readonly url: string; readonly until: string } | null>(null)
  const sending = useSending(useSaid())
  const factor = useQuery({
    queryKey: keys.factorOf(person.id),
    queryFn: ({ signal }) => client.call('getSecondFactorOf', { params: { id: person.id }, signal }),
  })

  async function make(): Promise<void> {
    const { token, expires_at } = await client.call('createPasswordLink', { params: { id: person.id } })
    setLink({ url: `${window.location.origin}/password#${token}`, until: moment(expires_at) })
  }

  async function reset(): Promise<void> {
    await client.call('resetSecondFactor', { params: { id: person.id } })
    await askAgain(keys.factorOf(person.id))
    notify(words.people.factorGone)
  }

  return (
    <section aria-labelledby="way-in">
      <h2 id="way-in">{words.people.wayIn}</h2>
      {link ? (
        <ShownOnce
          hint={words.people.linkHint(link.until)}
          values={[{ label: words.people.link, value: link.url }]}
          onDone={() => setLink(null)}
        />
      ) : (
        <div className="setting">
          <p className="hint">{words.people.linkAbout}</p>
          <Button
            className="button"
            isDisabled={sending.isBusy || !person.active}
            onPress={() => void sending.send(make)}
          >
            {words.people.makeLink}
          </Button>
        </div>
      )}
      <p role="alert" className="field-error">
        {sending.problem ?? Object.values(sending.errors).join(' ')}
      </p>
      <Loaded query={factor}>
        {({ since }) => (
          <div className="setting">
            <p className="hint">
              {since === null ? words.people.noFactor : words.settings.secondFactorOn(moment(since))}
            </p>
            {since !== null && (
              <Confirm
                action={words.people.resetFactor}
                title={words.people.resetFactorOf(nameOf(person))}
                text={words.people.resetFactorHint}
                work={reset}
              />
            )}
          </div>
        )}
      </Loaded>
    </section>
  )
}

/** What keeps a person out, or forgets them. */
function Danger({ person }: { readonly person: User }) {
  const words = useWords()
  const navigate = useNavigate()
  const sending = useSending(useSaid())
  const works = person.owner || person.kind !== 'person' || person.memberships.some(({ role }) => role !== 'customer')
  const name = nameOf(person) || words.people.nameless

  async function setActive(active: boolean): Promise<void> {
    showPerson(await client.call('changeUser', { params: { id: person.id }, body: { active } }))
  }

  async function erase(): Promise<void> {
    await client.call('eraseUser', { params: { id: person.id } })
    void navigate({ to: '/settings/people' })
    cache.removeQueries({ queryKey: keys.person(person.id) })
    await askAgain(keys.people)
    notify(words.people.erased)
  }

  return (
    <section aria-labelledby="danger">
      <h2 id="danger">{words.people.danger}</h2>
      <div className="setting">
        <p className="hint">{person.active ? words.people.keepOutHint : words.people.keptOutHint}</p>
        {person.active ? (
          <Confirm
            action={words.people.keepOut}
            title={words.people.keepOutOf(name)}
            text={words.people.keepOutHint}
            work={() => setActive(false)}
          />
        ) : (
          <Button
            className="button"
            isDisabled={sending.isBusy}
            onPress={() => void sending.send(() => setActive(true))}
          >
            {words.people.letIn}
          </Button>
        )}
      </div>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
      {!works && (
        <div className="setting">
          <p className="hint">{words.people.eraseHint}</p>
          <Confirm
            action={words.people.erase}
            title={words.people.eraseOf(name)}
            text={words.people.eraseHint}
            work={erase}
          />
        </div>
      )}
    </section>
  )
}
