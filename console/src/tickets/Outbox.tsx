import { useEffect } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { dismiss, useNotices } from '../shell/notices.ts'
import { recoverOutbox, undo, useOutbox } from './outbox.ts'

/** At the foot of the page: messages that can still be taken back, and what there is to tell. */
export function Outbox() {
  const words = useWords()
  const person = useMe().user.id
  const outbox = useOutbox(person)
  const notices = useNotices()
  useEffect(() => recoverOutbox(person), [person])
  return (
    <div className="notices" role="status">
      {outbox.map((message) => (
        <p key={message.key} className="notice">
          {words.composer.sent}
          <Button className="button small" onPress={() => undo(message)}>
            {words.composer.undo}
          </Button>
        </p>
      ))}
      {notices.map(({ id, text, offer }) => (
        <p key={id} className="notice">
          {text}
          {offer && (
            <Button
              className="button small"
              onPress={() => {
                dismiss(id)
                offer.run()
              }}
            >
              {offer.name}
            </Button>
          )}
        </p>
      ))}
    </div>
  )
}
