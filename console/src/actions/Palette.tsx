import { type ReactNode, useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Heading,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { useMacros } from '../macros/macros.ts'
import { worksHere } from '../session/permissions.ts'
import { useMe } from '../session/session.ts'
import { nameOf } from '../tickets/list.ts'
import { StatusMark } from '../tickets/StatusMark.tsx'
import { actions, shownKeys } from './actions.ts'
import { useFound } from './found.ts'
import { setPalette, usePalette } from './palette.ts'
import { useScene } from './scene.ts'

/** Something in the palette: what it is called, what it says beside that, and what it does. */
interface Entry {
  readonly id: string
  readonly name: string
  readonly hint?: string
  readonly mark?: ReactNode
  readonly run: () => void
}

interface Part {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** What begins the ids of what the server found: it need not be called by the words that found it. */
const FOUND = 'found.'

/** Every action that is offered at the moment, tickets, and people: "urgent" sets it, a number opens it. */
export function Palette() {
  const words = useWords()
  const isOpen = usePalette()
  const { contains } = useFilter({ sensitivity: 'base' })
  const [typed, setTyped] = useState('')
  // Each is a command of its own.
  const works = worksHere(useMe())
  useMacros(isOpen && works)
  const parts = useParts(isOpen ? typed : '')
  const run = (id: unknown): void => {
    setPalette(false)
    setTyped('')
    parts
      .flatMap(({ entries }) => entries)
      .find((entry) => entry.id === id)
      ?.run()
  }
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      onOpenChange={(open) => {
        setPalette(open)
        setTyped('')
      }}
      isDismissable
    >
      <Modal className="palette">
        <Dialog>
          <Heading slot="title" className="hidden-visually">
            {words.palette.title}
          </Heading>
          <Autocomplete
            filter={(name, sought, node) => String(node.key).startsWith(FOUND) || contains(name, sought)}
            inputValue={typed}
            onInputChange={setTyped}
          >
            <SearchField aria-label={words.palette.field} autoFocus className="palette-field">
              <Input placeholder={words.palette.field} />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label={words.palette.title}
              onAction={run}
              renderEmptyState={() => <p className="hint">{words.palette.none}</p>}
            >
              {parts.map(({ title, entries }) => (
                <MenuSection key={title} aria-label={title}>
                  <Header className="palette-title">{title}</Header>
                  {entries.map(({ id, name, hint, mark }) => (
                    <MenuItem key={id} id={id} className="item" textValue={name}>
                      <span className="text">
                        {mark} {name}
                      </span>
                      {hint !== undefined && <kbd>{hint}</kbd>}
                    </MenuItem>
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function useParts(typed: string): readonly Part[] {
  const words = useWords()
  const scene = useScene()
  const found = useFound(typed)
  const now = scene()
  const commands = actions(words)
    .filter(({ isOffered }) => isOffered?.(now) ?? true)
    .map(({ id, name, keys, run }) => ({
      id,
      name,
      ...(keys !== undefined && { hint: shownKeys(keys) }),
      run: () => run(scene()),
    }))
  const tickets = found.tickets.map(({ id, number, title, status }) => ({
    id: `${FOUND}${id}`,
    name: title || `#${number}`,
    hint: `#${number}`,
    mark: <StatusMark status={status} />,
    run: () => now.open(id),
  }))
  const people = found.people.map((person) => ({
    id: `${FOUND}${person.id}`,
    name: nameOf(person),
    ...(person.email !== null && { hint: person.email }),
    run: () => now.find(`requester:${person.email ?? person.id}`),
  }))
  return [
    { title: words.palette.commands, entries: commands },
    { title: words.palette.tickets, entries: tickets },
    { title: words.palette.people, entries: people },
  ].filter(({ entries }) => entries.length > 0)
}
