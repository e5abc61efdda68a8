import { useState } from 'react'
import { Autocomplete, Input, Menu, MenuItem, SearchField } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useFound } from '../actions/found.ts'
import { useWords } from '../i18n/words.ts'
import { nameOf } from './list.ts'
import { StatusMark } from './StatusMark.tsx'

interface Props {
  readonly label: string
  /** What is told before anything is typed. */
  readonly hint: string
  readonly isOffered: (ticket: Ticket) => boolean
  readonly onChoose: (id: string) => void
}

/** Finds a ticket by its number or by words, in a dialog as that of the commands. */
export function FindTicket({ label, hint, isOffered, onChoose }: Props) {
  const words = useWords()
  const [typed, setTyped] = useState('')
  const { tickets } = useFound(typed)
  return (
    // What the server found need not be called by the words that found it.
    <Autocomplete filter={() => true} inputValue={typed} onInputChange={setTyped}>
      <SearchField aria-label={label} autoFocus className="palette-field">
        <Input placeholder={label} />
      </SearchField>
      <Menu
        className="palette-list"
        aria-label={words.palette.tickets}
        onAction={(id) => onChoose(String(id))}
        renderEmptyState={() => <p className="hint">{typed === '' ? hint : words.palette.none}</p>}
      >
        {tickets.filter(isOffered).map(({ id, number, title, status, requester }) => (
          <MenuItem key={id} id={id} className="item" textValue={title || `#${number}`}>
            <span className="text">
              <StatusMark status={status} /> {title || `#${number}`}{' '}
              <span className="hint">{nameOf(requester) || words.list.nobody}</span>
            </span>
            <kbd>#{number}</kbd>
          </MenuItem>
        ))}
      </Menu>
    </Autocomplete>
  )
}
