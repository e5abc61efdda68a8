import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { useSending } from './sending.ts'

interface Props {
  /** What the button says, and the one that does it. */
  readonly action: string
  /** What the button is called where its words alone do not tell what it is about. */
  readonly name?: string
  readonly title: string
  readonly text: string
  readonly isSmall?: boolean
  readonly work: () => Promise<void>
}

/** A button for what cannot be taken back: it asks first. */
export function Confirm({ action, name, title, text, isSmall = false, work }: Props) {
  return (
    <DialogTrigger>
      <Button className={`button danger ${isSmall ? 'small' : ''}`} aria-label={name ?? action}>
        {action}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="card">
          <Dialog>
            {({ close }) => <Question action={action} title={title} text={text} work={work} onDone={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

function Question({ action, title, text, work, onDone }: Omit<Props, 'name'> & { readonly onDone: () => void }) {
  const words = useWords()
  const { isBusy, errors, problem, send } = useSending(() => null)
  return (
    <div className="card-form">
      <Heading slot="title">{title}</Heading>
      <p>{text}</p>
      <p role="alert" className="field-error">
        {problem ?? Object.values(errors).join(' ')}
      </p>
      <div className="card-buttons">
        <Button slot="close" className="button" autoFocus>
          {words.settings.cancel}
        </Button>
        <Button
          className="button danger primary"
          isDisabled={isBusy}
          onPress={() => void send(work).then((done) => done && onDone())}
        >
          {action}
        </Button>
      </div>
    </div>
  )
}
