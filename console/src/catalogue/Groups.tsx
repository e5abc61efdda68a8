import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button, Disclosure, DisclosurePanel } from 'react-aria-components'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { Avatar } from '../people/Avatar.tsx'
import { PersonPicker } from '../people/PersonPicker.tsx'
import { Loaded } from '../shell/Loaded.tsx'
import { nameOf } from '../tickets/list.ts'
import { NewRecord, Records } from './Records.tsx'
import { type Listed, RECORD_LISTS } from './records.ts'

/** The groups, and who is in each. */
export function Groups() {
  const words = useWords()
  const list = RECORD_LISTS.groups
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.groups}</h1>
        <DialogForm action={words.catalogue.adds.groups} title={words.catalogue.adds.groups}>
          {(close) => <NewRecord list={list} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.catalogue.abouts.groups}</p>
      <Records list={list} label={words.pages.groups}>
        {(group) => <GroupMembers group={group} />}
      </Records>
    </>
  )
}

function GroupMembers({ group }: { readonly group: Listed }) {
  const words = useWords()
  return (
    <Disclosure className="members">
      {({ isExpanded }) => (
        <>
          <Button slot="trigger" className="members-sign" aria-label={words.catalogue.membersOf(group.name)}>
            <ChevronRight size={14} aria-hidden="true" />
            {words.catalogue.members}
          </Button>
          <DisclosurePanel className="members-panel">{isExpanded && <Members group={group} />}</DisclosurePanel>
        </>
      )}
    </Disclosure>
  )
}

function Members({ group }: { readonly group: Listed }) {
  const words = useWords()
  const said = words.catalogue
  const sending = useSending(useSaid())
  const [person, choose] = useState<string | null>(null)
  // A new field for each person: the one before is in the list now.
  const [times, setTimes] = useState(0)
  const members = useQuery({
    queryKey: keys.members(group.id),
    queryFn: () => collect(all(client, 'listGroupMembers', { params: { id: group.id }, query: { limit: '200' } })),
  })

  async function change(operation: 'addGroupMember' | 'removeGroupMember', user: string): Promise<void> {
    await client.call(operation, { params: { id: group.id, user } })
    await askAgain(keys.members(group.id))
  }

  async function add(user: string): Promise<void> {
    await change('addGroupMember', user)
    choose(null)
    setTimes(times + 1)
  }

  return (
    <>
      <Loaded query={members}>
        {(people) =>
          people.length === 0 ? (
            <p className="hint">{said.noMembers}</p>
          ) : (
            <ul className="chips" aria-label={said.membersOf(group.name)}>
              {people.map((member) => (
                <li key={member.id} className="chip">
                  <Avatar person={member} />
                  {nameOf(member)}
                  <Button
                    className="remove"
                    aria-label={said.takeOut(nameOf(member))}
                    isDisabled={sending.isBusy}
                    onPress={() => void sending.send(() => change('removeGroupMember', member.id))}
                  >
                    ×
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <div className="members-add">
        <PersonPicker key={times} label={said.addMember} onChoose={choose} />
        <Button
          className="button"
          isDisabled={sending.isBusy || person === null}
          onPress={() => person !== null && void sending.send(() => add(person))}
        >
          {words.people.make}
        </Button>
      </div>
      <p role="alert" className="field-error">
        {sending.problem ?? Object.values(sending.errors).join(' ')}
      </p>
    </>
  )
}
