import { MessageSquareText } from 'lucide-react'
import { useState } from 'react'
import {
  Autocomplete,
  Button,
  Dialog,
  DialogTrigger,
  Input,
  Menu,
  MenuItem,
  Popover,
  SearchField,
  useFilter,
} from 'react-aria-components'
import type { SavedReply } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { useWords } from '../i18n/words.ts'
import { worksHere } from '../session/permissions.ts'
import { useMe } from '../session/session.ts'
import { useRepliesFor } from './replies.ts'

interface Props {
  readonly ticket: string
  /** Given the text that was chosen, with its variables filled in. */
  readonly onChoose: (text: string) => void
}

/** A button that offers what is said often, as it would be said on this ticket. */
export function ReplyMenu({ ticket, onChoose }: Props) {
  const words = useWords()
  const me = useMe()
  const [isOpen, setOpen] = useState(false)
  const { contains } = useFilter({ sensitivity: 'base' })
  const { data: replies = [] } = useRepliesFor(ticket, isOpen)

  function choose(id: unknown): void {
    const reply = replies.find((each) => each.id === id)
    setOpen(false)
    if (!reply) return
    onChoose(reply.filled ?? reply.text)
    // Only the order of the next time depends on it.
    void client.call('markSavedReplyUsed', { params: { id: reply.id } }).catch(() => undefined)
  }

  if (!worksHere(me)) return null
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="button quiet icon" aria-label={words.replies.insert}>
        <MessageSquareText size={16} aria-hidden="true" />
      </Button>
      <Popover className="popover replies" placement="top start">
        <Dialog aria-label={words.replies.insert}>
          <Autocomplete filter={contains}>
            <SearchField aria-label={words.replies.find} autoFocus className="palette-field">
              <Input placeholder={words.replies.find} />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label={words.replies.insert}
              items={replies}
              onAction={choose}
              renderEmptyState={() => <p className="hint">{words.replies.none}</p>}
            >
              {(reply: SavedReply) => (
                <MenuItem id={reply.id} className="item reply" textValue={textOf(reply)}>
                  <span className="text">{nameOf(reply)}</span>
                  <span className="hint text">{reply.filled}</span>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** With its folder in front. */
function nameOf({ folder, name }: SavedReply): string {
  return folder === '' ? name : `${folder} / ${name}`
}

/** What one finds it by. */
function textOf(reply: SavedReply): string {
  return `${nameOf(reply)} ${reply.text}`
}
