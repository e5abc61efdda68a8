import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MoreHorizontal, Pin } from 'lucide-react'
import { useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import type { CountViewsAnswer, View } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useWords } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { editView } from './editing.ts'
import { movableWith, moveView, nameOf, readViewsAnew, useViews, VIEWS } from './views.ts'

type Counted = CountViewsAnswer['data'][number]

/** The views at the left, each with how many tickets it has: those that everybody has, then the saved ones. */
export function Views({ current }: { readonly current: string }) {
  const words = useWords()
  const { data } = useQuery(countsQuery)
  const saved = useViews().filter((view) => view.saved)
  const [dragged, setDragged] = useState<View | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const counts = new Map(data?.data.map((each) => [each.view, each]))
  return (
    <nav aria-label={words.shell.views} className="views">
      <ul>
        {VIEWS.map(({ id }) => (
          <li key={id}>
            <ViewLink id={id} name={nameOf(id, words, [])} isCurrent={current === id} counted={counts.get(id)} />
          </li>
        ))}
        {saved.map((view) => (
          <li
            key={view.id}
            className="view-saved"
            draggable
            data-dragged={dragged?.id === view.id || undefined}
            data-target={dragged !== null && target === view.id ? '' : undefined}
            onDragStart={({ dataTransfer }) => {
              dataTransfer.effectAllowed = 'move'
              dataTransfer.setData('text/plain', view.name)
              setDragged(view)
            }}
            onDragOver={(event) => {
              if (dragged === null || !movableWith(dragged, saved).includes(view)) return
              event.preventDefault()
              setTarget(view.id)
            }}
            onDragLeave={() => setTarget(null)}
            onDrop={(event) => {
              event.preventDefault()
              if (dragged && dragged.id !== view.id) void move(dragged, view, words.ticket.notSaved)
            }}
            onDragEnd={() => setDragged(null)}
          >
            <ViewLink
              id={view.id}
              name={view.name}
              isPinned={view.pinned}
              isCurrent={current === view.id}
              counted={counts.get(view.id)}
            />
            <ViewMenu view={view} among={movableWith(view, saved)} />
          </li>
        ))}
      </ul>
    </nav>
  )
}

const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => client.call('countViews', { signal }),
})

interface LinkProps {
  readonly id: string
  readonly name: string
  readonly isPinned?: boolean
  readonly isCurrent: boolean
  readonly counted: Counted | undefined
}

function ViewLink({ id, name, isPinned = false, isCurrent, counted }: LinkProps) {
  return (
    <Link
      to="/tickets"
      search={{ view: id }}
      className="view"
      aria-current={isCurrent ? 'page' : undefined}
      activeProps={{}}
      title={counted?.problem ?? undefined}
    >
      {isPinned && <Pin size={12} aria-hidden="true" />}
      <span className="text">{name}</span>
      <Count of={counted} />
    </Link>
  )
}

/** Nothing is beside a view that is empty; a sign beside one whose query means nothing any more. */
function Count({ of: counted }: { readonly of: Counted | undefined }) {
  if (counted?.problem != null) return <span className="view-count">!</span>
  if (!counted || counted.count === 0) return null
  const count = new Intl.NumberFormat(document.documentElement.lang).format(counted.count)
  return <span className="view-count">{counted.more ? `${count}+` : count}</span>
}

/** What one may do with a saved view. */
function ViewMenu({ view, among }: { readonly view: View; readonly among: readonly View[] }) {
  const words = useWords()
  const at = among.findIndex(({ id }) => id === view.id)
  const [above, below] = [among[at - 1], among[at + 1]]
  return (
    <MenuTrigger>
      <Button className="button quiet icon view-menu" aria-label={words.saved.menuOf(view.name)}>
        <MoreHorizontal size={14} aria-hidden="true" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label={words.saved.menuOf(view.name)}>
          <MenuItem className="item" onAction={() => void pin(view, words.ticket.notSaved)}>
            {view.pinned ? words.saved.unpin : words.saved.pin}
          </MenuItem>
          {above && (
            <MenuItem className="item" onAction={() => void move(view, above, words.ticket.notSaved)}>
              {words.saved.moveUp}
            </MenuItem>
          )}
          {below && (
            <MenuItem className="item" onAction={() => void move(view, below, words.ticket.notSaved)}>
              {words.saved.moveDown}
            </MenuItem>
          )}
          {view.changeable && (
            <MenuItem className="item" onAction={() => editView({ what: 'change', view })}>
              {words.saved.change}
            </MenuItem>
          )}
          {view.changeable && (
            <MenuItem className="item" onAction={() => editView({ what: 'delete', view })}>
              {words.saved.delete}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

/** Moves it to the place of another one. */
async function move(view: View, to: View, notSaved: string): Promise<void> {
  try {
    await moveView(view, to)
  } catch (error) {
    notify(`${notSaved} ${error instanceof Error ? error.message : ''}`)
  }
}

/** Pins it for oneself, or takes the pin off. */
async function pin({ id, pinned }: View, notSaved: string): Promise<void> {
  try {
    await client.call(pinned ? 'unpinView' : 'pinView', { params: { id } })
  } catch (error) {
    notify(`${notSaved} ${error instanceof Error ? error.message : ''}`)
  }
  readViewsAnew()
}
