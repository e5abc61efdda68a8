import { useState } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { Choice } from './Choice.tsx'
import { FindTicket } from './FindTicket.tsx'
import { beginJob } from './jobs.ts'
import { endAsking, isDone, type Link, type LinkAsked, RELATIONS, type Relation } from './linking.ts'
import { link } from './links.ts'
import { StatusMark } from './StatusMark.tsx'

/** Asks to what a ticket is to be linked, or about the children of one that was solved. */
export default function LinkDialog({ asked }: { readonly asked: LinkAsked }) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && endAsking()} isDismissable>
      <Modal className={asked.what === 'link' ? 'palette' : 'card'}>
        <Dialog>
          {asked.what === 'link' ? (
            <Target from={asked.ticket} />
          ) : (
            <Children parent={asked.ticket} links={asked.children} />
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Target({ from }: { readonly from: Ticket }) {
  const words = useWords()
  const [relation, setRelation] = useState<Relation>('related')
  // Only what is done is followed up.
  const relations = RELATIONS.filter((each) => each !== 'follow_up' || isDone(from.status))

  function choose(id: string): void {
    endAsking()
    void link(from, { relation, ticket: id })
  }

  return (
    <>
      <Heading slot="title" className="palette-title">
        {words.links.title(from.title || `#${from.number}`)}
      </Heading>
      <div className="link-relation">
        <Choice
          label={words.links.what}
          value={relation}
          options={relations.map((id) => ({ id, name: words.links.relations[id] }))}
          onChange={(id) => setRelation(RELATIONS.find((each) => each === id) ?? 'related')}
        />
      </div>
      <FindTicket
        label={words.links.field}
        hint={words.links.hint}
        isOffered={({ id, status }) => id !== from.id && (relation !== 'predecessor' || isDone(status))}
        onChoose={choose}
      />
    </>
  )
}

function Children({ parent, links }: { readonly parent: Ticket; readonly links: readonly Link[] }) {
  const words = useWords()
  const { status } = parent

  function solve(): void {
    endAsking()
    void beginJob({ tickets: links.map(({ ticket }) => ticket.id), change: { status } })
  }

  return (
    <div className="card-form">
      <Heading slot="title">{words.links.childrenTitle(links.length)}</Heading>
      <p className="hint">{words.links.childrenHint(parent.number, words.statuses[status])}</p>
      <ul className="linked">
        {links.map(({ id, ticket }) => (
          <li key={id}>
            <StatusMark status={ticket.status} /> {ticket.title || `#${ticket.number}`}
          </li>
        ))}
      </ul>
      <div className="card-buttons">
        <Button slot="close" className="button">
          {words.links.leaveChildren}
        </Button>
        <Button className="button primary" autoFocus onPress={solve}>
          {words.links.changeChildren(words.statuses[status])}
        </Button>
      </div>
    </div>
  )
}
