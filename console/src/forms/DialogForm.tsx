import type { ReactNode } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'

interface Props {
  readonly action: string
  readonly title: string
  /** What the button is called where its words alone do not tell what it is about. */
  readonly name?: string
  readonly className?: string
  /** The form, given how it is put away. */
  readonly children: (close: () => void) => ReactNode
}

/** A button that opens a form above the page. A click beside it does not throw away what was typed. */
export function DialogForm({ action, title, name, className = 'button primary', children }: Props) {
  return (
    <DialogTrigger>
      <Button className={className} aria-label={name ?? action}>
        {action}
      </Button>
      <ModalOverlay className="overlay">
        <Modal className="card">
          <Dialog className="card-form">
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                {children(close)}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
