import { Button, Menu, MenuItem, MenuTrigger, Popover, ProgressBar } from 'react-aria-components'
import type { ChangeTicketBody } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { PRIORITIES, STATUSES } from './change.ts'
import { nameOf } from './list.ts'
import { changePicked, unpick, usePicked } from './picked.ts'
import { useColleagues } from './ticket.ts'

/** What can be done with all tickets that are picked, how far it is, and which of them refused. */
export function BulkBar() {
  const words = useWords()
  const { picked, bulk } = usePicked()
  const { data: colleagues } = useColleagues()
  if (picked.size === 0 && bulk === null) return null
  const isUnderWay = bulk !== null && bulk.done < bulk.total
  return (
    <section className="bulk" aria-label={words.bulk.title}>
      <p role="status">
        {bulk === null && words.bulk.picked(picked.size)}
        {isUnderWay && words.bulk.underWay(bulk.done, bulk.total)}
        {bulk !== null && !isUnderWay && words.bulk.changed(bulk.total - bulk.failures.length)}
      </p>
      {isUnderWay && (
        <ProgressBar className="bulk-progress" aria-label={words.bulk.title} value={(bulk.done / bulk.total) * 100}>
          <progress value={bulk.done / bulk.total} aria-hidden="true" />
        </ProgressBar>
      )}
      {!isUnderWay && (
        <div className="bulk-actions">
          {picked.size > 0 && (
            <>
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
                  ...(colleagues ?? []).map((person) => ({
                    id: person.id,
                    name: nameOf(person),
                    change: { assignee: person.id },
                  })),
                ]}
              />
            </>
          )}
          <Button className="button small quiet" onPress={unpick}>
            {words.bulk.clear}
          </Button>
        </div>
      )}
      {bulk !== null && bulk.failures.length > 0 && (
        <ul role="alert">
          {bulk.failures.map(({ ticket, why }) => (
            <li key={ticket.id} className="field-error">
              {words.bulk.refused(`#${ticket.number} ${ticket.title}`, why)}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface ChooseProps {
  readonly label: string
  readonly options: readonly { readonly id: string; readonly name: string; readonly change: ChangeTicketBody }[]
}

function Choose({ label, options }: ChooseProps) {
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
