import { type FormEvent, useState } from 'react'
import {
  Button,
  Dialog,
  DialogTrigger,
  Form,
  Input,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  TextField,
} from 'react-aria-components'
import type { CreateJobBody } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { PRIORITIES, STATUSES } from './change.ts'
import { nameOf } from './list.ts'
import { changePicked, letGo, pickEverything, usePicked, type WholeList } from './picked.ts'
import { useCatalogue, useColleagues } from './ticket.ts'

type Change = NonNullable<CreateJobBody['change']>

/** What can be done with all tickets that are picked: those of the list that are, or all that are in it. */
export function BulkBar({ list }: { readonly list: WholeList }) {
  const words = useWords()
  const { picked, everything } = usePicked()
  const { data: colleagues = [] } = useColleagues()
  const { data: catalogue } = useCatalogue()
  if (picked.size === 0 && everything === null) return null
  const none = (change: Change): Option => ({ id: 'none', name: words.ticket.none, change })
  return (
    <section className="bulk" aria-label={words.bulk.title}>
      <p role="status">
        {everything ? words.bulk.everythingPicked : words.bulk.picked(picked.size)}{' '}
        {everything === null && (
          <Button className="button small quiet" onPress={() => pickEverything(list)}>
            {words.bulk.pickEverything}
          </Button>
        )}
      </p>
      <div className="bulk-actions">
        <Choose
          label={words.ticket.status}
          options={STATUSES.map((status) => ({ id: status, name: words.statuses[status], change: { status } }))}
        />
        <Choose
          label={words.ticket.priority}
          options={PRIORITIES.map((priority) => ({
            id: priority,
            name: words.priorities[priority],
            change: { priority },
          }))}
        />
        <Choose
          label={words.ticket.assignee}
          options={[
            { id: 'nobody', name: words.list.nobody, change: { assignee: null } },
            ...colleagues.map((person) => ({ id: person.id, name: nameOf(person), change: { assignee: person.id } })),
          ]}
        />
        <Choose
          label={words.ticket.group}
          options={[
            none({ group: null }),
            ...(catalogue?.groups ?? []).map(({ id, name }) => ({ id, name, change: { group: id } })),
          ]}
        />
        <Choose
          label={words.ticket.topic}
          options={[
            none({ topic: null }),
            ...(catalogue?.topics ?? []).map(({ id, name }) => ({ id: String(id), name, change: { topic: id } })),
          ]}
        />
        <Tags />
        <Button className="button small quiet" onPress={letGo}>
          {words.bulk.letGo}
        </Button>
      </div>
    </section>
  )
}

interface Option {
  readonly id: string
  readonly name: string
  readonly change: Change
}

function Choose({ label, options }: { readonly label: string; readonly options: readonly Option[] }) {
  return (
    <MenuTrigger>
      <Button className="button small">{label}</Button>
      <Popover className="popover">
        <Menu className="menu" aria-label={label}>
          {options.map(({ id, name, change }) => (
            <MenuItem key={id} className="item" onAction={() => void changePicked(change)}>
              {name}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

/** Tags to be put on all, or taken off. */
function Tags() {
  const words = useWords()
  const [isOpen, open] = useState(false)
  const [text, write] = useState('')
  const tags = text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
  function change(to: Change): void {
    if (tags.length === 0) return
    open(false)
    write('')
    void changePicked(to)
  }
  function add(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    change({ add_tags: tags })
  }
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={open}>
      <Button className="button small">{words.ticket.tags}</Button>
      <Popover className="popover">
        <Dialog className="bulk-tags" aria-label={words.ticket.tags}>
          <Form onSubmit={add}>
            <TextField aria-label={words.bulk.tags} value={text} onChange={write} maxLength={1_000} autoFocus>
              <Input className="field small" placeholder={words.bulk.tags} />
            </TextField>
            <div className="bulk-actions">
              <Button className="button small primary" type="submit" isDisabled={tags.length === 0}>
                {words.bulk.addTags}
              </Button>
              <Button
                className="button small"
                isDisabled={tags.length === 0}
                onPress={() => change({ remove_tags: tags })}
              >
                {words.bulk.removeTags}
              </Button>
            </div>
          </Form>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
