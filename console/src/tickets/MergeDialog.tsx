import { useNavigate, useSearch } from '@tanstack/react-router'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { FindTicket } from './FindTicket.tsx'
import { askInto, merge, useAsked } from './merging.ts'

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
      <FindTicket
        label={words.merging.field}
        hint={words.merging.hint}
        isOffered={({ id }) => id !== from.id}
        onChoose={(id) => void choose(id)}
      />
    </>
  )
}
