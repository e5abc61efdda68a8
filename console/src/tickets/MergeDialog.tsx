import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Heading,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useFound } from '../actions/found.ts'
import { useWords } from '../i18n/words.ts'
import { nameOf } from './list.ts'
import { askInto, merge, useAsked } from './merging.ts'
import { StatusMark } from './StatusMark.tsx'

/** Asks into which ticket one is to be merged: by its number, or by words. */
export function MergeDialog() {
  const from = useAsked()
  return (
    <ModalOverlay
      className="overlay"
      isOpen={from !== null}
      onOpenChange={(open) => !open && askInto(null)}
      isDismissable
    >
      <Modal className="palette">
        <Dialog>{from && <Choice from={from} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Choice({ from }: { readonly from: Ticket }) {
  const words = useWords()
  const navigate = useNavigate()
  const { view = 'all', q } = useSearch({ strict: false })
  const [typed, setTyped] = useState('')
  const { tickets } = useFound(typed)
  const offered = tickets.filter(({ id }) => id !== from.id)

  async function choose(id: string): Promise<void> {
    askInto(null)
    if (!(await merge(from, { id }))) return
    const search = { view, ...(q !== undefined && { q }) }
    void navigate({ to: '/tickets/$ticketId', params: { ticketId: id }, search, replace: true })
  }

  return (
    <>
      <Heading slot="title" className="palette-title">
        {words.merging.title(from.title || `#${from.number}`)}
      </Heading>
      {/* What the server found need not be called by the words that found it. */}
      <Autocomplete filter={() => true} inputValue={typed} onInputChange={setTyped}>
        <SearchField aria-label={words.merging.field} autoFocus className="palette-field">
          <Input placeholder={words.merging.field} />
        </SearchField>
        <Menu
          className="palette-list"
          aria-label={words.palette.tickets}
          onAction={(id) => void choose(String(id))}
          renderEmptyState={() => <p className="hint">{typed === '' ? words.merging.hint : words.palette.none}</p>}
        >
          {offered.map(({ id, number, title, status, requester }) => (
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
    </>
  )
}
